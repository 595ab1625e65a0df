import { parseArgs } from 'node:util'
import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { htmlReport, jsonReport, summaryLine, textReport } from '@tidegauge/reporters'
import { writeReports } from '@tidegauge/reporters/node'
import { EXIT } from './exit-code.ts'
import { type FileTable, readTable } from './read-table.ts'
import type { Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export const DRIFT_HELP = `Usage: tidegauge drift <reference> <current> [options]

Compares two tables column by column: has the data changed since the reference?

Arguments:
  <reference>  the data the model was trained on: .parquet, .csv, .csv.gz
  <current>    the data to hold against it

Options:
  --target <column>  the label; judged apart from the features
  --out <dir>        write the HTML and the JSON report there
  --force            replace reports that exist
  --fail-on <what>   exit with 1 on: action (the share of drifted features reaches 0.30),
                     drift (any column drifted), never (default)
  --help             show this

Exit codes: 0 fine, 1 what --fail-on asked for, 2 wrong usage or unreadable data,
70 an error of tidegauge, 130 interrupted.

Example:
  tidegauge drift january.parquet february.parquet --target late --out reports
`

/** @returns the exit code */
export async function driftCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = parse(args)
  if (options === 'help') {
    terminal.out(DRIFT_HELP)
    return EXIT.fine
  }
  const tables: FileTable[] = []
  for (const path of [options.reference, options.current]) {
    terminal.progress(`reading ${path}`)
    tables.push(await readTable(path))
  }
  const [reference, current] = tables as [FileTable, FileTable]
  const report = compare(reference, current, options.target, terminal)
  terminal.progress('')
  terminal.out(`${textReport(report, { color: terminal.color })}\n`)
  const written = options.out === undefined ? '' : writeFiles(report, options.out, options.force)
  terminal.out(`${written}${summaryLine(report, { color: terminal.color })}\n`)
  return failed(report, options.failOn) ? EXIT.verdict : EXIT.fine
}

const FAIL_ON = ['action', 'drift', 'never'] as const

interface DriftCommandOptions {
  readonly reference: string
  readonly current: string
  readonly target: string | undefined
  readonly out: string | undefined
  readonly force: boolean
  readonly failOn: (typeof FAIL_ON)[number]
}

function parse(args: readonly string[]): DriftCommandOptions | 'help' {
  const { values, positionals } = parseOrExplain(args)
  if (values.help) return 'help'
  const [reference, current, surplus] = positionals
  if (reference === undefined || current === undefined || surplus !== undefined) {
    throw new UsageError(
      `drift takes a reference and a current file, received ${positionals.length} (see tidegauge drift --help)`,
    )
  }
  const failOn = FAIL_ON.find((what) => what === values['fail-on'])
  if (failOn === undefined) {
    throw new UsageError(
      `--fail-on must be one of ${FAIL_ON.join(', ')}, received ${values['fail-on']}`,
    )
  }
  return {
    reference,
    current,
    target: values.target,
    out: values.out,
    force: values.force,
    failOn,
  }
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        target: { type: 'string' },
        out: { type: 'string' },
        force: { type: 'boolean', default: false },
        'fail-on': { type: 'string', default: 'never' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]} (see tidegauge drift --help)`)
  }
}

function compare(
  reference: FileTable,
  current: FileTable,
  target: string | undefined,
  terminal: Terminal,
): DriftReport {
  for (const { name, columns } of [reference, current]) {
    if (target !== undefined && !Object.hasOwn(columns, target)) {
      const known = Object.keys(columns).join(', ')
      throw new UsageError(`--target ${target} is not a column of ${name}, which has ${known}`)
    }
  }
  return detectDrift(reference.columns, current.columns, {
    ...(target === undefined ? {} : { target }),
    names: { reference: reference.name, current: current.name },
    onProgress: ({ column, done, total }) => {
      terminal.progress(`comparing ${done}/${total} ${column}`)
    },
  })
}

function writeFiles(report: DriftReport, directory: string, overwrite: boolean): string {
  // Until here an interrupt ends the process at once (process.exit would wait for DuckDB's threads). From
  // here it waits for the files to be whole: they are written in one synchronous step.
  process.once('SIGINT', () => process.exit(EXIT.interrupted))
  const { html, json } = writeReports(report, {
    directory,
    overwrite,
    reporters: { html: htmlReport, json: jsonReport },
  })
  return `report_html=${html} report_json=${json} `
}

function failed(report: DriftReport, failOn: DriftCommandOptions['failOn']): boolean {
  if (failOn === 'action') return report.decision.action === 'ACTION'
  return failOn === 'drift' && report.columns.some(({ drifted }) => drifted)
}
