import { assertOptions } from '@tidegauge/core/options'
import { mannWhitneySurvival } from '../distributions/mann-whitney.ts'
import { logNormalSurvival, normalSurvival } from '../distributions/normal.ts'
import { CHUNK, type PooledSamples, poolSorted, tieCounts } from '../samples/pooled-samples.ts'
import { sortedSample } from '../samples/sample.ts'
import { type Alternative, type AlternativeOptions, assertAlternative } from './alternative.ts'
import type { HypothesisTest } from './result.ts'

export interface MannWhitneyUOptions extends AlternativeOptions {
  /** Move U by ½ towards its mean before it is compared to the normal law; true by default. */
  readonly continuityCorrection?: boolean
}

export interface MannWhitneyUTest extends HypothesisTest {
  /**
   * - `exact`: over all orders in which n and m values may come; up to 8 values on a side, without ties
   * - `normal`: in the limit, with the variance that the ties leave
   */
  readonly nullDistribution: 'exact' | 'normal'
  /** Natural logarithm of `pValue`, of the normal law alone: still says how small where p is 0. */
  readonly logPValue?: number
}

/**
 * Mann–Whitney U test, or Wilcoxon rank-sum test: does one sample tend to larger values than the other?
 *
 * U = pairs in which the reference value is the larger one, equal pairs counted as half. p is exact where
 * a side has at most 8 values and none are equal, as by default in scipy's `mannwhitneyu`; elsewhere it is
 * that of z = (|U − nm/2| − ½)/s, s² = nm/12 · (N + 1 − Σ (t³ − t)/(N(N − 1))) over blocks of t equal values.
 * Where an exact p would take more than 50 million steps it is that of the normal law too. Where all values
 * are equal, p is 1.
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`
 * @param options - `alternative: 'less'` asks whether the reference tends to smaller values
 * @returns `statistic` U in [0, nm], and its `pValue`
 * @throws InvalidArgumentError on an empty sample, a non-finite value or an unknown alternative
 * @see Mann & Whitney (1947), Annals of Mathematical Statistics 18, 50–60
 * @example
 * mannWhitneyU([19, 22, 16, 29, 24], [20, 11, 17, 12]) // statistic 17, pValue 0.1111
 */
export function mannWhitneyU(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: MannWhitneyUOptions = {},
): MannWhitneyUTest {
  assertOptions('options', options, OPTIONS)
  return mannWhitneyUOfSorted(
    sortedSample('reference', reference),
    sortedSample('current', current),
    options,
  )
}

const OPTIONS = {
  alternative: true,
  continuityCorrection: true,
} as const satisfies Record<keyof MannWhitneyUOptions, true>

/**
 * `mannWhitneyU` of samples that are sorted already. Trusts them: finite values, ascending, at least one.
 *
 * @throws InvalidArgumentError on an unknown alternative
 * @example
 * mannWhitneyUOfSorted(Float64Array.of(2, 4), Float64Array.of(1, 3)).statistic // 3
 */
export function mannWhitneyUOfSorted(
  sortedReference: Float64Array,
  sortedCurrent: Float64Array,
  options: MannWhitneyUOptions = {},
): MannWhitneyUTest {
  return mannWhitneyUOfPooled(poolSorted(sortedReference, sortedCurrent), options)
}

/**
 * `mannWhitneyU` of samples that are merged already.
 *
 * @throws InvalidArgumentError on an unknown alternative
 * @example
 * mannWhitneyUOfPooled(poolSorted(Float64Array.of(2, 4), Float64Array.of(1, 3))).statistic // 3
 */
export function mannWhitneyUOfPooled(
  pooled: PooledSamples,
  { alternative = 'two-sided', continuityCorrection = true }: MannWhitneyUOptions = {},
): MannWhitneyUTest {
  assertAlternative(alternative)
  const { n, m, values } = pooled
  const statistic = pairsWon(pooled)
  const u = tested(statistic, n * m, alternative)
  const tails = alternative === 'two-sided' ? 2 : 1
  if (values.length === n + m && isExactCheap(n, m)) {
    const pValue = Math.min(1, tails * mannWhitneySurvival(n, m, u))
    return { kind: 'hypothesis-test', statistic, pValue, nullDistribution: 'exact' }
  }
  const deviation = u - (n * m) / 2 - (continuityCorrection ? 0.5 : 0)
  // Without variance all values are equal.
  const sigma = standardDeviation(pooled)
  const z = sigma > 0 ? deviation / sigma : Number.NEGATIVE_INFINITY
  return {
    kind: 'hypothesis-test',
    statistic,
    pValue: Math.min(1, tails * normalSurvival(z)),
    nullDistribution: 'normal',
    logPValue: Math.min(0, Math.log(tails) + logNormalSurvival(z)),
  }
}

/** Where scipy's `method="auto"` changes over. */
const LARGEST_EXACT_SAMPLE = 8
const LARGEST_EXACT_COST = 50_000_000

function isExactCheap(n: number, m: number): boolean {
  const fewer = Math.min(n, m)
  return fewer <= LARGEST_EXACT_SAMPLE && (fewer * n * m) / 2 <= LARGEST_EXACT_COST
}

/** Large where the alternative holds. */
function tested(u: number, pairs: number, alternative: Alternative): number {
  if (alternative === 'greater') return u
  if (alternative === 'less') return pairs - u
  return Math.max(u, pairs - u)
}

/** Twice U is an integer: exact up to 2^53, that is 67 million values a side. */
function pairsWon({ reference, current }: PooledSamples): number {
  let twice = 0
  let i = 0
  let j = 0
  for (let start = 0; start < reference.length; start += CHUNK) {
    const end = Math.min(reference.length, start + CHUNK)
    let part = 0
    for (let k = start; k < end; k++) {
      part += (reference[k]! - i) * (j + current[k]!)
      i = reference[k]!
      j = current[k]!
    }
    twice += part
  }
  return twice / 2
}

function standardDeviation(pooled: PooledSamples): number {
  const { n, m, values } = pooled
  const size = n + m
  // (N³ − N − Σ (t³ − t)) / (N (N − 1)), 0 exactly where all values are equal
  const excess = values.length === size ? 0 : tieTerm(tieCounts(pooled))
  const reduced = size + 1 - excess / size / (size - 1)
  return values.length === 1 ? 0 : Math.sqrt(((n * m) / 12) * reduced)
}

/** Σ t³ − t */
function tieTerm(ties: Float64Array): number {
  let sum = 0
  for (let k = 0; k < ties.length; k++) {
    const t = ties[k]!
    sum += (t - 1) * t * (t + 1)
  }
  return sum
}
