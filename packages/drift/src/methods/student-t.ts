import { InvalidArgumentError } from '@tidegauge/core'
import {
  bothMoments,
  compareMeans,
  type MeanDifferenceTest,
  studentTLaw,
} from '../samples/mean-difference.ts'
import { meanDifference } from '../samples/moments.ts'
import { type AlternativeOptions, alternativeOf } from './alternative.ts'

export interface StudentTTest extends MeanDifferenceTest {
  readonly degreesOfFreedom: number
}

/**
 * Student's t-test: have both samples one mean, if both are normal with one variance?
 *
 * t = (mean of reference − mean of current) / √(s² (1/n + 1/m)), s² the pooled variance; p from Student's
 * t distribution with n + m − 2 degrees of freedom.
 *
 * Without any variance: t is 0 and p is 1 where both means are equal; elsewhere t is ± the largest double,
 * since reports hold no infinity, and p is 0 (1 against the other alternative).
 *
 * @param reference - n ≥ 1 finite values, in any order
 * @param current - m ≥ 1 finite values, in the unit of `reference`, n + m ≥ 3
 * @param options - `alternative: 'less'` asks whether the mean of the reference is the smaller one
 * @returns `statistic` t, its `pValue` and `degreesOfFreedom`
 * @throws InvalidArgumentError on an empty sample, a non-finite value, fewer than 3 values in all or an
 *   unknown alternative
 * @see Student (1908), Biometrika 6, 1–25
 * @example
 * studentT([1, 2, 3], [4, 5, 6]) // statistic −3.674, pValue 0.0213, degreesOfFreedom 4
 */
export function studentT(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: AlternativeOptions = {},
): StudentTTest {
  const alternative = alternativeOf(options)
  const { n, m, before, after } = bothMoments(reference, current)
  if (n + m < 3) {
    throw new InvalidArgumentError('current', 'at least 3 values together with "reference"', n + m)
  }
  const degreesOfFreedom = n + m - 2
  const pooled = (before.squaredDeviations + after.squaredDeviations) / degreesOfFreedom
  const test = compareMeans(
    meanDifference(before, after),
    pooled * (1 / n + 1 / m),
    alternative,
    studentTLaw(degreesOfFreedom),
  )
  return { ...test, degreesOfFreedom }
}
