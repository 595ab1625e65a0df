import { InvalidArgumentError } from '@tidegauge/core'
import { normalCentral, normalDensity, normalSurvival } from './normal.ts'

/**
 * The value that a standard normal variable stays below with probability p, in relative precision: that of
 * Hastings' formula, good to 5e-4, and Halley's steps on our own survival function.
 *
 * @param p - in [0, 1]; the ends give −∞ and ∞
 * @throws InvalidArgumentError where p is outside [0, 1]
 * @see Abramowitz & Stegun 26.2.23
 * @example
 * normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new InvalidArgumentError('p', 'a number in [0, 1]', p)
  // Both differences are exact.
  return p < 0.5 ? -upperQuantile(p, 0.5 - p) : upperQuantile(1 - p, p - 0.5)
}

const MOST_STEPS = 10

/** x ≥ 0 with P(Z ≥ x) = tail and P(0 ≤ Z < x) = central: next to 0 the latter alone has the digits. */
function upperQuantile(tail: number, central: number): number {
  if (tail === 0) return Number.POSITIVE_INFINITY
  if (central === 0) return 0
  let x = hastings(tail)
  for (let i = 0; i < MOST_STEPS; i++) {
    const excess = tail > 0.25 ? central - normalCentral(x) : normalSurvival(x) - tail
    const step = excess / normalDensity(x)
    x += step / (1 - (x * step) / 2)
    // The error that is left is of the order of the third power.
    if (Math.abs(step) <= 1e-6 * Math.abs(x)) break
  }
  return x
}

function hastings(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  return t - above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
}
