import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { studentTQuantile } from '../distributions/student-t-quantile.ts'
import { welchVariance } from '../methods/welch-t.ts'
import { assertVariancesKnown, bothMoments } from '../samples/mean-difference.ts'
import { meanDifference } from '../samples/moments.ts'

export interface MeanDifferenceInterval {
  /** Mean of the current values less that of the reference, in their unit. */
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly degreesOfFreedom: number
}

export interface ConfidenceOptions {
  /** How often such intervals hold the true value; in (0, 1), default 0.95. */
  readonly confidence?: number
}

/**
 * By how much did the mean change, and between which bounds does that lie, if both samples are normal, each
 * with a variance of its own? The companion of `welchT`: 0 lies outside just where p < 1 − confidence.
 *
 * mean of current − mean of reference ± t √(s₁²/n + s₂²/m), t the quantile of Student's distribution at
 * (1 + confidence) / 2 with the degrees of freedom of `welchT`.
 *
 * @param reference - n ≥ 2 finite values, in any order
 * @param current - m ≥ 2 finite values, in the unit of `reference`
 * @throws InvalidArgumentError on a sample of fewer than 2 values, a non-finite value, or a confidence outside (0, 1)
 * @see Welch (1947), Biometrika 34, 28–35
 * @example
 * meanDifferenceInterval([1, 2, 3], [4, 6, 8]) // difference 4, low −0.155, high 8.155, degreesOfFreedom 2.94
 */
export function meanDifferenceInterval(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: ConfidenceOptions = {},
): MeanDifferenceInterval {
  assertOptions('options', options, CONFIDENCE_OPTIONS)
  const { confidence = 0.95 } = options
  if (!(confidence > 0 && confidence < 1)) {
    throw new InvalidArgumentError('confidence', 'a number in (0, 1)', confidence)
  }
  const both = bothMoments(reference, current)
  assertVariancesKnown(both)
  const { variance, degreesOfFreedom } = welchVariance(both)
  const difference = meanDifference(both.after, both.before)
  const reach = -studentTQuantile((1 - confidence) / 2, degreesOfFreedom) * Math.sqrt(variance)
  const inTheirUnit = (x: number) => bounded(x / both.unit)
  return {
    difference: inTheirUnit(difference),
    low: inTheirUnit(difference - reach),
    high: inTheirUnit(difference + reach),
    degreesOfFreedom,
  }
}

const CONFIDENCE_OPTIONS = { confidence: true } as const satisfies Readonly<
  Record<keyof ConfidenceOptions, true>
>

/** Reports hold no infinity: the largest double stands for what is beyond. */
function bounded(x: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, x))
}
