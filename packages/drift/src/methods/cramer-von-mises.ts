import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import {
  cramerVonMisesSurvival,
  logCramerVonMisesSurvival,
} from '../distributions/cramer-von-mises.ts'
import { twoSampleCramerVonMisesSurvival } from '../distributions/cramer-von-mises-two-sample.ts'
import { CHUNK, type PooledSamples, poolSorted, tieCounts } from '../samples/pooled-samples.ts'
import { sortedSample } from '../samples/sample.ts'
import { type NullMoments, tiedMoments, untiedMoments } from './cramer-von-mises-moments.ts'
import type { HypothesisTest } from './result.ts'

export interface CramerVonMisesOptions {
  /**
   * - `conditional`, the default: p is that of the ties as they came
   * - `midranks`: T from midranks, p as if there were no ties. What scipy's `cramervonmises_2samp` gives;
   *   it calls two equal constants drifted
   */
  readonly ties?: 'conditional' | 'midranks'
}

export interface CramerVonMisesTest extends HypothesisTest {
  /**
   * - `exact`: over all orders in which n and m values may come, up to 20 values a side
   * - `limit`: the limiting law, T brought to its mean and variance
   */
  readonly nullDistribution: 'exact' | 'limit'
  /** Natural logarithm of `pValue`, of the limiting law alone: still says how small where p is 0. */
  readonly logPValue?: number
}

/**
 * Two-sample Cramér–von Mises test: were both samples drawn from one distribution?
 *
 * T = nm/N² Σ (F_n − G_m)² over the N = n + m pooled values. Up to 20 values a side p is exact; above, T
 * less its mean over its standard deviation, given n, m and the ties, is compared to the limiting law
 * Σ Z_j²/(jπ)², in the same measure (Anderson's approximation).
 *
 * In a block of equal values the square is the mean of those just below and just above: equal samples
 * have T = 0. Mean, variance and exact p are those of all ways to deal the pooled values out to both
 * samples, so that p is right on rounded and discrete values too.
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`
 * @returns `statistic` T, at least 0, and its `pValue`
 * @throws InvalidArgumentError on an empty sample, a non-finite value or an unknown option
 * @see Anderson (1962), Annals of Mathematical Statistics 33, 1148–1159
 * @example
 * cramerVonMises([1, 2, 3], [4, 5, 6]) // statistic 0.5278, pValue 0.1
 */
export function cramerVonMises(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: CramerVonMisesOptions = {},
): CramerVonMisesTest {
  assertOptions('options', options, OPTIONS)
  return cramerVonMisesOfSorted(
    sortedSample('reference', reference),
    sortedSample('current', current),
    options,
  )
}

const OPTIONS = { ties: true } as const satisfies Record<keyof CramerVonMisesOptions, true>

/**
 * `cramerVonMises` of samples that are sorted already. Trusts them: finite values, ascending, at least one.
 *
 * @throws InvalidArgumentError on an unknown option
 * @example
 * cramerVonMisesOfSorted(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)).pValue // 0.1
 */
export function cramerVonMisesOfSorted(
  sortedReference: Float64Array,
  sortedCurrent: Float64Array,
  options: CramerVonMisesOptions = {},
): CramerVonMisesTest {
  return cramerVonMisesOfPooled(poolSorted(sortedReference, sortedCurrent), options)
}

/**
 * `cramerVonMises` of samples that are merged already.
 *
 * @throws InvalidArgumentError on an unknown option
 * @example
 * cramerVonMisesOfPooled(poolSorted(Float64Array.of(1, 2), Float64Array.of(3, 4))).pValue // 1/3
 */
export function cramerVonMisesOfPooled(
  pooled: PooledSamples,
  { ties = 'conditional' }: CramerVonMisesOptions = {},
): CramerVonMisesTest {
  switch (ties) {
    case 'conditional':
      return conditionalTest(pooled)
    case 'midranks':
      return midrankTest(pooled)
    default:
      throw new InvalidArgumentError('ties', "'conditional' or 'midranks'", ties)
  }
}

/** Where scipy's `method="auto"` changes over. */
const LARGEST_EXACT_SAMPLE = 20

function conditionalTest(pooled: PooledSamples): CramerVonMisesTest {
  const { n, m } = pooled
  const total = n + m
  const sum = sumOfSquares(pooled)
  const statistic = sum / (2 * total * total * n * m)
  if (Math.max(n, m) <= LARGEST_EXACT_SAMPLE) {
    const pValue = twoSampleCramerVonMisesSurvival(n, m, tieCounts(pooled), sum)
    return { kind: 'hypothesis-test', statistic, pValue, nullDistribution: 'exact' }
  }
  const isUntied = pooled.values.length === total
  return limitTest(statistic, isUntied ? untiedMoments(n, m) : tiedMoments(pooled))
}

/** Σ t_k (h_(k−1)² + h_k²), h = i m − j n: terms of one sign, so that nothing cancels. */
function sumOfSquares({ reference, current, n, m }: PooledSamples): number {
  let sum = 0
  let before = 0
  let squareBefore = 0
  for (let start = 0; start < reference.length; start += CHUNK) {
    const end = Math.min(reference.length, start + CHUNK)
    let part = 0
    for (let k = start; k < end; k++) {
      const i = reference[k]!
      const j = current[k]!
      const difference = i * m - j * n
      const square = difference * difference
      part += (i + j - before) * (squareBefore + square)
      before = i + j
      squareBefore = square
    }
    sum += part
  }
  return sum
}

function limitTest(statistic: number, { mean, variance }: NullMoments): CramerVonMisesTest {
  // No variance: all values are equal, and T is 0 in any case.
  const standardised =
    variance > 0 ? LIMIT_MEAN + (statistic - mean) * Math.sqrt(LIMIT_VARIANCE / variance) : 0
  return {
    kind: 'hypothesis-test',
    statistic,
    pValue: cramerVonMisesSurvival(standardised),
    nullDistribution: 'limit',
    logPValue: logCramerVonMisesSurvival(standardised),
  }
}

const LIMIT_MEAN = 1 / 6
const LIMIT_VARIANCE = 1 / 45

/** U/(nmN) − (4nm − 1)/6N, the law that of untied values. */
function midrankTest(pooled: PooledSamples): CramerVonMisesTest {
  const { n, m } = pooled
  const total = n + m
  const excess = midrankExcess(pooled)
  const statistic = Number(excess) / 12 / n / m / total
  if (Math.max(n, m) <= LARGEST_EXACT_SAMPLE) {
    const untied = new Uint8Array(total).fill(1)
    // scipy counts in ζ = Σ h² over the squared greatest common divisor, and rounds it down.
    const step = BigInt(greatestCommonDivisor(n, m) ** 2)
    const sum = Number(((excess * BigInt(total)) / (12n * step)) * 2n * step)
    const pValue = twoSampleCramerVonMisesSurvival(n, m, untied, sum)
    return { kind: 'hypothesis-test', statistic, pValue, nullDistribution: 'exact' }
  }
  return limitTest(statistic, untiedMoments(n, m))
}

/** 12 nmN · T = 12 U − 2 nm (4 nm − 1), exact: the difference cancels all but a few digits of U. */
function midrankExcess({ reference, current, n, m }: PooledSamples): bigint {
  const pairs = BigInt(n) * BigInt(m)
  return (
    BigInt(n) * midrankSquares(reference, current) +
    BigInt(m) * midrankSquares(current, reference) -
    2n * pairs * (4n * pairs - 1n)
  )
}

/**
 * 12 Σ (midrank among all − rank among its own)² = Σ over blocks of a (3 (2j + b)² + a² − 1), with a own and
 * b other values in the block, and j other ones below it.
 */
function midrankSquares(own: Uint32Array, other: Uint32Array): bigint {
  let whole = 0n
  let carries = 0
  let part = 0
  let ownBefore = 0
  let otherBefore = 0
  for (let start = 0; start < own.length; start += CHUNK) {
    const end = Math.min(own.length, start + CHUNK)
    for (let k = start; k < end; k++) {
      const a = own[k]! - ownBefore
      const twice = otherBefore + other[k]!
      // ** 2 is a product of doubles. That of integers is asked whether it is 0, for it might be −0: a branch
      // that would be mispredicted every other time.
      const term = a * (3 * twice ** 2 + a ** 2 - 1)
      if (term < EXACT) part += term
      else whole += exactTerm(a, twice)
      if (part >= EXACT) {
        carries++
        part -= EXACT
      }
      ownBefore = own[k]!
      otherBefore = other[k]!
    }
  }
  return whole + BigInt(carries) * BigInt(EXACT) + BigInt(part)
}

function exactTerm(a: number, twice: number): bigint {
  return BigInt(a) * (3n * BigInt(twice) ** 2n + BigInt(a) ** 2n - 1n)
}

/** Two integers below it have an exact sum. */
const EXACT = 2 ** 52

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
