import {
  InvalidArgumentError,
  isMissing,
  type TableColumn,
  type UnreadColumn,
} from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { MeasuredColumn } from '../measure/measured-column.ts'
import type { UnreadSide } from '../plan/open-table.ts'
import type { ColumnDrift } from './drift-report.ts'

/** First and last, in milliseconds since 1970. */
export type TimeRange = readonly [from: number, to: number]

/** The extremes of one column; null on a side without a value. */
export interface TimeRanges {
  readonly column: string
  readonly reference: TimeRange | null
  readonly current: TimeRange | null
}

/**
 * The extremes of the column that the option `time` names; null where it names none.
 *
 * @throws InvalidArgumentError where it holds neither dates nor numbers
 */
export function* timeRangesOf(
  column: string | undefined,
  read: { readonly reference: ReadUnread; readonly current: ReadUnread },
): Steps<TimeRanges | null> {
  if (column === undefined) return null
  return {
    column,
    reference: yield* rangeOf(read.reference(column)),
    current: yield* rangeOf(read.current(column)),
  }
}

type ReadUnread = (name: string) => UnreadSide

/** The extremes of the only column of dates that was compared; null where there is none, or several are. */
export function onlyTimeRanges(measured: readonly MeasuredColumn[]): TimeRanges | null {
  const [column, another] = measured.filter(isComparedDates)
  if (column === undefined || another !== undefined) return null
  const { name, reference, current } = column
  return { column: name, reference: rangeOfProfile(reference), current: rangeOfProfile(current) }
}

/** A side alone, or dates that are none any more, say nothing of both tables. */
function isComparedDates({ type, finding }: MeasuredColumn): boolean {
  return type === 'datetime' && (finding === undefined || finding === 'left-out')
}

function rangeOfProfile(profile: ColumnDrift['reference']): TimeRange | null {
  if (profile?.kind !== 'numeric' || profile.min === null || profile.max === null) return null
  return [profile.min, profile.max]
}

function* rangeOf(source: UnreadSide): Steps<TimeRange | null> {
  if (source === null) return null
  if (source.kind === 'failed') throw noTimes('a column that cannot be read')
  if (source.kind === 'cells') return yield* rangeOfCells(source.column)
  if (source.kind === 'unprofiled') throw noTimes('a column that its profile does not hold')
  const { profile } = source.column
  if (profile.kind !== 'numeric') throw noTimes('a profile that counts categories')
  return rangeOfProfile(profile)
}

/** So many cells are looked at in one step. */
const CELLS_OF_STEP = 4096

function* rangeOfCells(column: TableColumn | UnreadColumn): Steps<TimeRange | null> {
  if ('categories' in column && column.categories !== undefined) throw noTimes('categories')
  const { length, cellsOf } = readerOf(column)
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let from = 0; from < length; from += CELLS_OF_STEP) {
    for (const cell of cellsOf(from, Math.min(from + CELLS_OF_STEP, length))) {
      const time = isMissing(cell) ? Number.NaN : timeOf(cell)
      if (!Number.isFinite(time)) continue
      if (time < low) low = time
      if (time > high) high = time
    }
    yield
  }
  return low <= high ? [low, high] : null
}

interface CellReader {
  readonly length: number
  /** The cells `from` to `to` − 1. */
  cellsOf(from: number, to: number): Iterable<unknown>
}

function readerOf(column: TableColumn | UnreadColumn): CellReader {
  if ('read' in column) {
    return { length: column.length, cellsOf: (from, to) => Array.from(column.read(from, to)) }
  }
  const { values, rows } = column
  const cellAt = (i: number) => values[rows === undefined ? i : rows[i]!]
  return {
    length: (rows ?? values).length,
    cellsOf: (from, to) => Array.from({ length: to - from }, (_, i) => cellAt(from + i)),
  }
}

function timeOf(cell: unknown): number {
  if (typeof cell === 'number' || typeof cell === 'bigint' || cell instanceof Date) {
    return Number(cell)
  }
  // Its kind and not itself: a report may be redacted.
  throw noTimes(`a value that is a ${typeof cell}`)
}

function noTimes(received: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'time',
    'a column of dates, or of milliseconds since 1970',
    received,
  )
}
