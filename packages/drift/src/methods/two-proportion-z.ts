import { type BinnedProfile, InvalidArgumentError } from '@tidegauge/core'
import { logNormalSurvival, normalSurvival } from '../distributions/normal.ts'
import type { CategoryValue } from '../samples/sample.ts'
import { twoByTwo } from '../samples/two-by-two.ts'
import type { HypothesisTest } from './result.ts'

export interface TwoProportionZTest extends HypothesisTest {
  /** Below 5, the normal distribution is a rough guide to p: `fisherExact` is not. */
  readonly smallestExpectedCount: number
}

/**
 * Two-proportion z test, pooled: have both samples the same share of the second category?
 *
 * z = (p − q) / √(s (1 − s) (1/n + 1/m)) with the shares p of the reference, q of the current sample and s
 * of both together: positive where the share fell, as in `zTest` where the mean did. p is two-sided, from the normal distribution; z² is the
 * statistic of `chiSquared`. Where only one category occurs, z is 0 and p 1.
 *
 * @param reference - categories in any order, at most two over both sides, or their profile; what comes
 *   second by name is what is counted: 'true', '1'
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample, a value that is no category, or more than two categories
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 * @see Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, section 3.1
 * @example
 * twoProportionZ([false, false, false, true], [false, true, true, true]).statistic // −1.414
 */
export function twoProportionZ(reference: BinnedProfile, current: BinnedProfile): TwoProportionZTest
export function twoProportionZ(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): TwoProportionZTest
export function twoProportionZ(
  reference: BinnedProfile | ArrayLike<CategoryValue>,
  current: BinnedProfile | ArrayLike<CategoryValue>,
): TwoProportionZTest {
  const table = twoByTwo(reference, current)
  const [, successesN] = table.reference
  const [, successesM] = table.current
  return twoProportionZOfCounts(
    successesN,
    table.reference[0] + successesN,
    successesM,
    table.current[0] + successesM,
  )
}

/**
 * Did the share of missing values change? The two-proportion z test of missing against present.
 *
 * @param missingN - missing values of the reference
 * @param n - all its values, the missing ones among them
 * @param missingM - missing values of the current sample
 * @param m - all its values
 * @throws InvalidArgumentError where a size is not positive or a count outside [0, its size]
 * @example
 * missingShareTest(40, 400, 63, 300).pValue // 4.8e-5: from 10% to 21%
 */
export function missingShareTest(
  missingN: number,
  n: number,
  missingM: number,
  m: number,
): TwoProportionZTest {
  assertCountOf('missingN', missingN, 'n', n)
  assertCountOf('missingM', missingM, 'm', m)
  return twoProportionZOfCounts(missingN, n, missingM, m)
}

/**
 * `twoProportionZ` of counts. Trusts its input: counts from 0 to their positive size.
 *
 * @example
 * twoProportionZOfCounts(1, 4, 3, 4).statistic // −1.414
 */
export function twoProportionZOfCounts(
  successesN: number,
  n: number,
  successesM: number,
  m: number,
): TwoProportionZTest {
  const successes = successesN + successesM
  const failures = n + m - successes
  const smallestExpectedCount = (Math.min(successes, failures) * Math.min(n, m)) / (n + m)
  if (successes === 0 || failures === 0) {
    return { kind: 'hypothesis-test', statistic: 0, pValue: 1, logPValue: 0, smallestExpectedCount }
  }
  // Integers up to the last step: z = (p − q) · nm / √(nm s (1 − s) (n + m)).
  const difference = successesN * m - successesM * n
  const variance = (successes / (n + m)) * failures * (n * m)
  const statistic = difference / Math.sqrt(variance)
  const distance = Math.abs(statistic)
  return {
    kind: 'hypothesis-test',
    statistic,
    pValue: 2 * normalSurvival(distance),
    logPValue: Math.min(0, Math.LN2 + logNormalSurvival(distance)),
    smallestExpectedCount,
  }
}

function assertCountOf(argument: string, count: number, sizeArgument: string, size: number): void {
  if (!(size > 0 && Number.isFinite(size))) {
    throw new InvalidArgumentError(sizeArgument, 'a positive number', size)
  }
  if (!(count >= 0 && count <= size)) {
    throw new InvalidArgumentError(argument, `a number in [0, ${size}]`, count)
  }
}
