import { InvalidArgumentError } from '@tidegauge/core'
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

export function assertDegreesOfFreedom(degreesOfFreedom: number): void {
  if (!(Number.isInteger(degreesOfFreedom) && degreesOfFreedom > 0)) {
    throw new InvalidArgumentError('degreesOfFreedom', 'a positive integer', degreesOfFreedom)
  }
}
