import { InvalidArgumentError } from '@tidegauge/core'
import { incompleteBeta, logBetaPower, logIncompleteBeta } from './incomplete-beta.ts'

/**
 * P(T ≥ t) of Student's t distribution, in relative precision down to 1e-300.
 *
 * @param t - any number, infinities included
 * @param degreesOfFreedom - above 0, not necessarily an integer
 * @throws InvalidArgumentError where t is NaN, or the degrees of freedom are no positive number
 * @see Abramowitz & Stegun 26.7.1
 * @example
 * studentTSurvival(2.2281388519649385, 10) // 0.025
 */
export function studentTSurvival(t: number, degreesOfFreedom: number): number {
  assertArguments(t, degreesOfFreedom)
  if (t < 0) return 1 - studentTSurvival(-t, degreesOfFreedom)
  const ratio = t / Math.sqrt(degreesOfFreedom)
  if (ratio > POWER_LAW_FROM) return Math.exp(logPowerLaw(ratio, degreesOfFreedom))
  return 0.5 * incompleteBeta(degreesOfFreedom / 2, 0.5, ...squaredShares(ratio))
}

/**
 * ln P(T ≥ t), also where the probability itself is 0 as a double.
 *
 * @param t - any number; ∞ gives −∞
 * @param degreesOfFreedom - above 0
 * @throws InvalidArgumentError where t is NaN, or the degrees of freedom are no positive number
 * @example
 * logStudentTSurvival(1000, 1000) // −3458.75
 */
export function logStudentTSurvival(t: number, degreesOfFreedom: number): number {
  assertArguments(t, degreesOfFreedom)
  if (t < 0) return Math.log1p(-studentTSurvival(-t, degreesOfFreedom))
  const ratio = t / Math.sqrt(degreesOfFreedom)
  if (ratio > POWER_LAW_FROM) return logPowerLaw(ratio, degreesOfFreedom)
  return logIncompleteBeta(degreesOfFreedom / 2, 0.5, ...squaredShares(ratio)) - Math.LN2
}

/** ln P(0 ≤ T < t), in relative precision next to 0 too, for t > 0. */
export function logStudentTCentral(t: number, degreesOfFreedom: number): number {
  const [x, y] = squaredShares(t / Math.sqrt(degreesOfFreedom))
  return logIncompleteBeta(0.5, degreesOfFreedom / 2, y, x) - Math.LN2
}

/** The logarithm of t times the density at t > 0: how fast both shares change with ln t. */
export function logStudentTSlope(t: number, degreesOfFreedom: number): number {
  const ratio = Math.min(t / Math.sqrt(degreesOfFreedom), POWER_LAW_FROM)
  const beyond = Math.log(t / Math.sqrt(degreesOfFreedom) / ratio)
  return (
    logBetaPower(degreesOfFreedom / 2, 0.5, ...squaredShares(ratio)) - degreesOfFreedom * beyond
  )
}

function assertArguments(t: number, degreesOfFreedom: number): void {
  if (typeof t !== 'number' || Number.isNaN(t)) throw new InvalidArgumentError('t', 'a number', t)
  if (!(degreesOfFreedom > 0 && degreesOfFreedom < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('degreesOfFreedom', 'a positive number', degreesOfFreedom)
  }
}

/** 1 / (1 + r²) and r² / (1 + r²), r = t / √(degrees of freedom). */
function squaredShares(ratio: number): [x: number, y: number] {
  const square = ratio * ratio
  return [1 / (1 + square), square / (1 + square)]
}

/** Beyond it r² would leave the range of doubles; the tail has long been r^(−degrees of freedom). */
const POWER_LAW_FROM = 1e100

function logPowerLaw(ratio: number, degreesOfFreedom: number): number {
  const x = 1 / (POWER_LAW_FROM * POWER_LAW_FROM)
  const logStart = logIncompleteBeta(degreesOfFreedom / 2, 0.5, x, 1) - Math.LN2
  return logStart - degreesOfFreedom * Math.log(ratio / POWER_LAW_FROM)
}
