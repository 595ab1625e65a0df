import { InvalidArgumentError } from '@tidegauge/core'
import {
  andersonDarlingSurvival,
  logAndersonDarlingSurvival,
} from '../distributions/anderson-darling.ts'
import { CHUNK, type PooledSamples, poolSorted } from '../samples/pooled-samples.ts'
import { sortedSample } from '../samples/sample.ts'
import type { HypothesisTest } from './result.ts'

export interface AndersonDarlingTest extends HypothesisTest {
  readonly nullDistribution: 'limit'
  /** Natural logarithm of `pValue`: still says how small where p is 0. */
  readonly logPValue: number
  /** The p-value of scipy's `anderson_ksamp`: interpolated from a table, never outside [0.001, 0.25]. */
  readonly cappedPValue: number
}

/**
 * Two-sample Anderson–Darling test: were both samples drawn from one distribution? More sensitive in the
 * tails than Kolmogorov–Smirnov and Cramér–von Mises.
 *
 * A² = (N − 1)/N · 1/nm · Σ t_k (N M_k − n B_k)² / (B_k (N − B_k) − N t_k/4) over the distinct values, of
 * which t_k are equal; B_k pooled and M_k reference values lie below, those equal counted as half.
 * `statistic` is (A² − 1)/σ, with the σ of untied values, as in scipy's `anderson_ksamp`.
 *
 * p is P(Σ Z_j²/(j(j+1)) > 1 + σ_∞ (A² − 1)/σ): that law has mean 1 and variance σ_∞² = 2(π²/3 − 3), and
 * no cap. With ties A² still has mean 1 but a larger variance, up to 2 on binary values; the σ for p
 * grows with it. Where all values are equal, A² is 0 and p is 1.
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`, n + m ≥ 4
 * @returns `statistic`, its `pValue`, and `cappedPValue` as scipy reports it
 * @throws InvalidArgumentError on an empty sample, a non-finite value, or fewer than 4 values in all
 * @see Scholz & Stephens (1987), Journal of the American Statistical Association 82, 918–924, equation 7
 * @example
 * andersonDarling([1, 2, 3, 4], [5, 6, 7, 8]).pValue // 0.0108
 */
export function andersonDarling(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): AndersonDarlingTest {
  return andersonDarlingOfSorted(
    sortedSample('reference', reference),
    sortedSample('current', current),
  )
}

/**
 * `andersonDarling` of samples that are sorted already. Trusts them: finite values, ascending, at least one.
 *
 * @throws InvalidArgumentError on fewer than 4 values in all
 * @example
 * andersonDarlingOfSorted(Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)).statistic // 3.69
 */
export function andersonDarlingOfSorted(
  sortedReference: Float64Array,
  sortedCurrent: Float64Array,
): AndersonDarlingTest {
  return andersonDarlingOfPooled(poolSorted(sortedReference, sortedCurrent))
}

/**
 * `andersonDarling` of samples that are merged already.
 *
 * @throws InvalidArgumentError on fewer than 4 values in all
 * @example
 * andersonDarlingOfPooled(poolSorted(Float64Array.of(1, 2), Float64Array.of(3, 4))).statistic // 1.54
 */
export function andersonDarlingOfPooled(pooled: PooledSamples): AndersonDarlingTest {
  const { n, m } = pooled
  if (n + m < 4) {
    throw new InvalidArgumentError('current', 'at least 4 values together with "reference"', n + m)
  }
  const excess = midrankStatistic(pooled) - 1
  const sigma = untiedSigma(n, m)
  const statistic = excess / sigma
  const inflation = tieInflation(pooled)
  // Where all values are equal, it is −∞.
  const limit = 1 + (LIMIT_SIGMA * statistic) / Math.sqrt(inflation)
  return {
    kind: 'hypothesis-test',
    statistic,
    pValue: andersonDarlingSurvival(limit),
    nullDistribution: 'limit',
    logPValue: logAndersonDarlingSurvival(limit),
    cappedPValue: cappedPValue(statistic),
  }
}

/** √(2 Σ 1/(j(j+1))²) */
const LIMIT_SIGMA = Math.sqrt((2 * Math.PI ** 2) / 3 - 6)

/** A²_akN, where N M − n B is the mean of h = i m − j n just below and just above the block. */
function midrankStatistic({ reference, current, n, m }: PooledSamples): number {
  const size = n + m
  if (reference.length === 1) return 0
  let sum = 0
  let below = 0
  let differenceBelow = 0
  for (let start = 0; start < reference.length; start += CHUNK) {
    const end = Math.min(reference.length, start + CHUNK)
    let part = 0
    for (let k = start; k < end; k++) {
      const i = reference[k]!
      const j = current[k]!
      const ties = i + j - below
      const middle = below + ties / 2
      const difference = i * m - j * n
      const mean = (differenceBelow + difference) / 2
      part += (ties * mean * mean) / (middle * (size - middle) - (size * ties) / 4)
      below = i + j
      differenceBelow = difference
    }
    sum += part
  }
  return ((sum / n / m) * (size - 1)) / size
}

/**
 * Standard deviation of A² without ties. The double sum Σ_(i<j) 1/((N − i) j) of its source is, in closed
 * form, Σ_(i≤N) 1/i² − (2 H_N − 1/N)/N.
 */
function untiedSigma(n: number, m: number): number {
  const size = n + m
  const sampleSizes = 1 / n + 1 / m
  const { first, second } = harmonicNumbers(size)
  const h = first - 1 / size
  const g = second - (2 * first - 1 / size) / size
  const a = 4 * g - 6 + (10 - 6 * g) * sampleSizes
  const b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * sampleSizes - 8 * h + 4 * g - 6
  const c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * sampleSizes + 4 * h
  const d = 4 * (2 * h + 6) - 8 * h
  const variance = (((a * size + b) * size + c) * size + d) / (size - 1) / (size - 2) / (size - 3)
  return Math.sqrt(variance)
}

/** Σ 1/i and Σ 1/i² up to n. */
function harmonicNumbers(n: number): { first: number; second: number } {
  if (n < 100) {
    let first = 0
    let second = 0
    for (let i = n; i >= 1; i--) {
      first += 1 / i
      second += 1 / (i * i)
    }
    return { first, second }
  }
  const r = 1 / n
  const y = r * r
  return {
    first: Math.log(n) + EULER_GAMMA + r / 2 - y * (1 / 12 - y * (1 / 120 - y / 252)),
    second: Math.PI ** 2 / 6 - r + y / 2 - r * y * (1 / 6 - y * (1 / 30 - y / 42)),
  }
}

const EULER_GAMMA = 0.5772156649015329

/**
 * How many times larger the ties make the variance of A²: in the limit that is 2 Σ_k Σ_l p_k p_l ρ_kl²,
 * with the correlation ρ of the Brownian bridge at the middles u of two blocks of shares p,
 * ρ_kl² = (u_k (1 − u_l))² / v_k v_l for k < l, v_k = u_k (1 − u_k) − p_k/4. Divided by that of untied
 * values on the same grid.
 */
function tieInflation({ reference, current, n, m }: PooledSamples): number {
  const size = n + m
  const distinct = reference.length
  if (distinct === size) return 1
  if (distinct === 1) return 0
  const ofTies = bridgeVariance(distinct, (k) => (reference[k]! + current[k]!) / size)
  // On a fine grid the sum has long reached its integral.
  const isFine = size > 10_000
  return ofTies / (isFine ? LIMIT_SIGMA ** 2 : bridgeVariance(size, (k) => (k + 1) / size))
}

/** @param shareUpTo - share of the pooled values in the blocks 0 … k */
function bridgeVariance(blocks: number, shareUpTo: (k: number) => number): number {
  let variance = 0
  let before = 0
  let weighted = 0
  for (let k = 0; k < blocks; k++) {
    const upTo = shareUpTo(k)
    const share = upTo - before
    const middle = (before + upTo) / 2
    const v = middle * (1 - middle) - share / 4
    variance += 2 * share * (share + (2 * weighted * (1 - middle) ** 2) / v)
    weighted += (share * middle * middle) / v
    before = upTo
  }
  return variance
}

/**
 * Quadratic fit of scipy to the logarithms of the levels 0.25 … 0.001, at the critical values of Scholz and
 * Stephens for two samples.
 */
function cappedPValue(statistic: number): number {
  if (statistic < 0.325) return 0.25
  if (statistic > 6.546) return 0.001
  return Math.exp(
    (0.018198094574111257 * statistic - 1.0082265644652506) * statistic - 1.0777702798204873,
  )
}
