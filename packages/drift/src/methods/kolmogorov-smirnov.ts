import { kolmogorovSurvival } from '../distributions/kolmogorov.ts'
import {
  twoSampleKolmogorovCost,
  twoSampleKolmogorovSurvival,
} from '../distributions/kolmogorov-two-sample.ts'
import type { HypothesisTest } from './result.ts'
import { sortedSample } from './sample.ts'

export interface KolmogorovSmirnovTest extends HypothesisTest {
  /**
   * - `exact`: the distribution of D over all orders in which n and m values may come
   * - `finite-n`: that of D between nm/(n + m) values and the true distribution
   */
  readonly nullDistribution: 'exact' | 'finite-n'
}

/**
 * Two-sample Kolmogorov–Smirnov test: were both samples drawn from one continuous distribution?
 *
 * D = sup_x |F_n(x) − G_m(x)|. Up to 10 000 values a side, p is exact; above, it is P(D_N ≥ D) of the
 * one-sample distance of N = nm/(n + m) values, rounded. Both are what scipy's `ks_2samp` gives by
 * default. Where an exact p would take more than 20 million steps (it is below 1e-40 then), p
 * comes from the second law too; `nullDistribution` says which it was.
 *
 * Ties count as if they were not there, as in scipy: on discrete values p is too large, never too small.
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`
 * @returns `statistic` D in [0, 1] and its two-sided `pValue`
 * @throws InvalidArgumentError on an empty sample or a non-finite value
 * @see Hodges (1958), Arkiv för Matematik 3, 469–486; Simard & L'Ecuyer (2011), J. Stat. Software 39(11)
 * @example
 * kolmogorovSmirnov([1, 2, 3], [4, 5, 6]).pValue // 0.1
 */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): KolmogorovSmirnovTest {
  return kolmogorovSmirnovOfSorted(
    sortedSample('reference', reference),
    sortedSample('current', current),
  )
}

/**
 * `kolmogorovSmirnov` of samples that are sorted already. Trusts its input: finite values, ascending,
 * at least one.
 *
 * @example
 * kolmogorovSmirnovOfSorted(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)).statistic // 1
 */
export function kolmogorovSmirnovOfSorted(
  sortedReference: Float64Array,
  sortedCurrent: Float64Array,
): KolmogorovSmirnovTest {
  const n = sortedReference.length
  const m = sortedCurrent.length
  const steps = maxCdfDifference(sortedReference, sortedCurrent)
  const statistic = steps / (n * m)
  if (
    Math.max(n, m) <= LARGEST_EXACT_SAMPLE &&
    twoSampleKolmogorovCost(n, m, steps) <= LARGEST_EXACT_COST
  ) {
    const pValue = twoSampleKolmogorovSurvival(n, m, steps)
    return { kind: 'hypothesis-test', statistic, pValue, nullDistribution: 'exact' }
  }
  const pValue = kolmogorovSurvival(roundHalfToEven((n * m) / (n + m)), statistic)
  return { kind: 'hypothesis-test', statistic, pValue, nullDistribution: 'finite-n' }
}

/** Where scipy's `method="auto"` changes over. */
const LARGEST_EXACT_SAMPLE = 10_000
const LARGEST_EXACT_COST = 20_000_000

/**
 * nm · D, an integer: max |i m − j n| over the points where i values of `a` and j of `b` lie at or below.
 * Equal values are stepped over together. Exact while nm < 2^53, that is 94 million values a side.
 */
function maxCdfDifference(a: Float64Array, b: Float64Array): number {
  const n = a.length
  const m = b.length
  let i = 0
  let j = 0
  let difference = 0
  let largest = 0
  while (i < n && j < m) {
    const x = a[i]!
    const y = b[j]!
    if (x < y) {
      i++
      difference += m
    } else if (y < x) {
      j++
      difference -= n
    } else {
      for (; i < n && a[i] === x; i++) difference += m
      for (; j < m && b[j] === x; j++) difference -= n
    }
    if (difference > largest) largest = difference
    else if (-difference > largest) largest = -difference
  }
  return largest
}

/** As numpy rounds: 2.5 to 2. */
function roundHalfToEven(x: number): number {
  const low = Math.floor(x)
  if (x - low !== 0.5) return Math.round(x)
  return low % 2 === 0 ? low : low + 1
}
