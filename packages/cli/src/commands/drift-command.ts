import type { DetectDriftOptions, DriftReport, MethodChoice } from '@tidegauge/drift'
import { redactionOf } from '../data/redaction-key.ts'
import type { EngineName } from '../engines/engine-names.ts'
import { assertNoEngineOptions, tableOf, withEngine } from '../engines/engine-run.ts'
import { EXIT } from '../exit-code.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { DRIFT_OPTIONS, type DriftCommandOptions } from '../options/drift-options.ts'
import { helpOf } from '../options/help.ts'
import { libraryOptions } from '../options/library-options.ts'
import { EVERY_COLUMN } from '../options/option-spec.ts'
import { textsOf } from '../options/text-file-options.ts'
import { exitCodeOf, failOnOf } from '../output/fail-on.ts'
import { quietTerminal, type Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import type { TableSide } from './compare-tables.ts'

/** @returns the exit code */
export async function driftCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('drift', args, DRIFT_OPTIONS)
  if (line.help) {
    terminal.out(helpOf('drift'))
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'drift', DRIFT_OPTIONS)
  const options = overlaid(DRIFT_OPTIONS, config.values, line.values)
  const { engine } = options
  const read =
    engine === undefined
      ? readingFiles(line.positionals, line.values, config.values, options)
      : readingTables(engine, line.positionals, line.values, config.values, options)
  const { assertShowable, renderOptionsOf, showReport } = await import(
    '../output/report-formats.ts'
  )
  assertShowable(options)
  const failOn = failOnOf(options['fail-on'])
  const shown = options.quiet ? quietTerminal(terminal) : terminal
  const report = await read(shown)
  const render = renderOptionsOf(DRIFT_OPTIONS, options)
  showReport(report, { ...options, ...render }, shown)
  return exitCodeOf(report, failOn, terminal)
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

const OF_TABLES = ['reference-file', 'current-file', 'table', 'from', 'log-statements'] as const

/** At least one side lies in a database. */
function readingTables(
  engine: EngineName,
  positionals: readonly string[],
  line: DriftCommandOptions,
  config: DriftCommandOptions,
  options: DriftCommandOptions,
): Compare {
  const sides = tableSidesOf(positionals, line, config, options.time)
  const { target, prediction, columns } = options
  const all = columns && [...columns, ...(target ?? []), ...(prediction ?? [])]
  const table = { ...tableOf(options), columns: all }
  const detect = { ...detectOptionsOf(options), ...(columns !== undefined && { columns }) }
  return async (terminal) => {
    const { compareTables } = await import('./compare-tables.ts')
    return withEngine(engine, options, (opened, log, signal) => {
      const request = {
        ...sides,
        table: { ...table, ...log },
        input: options.input,
        texts: textsOf(options),
        exactRows: options['exact-rows'],
        options: detect,
        terminal,
      }
      return compareTables(request, opened, signal)
    })
  }
}

/**
 * Each side is rows of the table or a file, and the command line goes before the config file. Arguments are the values of the
 * sides that are not said otherwise.
 *
 * @throws UsageError where a side is missing, or is said twice
 */
function tableSidesOf(
  positionals: readonly string[],
  line: DriftCommandOptions,
  config: DriftCommandOptions,
  time: string | undefined,
): Readonly<Record<'reference' | 'current', TableSide>> {
  const said = (side: 'reference' | 'current'): TableSide | undefined => {
    for (const values of [line, config]) {
      const [value, path] = [values[side], values[`${side}-file`]]
      if (value !== undefined && path !== undefined) {
        throw new UsageError(`--${side} and --${side}-file are one side: leave one of them out`)
      }
      if (path !== undefined) return { kind: 'file', path }
      if (value !== undefined && (values === line || positionals.length === 0)) {
        return { kind: 'rows', value }
      }
    }
    return undefined
  }
  const [reference, current] = [said('reference'), said('current')]
  const open = [reference, current].filter((side) => side === undefined)
  if (positionals.length > open.length) {
    throw new UsageError(
      `drift takes a reference and a current side, received ${positionals.length + 2 - open.length} (see tidegauge drift --help)`,
    )
  }
  const left = [...positionals]
  const filled = [reference, current].map((side): TableSide | undefined => {
    if (side !== undefined) return side
    const value = left.shift()
    return value === undefined ? undefined : { kind: 'rows', value }
  })
  const hasFile = filled.some((side) => side?.kind === 'file')
  const [before, after] = filled.map((side, i): TableSide => {
    // Beside a file a table may be a side as a whole.
    if (side !== undefined) return side
    if (hasFile && time === undefined) return { kind: 'rows', value: undefined }
    throw new UsageError(
      `which rows are the ${SIDES[i]}? Say a value of --time, as in --${SIDES[i]} 2024-01-31, or --${SIDES[i]}-file <file>`,
    )
  }) as [TableSide, TableSide]
  if (before.kind === 'file' && after.kind === 'file') {
    throw new UsageError(
      'both sides are files: without --engine they are --reference and --current',
    )
  }
  const [value] = [before, after].flatMap((side) =>
    side.kind === 'rows' && side.value !== undefined ? [side.value] : [],
  )
  if (value !== undefined && time === undefined) {
    throw new UsageError(`of which column is ${value} a value? Name it with --time`)
  }
  return { reference: before, current: after }
}

const SIDES = ['reference', 'current'] as const

type Sides = Pick<DriftCommandOptions, 'reference' | 'current'>

/**
 * An argument alone is the side that is not named otherwise. The command line goes before the config file; where the
 * file names both, one argument could be either.
 */
function pathsOf(
  positionals: readonly string[],
  line: Sides,
  config: Sides,
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

function detectOptionsOf(options: DriftCommandOptions): DetectDriftOptions {
  return {
    ...libraryOptions<DetectDriftOptions>('drift', DRIFT_OPTIONS, options),
    ...methodsOf(options),
    redact: redactionOf(options),
    types: options.type ?? {},
  }
}

function methodsOf({
  method = {},
  'type-method': byType,
  preset,
}: DriftCommandOptions): Pick<DetectDriftOptions, 'method' | 'methods'> {
  const { [EVERY_COLUMN]: general, ...byColumn } = method
  if (general !== undefined && byType !== undefined) {
    throw new UsageError(`--method ${general} is of every type: leave --type-method out beside it`)
  }
  if (preset !== undefined && byType !== undefined) {
    throw new UsageError('--type-method must be left out beside a --preset')
  }
  const chosen =
    general === undefined
      ? byType && choicesOf('--type-method', byType)
      : methodOf('--method', general)
  return {
    ...(chosen !== undefined && { method: chosen }),
    ...(Object.keys(byColumn).length > 0 && { methods: choicesOf('--method', byColumn) }),
  }
}

function choicesOf(
  option: string,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, MethodChoice>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, methodOf(option, text)]),
  )
}

/** `psi`, or `psi:0.2`: with a threshold. What is no method is refused by the library. */
function methodOf(option: string, text: string): MethodChoice {
  const [, method, threshold] = /^(.*):([^:]*)$/.exec(text) ?? []
  if (method === undefined) return text as MethodChoice
  const number = threshold!.trim() === '' ? Number.NaN : Number(threshold)
  if (Number.isNaN(number)) {
    throw new UsageError(`${option} ${text}: the threshold must be a number, as in amount=psi:0.2`)
  }
  return { method, threshold: number } as MethodChoice
}
