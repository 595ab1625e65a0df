import { InvalidArgumentError, isMissing } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { MeasuredColumn } from '../measure/measured-column.ts'
import type { ColumnContent } from '../plan/open-table.ts'
import { type Cells, cellsOf, eachBlock } from '../read/cells.ts'
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
  read: ReadTimes,
): Steps<TimeRanges | null> {
  if (column === undefined) return null
  return {
    column,
    reference: yield* timeRangeOf(read.reference(column)),
    current: yield* timeRangeOf(read.current(column)),
  }
}

export interface ReadTimes {
  readonly reference: ReadUnread
  readonly current: ReadUnread
}

type ReadUnread = (name: string) => ColumnContent

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

/** The extremes of a column; null where it has no value. */
export function* timeRangeOf(content: ColumnContent): Steps<TimeRange | null> {
  switch (content?.kind) {
    case 'cells':
      return yield* rangeOfCells(cellsOf(content.column))
    case 'profile': {
      const { profile } = content.column
      if (profile.kind !== 'numeric') throw noTimes('a profile that counts categories')
      return rangeOfProfile(profile)
    }
    case 'unprofiled':
      throw noTimes('a column that its profile does not hold')
    case 'unreadable':
      throw noTimes(`a column that is not read: ${content.column.unreadable}`)
    case 'failed':
      throw noTimes('a column that cannot be read')
    default:
      return null
  }
}

function* rangeOfCells(cells: Cells): Steps<TimeRange | null> {
  if (cells.dictionary !== undefined) throw noTimes('categories')
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  yield* eachBlock(cells, (values, start, end) => {
    for (let i = start; i < end; i++) {
      const cell = values[i]
      const time = isMissing(cell) ? Number.NaN : timeOf(cell)
      if (!Number.isFinite(time)) continue
      if (time < low) low = time
      if (time > high) high = time
    }
    return end
  })
  return low <= high ? [low, high] : null
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
