import { EXIT } from '../exit-code.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { exitCodeOf, FAIL_ON, failOnOf } from '../output/fail-on.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

const REPORT_HELP = `Usage: tidegauge report <report.json> [options]

Shows a report again that tidegauge drift wrote as JSON, without the data.

Arguments:
  <report.json>   a report, or - for standard input

Options:
  --format <a,b>   html, json, md, junit; without --out, one of them goes to standard output;
                   default: a table on standard output, with --out html
  --out <dir>      write the reports there
  --force          replace reports that exist
  --json           the report as JSON on standard output, and nothing else
  --quiet          the line with the verdict alone, without the table
  --fail-on <a,b>  exit with 1 on: action (the report's decision is ACTION), drift (any column
                   drifted), undecided, never (default). Each of the first three also fails where
                   too little could be judged to decide, and where features are gone or changed
                   their type; standard error says why
  --config <file>  options from the part "report" of a config file; default:
                   tidegauge.config.json, .js or .mjs
  --help           show this

Example:
  tidegauge report reports/drift_january_vs_february.json --format md
`

const OPTIONS = {
  format: { kind: 'list', oneOf: ['html', 'json', 'md', 'junit'] },
  out: { kind: 'text' },
  force: { kind: 'flag' },
  json: { kind: 'flag' },
  'fail-on': { kind: 'list', oneOf: FAIL_ON },
  quiet: { kind: 'flag' },
} as const

/** @returns the exit code */
export async function reportCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('report', args, OPTIONS)
  const { positionals } = line
  if (line.help) {
    terminal.out(REPORT_HELP)
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'report', OPTIONS, ['path'])
  const values = overlaid(OPTIONS, config.values, line.values)
  const [path = config.paths.path, surplus] = positionals
  if (path === undefined || surplus !== undefined) {
    throw new UsageError(
      `report takes one report, received ${positionals.length} (see tidegauge report --help)`,
    )
  }
  const [{ assertShowable, showReport }, { readReport }] = await Promise.all([
    import('../output/report-formats.ts'),
    import('../output/read-report.ts'),
  ])
  assertShowable(values)
  const failOn = failOnOf(values['fail-on'])
  const report = await readReport(path)
  const { out, format = out === undefined ? undefined : (['html'] as const) } = values
  showReport(report, { ...values, ...(format === undefined ? {} : { format }) }, terminal)
  return exitCodeOf(report, failOn, terminal)
}
