/// <reference path="../jstat.d.ts" />
import { InvalidArgumentError } from '@tidegauge/core'
import jStat from 'jstat'
import { normalQuantile } from './normal-quantile.ts'
import { logStudentTCentral, logStudentTSlope, logStudentTSurvival } from './student-t.ts'

/**
 * The value that a variable of Student's t distribution stays below with probability p, in relative
 * precision: that of jstat, and Newton's steps on our own survival function.
 *
 * @param p - in [0, 1]; the ends give −∞ and ∞
 * @param degreesOfFreedom - above 0, not necessarily an integer
 * @throws InvalidArgumentError where p is outside [0, 1], or the degrees of freedom are no positive number
 * @example
 * studentTQuantile(0.975, 10) // 2.2281388519649385
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 0 && p <= 1)) throw new InvalidArgumentError('p', 'a number in [0, 1]', p)
  if (!(degreesOfFreedom > 0 && degreesOfFreedom < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('degreesOfFreedom', 'a positive number', degreesOfFreedom)
  }
  // Both differences are exact.
  return p < 0.5
    ? -upperQuantile(p, 0.5 - p, degreesOfFreedom)
    : upperQuantile(1 - p, p - 0.5, degreesOfFreedom)
}

/** t ≥ 0 with P(T ≥ t) = tail and P(0 ≤ T < t) = central, of which the smaller one has the digits. */
function upperQuantile(tail: number, central: number, degreesOfFreedom: number): number {
  if (tail === 0) return Number.POSITIVE_INFINITY
  if (central === 0) return 0
  let t = start(tail, degreesOfFreedom)
  for (let i = 0; i < MOST_STEPS && t < Number.POSITIVE_INFINITY; i++) {
    // Both logarithms are concave in ln t, so that the steps cannot go astray.
    const logShare =
      tail > 0.25
        ? logStudentTCentral(t, degreesOfFreedom)
        : logStudentTSurvival(t, degreesOfFreedom)
    const distance = tail > 0.25 ? Math.log(central) - logShare : logShare - Math.log(tail)
    const step = distance * Math.exp(logShare - logStudentTSlope(t, degreesOfFreedom))
    t *= Math.exp(step)
    if (Math.abs(step) < SMALL_STEP) break
  }
  return t
}

/** jstat gives 0 close to the middle, and no finite number far out: from the normal law it takes a few steps more. */
function start(tail: number, degreesOfFreedom: number): number {
  const t = -jStat.studentt.inv(tail, degreesOfFreedom)
  return t > 0 && t < Number.POSITIVE_INFINITY ? t : -normalQuantile(tail)
}

const MOST_STEPS = 100
/** Newton's steps double the digits: what is left after one of this size is below the last of them. */
const SMALL_STEP = 1e-9
