import { EXIT } from '../exit-code.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { helpOf } from '../options/help.ts'
import { REPORT_OPTIONS } from '../options/report-options.ts'
import { exitCodeOf, failOnOf } from '../output/fail-on.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

/** @returns the exit code */
export async function reportCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('report', args, REPORT_OPTIONS)
  const { positionals } = line
  if (line.help) {
    terminal.out(helpOf('report'))
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'report', REPORT_OPTIONS)
  const values = overlaid(REPORT_OPTIONS, config.values, line.values)
  const [path = config.paths.path, surplus] = positionals
  if (path === undefined || surplus !== undefined) {
    throw new UsageError(
      `report takes one report, received ${positionals.length} (see tidegauge report --help)`,
    )
  }
  const [{ assertShowable, renderOptionsOf, showReport }, { readReport }] = await Promise.all([
    import('../output/report-formats.ts'),
    import('../output/read-report.ts'),
  ])
  assertShowable(values)
  const failOn = failOnOf(values['fail-on'])
  const report = await readReport(path)
  const { out, format = out === undefined ? undefined : (['html'] as const) } = values
  const render = renderOptionsOf(REPORT_OPTIONS, values)
  showReport(report, { ...values, ...render, ...(format && { format }) }, terminal)
  return exitCodeOf(report, failOn, terminal)
}
