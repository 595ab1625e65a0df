import { InvalidArgumentError } from '@tidegauge/core'
import { upperIncompleteGamma } from './gamma.ts'
import { log1pMinusX, stirlingError } from './stirling.ts'

/**
 * P(X ≥ x) of the noncentral chi-squared distribution: what a chi-squared statistic follows where the two
 * distributions do differ.
 *
 * A Poisson mixture of central ones: Σ_j Poisson(j; λ/2) Q(k/2 + j, x/2), over the terms within nine
 * standard deviations, where Q grows by its own recurrence, which only adds positive terms.
 *
 * @param x - at least 0 and finite
 * @param degreesOfFreedom - k, a positive integer
 * @param noncentrality - λ, at least 0 and finite
 * @returns to 1e-12 absolute
 * @throws InvalidArgumentError on an argument outside its range
 * @see Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, equation 29.2
 * @example
 * noncentralChiSquaredSurvival(5, 2, 3) // 0.4136…
 */
export function noncentralChiSquaredSurvival(
  x: number,
  degreesOfFreedom: number,
  noncentrality: number,
): number {
  for (const [argument, value] of Object.entries({ x, noncentrality })) {
    if (!(value >= 0 && Number.isFinite(value))) {
      throw new InvalidArgumentError(argument, 'a finite number of at least 0', value)
    }
  }
  if (!(Number.isInteger(degreesOfFreedom) && degreesOfFreedom > 0)) {
    throw new InvalidArgumentError('degreesOfFreedom', 'a positive integer', degreesOfFreedom)
  }
  const mean = noncentrality / 2
  const y = x / 2
  const reach = 9 * Math.sqrt(mean) + 30
  const first = Math.max(0, Math.floor(mean - reach))
  let a = degreesOfFreedom / 2 + first
  let survival = upperIncompleteGamma(a, y)
  let step = poissonDensity(a, y) // Q(a + 1, y) − Q(a, y)
  let weight = poissonDensity(first, mean)
  let sum = 0
  for (let j = first; j <= mean + reach; j++) {
    sum += weight * survival
    survival += step
    a++
    step *= y / a
    weight *= mean / (j + 1)
  }
  return Math.min(1, sum)
}

/** m^j e^−m / Γ(j + 1), in the saddle-point form that keeps its digits where j and m are large. */
function poissonDensity(j: number, mean: number): number {
  if (mean === 0) return j === 0 ? 1 : 0
  if (j === 0) return Math.exp(-mean)
  const distance = (mean - j) / j
  const exponent =
    Math.abs(distance) < 0.5 ? j * log1pMinusX(distance) : j * Math.log(mean / j) + j - mean
  return Math.exp(exponent - stirlingError(j)) / Math.sqrt(2 * Math.PI * j)
}
