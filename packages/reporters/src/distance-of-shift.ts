/** Shifts beyond are this one: distributions that do not overlap at all. */
export const LARGEST_SHIFT = 10

/** The distance of two normal distributions that are so many standard deviations apart: 2 Φ(d/2) − 1. */
export function distanceOfShift(shift: number): number {
  return erf(Math.min(shift, LARGEST_SHIFT) / Math.sqrt(8))
}

/** What chance adds to D² on average, and how far D may lie from the true one. */
export function spread(
  n: number,
  m: number,
  alpha: number,
): { readonly chance: number; readonly reach: number } {
  const noise = 1 / n + 1 / m
  return {
    chance: (Math.PI ** 2 / 12) * noise,
    reach: Math.sqrt(-0.5 * Math.log(alpha / 2) * noise),
  }
}

/** For x from 0 to 4, by a series of positive terms: nothing is lost. @see Abramowitz and Stegun (1964), 7.1.6 */
function erf(x: number): number {
  let term = x
  let sum = x
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (2 * x * x) / (2 * k + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
