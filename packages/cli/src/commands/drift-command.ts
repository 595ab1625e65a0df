import type { DetectDriftOptions, MethodChoice } from '@tidegauge/drift'
import { redactionOf } from '../data/redaction-key.ts'
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

/** @returns the exit code */
export async function driftCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('drift', args, DRIFT_OPTIONS)
  if (line.help) {
    terminal.out(helpOf('drift'))
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'drift', DRIFT_OPTIONS)
  const options = overlaid(DRIFT_OPTIONS, config.values, line.values)
  const { reference, current } = pathsOf(line.positionals, line.values, config.values)
  const [{ assertShowable, renderOptionsOf, showReport }, { compareFiles }] = await Promise.all([
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
    texts: textsOf(options),
    columns: options.columns,
    exactRows: options['exact-rows'] ?? DRIFT_OPTIONS['exact-rows'].default,
    options: detectOptionsOf(options),
    terminal: shown,
  })
  const render = renderOptionsOf(DRIFT_OPTIONS, options)
  showReport(report, { ...options, ...render }, shown)
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
