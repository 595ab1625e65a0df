import { log1pMinusX, stirlingError } from './stirling.ts'

/**
 * Regularised incomplete beta function I_x(a, b), in relative precision far into the tail: 5e-13 down
 * to 1e-300 for parameters up to 1e6.
 *
 * Above the mean it is 1 − I_y(b, a).
 *
 * @param a - above 0
 * @param b - above 0
 * @param x - in [0, 1]
 * @param y - 1 − x, from the caller: computed here it would lose the digits of a small y
 * @see DiDonato & Morris (1992), ACM Transactions on Mathematical Software 18, 360–373, equation 9
 * @example
 * incompleteBeta(2, 3, 0.1, 0.9) // 0.0523
 */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0
  if (y <= 0) return 1
  if (isAboveMean(a, b, x, y)) return 1 - incompleteBeta(b, a, y, x)
  return Math.exp(logPrefactor(a, b, x, y)) * scaledFraction(a, b, x, y)
}

/**
 * ln I_x(a, b), also where that is 0 as a double.
 *
 * @param a - above 0
 * @param b - above 0
 * @param x - in (0, 1]
 * @param y - 1 − x, from the caller
 * @example
 * logIncompleteBeta(1000, 1, 0.1, 0.9) // 1000 ln 0.1
 */
export function logIncompleteBeta(a: number, b: number, x: number, y: number): number {
  if (y <= 0) return 0
  if (isAboveMean(a, b, x, y)) return Math.log1p(-incompleteBeta(b, a, y, x))
  return logPrefactor(a, b, x, y) + Math.log(scaledFraction(a, b, x, y))
}

/** ln of x^a y^b / B(a, b). */
export function logBetaPower(a: number, b: number, x: number, y: number): number {
  return logPrefactor(a, b, x, y) + Math.log((a * (b / (a + b))) / (2 * Math.PI)) / 2
}

function isAboveMean(a: number, b: number, x: number, y: number): boolean {
  return a * y < b * x
}

/**
 * ln of x^a y^b / B(a, b) · √(2π (a + b) / ab), in saddle-point form.
 *
 * With x = a/(a + b) · (1 + u) and y = b/(a + b) · (1 + v), au + bv is exactly 0, so that ln(1 + u) − u
 * may stand for ln(1 + u): two numbers of size a ln a are never subtracted.
 */
function logPrefactor(a: number, b: number, x: number, y: number): number {
  const n = a + b
  const distance = a * y - b * x
  return (
    a * logMinusChange((x * n) / a, -distance / a) +
    b * logMinusChange((y * n) / b, distance / b) +
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b)
  )
}

/** ln(ratio) − change, where ratio = 1 + change. */
function logMinusChange(ratio: number, change: number): number {
  return change < -0.5 || change > 1 ? Math.log(ratio) - change : log1pMinusX(change)
}

/** √(ab / 2π(a + b)) over the continued fraction b₀ + a₁/(b₁ + a₂/(b₂ + …)), by Lentz' method. */
function scaledFraction(a: number, b: number, x: number, y: number): number {
  const distance = a * y - b * x
  let fraction = (a * (distance + 1)) / (a + 1)
  let c = fraction
  let d = 0
  let change = 0
  for (let k = 1; Math.abs(change - 1) > Number.EPSILON; k++) {
    const low = a + 2 * k - 1
    const numerator = ((a + k - 1) / low) * ((a + b + k - 1) / low) * k * (b - k) * x * x
    const denominator =
      k + (k * (b - k) * x) / low + ((a + k) * (distance + 1 + k * (1 + y))) / (low + 2)
    d = 1 / (denominator + numerator * d)
    c = denominator + numerator / c
    change = c * d
    fraction *= change
  }
  return Math.sqrt((a * (b / (a + b))) / (2 * Math.PI)) / fraction
}
