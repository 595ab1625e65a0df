import { log1pMinusX, stirlingError } from './stirling.ts'

/**
 * Regularised upper incomplete gamma function Q(a, x) = Γ(a, x) / Γ(a), in relative precision far into
 * the tail: 5e-13 down to 1e-300 for a from ½ to 5000.
 *
 * Below x = a + 1 it is 1 − P by the power series, above by the continued fraction. Both run until they
 * have converged, in about 9 √a steps at worst.
 *
 * @param a - shape, at least ½
 * @param x - at least 0; ∞ gives 0
 * @see Loader (2000) for the prefactor; Abramowitz & Stegun 6.5.29 and 6.5.31 for the expansions
 * @example
 * upperIncompleteGamma(1, 2) // exp(−2)
 */
export function upperIncompleteGamma(a: number, x: number): number {
  if (x <= 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  const prefactor = Math.exp(logPrefactor(a, x))
  if (x < a + 1) return 1 - prefactor * lowerSeries(a, x)
  return prefactor === 0 ? 0 : prefactor * upperFraction(a, x)
}

/** ln Q(a, x): finite where Q is 0 as a double. */
export function logUpperIncompleteGamma(a: number, x: number): number {
  if (x < a + 1) return Math.log(upperIncompleteGamma(a, x))
  if (x === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
  return logPrefactor(a, x) + Math.log(upperFraction(a, x))
}

/**
 * ln (x^a e^−x / Γ(a)) in saddle-point form. The plain exp(a ln x − x − ln Γ(a)) subtracts numbers of size
 * a ln a and loses as many digits as those have.
 */
export function logPrefactor(a: number, x: number): number {
  const distance = (x - a) / a
  const exponent =
    distance > -0.5 && distance < 1 ? a * log1pMinusX(distance) : a * Math.log(x / a) - (x - a)
  return 0.5 * Math.log(a / (2 * Math.PI)) + exponent - stirlingError(a)
}

/** P(a, x) over the prefactor: Σ x^k / (a (a + 1) … (a + k)). */
export function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let k = 1; term > sum * EPSILON; k++) {
    term *= x / (a + k)
    sum += term
  }
  return sum
}

/** Q(a, x) over the prefactor: 1/(x+1−a− 1(1−a)/(x+3−a− …)), by Lentz' method. */
export function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = Number.POSITIVE_INFINITY
  let d = 1 / b
  let fraction = d
  let change = 0
  for (let k = 1; Math.abs(change - 1) > EPSILON; k++) {
    const numerator = k * (a - k)
    b += 2
    d = 1 / (b + numerator * d)
    c = b + numerator / c
    change = c * d
    fraction *= change
  }
  return fraction
}

const EPSILON = Number.EPSILON
