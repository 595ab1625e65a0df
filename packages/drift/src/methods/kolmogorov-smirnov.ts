import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { kolmogorovSurvival } from '../distributions/kolmogorov.ts'
import {
  type Sidedness,
  twoSampleKolmogorovCost,
  twoSampleKolmogorovSurvival,
  twoSampleSmirnovLimit,
  twoSampleSmirnovSurvival,
} from '../distributions/kolmogorov-two-sample.ts'
import { logTwoSampleSmirnovTail } from '../distributions/smirnov-tail.ts'
import { tiedKolmogorovCost, tiedKolmogorovSurvival } from '../distributions/tied-kolmogorov.ts'
import { tiedKolmogorovLimit } from '../distributions/tied-kolmogorov-limit.ts'
import { finiteNumbers } from '../samples/finite-numbers.ts'
import { sortNumbers } from '../samples/sort-numbers.ts'
import { type Alternative, type CdfDifference, cdfDifference } from './cdf-difference.ts'
import { kolmogorovDistance } from './kolmogorov-distance.ts'
import type { HypothesisTest } from './result.ts'

export interface KolmogorovSmirnovOptions {
  /**
   * Which differences count: `two-sided` any, `greater` max(F_n − G_m), where `reference` tends to smaller
   * values, `less` max(G_m − F_n), where it tends to larger ones. As in scipy; default `two-sided`.
   */
  readonly alternative?: 'two-sided' | 'less' | 'greater'
  /**
   * `auto`: exact up to 10 000 values a side and 20 million steps. `exact`: up to 2 billion steps, some
   * seconds. What takes more comes from the other law; `nullDistribution` says which it was.
   */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
  /**
   * `ignore`: p as if no two values were equal, as in scipy: on discrete values too large, never too small.
   * `conditional`: p given the ties at hand, as in R's `psmirnov`. It sorts both samples. Default `ignore`.
   */
  readonly ties?: 'ignore' | 'conditional'
}

export interface KolmogorovSmirnovTest extends HypothesisTest {
  /**
   * - `exact`: the distribution of D over all orders in which n and m values may come, or, given
   *   ties, over all ways in which the values at hand may fall into samples of n and m
   * - `finite-n`: that of D between nm/(n + m) values and the true distribution
   * - `limit`: for large samples; one-sided Hodges' approximation, given ties that of a Brownian bridge
   */
  readonly nullDistribution: 'exact' | 'finite-n' | 'limit'
  /** The smallest value at which the distribution functions differ by D. */
  readonly location: number
  /** 1 where the reference's is the higher one there, −1 where the current one's is. */
  readonly sign: 1 | -1
  /** ln p: finite where p is 0 as a double. Below p = 1e-290 it is that of the tail without ties, within ½. */
  readonly logPValue: number
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
 * `ties: 'conditional'` takes them into account: exactly up to 20 million steps, above by a limit. That was
 * within 1% of the exact p for p above 1e-4 and up to 512 values, none with nearly all the weight; with
 * more values it was up to 15% too large.
 *
 * Large samples are not sorted: `kolmogorovDistance` looks only where D can be.
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`
 * @returns `statistic` D in [0, 1], its `pValue` and where the largest difference is
 * @throws InvalidArgumentError on an empty sample, a non-finite value or an unknown option
 * @see Hodges (1958), Arkiv för Matematik 3, 469–486; Simard & L'Ecuyer (2011), J. Stat. Software 39(11)
 * @example
 * kolmogorovSmirnov([1, 2, 3], [4, 5, 6]).pValue // 0.1
 */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: KolmogorovSmirnovOptions = {},
): KolmogorovSmirnovTest {
  const choices = validChoices(options)
  const a = finiteNumbers('reference', reference)
  const b = finiteNumbers('current', current)
  if (choices.ties === 'conditional') {
    return testOfSorted(sortNumbers(a.slice()), sortNumbers(b.slice()), choices)
  }
  const difference = kolmogorovDistance(a, b, choices.alternative)
  const probability = ignoringTies(a.length, b.length, difference.steps, choices)
  return resultOf(a.length, b.length, difference, probability, choices)
}

/**
 * `kolmogorovSmirnov` of samples that are sorted already. Trusts them: finite values, ascending, at
 * least one.
 *
 * @throws InvalidArgumentError on an unknown option
 * @example
 * kolmogorovSmirnovOfSorted(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)).statistic // 1
 */
export function kolmogorovSmirnovOfSorted(
  sortedReference: Float64Array,
  sortedCurrent: Float64Array,
  options: KolmogorovSmirnovOptions = {},
): KolmogorovSmirnovTest {
  return testOfSorted(sortedReference, sortedCurrent, validChoices(options))
}

/**
 * `kolmogorovSmirnov` of values of which an engine has found the largest difference.
 *
 * @param steps - nm times it, a whole number
 */
export function kolmogorovSmirnovOfSteps(
  n: number,
  m: number,
  steps: number,
): HypothesisTest & { readonly logPValue: number } {
  const { pValue } = ignoringTies(n, m, steps, validChoices({}))
  const logPValue = logarithmOf(pValue, n, m, steps, 'two-sided')
  return { kind: 'hypothesis-test', statistic: steps / (n * m), pValue, logPValue }
}

/**
 * p of a distance that was found between counts, ties ignored: by the law that `kolmogorovSmirnov` takes for as many
 * values, but never more than some milliseconds of it.
 *
 * @param n - reference values; counts that came through a rate are no whole numbers, and are rounded
 * @param m - current values
 * @param distance - in [0, 1]; of those that n and m values can have, the largest one that is not above it counts
 */
export function kolmogorovSmirnovOfDistance(
  n: number,
  m: number,
  distance: number,
): Pick<KolmogorovSmirnovTest, 'pValue' | 'logPValue' | 'nullDistribution'> {
  const [before, after] = [Math.max(1, Math.round(n)), Math.max(1, Math.round(m))]
  const possible = distance * before * after
  // What rounding took from a whole number of steps is given back.
  const steps = Math.floor(possible * (1 + 4 * Number.EPSILON))
  const probability = ignoringTies(before, after, steps, COUNTED)
  return {
    ...probability,
    logPValue: logarithmOf(probability.pValue, before, after, steps, COUNTED.alternative),
  }
}

type Choices = Required<KolmogorovSmirnovOptions>
interface LawChoices {
  readonly alternative: Alternative
  readonly method: keyof typeof LARGEST_COST
}
type Probability = Pick<KolmogorovSmirnovTest, 'pValue' | 'nullDistribution'>

const CHOICES = {
  alternative: ['two-sided', 'less', 'greater'],
  method: ['auto', 'exact', 'asymptotic'],
  ties: ['ignore', 'conditional'],
} as const

const OPTIONS = {
  alternative: true,
  method: true,
  ties: true,
} as const satisfies Record<keyof KolmogorovSmirnovOptions, true>

function validChoices(options: KolmogorovSmirnovOptions): Choices {
  assertOptions('options', options, OPTIONS)
  const { alternative = 'two-sided', method = 'auto', ties = 'ignore' } = options
  const choices = { alternative, method, ties }
  for (const [name, allowed] of Object.entries(CHOICES)) {
    const choice = choices[name as keyof Choices]
    if (!(allowed as readonly string[]).includes(choice)) {
      throw new InvalidArgumentError(`${name}`, `one of ${allowed.join(', ')}`, choice)
    }
  }
  return choices
}

function testOfSorted(a: Float64Array, b: Float64Array, choices: Choices): KolmogorovSmirnovTest {
  const difference = cdfDifference(a, b, choices.alternative)
  const ends = choices.ties === 'conditional' ? blockEnds(a, b) : null
  const hasTies = ends !== null && ends.length < a.length + b.length
  const probability = hasTies
    ? givenTies(a.length, b.length, ends, difference, choices)
    : ignoringTies(a.length, b.length, difference.steps, choices)
  return resultOf(a.length, b.length, difference, probability, choices)
}

function resultOf(
  n: number,
  m: number,
  { steps, location, sign }: CdfDifference,
  { pValue, nullDistribution }: Probability,
  { alternative }: Choices,
): KolmogorovSmirnovTest {
  return {
    kind: 'hypothesis-test',
    statistic: steps / (n * m),
    pValue,
    logPValue: logarithmOf(pValue, n, m, steps, alternative),
    nullDistribution,
    location,
    sign,
  }
}

function logarithmOf(
  pValue: number,
  n: number,
  m: number,
  steps: number,
  alternative: Alternative,
): number {
  return pValue > SMALLEST_PRECISE
    ? Math.log(pValue)
    : logTwoSampleSmirnovTail(n, m, steps) + (alternative === 'two-sided' ? Math.LN2 : 0)
}

const SMALLEST_PRECISE = 1e-290

/** Where scipy's `method="auto"` changes over. */
const LARGEST_EXACT_SAMPLE = 10_000
const LARGEST_COST = { auto: 20_000_000, exact: 2_000_000_000, asymptotic: -1, counted: 1_000_000 }

/** Counts are compared in running services, where no verdict may take long: both laws are within 3 % there. */
const COUNTED = { alternative: 'two-sided', method: 'counted', ties: 'ignore' } as const

function ignoringTies(
  n: number,
  m: number,
  steps: number,
  { alternative, method }: LawChoices,
): Probability {
  const sidedness = sidednessOf(alternative)
  const isSmall =
    method === 'exact' || method === 'asymptotic' || Math.max(n, m) <= LARGEST_EXACT_SAMPLE
  if (isSmall && twoSampleKolmogorovCost(n, m, steps, sidedness) <= LARGEST_COST[method]) {
    const survival =
      sidedness === 'two-sided' ? twoSampleKolmogorovSurvival : twoSampleSmirnovSurvival
    return { pValue: survival(n, m, steps), nullDistribution: 'exact' }
  }
  if (sidedness === 'one-sided') {
    return { pValue: twoSampleSmirnovLimit(n, m, steps), nullDistribution: 'limit' }
  }
  const size = roundHalfToEven((n * m) / (n + m))
  return { pValue: kolmogorovSurvival(size, steps / (n * m)), nullDistribution: 'finite-n' }
}

function givenTies(
  n: number,
  m: number,
  ends: Float64Array,
  { steps }: CdfDifference,
  { alternative, method }: Choices,
): Probability {
  if (steps === 0) return { pValue: 1, nullDistribution: 'exact' }
  const sidedness = sidednessOf(alternative)
  // Where G_m − F_n counts, the samples change places.
  const [first, second] = alternative === 'less' ? [m, n] : [n, m]
  const limit = LARGEST_COST[method] + 1
  return tiedKolmogorovCost(first, second, ends, steps, { sidedness, limit }) < limit
    ? {
        pValue: tiedKolmogorovSurvival(first, second, ends, steps, sidedness),
        nullDistribution: 'exact',
      }
    : {
        pValue: tiedKolmogorovLimit(first, second, ends, steps, sidedness),
        nullDistribution: 'limit',
      }
}

function sidednessOf(alternative: Alternative): Sidedness {
  return alternative === 'two-sided' ? 'two-sided' : 'one-sided'
}

/** For each distinct value, how many values of both samples are at most as large. */
function blockEnds(a: Float64Array, b: Float64Array): Float64Array {
  const ends = new Float64Array(a.length + b.length)
  let blocks = 0
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const value = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i]! : b[j]!
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
    ends[blocks++] = i + j
  }
  return ends.subarray(0, blocks)
}

/** As numpy rounds: 2.5 to 2. */
function roundHalfToEven(x: number): number {
  const low = Math.floor(x)
  if (x - low !== 0.5) return Math.round(x)
  return low % 2 === 0 ? low : low + 1
}
