import { assertGivenCount, type NumericProfile, numericProfile } from './binned-profile.ts'
import { InvalidArgumentError } from './errors.ts'
import { assertOptions } from './options.ts'

/**
 * A slot and how many values fall into it: 0 below the first edge, i + 1 in bin i, and as many as there are edges above
 * the last one.
 */
export type CountedSlot = readonly [slot: number, count: number]

export interface NumericProfileOfCountsOptions {
  /** Values that are NULL or NaN. */
  readonly missing?: number
  /** Values that are +∞ or −∞. */
  readonly infinite?: number
  /** Extremes of the finite values; not known by default. */
  readonly min?: number | null
  readonly max?: number | null
  /** Sum of the finite values; not known by default. */
  readonly sum?: number | null
}

const OPTIONS = {
  missing: true,
  infinite: true,
  min: true,
  max: true,
  sum: true,
} as const satisfies Record<keyof NumericProfileOfCountsOptions, true>

/**
 * The profile of numbers that a database has counted: what `numericProfile` would have made of the values.
 *
 * Bin i holds edges[i] < x ≤ edges[i + 1], the first also x = edges[0]. The buckets of SQL's `width_bucket` hold their
 * lower end instead of the upper one, so that it is asked for −x, between the edges' negatives. With edges 0, 2, 4,
 * for PostgreSQL:
 *
 * ```sql
 * select case when x = 0 then 1 else 3 - width_bucket(-x, array[-4, -2, 0]::float8[]) end as slot,
 *        count(*)::float8, min(x), max(x), sum(x)
 * from flights where x > '-infinity' and x < 'infinity' group by slot
 * ```
 *
 * (3 is the number of edges. A NaN is above infinity there.) What the condition leaves out is `missing` or `infinite`.
 *
 * @param counts - a slot and its count, in any order, each slot at most once; one without a row counts 0
 * @param edges - at least two finite numbers, strictly increasing
 * @throws InvalidArgumentError on a slot that is none or comes twice, a count that is not a non-negative number, edges
 *   that are not finite and strictly increasing, and extremes or a sum that no values in these slots have
 * @example
 * numericProfileOfCounts([[1, 3], [3, 1]], [0, 2, 4]).counts // [3, 0], and overflow 1
 */
export function numericProfileOfCounts(
  counts: Iterable<CountedSlot>,
  edges: ArrayLike<number>,
  options: NumericProfileOfCountsOptions = {},
): NumericProfile {
  assertOptions('options', options, OPTIONS)
  const { missing = 0, infinite = 0, min = null, max = null, sum = null } = options
  const empty = numericProfile([], edges, { missing, infinite })
  const slots = slotsOf(counts, empty.edges.length)
  const n = slots.reduce((total, count) => total + count, 0)
  const known = { min, max, sum: n === 0 ? (sum ?? 0) : sum }
  assertPossible(known, slots, n, empty.edges)
  return {
    ...empty,
    counts: slots.slice(1, -1),
    underflow: slots[0]!,
    overflow: slots[slots.length - 1]!,
    n,
    ...known,
  }
}

function slotsOf(counts: Iterable<CountedSlot>, last: number): number[] {
  if (typeof (counts as Partial<Iterable<CountedSlot>> | null)?.[Symbol.iterator] !== 'function') {
    throw new InvalidArgumentError('counts', 'pairs of a slot and its count', counts)
  }
  const slots = new Array<number>(last + 1).fill(0)
  const met = new Set<number>()
  let i = 0
  for (const row of counts) {
    const at = `counts[${i++}]`
    if (!Array.isArray(row)) throw new InvalidArgumentError(at, '[slot, count]', row)
    const [slot, count] = row as CountedSlot
    if (!(Number.isInteger(slot) && slot >= 0 && slot <= last)) {
      const expected = `a slot from 0 to ${last}, as a number (rows without a value are "missing")`
      throw new InvalidArgumentError(`${at}[0]`, expected, slot)
    }
    if (met.has(slot)) throw new InvalidArgumentError(`${at}[0]`, 'a slot of its own', slot)
    met.add(slot)
    assertGivenCount(`${at}[1]`, count)
    slots[slot] = count
  }
  return slots
}

/** Are there values in these slots that have such extremes and such a sum? */
function assertPossible(
  { min, max, sum }: Pick<NumericProfile, 'min' | 'max' | 'sum'>,
  slots: readonly number[],
  n: number,
  edges: readonly number[],
): void {
  for (const [name, value] of Object.entries({ min, max, sum })) {
    if (value !== null && !Number.isFinite(value)) {
      throw new InvalidArgumentError(name, 'a finite number or null', value)
    }
  }
  if (n === 0) {
    for (const [name, value] of Object.entries({ min, max })) {
      if (value !== null) throw new InvalidArgumentError(name, 'null, as nothing is counted', value)
    }
    if (sum !== 0) throw new InvalidArgumentError('sum', '0, as nothing is counted', sum)
    return
  }
  const isFilled = (count: number) => count > 0
  if (min !== null) assertInSlot('min', min, slots.findIndex(isFilled), edges)
  if (max !== null) assertInSlot('max', max, slots.findLastIndex(isFilled), edges)
  if (min !== null && max !== null) {
    if (min > max) throw new InvalidArgumentError('max', `at least min (${min})`, max)
    if (sum !== null) assertSum(sum, n, min, max)
  }
}

function assertInSlot(name: string, value: number, slot: number, edges: readonly number[]): void {
  const above = slot > 0 ? edges[slot - 1]! : Number.NEGATIVE_INFINITY
  const upTo = edges[slot] ?? Number.POSITIVE_INFINITY
  const isIn =
    slot === 0 ? value < upTo : (value > above || (slot === 1 && value === above)) && value <= upTo
  if (isIn) return
  const end = name === 'min' ? 'lowest' : 'highest'
  const expected = `in the ${end} slot that holds a value (slot ${slot}: ${boundsOf(slot, edges)})`
  throw new InvalidArgumentError(name, expected, value)
}

function boundsOf(slot: number, edges: readonly number[]): string {
  if (slot === 0) return `below ${edges[0]}`
  if (slot === edges.length) return `above ${edges[slot - 1]}`
  return slot === 1
    ? `from ${edges[0]} to ${edges[1]}`
    : `above ${edges[slot - 1]}, up to ${edges[slot]}`
}

/** As far as sums of doubles tell, in whichever order an engine adds them. */
function assertSum(sum: number, n: number, min: number, max: number): void {
  const slack = ROUNDING * n * Math.max(Math.abs(min), Math.abs(max))
  if (sum >= n * min - slack && sum <= n * max + slack) return
  throw new InvalidArgumentError('sum', `that of ${n} values between ${min} and ${max}`, sum)
}

const ROUNDING = 1e-6
