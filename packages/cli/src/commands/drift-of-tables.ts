import type { DriftReport } from '@tidegauge/drift'
import { type EngineWork, tableOf } from '../engines/engine-run.ts'
import { detectOptionsOf } from '../options/detect-options.ts'
import type { DriftCommandOptions } from '../options/drift-options.ts'
import { textsOf } from '../options/text-file-options.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import type { TableSide } from './compare-tables.ts'

/** What was said, and where. */
export interface SaidOfTables {
  readonly positionals: readonly string[]
  readonly line: DriftCommandOptions
  readonly config: DriftCommandOptions
  /** Both together. */
  readonly options: DriftCommandOptions
}

/**
 * The comparison of which at least one side lies in a database.
 *
 * @throws UsageError where it is not said, or twice, what is compared
 */
export function driftOfTables({
  positionals,
  line,
  config,
  options,
}: SaidOfTables): (terminal: Terminal) => Promise<EngineWork<DriftReport>> {
  const sides = tableSidesOf(positionals, line, config, options.time)
  const { target, prediction, columns } = options
  const all = columns && [...columns, ...(target ?? []), ...(prediction ?? [])]
  const table = { ...tableOf(options), columns: all }
  const detect = { ...detectOptionsOf(options), ...(columns !== undefined && { columns }) }
  return async (terminal) => {
    const { comparingTables } = await import('./compare-tables.ts')
    return comparingTables({
      ...sides,
      table,
      input: options.input,
      texts: textsOf(options),
      exactRows: options['exact-rows'],
      options: detect,
      terminal,
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
