/// <reference path="../jstat.d.ts" />
import { InvalidArgumentError } from '@tidegauge/core'
import jStat from 'jstat'
import { logUpperIncompleteGamma, upperIncompleteGamma } from './gamma.ts'

/**
 * P(X ≥ x) of the chi-squared distribution, in relative precision down to 1e-300.
 *
 * @param x - at least 0; ∞ gives 0
 * @param degreesOfFreedom - a positive integer
 * @throws InvalidArgumentError where x is negative or NaN, or the degrees of freedom are no positive integer
 * @example
 * chiSquaredSurvival(3.841458820694124, 1) // 0.05
 */
export function chiSquaredSurvival(x: number, degreesOfFreedom: number): number {
  if (!(x >= 0)) throw new InvalidArgumentError('x', 'a number of at least 0', x)
  assertDegreesOfFreedom(degreesOfFreedom)
  return upperIncompleteGamma(degreesOfFreedom / 2, x / 2)
}

/**
 * ln P(X ≥ x), finite where the probability is 0 as a double.
 *
 * @throws InvalidArgumentError as `chiSquaredSurvival` does
 * @example
 * logChiSquaredSurvival(4000, 1) // −2004.37
 */
export function logChiSquaredSurvival(x: number, degreesOfFreedom: number): number {
  if (!(x >= 0)) throw new InvalidArgumentError('x', 'a number of at least 0', x)
  assertDegreesOfFreedom(degreesOfFreedom)
  return logUpperIncompleteGamma(degreesOfFreedom / 2, x / 2)
}

/**
 * The value that a chi-squared variable stays below with probability p: that of jstat, which is good to
 * 1e-10, and one Newton step on our own survival function.
 *
 * @param p - in [0, 1)
 * @param degreesOfFreedom - a positive integer
 * @throws InvalidArgumentError where p is outside [0, 1), or the degrees of freedom are no positive integer
 * @example
 * chiSquaredQuantile(0.95, 1) // 3.841458820694124
 */
export function chiSquaredQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 0 && p < 1)) throw new InvalidArgumentError('p', 'a number in [0, 1)', p)
  assertDegreesOfFreedom(degreesOfFreedom)
  if (p === 0) return 0
  const x = jStat.chisquare.inv(p, degreesOfFreedom)
  const excess = chiSquaredSurvival(x, degreesOfFreedom) - (1 - p)
  return x + excess / jStat.chisquare.pdf(x, degreesOfFreedom)
}

function assertDegreesOfFreedom(degreesOfFreedom: number): void {
  if (!(Number.isInteger(degreesOfFreedom) && degreesOfFreedom > 0)) {
    throw new InvalidArgumentError('degreesOfFreedom', 'a positive integer', degreesOfFreedom)
  }
}
