import { InvalidArgumentError } from '@tidegauge/core'
import { logAlternatingTail, type QuadraticForm } from './alternating-tail.ts'

/**
 * P(W² > x) of the limiting law of the Cramér–von Mises statistic, Σ Z_j² / (jπ)², in relative precision
 * down to 1e-300.
 *
 * @param x - any number; 1 for x ≤ 0, 0 for ∞
 * @throws InvalidArgumentError where x is NaN
 * @see Smirnov (1937), Matematicheskii Sbornik 2, 973–993; Anderson & Darling (1952), Ann. Math. Stat. 23
 * @example
 * cramerVonMisesSurvival(0.46136) // 0.05
 */
export function cramerVonMisesSurvival(x: number): number {
  return Math.min(1, Math.exp(logCramerVonMisesSurvival(x)))
}

/**
 * ln P(W² > x), also where the probability itself is 0 as a double.
 *
 * @param x - any number; ∞ gives −∞
 * @throws InvalidArgumentError where x is NaN
 * @example
 * logCramerVonMisesSurvival(1000) // −4939.28
 */
export function logCramerVonMisesSurvival(x: number): number {
  if (typeof x !== 'number' || Number.isNaN(x)) throw new InvalidArgumentError('x', 'a number', x)
  // P(W² < 0.003) is below 1e-18.
  if (x < 0.003) return 0
  return Math.min(0, logAlternatingTail(CRAMER_VON_MISES, x))
}

/** √u = z runs from (2k − 1)π to 2kπ, D(u) = sin z / z. */
const CRAMER_VON_MISES: QuadraticForm = {
  smallest: Math.PI ** 2,
  excess: (k, _, fromStart) => {
    const beyondPi = (2 * k - 2) * Math.PI + (Math.PI / 2) * fromStart
    return beyondPi * (2 * Math.PI + beyondPi)
  },
  amplitude: (k, t) => 1 / Math.sqrt((2 * k - 0.5) * Math.PI + (Math.PI / 2) * t),
}
