import { type NumericProfile, PROFILE_VERSION } from '@tidegauge/core'
import { countBelow, countUpTo } from '@tidegauge/core/internal'
import type { Quantiles } from '../report/drift-report.ts'

export interface SortedProfileOptions {
  /** Missing values that were set aside before. */
  readonly missing: number
  /** Infinite values that were set aside before; default 0. */
  readonly infinite?: number
  /** The sum of the values, where it is known; null: known to be none. */
  readonly sum?: number | null | undefined
}

/**
 * `numericProfile` of values that are sorted. It bisects at the edges, so that a long stored sample costs no
 * more than its bins. Trusts its input: finite values, ascending; two edges or more, strictly increasing.
 *
 * @example
 * profileOfSorted(Float64Array.of(1, 2, 2, 9), [0, 2, 4], { missing: 0 }).counts // [3, 0], and overflow 1
 */
export function profileOfSorted(
  sorted: Float64Array,
  edges: readonly number[],
  { missing, infinite = 0, sum = sumOf(sorted) }: SortedProfileOptions,
): NumericProfile {
  const n = sorted.length
  const [first, ...upper] = edges
  const underflow = countBelow(sorted, first!)
  const upTo = upper.map((edge) => countUpTo(sorted, edge))
  return {
    kind: 'numeric',
    version: PROFILE_VERSION,
    edges: [...edges],
    counts: upTo.map((count, i) => count - (upTo[i - 1] ?? underflow)),
    underflow,
    overflow: n - upTo[upTo.length - 1]!,
    n,
    missing,
    infinite,
    min: n === 0 ? null : sorted[0]!,
    max: n === 0 ? null : sorted[n - 1]!,
    sum: Number.isFinite(sum) ? sum : null,
  }
}

const PERCENTS = [0, 1, 5, 25, 50, 75, 95, 99, 100]

/**
 * Values of the samples themselves, none interpolated: the smallest up to which such a share of them lies.
 *
 * @param reference - finite numbers, ascending, at least one
 * @param current - the same
 * @example
 * quantilesOfSorted(Float64Array.of(1, 2, 3, 4), Float64Array.of(5)).reference[4] // 2, the median
 */
export function quantilesOfSorted(reference: Float64Array, current: Float64Array): Quantiles {
  const levels = PERCENTS.map((percent) => percent / 100)
  return { levels, reference: valuesAtPercents(reference), current: valuesAtPercents(current) }
}

/** The same of values that lie elsewhere: those at `percentPlaces` are known. */
export function quantilesOfPlaces(reference: SortedValues, current: SortedValues): Quantiles {
  const levels = PERCENTS.map((percent) => percent / 100)
  const valuesOf = ({ n, valueAt }: SortedValues) =>
    percentPlaces(n).map((place) => valueAt(place) + 0)
  return { levels, reference: valuesOf(reference), current: valuesOf(current) }
}

interface SortedValues {
  readonly n: number
  valueAt(place: number): number
}

/** Which of n sorted values the quantiles are, the first at 0. */
export function percentPlaces(n: number): number[] {
  return PERCENTS.map((percent) => placeOfPercent(n, percent))
}

export function placeOfPercent(n: number, percent: number): number {
  // Whole numbers: 0.95 · 20 could be a little more than 19.
  return Math.max(1, Math.ceil((percent * n) / 100)) - 1
}

function valuesAtPercents(sorted: Float64Array): number[] {
  // JSON has no −0
  return percentPlaces(sorted.length).map((place) => sorted[place]! + 0)
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum
}
