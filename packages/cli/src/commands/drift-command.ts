import type { DriftReport } from '@tidegauge/drift'
import type { EngineName } from '../engines/engine-names.ts'
import { assertNoEngineOptions, done, explanationOf } from '../engines/engine-run.ts'
import { EXIT } from '../exit-code.ts'
import { trackingServer } from '../mlflow/tracking-server.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { detectOptionsOf } from '../options/detect-options.ts'
import { DRIFT_OPTIONS, type DriftCommandOptions } from '../options/drift-options.ts'
import { helpOf } from '../options/help.ts'
import { textsOf } from '../options/text-file-options.ts'
import { exitCodeOf, failOnOf } from '../output/fail-on.ts'
import { quietTerminal, type Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { driftOfTables, type SaidOfTables } from './drift-of-tables.ts'

/** @returns the exit code */
export async function driftCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('drift', args, DRIFT_OPTIONS)
  if (line.help) {
    terminal.out(helpOf('drift'))
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'drift', DRIFT_OPTIONS)
  const options = overlaid(DRIFT_OPTIONS, config.values, line.values)
  const said = { positionals: line.positionals, line: line.values, config: config.values, options }
  const { engine } = options
  if (engine !== undefined && options.explain) {
    const work = await driftOfTables(said)(quietTerminal(terminal))
    terminal.out(await explanationOf(engine, options, work))
    return EXIT.fine
  }
  const read =
    engine === undefined
      ? readingFiles(line.positionals, line.values, config.values, options)
      : readingTables(engine, said)
  const { assertShowable, renderOptionsOf, showReport } = await import(
    '../output/report-formats.ts'
  )
  assertShowable(options)
  const failOn = failOnOf(options['fail-on'])
  const tracking = options.mlflow ? trackingServer() : undefined
  const shown = options.quiet ? quietTerminal(terminal) : terminal
  const report = await read(shown)
  const render = renderOptionsOf(DRIFT_OPTIONS, options)
  showReport(report, { ...options, ...render }, shown)
  const code = exitCodeOf(report, failOn, terminal)
  // Last: what it throws does not take away what is written.
  if (tracking !== undefined) {
    const { logToMlflow } = await import('../mlflow/log-to-mlflow.ts')
    await logToMlflow(report, tracking, render, terminal)
  }
  return code
}

type Compare = (terminal: Terminal) => Promise<DriftReport>

/** Both sides are files. */
function readingFiles(
  positionals: readonly string[],
  line: DriftCommandOptions,
  config: DriftCommandOptions,
  options: DriftCommandOptions,
): Compare {
  assertNoEngineOptions(options, OF_TABLES)
  const paths = pathsOf(positionals, line, config)
  const detect = detectOptionsOf(options)
  return async (terminal) => {
    const { compareFiles } = await import('./compare-files.ts')
    return compareFiles({
      ...paths,
      input: options.input,
      where: options.where,
      texts: textsOf(options),
      columns: options.columns,
      exactRows: options['exact-rows'] ?? DRIFT_OPTIONS['exact-rows'].default,
      options: detect,
      terminal,
    })
  }
}

const OF_TABLES = [
  ...['reference-file', 'current-file', 'table', 'from', 'log-statements'],
  ...['explain', 'rows', 'statements'],
]

/** At least one side lies in a database. */
function readingTables(engine: EngineName, said: SaidOfTables): Compare {
  const open = driftOfTables(said)
  return async (terminal) => done(engine, said.options, await open(terminal), terminal)
}

type SideFlags = Pick<DriftCommandOptions, 'reference' | 'current'>

/**
 * An argument alone is the side that is not named otherwise. The command line goes before the config file; where the
 * file names both, one argument could be either.
 */
function pathsOf(
  positionals: readonly string[],
  line: SideFlags,
  config: SideFlags,
): { readonly reference: string; readonly current: string } {
  const [first, second, third] = positionals
  const named = first !== undefined && second !== undefined ? line : { ...config, ...line }
  const open = (['reference', 'current'] as const).filter((side) => line[side] === undefined)
  if (third !== undefined || positionals.length > open.length) {
    throw new UsageError(
      `drift takes a reference and a current file, received ${positionals.length + 2 - open.length} (see tidegauge drift --help)`,
    )
  }
  const missing = open.filter((side) => named[side] === undefined)
  if (first !== undefined && second === undefined && open.length === 2 && missing.length === 0) {
    throw new UsageError(
      'the config file names both files: say which of them the argument is, with --reference or --current',
    )
  }
  const [left, right] = second === undefined ? (missing.length > 0 ? missing : open) : open
  const paths = {
    ...named,
    ...(first !== undefined && left !== undefined && { [left]: first }),
    ...(second !== undefined && right !== undefined && { [right]: second }),
  }
  const { reference, current } = paths
  if (reference === undefined || current === undefined) {
    throw new UsageError(
      `drift takes a reference and a current file, received ${positionals.length} (see tidegauge drift --help)`,
    )
  }
  if (reference === '-' && current === '-') {
    throw new UsageError('only one of the two can be - (standard input)')
  }
  return { reference, current }
}
