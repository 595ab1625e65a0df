import { type ColumnInput, InvalidArgumentError, toTable } from '@tidegauge/core'
import { assertList, assertObject, finish } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import { measureColumn } from '../measure/measure-column.ts'
import type {
  MeasuredColumn,
  StoredColumn,
  UnprofiledColumn,
  UnreadableColumn,
} from '../measure/measured-column.ts'
import { withReading } from '../measure/with-reading.ts'
import {
  type ColumnContent,
  contentOrFailure,
  type Side,
  storedContent,
  type TableShape,
} from '../plan/open-table.ts'
import { type DetectDriftOptions, DRIFT_OPTIONS, withStoredTimes } from '../plan/options.ts'
import { type ColumnPlan, planOf } from '../plan/plan.ts'
import { assertRanked } from '../read/assert-ranked.ts'
import { type ColumnEvidence, isFault } from '../read/column-evidence.ts'
import type { RankedPair } from '../read/evidence.ts'
import { HERE } from '../read/read-cells.ts'
import { readColumn } from '../read/read-column.ts'
import { assertColumnReading, assertTableReading } from '../reading/assert-reading.ts'
import type { ColumnReading, ColumnReadings } from '../reading/column-reading.ts'
import type { ColumnType, DriftReport } from '../report/drift-report.ts'
import { reportOn } from '../report/report-on.ts'
import { type PlanAndTimes, planAndTimes } from './plan-and-times.ts'

/** Two tables whose columns are read one at a time, both sides of a column together. */
export interface ColumnPairs {
  readonly reference: TableShape
  readonly current: TableShape
  /**
   * Called once, before the first column is read: what will be asked for, in the order of the report. Who reads ahead
   * begins here.
   */
  begin?(columns: readonly AskedColumn[]): void
  /** Called for each column that both tables have, in the order of the report; for that of the times first. */
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

export interface AskedColumn {
  readonly name: string
  readonly wanted: WantedColumn
}

export interface WantedColumn {
  /** What the caller of the comparison chose; undefined: to be inferred. */
  readonly type: ColumnType | undefined
  /** Would the counts of a histogram do, were the column numeric? Else its values are needed. */
  readonly takesBins: boolean
  /** Are those between the reference's deciles needed? */
  readonly takesDeciles: boolean
}

export interface ColumnPairInput {
  readonly reference: ColumnSideValues
  readonly current: ColumnSideValues
  /** What the reader of the report should know of how the column was read. */
  readonly warnings?: readonly string[]
  /** How the cells of each side were read; of a stored profile, what that says of it by default. */
  readonly readings?: ColumnReadings
  /** Of numbers that were counted where they are, into the same bins: what makes the comparison that of the values. */
  readonly ranked?: RankedPair
}

/** Cells, the counts of cells that are too many to be held, or why there are none. */
export type ColumnSideValues = ColumnInput | StoredColumn | UnprofiledColumn | UnreadableColumn

/** The same of a column that one side alone has. */
export interface ColumnSideInput {
  readonly values: ColumnSideValues
  readonly warnings?: readonly string[]
  readonly reading?: ColumnReading
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
  assertOptions('options', options, DRIFT_OPTIONS)
  assertPairs(pairs)
  const { plan, times } = await planWithTimes(pairs, options)
  const hasBefore = new Set(pairs.reference.columnNames)
  const hasAfter = new Set(pairs.current.columnNames)
  pairs.begin?.(plan.columns.map((column) => ({ name: column.name, wanted: wantedOf(column) })))
  const measured: MeasuredColumn[] = []
  for (const column of plan.columns) {
    const { name } = column
    const there = { reference: hasBefore.has(name), current: hasAfter.has(name) }
    const read = await inputOf(column, there, pairs)
    assertReadings(name, read.readings)
    const sideOf = (side: Side) =>
      there[side] ? contentOrFailure(() => contentOf(side, name, pairs[side].rowCount, read)) : null
    const contents = { reference: sideOf('reference'), current: sideOf('current') }
    const evidence = withRanks(finish(readColumn(column, contents, HERE)), name, read)
    const measuredOne = measureColumn(column, evidence, plan.settings)
    const found = withReading(measuredOne, contents, plan.settings)
    measured.push({ ...found, warnings: [...found.warnings, ...(read.warnings ?? [])] })
    options.onProgress?.({ column: name, done: measured.length, total: plan.columns.length })
  }
  return finish(reportOn(plan, measured, times))
}

function assertPairs(pairs: ColumnPairs): void {
  assertObject('pairs', pairs, 'both tables and how they are read: { reference, current, read }')
  for (const side of SIDES) {
    assertObject(side, pairs[side], 'what is known of a table: { rowCount, columnNames }')
    const { columnNames, reading } = pairs[side]
    assertList(`${side}.columnNames`, columnNames, 'the names of its columns')
    if (reading !== undefined) assertTableReading(`${side}.reading`, reading)
  }
  if (typeof pairs.read === 'function') return
  throw new InvalidArgumentError(
    'read',
    'a function that reads a column of both tables',
    pairs.read,
  )
}

/** Of counts that an engine made: what it found besides. It is no use to a side that has its cells here. */
function withRanks(
  evidence: ColumnEvidence,
  name: string,
  { ranked }: Partial<ColumnPairInput>,
): ColumnEvidence {
  if (ranked === undefined || evidence.kind !== 'pair' || isFault(evidence.compared)) {
    return evidence
  }
  const { reference, current } = evidence.compared
  if (reference.kind !== 'bins' || current.kind !== 'bins') return evidence
  assertRanked(`read("${name}").ranked`, ranked, reference.profile, current.profile)
  return { ...evidence, compared: { reference, current, ranked } }
}

async function planWithTimes(
  pairs: ColumnPairs,
  options: DetectDriftOptions,
): Promise<PlanAndTimes> {
  const { reference, current } = pairs
  const planned = planOf(reference, current, withStoredTimes(reference, current, options))
  const { time } = planned
  if (time === undefined) return { plan: planned, times: null }
  const wanted = { type: 'datetime', takesBins: true, takesDeciles: false } as const
  const read = await pairs.read(time, wanted)
  return finish(
    planAndTimes(planned, options, {
      reference: (name) => contentOf('reference', name, reference.rowCount, read),
      current: (name) => contentOf('current', name, current.rowCount, read),
    }),
  )
}

async function inputOf(
  column: ColumnPlan,
  there: Readonly<Record<Side, boolean>>,
  pairs: ColumnPairs,
): Promise<Partial<ColumnPairInput>> {
  const { name } = column
  const wanted = wantedOf(column)
  if (there.reference && there.current) {
    const read = await pairs.read(name, wanted)
    for (const side of SIDES) {
      if (read?.[side] !== undefined) continue
      const expected = 'its cells, its counts or why there are none'
      throw new InvalidArgumentError(`read("${name}").${side}`, expected, undefined)
    }
    return read
  }
  if (pairs.readOne === undefined) return {}
  const side = there.reference ? 'reference' : 'current'
  const { values, warnings = [], reading } = await pairs.readOne(name, side, wanted)
  return { [side]: values, warnings, ...(reading && { readings: { [side]: reading } }) }
}

const SIDES: readonly Side[] = ['reference', 'current']

/** A reader that tells what cannot be is at fault, and not its column. */
function assertReadings(name: string, readings: ColumnReadings | undefined): void {
  for (const side of SIDES) {
    const reading = readings?.[side]
    if (reading !== undefined) assertColumnReading(`readings.${side} of "${name}"`, reading)
  }
}

function wantedOf({ type, methodFor }: ColumnPlan): WantedColumn {
  const { compare, bins } = methodFor(type === 'datetime' ? 'datetime' : 'numeric')
  const takesBins = compare.bins !== undefined
  return { type, takesBins, takesDeciles: takesBins && bins === 'deciles' }
}

function contentOf(
  side: Side,
  name: string,
  rowCount: number,
  { [side]: input, readings }: Partial<ColumnPairInput>,
): ColumnContent {
  if (input === undefined) return { kind: 'unread' }
  const own = readings?.[side]
  const reading = own === undefined ? {} : { reading: own }
  if ('profile' in input) return storedContent({ ...input, ...reading }, rowCount)
  if ('unreadable' in input) return { kind: 'unreadable', column: input, ...reading }
  if ('reason' in input) return { kind: 'unprofiled', column: input, ...reading }
  const column = toTable(side, { [name]: input }).column(name)
  return { kind: 'cells', column, ...reading }
}
