import {
  assertVariancesKnown,
  type BothMoments,
  bothMoments,
  compareMeans,
  type MeanDifferenceTest,
  studentTLaw,
} from '../samples/mean-difference.ts'
import { meanDifference } from '../samples/moments.ts'
import { type AlternativeOptions, alternativeOf } from './alternative.ts'

export interface WelchTTest extends MeanDifferenceTest {
  readonly degreesOfFreedom: number
}

/**
 * Welch's t-test: have both samples one mean, if both are normal, each with a variance of its own?
 *
 * t = (mean of reference − mean of current) / √(s₁²/n + s₂²/m); p from Student's t distribution with
 * (s₁²/n + s₂²/m)² / ((s₁²/n)²/(n − 1) + (s₂²/m)²/(m − 1)) degrees of freedom.
 *
 * Without any variance it is as for `studentT`, and the degrees of freedom are the least that Welch's
 * formula can give, min(n, m) − 1.
 *
 * @param reference - n ≥ 2 finite values, in any order
 * @param current - m ≥ 2 finite values, in the unit of `reference`
 * @param options - `alternative: 'less'` asks whether the mean of the reference is the smaller one
 * @returns `statistic` t, its `pValue` and `degreesOfFreedom`
 * @throws InvalidArgumentError on a sample of fewer than 2 values, a non-finite value or an unknown alternative
 * @see Welch (1947), Biometrika 34, 28–35
 * @example
 * welchT([1, 2, 3], [4, 6, 8]) // statistic −3.098, pValue 0.0548, degreesOfFreedom 2.94
 */
export function welchT(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: AlternativeOptions = {},
): WelchTTest {
  const alternative = alternativeOf(options)
  const both = bothMoments(reference, current)
  assertVariancesKnown(both)
  const { variance, degreesOfFreedom } = welchVariance(both)
  const difference = meanDifference(both.before, both.after)
  const test = compareMeans(difference, variance, alternative, studentTLaw(degreesOfFreedom))
  return { ...test, degreesOfFreedom }
}

/** Of the difference of both means, and how well it is known. */
export function welchVariance({ n, m, before, after }: BothMoments): {
  readonly variance: number
  readonly degreesOfFreedom: number
} {
  const ofReference = before.squaredDeviations / (n - 1) / n
  const ofCurrent = after.squaredDeviations / (m - 1) / m
  const variance = ofReference + ofCurrent
  const share = ofReference / variance
  const degreesOfFreedom =
    variance > 0
      ? 1 / ((share * share) / (n - 1) + ((1 - share) * (1 - share)) / (m - 1))
      : Math.min(n, m) - 1
  return { variance, degreesOfFreedom }
}
