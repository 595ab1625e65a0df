import type { ColumnDrift } from '@tidegauge/drift'
import { rangeIn } from '../extremes.ts'
import { digitsThatResolve, formatNumber } from '../format.ts'
import { formatIn } from '../units.ts'

export type ValueFormat = (value: number) => string

/**
 * How the values of a column read beside one another: numbers with the digits that tell them apart, times
 * to the day, minute, second or millisecond that does.
 *
 * @param values - those that will be shown, or the ends of their range
 * @param unit - of numbers: see formatIn
 * @example
 * valueFormat('datetime', [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 31)])(Date.UTC(2026, 0, 7)) // '2026-01-07'
 */
export function valueFormat(
  type: ColumnDrift['type'],
  values: readonly number[],
  digits: number = 3,
  unit?: string,
): ValueFormat {
  if (type === 'datetime' && values.every(isTime)) return timeFormat(values)
  const resolved = digitsThatResolve(values, digits)
  const least = NOTHING_BESIDE * rangeIn(values, 1)
  const known = unit !== undefined && type === 'numeric' ? unit : undefined
  return (value) => {
    const shown = Math.abs(value) < least ? 0 : value
    return known === undefined ? formatNumber(shown, resolved) : formatIn(known, shown, resolved)
  }
}

/** A bin that ends just below 0, at −4.94e-324, begins at 0 on an axis up to 10. */
const NOTHING_BESIDE = 1e-12

/** `2026-01-31 to 2026-02-03`, both in UTC and as exact as they have to be. */
export function formatTimeRange([from, to]: readonly [number, number]): string {
  const format = valueFormat('datetime', [from, to])
  return `${format(from)} to ${format(to)}`
}

/** What a Date can hold. */
function isTime(value: number): boolean {
  return Math.abs(value) <= 8.64e15
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 1440 * MINUTE

function timeFormat(values: readonly number[]): ValueFormat {
  const range = rangeIn(values, 1)
  const length = range >= 3 * DAY ? 10 : range >= 3 * MINUTE ? 16 : range >= 3 * SECOND ? 19 : 23
  return (value) => {
    if (!isTime(value)) return formatNumber(value)
    const text = new Date(value).toISOString()
    // Years outside of 0 to 9999 are written with a sign and six digits.
    const extra = text.length - '2026-01-31T12:00:00.000Z'.length
    return text.slice(0, extra + length).replace('T', ' ')
  }
}
