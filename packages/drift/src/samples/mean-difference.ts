import { InvalidArgumentError } from '@tidegauge/core'
import { logStudentTSurvival, studentTSurvival } from '../distributions/student-t.ts'
import { type Alternative, symmetricTail } from '../methods/alternative.ts'
import type { HypothesisTest } from '../methods/result.ts'
import { largestMagnitude, type Moments, momentScale, moments } from './moments.ts'
import { finiteSample } from './sample.ts'

/** A test that compares the difference of two means to its standard error. */
export interface MeanDifferenceTest extends HypothesisTest {
  /** Natural logarithm of `pValue`: still says how small where p is 0; absent where p is exactly 0. */
  readonly logPValue?: number
}

/** Sizes and moments of both samples, in one unit of measurement, of which t and z do not depend. */
export interface BothMoments {
  readonly n: number
  readonly m: number
  readonly before: Moments
  readonly after: Moments
  /** How many of theirs make one of the samples'. */
  readonly unit: number
}

/** @throws InvalidArgumentError on an empty sample or a non-finite value */
export function bothMoments(reference: ArrayLike<number>, current: ArrayLike<number>): BothMoments {
  const first = finiteSample('reference', reference)
  const second = finiteSample('current', current)
  const unit = momentScale(Math.max(largestMagnitude(first), largestMagnitude(second)))
  return {
    n: first.length,
    m: second.length,
    before: moments(first, unit),
    after: moments(second, unit),
    unit,
  }
}

/** @throws InvalidArgumentError on a sample whose variance cannot be estimated */
export function assertVariancesKnown({ n, m }: BothMoments): void {
  if (n < 2) throw new InvalidArgumentError('reference', 'an array of at least 2 values', n)
  if (m < 2) throw new InvalidArgumentError('current', 'an array of at least 2 values', m)
}

/** The law that difference / √variance is compared to, symmetric about 0. */
export interface SymmetricLaw {
  survival(x: number): number
  logSurvival(x: number): number
}

export function studentTLaw(degreesOfFreedom: number): SymmetricLaw {
  return {
    survival: (t) => studentTSurvival(t, degreesOfFreedom),
    logSurvival: (t) => logStudentTSurvival(t, degreesOfFreedom),
  }
}

/**
 * difference / √variance and its p-value. Where there is no variance, the statistic is 0 and p is 1 for no
 * difference; elsewhere it is ± the largest double, since reports hold no infinity, and p is 0 or 1.
 */
export function compareMeans(
  difference: number,
  variance: number,
  alternative: Alternative,
  { survival, logSurvival }: SymmetricLaw,
): MeanDifferenceTest {
  const ratio = difference === 0 ? 0 : difference / Math.sqrt(variance)
  const { pValue, logPValue } = symmetricTail(ratio, alternative, survival, logSurvival)
  const statistic = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, ratio))
  const test = { kind: 'hypothesis-test', statistic, pValue } as const
  return Number.isFinite(logPValue) ? { ...test, logPValue } : test
}
