import { InvalidArgumentError } from '@tidegauge/core'
import { assertDegreesOfFreedom } from './chi-squared.ts'
import { logPrefactor, lowerSeries, upperFraction, upperIncompleteGamma } from './gamma.ts'
import { normalQuantile } from './normal-quantile.ts'

/**
 * The value that a chi-squared variable stays below with probability p, in relative precision: that of
 * Wilson and Hilferty, and Newton's steps on our own incomplete gamma function.
 *
 * @param p - in [0, 1)
 * @param degreesOfFreedom - a positive integer
 * @throws InvalidArgumentError where p is outside [0, 1), or the degrees of freedom are no positive integer
 * @see Wilson & Hilferty (1931), Proceedings of the National Academy of Sciences 17, 684–688
 * @example
 * chiSquaredQuantile(0.95, 1) // 3.841458820694124
 */
export function chiSquaredQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 0 && p < 1)) throw new InvalidArgumentError('p', 'a number in [0, 1)', p)
  assertDegreesOfFreedom(degreesOfFreedom)
  if (p === 0) return 0
  const a = degreesOfFreedom / 2
  const start = wilsonHilferty(p, a)
  return 2 * (1 - p > upperIncompleteGamma(a, a + 1) ? below(p, a, start) : above(1 - p, a, start))
}

const MOST_STEPS = 100
/** Newton's steps double the digits: what is left after one of this size is below the last of them. */
const SMALL_STEP = 1e-9

function wilsonHilferty(p: number, a: number): number {
  const variance = 1 / (9 * a)
  const root = 1 - variance + normalQuantile(p) * Math.sqrt(variance)
  // Far below, where the cube says nothing, P(a, x) is about x^a.
  return root > 0.3 ? a * root ** 3 : a * Math.exp(Math.log(p) / a)
}

/** x ≤ a + 1 with P(a, x) = p. ln P is concave in ln x: from the first step on, the value is come up to from below. */
function below(p: number, a: number, start: number): number {
  let x = Math.min(start, a + 1)
  for (let i = 0; i < MOST_STEPS && x > 0; i++) {
    const series = lowerSeries(a, x)
    const step = series * (Math.log(p) - logPrefactor(a, x) - Math.log(series))
    x = Math.min(x * Math.exp(step), a + 1)
    if (Math.abs(step) < SMALL_STEP) break
  }
  return x
}

/** x ≥ a + 1 with Q(a, x) = tail, likewise: ln Q is concave or convex in x, for a below 1. */
function above(tail: number, a: number, start: number): number {
  let x = Math.max(start, a + 1)
  for (let i = 0; i < MOST_STEPS; i++) {
    const fraction = upperFraction(a, x)
    const step = x * fraction * (logPrefactor(a, x) + Math.log(fraction) - Math.log(tail))
    x = Math.max(x + step, a + 1)
    if (Math.abs(step) < SMALL_STEP * x) break
  }
  return x
}
