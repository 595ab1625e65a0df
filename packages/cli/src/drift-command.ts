import type { ColumnType, DetectDriftOptions, DriftReport, MethodChoice } from '@tidegauge/drift'
import { readConfig } from './config-file.ts'
import { FORMATS } from './data/locate.ts'
import { DRIFT_HELP } from './drift-help.ts'
import { EXIT } from './exit-code.ts'
import { EVERY_COLUMN, type OptionValues, parseCommandLine } from './options.ts'
import { quietTerminal, type Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS = {
  where: { kind: 'text' },
  columns: { kind: 'list' },
  target: { kind: 'list' },
  prediction: { kind: 'list' },
  type: { kind: 'map', oneOf: ['numeric', 'datetime', 'categorical', 'text'] },
  input: { kind: 'text', oneOf: FORMATS },
  preset: { kind: 'text', oneOf: ['evidently', 'evidently-0.7'] },
  method: { kind: 'map' },
  share: { kind: 'number' },
  alpha: { kind: 'number' },
  tolerance: { kind: 'number' },
  'exact-rows': { kind: 'number' },
  out: { kind: 'text' },
  format: { kind: 'list', oneOf: ['html', 'json', 'md', 'junit'] },
  force: { kind: 'flag' },
  json: { kind: 'flag' },
  quiet: { kind: 'flag' },
  'fail-on': { kind: 'text', oneOf: ['action', 'drift', 'never'] },
} as const

type DriftCommandOptions = OptionValues<typeof OPTIONS>

/** @returns the exit code */
export async function driftCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('drift', args, OPTIONS)
  if (line.help) {
    terminal.out(DRIFT_HELP)
    return EXIT.fine
  }
  const config = await readConfig(line.config, OPTIONS)
  const options = {
    ...config.values,
    ...line.values,
    ...merged('type', config.values, line.values),
    ...merged('method', config.values, line.values),
  }
  const { reference, current } = pathsOf(line.positionals, config)
  const [{ assertShowable, showReport }, { compareFiles }] = await Promise.all([
    import('./report-formats.ts'),
    import('./compare-files.ts'),
  ])
  assertShowable(options)
  const shown = options.quiet ? quietTerminal(terminal) : terminal
  const report = await compareFiles({
    reference,
    current,
    input: options.input,
    where: options.where,
    columns: options.columns,
    exactRows: exactRowsOf(options['exact-rows']),
    options: detectOptionsOf(options),
    terminal: shown,
  })
  showReport(report, options, shown)
  return failed(report, options['fail-on'] ?? 'never') ? EXIT.verdict : EXIT.fine
}

/** A column's entry of the command line replaces that of the file; the others stay. */
function merged(
  name: 'type' | 'method',
  config: DriftCommandOptions,
  line: DriftCommandOptions,
): Pick<DriftCommandOptions, 'type' | 'method'> {
  const entries: Readonly<Record<string, string>> = { ...config[name], ...line[name] }
  return Object.keys(entries).length === 0 ? {} : { [name]: entries }
}

function pathsOf(
  positionals: readonly string[],
  config: { readonly reference: string | undefined; readonly current: string | undefined },
): { readonly reference: string; readonly current: string } {
  const [reference = config.reference, current = config.current] = positionals
  if (reference === undefined || current === undefined || positionals.length > 2) {
    throw new UsageError(
      `drift takes a reference and a current file, received ${positionals.length} (see tidegauge drift --help)`,
    )
  }
  if (reference === '-' && current === '-') {
    throw new UsageError('only one of the two can be - (standard input)')
  }
  return { reference, current }
}

const EXACT_ROWS = 2_000_000

export function exactRowsOf(rows: number = EXACT_ROWS): number {
  if (Number.isInteger(rows) && rows >= 1000) return rows
  throw new UsageError(`--exact-rows must be a whole number of at least 1000, received ${rows}`)
}

function detectOptionsOf(options: DriftCommandOptions): DetectDriftOptions {
  const { target, prediction, preset, share, alpha, tolerance, type = {}, method = {} } = options
  if (share !== undefined && !(share > 0 && share <= 1)) {
    throw new UsageError(`--share must lie above 0 and be at most 1, received ${share}`)
  }
  if (EVERY_COLUMN in type) throw new UsageError('--type must be column=type')
  const { [EVERY_COLUMN]: general, ...byColumn } = method
  const methods = Object.entries(byColumn).map(([name, text]) => [name, methodOf(text)] as const)
  return {
    ...(target === undefined ? {} : { target }),
    ...(prediction === undefined ? {} : { prediction }),
    ...(preset === undefined ? {} : { preset }),
    ...(share === undefined ? {} : { policy: { shareThreshold: share } }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(general === undefined ? {} : { method: methodOf(general) }),
    ...(methods.length === 0 ? {} : { methods: Object.fromEntries(methods) }),
    types: type as Readonly<Record<string, ColumnType>>,
  }
}

/** `psi`, or `psi:0.2`: with a threshold. What is no method is refused by the library. */
function methodOf(text: string): MethodChoice {
  const [, method, threshold] = /^(.*):([^:]*)$/.exec(text) ?? []
  if (method === undefined) return text as MethodChoice
  const number = threshold!.trim() === '' ? Number.NaN : Number(threshold)
  if (Number.isNaN(number)) {
    throw new UsageError(`--method ${text}: the threshold must be a number, as in amount=psi:0.2`)
  }
  return { method, threshold: number } as MethodChoice
}

export function failed(report: DriftReport, failOn: 'action' | 'drift' | 'never'): boolean {
  if (failOn === 'action') return report.decision.action === 'ACTION'
  return failOn === 'drift' && report.columns.some(({ drifted }) => drifted)
}
