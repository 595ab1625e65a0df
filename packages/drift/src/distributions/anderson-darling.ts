import { InvalidArgumentError } from '@tidegauge/core'
import { logAlternatingTail, type QuadraticForm } from './alternating-tail.ts'

/**
 * P(A² > x) of the limiting law of the Anderson–Darling statistic, Σ Z_j² / (j (j + 1)), in relative
 * precision down to 1e-300. Its mean is 1.
 *
 * @param x - any number; 1 for x ≤ 0, 0 for ∞
 * @throws InvalidArgumentError where x is NaN
 * @see Anderson & Darling (1952), Annals of Mathematical Statistics 23, 193–212
 * @example
 * andersonDarlingSurvival(2.492) // 0.05002
 */
export function andersonDarlingSurvival(x: number): number {
  return Math.min(1, Math.exp(logAndersonDarlingSurvival(x)))
}

/**
 * ln P(A² > x), also where the probability itself is 0 as a double.
 *
 * @param x - any number; ∞ gives −∞
 * @throws InvalidArgumentError where x is NaN
 * @example
 * logAndersonDarlingSurvival(1000) // −1003.48
 */
export function logAndersonDarlingSurvival(x: number): number {
  if (typeof x !== 'number' || Number.isNaN(x)) throw new InvalidArgumentError('x', 'a number', x)
  // P(A² < 0.03) is below 1e-16.
  if (x < 0.03) return 0
  return Math.min(0, logAlternatingTail(ANDERSON_DARLING, x))
}

/** √(1 + 4u) = w runs from 4k − 1 to 4k + 1, D(u) = −cos(πw/2) / πu. */
const ANDERSON_DARLING: QuadraticForm = {
  smallest: 2,
  excess: (k, _, fromStart) => {
    const beyond3 = 4 * (k - 1) + fromStart
    return (beyond3 * (6 + beyond3)) / 4
  },
  amplitude: (k, t) => {
    const w = 4 * k + t
    return w / Math.sqrt(Math.PI * (w - 1) * (w + 1))
  },
}
