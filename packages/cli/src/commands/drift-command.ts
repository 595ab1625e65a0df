import type { ColumnType, DecisionPolicy, DetectDriftOptions, MethodChoice } from '@tidegauge/drift'
import { redactionOf } from '../data/redaction-key.ts'
import { EXIT } from '../exit-code.ts'
import { EVERY_COLUMN, overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { DRIFT_HELP } from '../options/drift-help.ts'
import { DRIFT_OPTIONS, type DriftCommandOptions } from '../options/drift-options.ts'
import { exitCodeOf, failOnOf } from '../output/fail-on.ts'
import { quietTerminal, type Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

/** @returns the exit code */
export async function driftCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('drift', args, DRIFT_OPTIONS)
  if (line.help) {
    terminal.out(DRIFT_HELP)
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'drift', DRIFT_OPTIONS, [])
  const options = overlaid(DRIFT_OPTIONS, config.values, line.values)
  const { reference, current } = pathsOf(line.positionals, line.values, config.values)
  const [{ assertShowable, showReport }, { compareFiles }] = await Promise.all([
    import('../output/report-formats.ts'),
    import('./compare-files.ts'),
  ])
  assertShowable(options)
  const failOn = failOnOf(options['fail-on'])
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
  return exitCodeOf(report, failOn, terminal)
}

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

const EXACT_ROWS = 2_000_000

export function exactRowsOf(rows: number = EXACT_ROWS): number {
  if (Number.isInteger(rows) && rows >= 1000) return rows
  throw new UsageError(`--exact-rows must be a whole number of at least 1000, received ${rows}`)
}

function detectOptionsOf(options: DriftCommandOptions): DetectDriftOptions {
  const { target, prediction, time, preset, alpha, tolerance } = options
  const policy = policyOf(options)
  const { type = {}, method = {}, exclude } = options
  if (EVERY_COLUMN in type) throw new UsageError('--type must be column=type')
  const { [EVERY_COLUMN]: general, ...byColumn } = method
  const methods = Object.entries(byColumn).map(([name, text]) => [name, methodOf(text)] as const)
  return {
    ...(target === undefined ? {} : { target }),
    ...(prediction === undefined ? {} : { prediction }),
    ...(time === undefined ? {} : { time }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(preset === undefined ? {} : { preset }),
    ...(Object.keys(policy).length === 0 ? {} : { policy }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(general === undefined ? {} : { method: methodOf(general) }),
    ...(methods.length === 0 ? {} : { methods: Object.fromEntries(methods) }),
    redact: redactionOf(options),
    types: type as Readonly<Record<string, ColumnType>>,
  }
}

function policyOf(options: DriftCommandOptions): Partial<DecisionPolicy> {
  const { share, 'minimum-judged': minimumJudged } = options
  const { 'on-missing-column': onMissingColumn, 'on-changed-type': onChangedType } = options
  if (share !== undefined && !(share > 0 && share <= 1)) {
    throw new UsageError(`--share must lie above 0 and be at most 1, received ${share}`)
  }
  if (minimumJudged !== undefined && !(minimumJudged >= 0 && minimumJudged <= 1)) {
    throw new UsageError(`--minimum-judged must lie from 0 to 1, received ${minimumJudged}`)
  }
  return {
    ...(share === undefined ? {} : { shareThreshold: share }),
    ...(minimumJudged === undefined ? {} : { minimumJudged }),
    ...(onMissingColumn === undefined ? {} : { onMissingColumn }),
    ...(onChangedType === undefined ? {} : { onChangedType }),
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
