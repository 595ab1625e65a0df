import { logNormalSurvival, normalSurvival } from '../distributions/normal.ts'
import {
  assertVariancesKnown,
  bothMoments,
  compareMeans,
  type MeanDifferenceTest,
} from '../samples/mean-difference.ts'
import { meanDifference } from '../samples/moments.ts'
import { type AlternativeOptions, alternativeOf } from './alternative.ts'

/**
 * Two-sample z-test: have both samples one mean, given that they are large?
 *
 * z = (mean of reference − mean of current) / √(s₁²/n + s₂²/m), each variance estimated from its own sample;
 * p from the standard normal distribution. For samples of less than some hundred values `welchT` is better:
 * it knows that the variances are estimates.
 *
 * Without any variance: z is 0 and p is 1 where both means are equal; elsewhere z is ± the largest double,
 * since reports hold no infinity, and p is 0 (1 against the other alternative).
 *
 * @param reference - n ≥ 2 finite values, in any order
 * @param current - m ≥ 2 finite values, in the unit of `reference`
 * @param options - `alternative: 'less'` asks whether the mean of the reference is the smaller one
 * @returns `statistic` z and its `pValue`
 * @throws InvalidArgumentError on a sample of fewer than 2 values, a non-finite value or an unknown alternative
 * @see Lehmann & Romano (2005), Testing Statistical Hypotheses, section 11.3
 * @example
 * zTest([1, 2, 3], [4, 6, 8]) // statistic −3.098, pValue 0.00195
 */
export function zTest(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: AlternativeOptions = {},
): MeanDifferenceTest {
  const alternative = alternativeOf(options)
  const both = bothMoments(reference, current)
  assertVariancesKnown(both)
  const { n, m, before, after } = both
  const variance = before.squaredDeviations / (n - 1) / n + after.squaredDeviations / (m - 1) / m
  return compareMeans(meanDifference(before, after), variance, alternative, NORMAL)
}

const NORMAL = { survival: normalSurvival, logSurvival: logNormalSurvival }
