import { type ColumnInput, finish, type TableColumn, toTable } from '@tidegauge/core'
import type { ColumnSources } from './column-sources.ts'
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
  const held: { pair: ColumnPairInput | null } = { pair: null }
  const comparison = comparisonOf(
    sourcesOf(pairs.reference, (name) => sourceOf('reference', name, held.pair?.reference)),
    sourcesOf(pairs.current, (name) => sourceOf('current', name, held.pair?.current)),
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
  const isShared = sharedNames(pairs)
  const measured: MeasuredColumn[] = []
  for (const name of names) {
    if (isShared(name)) held.pair = await pairs.read(name, wantedOf(name, comparison))
    const column = measureColumn(name, before, after, comparison.choiceFor(name), settings)
    const warnings = [...column.warnings, ...(held.pair?.warnings ?? [])]
    measured.push({ ...column, warnings })
    held.pair = null
    options.onProgress?.({ column: name, done: measured.length, total: names.length })
  }
  return finish(reportOn(measured, comparison, times))
}

function sharedNames({ reference, current }: ColumnPairs): (name: string) => boolean {
  const inReference = new Set(reference.columnNames)
  const shared = new Set(current.columnNames.filter((name) => inReference.has(name)))
  return (name) => shared.has(name)
}

function wantedOf(name: string, { choiceFor, settings }: Comparison): WantedColumn {
  const { type, methodFor } = choiceFor(name)
  const { binned, bins } = methodFor(type === 'datetime' ? 'datetime' : 'numeric')
  const takesBins = settings.preset === null && binned !== undefined
  return { type, takesBins, takesDeciles: takesBins && bins === 'deciles' }
}

/** Of a column that only one of the tables has, nothing is read: that it is there is all that counts. */
const UNREAD: ColumnSource = { kind: 'cells', column: { name: '', values: [] } }

function sourcesOf(
  { rowCount, columnNames }: TableShape,
  read: (name: string) => ColumnSource | undefined,
): ColumnSources {
  const known = new Set(columnNames)
  const column = (name: string) => (known.has(name) ? (read(name) ?? UNREAD) : null)
  return { rowCount, columnNames, column, unreadColumn: column }
}

function sourceOf(
  argument: string,
  name: string,
  input: ColumnInput | StoredColumn | undefined,
): ColumnSource | undefined {
  if (input === undefined) return undefined
  if ('profile' in input) return { kind: 'profile', column: input }
  const column: TableColumn = toTable(argument, { [name]: input }).column(name)
  return { kind: 'cells', column }
}
