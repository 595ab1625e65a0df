import { type ColumnInput, finish, toTable } from '@tidegauge/core'
import { type ColumnSources, storedSource } from './column-sources.ts'
import { type Comparison, comparisonOf, reportOn } from './comparison.ts'
import type { ColumnType, DriftReport } from './drift-report.ts'
import { measureColumn } from './measure-column.ts'
import type { ColumnSource, MeasuredColumn, StoredColumn } from './measured-column.ts'
import type { DetectDriftOptions } from './options.ts'
import { namedTimeRanges } from './time-range.ts'

/** Two tables whose columns are read one at a time, both sides of a column together. */
export interface ColumnPairs {
  readonly reference: TableShape
  readonly current: TableShape
  /** Called once for each column that both tables have, in the order of the report; for that of the times first. */
  read(name: string, wanted: WantedColumn): Promise<ColumnPairInput>
  /**
   * Called for each column that one table alone has, for what the report says of it. Without this its type is
   * `unknown`, and it has no profile.
   */
  readOne?(
    name: string,
    side: 'reference' | 'current',
    wanted: WantedColumn,
  ): Promise<ColumnSideInput>
}

export interface TableShape {
  readonly rowCount: number
  readonly columnNames: readonly string[]
}

export interface WantedColumn {
  /** What the caller of the comparison chose; undefined: to be inferred. */
  readonly type: ColumnType | undefined
  /** Would the counts of a histogram do, were the column numeric? Else its values are needed. */
  readonly takesBins: boolean
  /** Are those between the reference's deciles needed? */
  readonly takesDeciles: boolean
}

/** Cells, or the counts of cells that are too many to be held. */
export interface ColumnPairInput {
  readonly reference: ColumnInput | StoredColumn
  readonly current: ColumnInput | StoredColumn
  /** What the reader of the report should know of how the column was read. */
  readonly warnings?: readonly string[]
}

/** The same of a column that one side alone has. */
export interface ColumnSideInput {
  readonly values: ColumnInput | StoredColumn
  readonly warnings?: readonly string[]
}

/**
 * `detectDrift` for tables that do not fit into memory: a column is read, measured and dropped before the
 * next one is read.
 *
 * The report is that of `detectDrift` on the same cells. Where `read` gives counts instead of cells, the
 * column is compared by them, as a stored profile is.
 *
 * @throws InvalidArgumentError (by rejection) where an option is not what it must be
 * @throws what `read` and `onProgress` throw, by rejection
 * @example
 * const shape = { rowCount: 3, columnNames: ['age'] }
 * const read = async () => ({ reference: [31, 45, 28], current: [30, 47, 29] })
 * const report = await detectDriftByColumn({ reference: shape, current: shape, read })
 * report.columns[0].verdict // 'insufficient-data'
 */
export async function detectDriftByColumn(
  pairs: ColumnPairs,
  options: DetectDriftOptions = {},
): Promise<DriftReport> {
  const held: { pair: Partial<ColumnPairInput> | null } = { pair: null }
  const comparison = comparisonOf(
    sourcesOf('reference', pairs.reference, () => held.pair?.reference),
    sourcesOf('current', pairs.current, () => held.pair?.current),
    options,
  )
  const { names, before, after, settings } = comparison
  if (options.time !== undefined) {
    held.pair = await pairs.read(options.time, {
      type: 'datetime',
      takesBins: true,
      takesDeciles: false,
    })
  }
  const times = finish(namedTimeRanges(comparison))
  held.pair = null
  const sidesOf = holders(pairs)
  const measured: MeasuredColumn[] = []
  for (const name of names) {
    held.pair = await readColumn(name, sidesOf(name), wantedOf(name, comparison), pairs)
    const column = measureColumn(name, before, after, comparison.choiceFor(name), settings)
    const warnings = [...column.warnings, ...(held.pair?.warnings ?? [])]
    measured.push({ ...column, warnings })
    held.pair = null
    options.onProgress?.({ column: name, done: measured.length, total: names.length })
  }
  return finish(reportOn(measured, comparison, times))
}

type SideName = 'reference' | 'current'

function holders({ reference, current }: ColumnPairs): (name: string) => readonly SideName[] {
  const inReference = new Set(reference.columnNames)
  const inCurrent = new Set(current.columnNames)
  return (name) => [
    ...(inReference.has(name) ? (['reference'] as const) : []),
    ...(inCurrent.has(name) ? (['current'] as const) : []),
  ]
}

async function readColumn(
  name: string,
  sides: readonly SideName[],
  wanted: WantedColumn,
  pairs: ColumnPairs,
): Promise<Partial<ColumnPairInput> | null> {
  if (sides.length === 2) return pairs.read(name, wanted)
  const [side] = sides
  if (side === undefined || pairs.readOne === undefined) return null
  const { values, warnings = [] } = await pairs.readOne(name, side, wanted)
  return side === 'reference' ? { reference: values, warnings } : { current: values, warnings }
}

function wantedOf(name: string, { choiceFor, settings }: Comparison): WantedColumn {
  const { type, methodFor } = choiceFor(name)
  const { binned, bins } = methodFor(type === 'datetime' ? 'datetime' : 'numeric')
  const takesBins = settings.preset === null && binned !== undefined
  return { type, takesBins, takesDeciles: takesBins && bins === 'deciles' }
}

/** A column that only one of the tables has, where nobody reads it: that it is there is all that is known. */
const UNREAD: ColumnSource = { kind: 'cells', column: { name: '', values: [] } }

function sourcesOf(
  argument: SideName,
  { rowCount, columnNames }: TableShape,
  read: () => ColumnInput | StoredColumn | undefined,
): ColumnSources {
  const known = new Set(columnNames)
  const column = (name: string): ColumnSource | null => {
    if (!known.has(name)) return null
    const input = read()
    if (input === undefined) return UNREAD
    if ('profile' in input) return storedSource(input, rowCount)
    return { kind: 'cells', column: toTable(argument, { [name]: input }).column(name) }
  }
  return { rowCount, columnNames, column, unreadColumn: column }
}
