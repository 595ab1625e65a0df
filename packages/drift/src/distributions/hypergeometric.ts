import { log1pMinusX, stirlingError } from './stirling.ts'

/** `drawn` values of n + m are of the first category; how many of them are among the n? */
export interface Margins {
  readonly n: number
  readonly m: number
  readonly drawn: number
}

export function modeOf({ n, m, drawn }: Margins): number {
  return Math.floor(((n + 1) * (drawn + 1)) / (n + m + 2))
}

/** ln P(X ≥ count): exact above the mode, 0 (hence too much) at and below it. */
export function logUpperTail(count: number, margins: Margins): number {
  if (count <= modeOf(margins)) return 0
  if (count > Math.min(margins.n, margins.drawn)) return Number.NEGATIVE_INFINITY
  return Math.min(0, logProbability(count, margins) + Math.log(upperTail(count, margins)))
}

/** ln P(X ≤ count), likewise: 0 above the mode. */
export function logLowerTail(count: number, { n, m, drawn }: Margins): number {
  return logUpperTail(drawn - count, { n: m, m: n, drawn })
}

/** P(X ≤ count) / P(X = count), for count at or below the mode. */
export function lowerTail(count: number, margins: Margins): number {
  // The ratio is 0 at the lower end of the support: that ends the sum.
  return tail((step) => 1 / ratioAbove(count - 1 - step, margins))
}

/** P(X ≥ count) / P(X = count), for count at or above the mode. */
export function upperTail(count: number, margins: Margins): number {
  return tail((step) => ratioAbove(count + step, margins))
}

/** P(k + 1) / P(k); ∞ just below the support, 0 at its upper end. */
function ratioAbove(k: number, { n, m, drawn }: Margins): number {
  return ((n - k) / (k + 1)) * ((drawn - k) / (m - drawn + k + 1))
}

/** 1 + r₀ + r₀ r₁ + …, until a term no longer counts. */
function tail(ratio: (step: number) => number): number {
  let term = 1
  let sum = 1
  for (let step = 0; term > sum * 1e-17; step++) {
    term *= ratio(step)
    sum += term
  }
  return sum
}

/** The logarithm of the hypergeometric probability, from three binomial ones, in saddle-point form. */
export function logProbability(k: number, { n, m, drawn }: Margins): number {
  const share = drawn / (n + m)
  return (
    logBinomial(k, n, share) + logBinomial(drawn - k, m, share) - logBinomial(drawn, n + m, share)
  )
}

function logBinomial(k: number, n: number, share: number): number {
  if (k === 0) return n * Math.log1p(-share)
  if (k === n) return n * Math.log(share)
  return (
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * share) -
    deviance(n - k, n * (1 - share)) -
    Math.log((2 * Math.PI * k * (n - k)) / n) / 2
  )
}

/** k ln(k / mean) − k + mean, at least 0. */
function deviance(k: number, mean: number): number {
  return -k * log1pMinusX((mean - k) / k)
}
