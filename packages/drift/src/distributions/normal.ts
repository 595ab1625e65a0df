import { InvalidArgumentError } from '@tidegauge/core'

/**
 * P(Z ≥ z) of the standard normal distribution, in relative precision down to 1e-307.
 *
 * @param z - any number, infinities included
 * @throws InvalidArgumentError where z is NaN
 * @see Abramowitz & Stegun 26.2.11 (series) and 26.2.14 (continued fraction)
 * @example
 * normalSurvival(1.959963984540054) // 0.025
 */
export function normalSurvival(z: number): number {
  assertNumber(z)
  if (z < -SERIES_UP_TO) return 1 - normalSurvival(-z)
  if (z <= SERIES_UP_TO) return 0.5 - normalCentral(z)
  return z > UNDERFLOWS_FROM ? 0 : normalDensity(z) / fraction(z)
}

/**
 * ln P(Z ≥ z): still says how small, where the probability itself is 0 as a double (z above 38.5).
 *
 * @param z - any number; ∞ gives −∞
 * @throws InvalidArgumentError where z is NaN
 * @example
 * logNormalSurvival(100) // −5005.52
 */
export function logNormalSurvival(z: number): number {
  assertNumber(z)
  if (z < -SERIES_UP_TO) return Math.log1p(-normalSurvival(-z))
  if (z <= SERIES_UP_TO) return Math.log(normalSurvival(z))
  if (z > LARGEST_SQUARE) return Number.NEGATIVE_INFINITY
  return (-z * z) / 2 - Math.log(ROOT_OF_2_PI * fraction(z))
}

/** P(0 ≤ Z < z), in relative precision next to 0 too; for |z| of 1.25 at most. */
export function normalCentral(z: number): number {
  return normalDensity(z) * series(z)
}

function assertNumber(z: number): void {
  if (typeof z !== 'number' || Number.isNaN(z)) throw new InvalidArgumentError('z', 'a number', z)
}

const SERIES_UP_TO = 1.25
const UNDERFLOWS_FROM = 38.6
const LARGEST_SQUARE = Math.sqrt(Number.MAX_VALUE)
const ROOT_OF_2_PI = Math.sqrt(2 * Math.PI)

/** The square in the exponent is split at a float, whose own square is exact: exp(−700 (1 + ε)) loses digits. */
export function normalDensity(z: number): number {
  const high = Math.fround(z)
  const low = z - high
  return (Math.exp((-high * high) / 2) * Math.exp((-low * (z + high)) / 2)) / ROOT_OF_2_PI
}

/** (P(Z < z) − ½) over the density: Σ z^(2k+1) / (1 · 3 · … · (2k + 1)). */
function series(z: number): number {
  let term = z
  let sum = z
  for (let k = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum); k += 2) {
    term *= (z * z) / k
    sum += term
  }
  return sum
}

/** Density over P(Z ≥ z): z + 1/(z + 2/(z + 3/(z + …))), from a depth at which it has converged. */
function fraction(z: number): number {
  const depth = Math.ceil(20 + 400 / (z * z))
  let value = z
  for (let k = depth; k >= 1; k--) value = z + k / value
  return value
}
