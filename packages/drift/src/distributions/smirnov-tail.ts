import { stirlingError } from './stirling.ts'

/**
 * ln P(D⁺ ≥ steps / nm) of the one-sided two-sample Kolmogorov–Smirnov distance: still says how small,
 * where the probability itself is 0 as a double.
 *
 * A lattice path that leaves the band has a last point outside. For each i there is one point from which
 * the next step can lead back for good, and by the ballot theorem it does with probability r / rest, r steps
 * of one value of the larger sample being its way back and `rest` all that remain:
 *
 * P = Σ_i Hypergeometric(i; i + j) · (i m − j n) / (n (n + m − i − j)), j = ⌊(i m − steps) / n⌋.
 *
 * Terms are positive. It is exact where the larger sample is a multiple of the smaller; elsewhere the way back
 * is no whole number of steps, which changes the logarithm by less than ½.
 *
 * @param n - positive integer
 * @param m - positive integer
 * @param steps - nm · D⁺, a positive integer up to nm
 * @see Takács (1967), Combinatorial Methods in the Theory of Stochastic Processes: the ballot theorem
 * @example
 * logTwoSampleSmirnovTail(1000, 1000, 1e6) // −1382.27, that is 1 / C(2000, 1000)
 */
export function logTwoSampleSmirnovTail(n: number, m: number, steps: number): number {
  const smaller = Math.min(n, m)
  const term = (i: number): number => logTerm(smaller, Math.max(n, m), steps, i)
  const first = Math.ceil(steps / Math.max(n, m))
  const peak = highestTerm(term, first, smaller)
  const largest = term(peak)
  // Some √range of the terms count, on a curve so smooth that a few thousand of them are its sum.
  const stride = Math.max(1, Math.floor(Math.sqrt(smaller - first) / TERMS))
  let sum = 0
  for (const direction of [stride, -stride]) {
    const start = direction > 0 ? peak : peak - stride
    for (let i = start; i >= first && i <= smaller; i += direction) {
      const share = Math.exp(term(i) - largest)
      if (share < NEGLIGIBLE) break
      sum += share
    }
  }
  return Math.min(0, largest + Math.log(sum) + Math.log(stride))
}

const NEGLIGIBLE = 1e-17
/** All of them up to samples of 16 million. */
const TERMS = 4096

function logTerm(n: number, m: number, steps: number, i: number): number {
  const j = Math.floor((i * m - steps) / n)
  const rest = n + m - i - j
  const paths = logChoose(i + j, i) + logChoose(rest, n - i) - logChoose(n + m, n)
  return paths + Math.log((i * m - j * n) / (n * rest))
}

/** Among a thousand or so of the terms: the sum starts there and goes on to where they vanish. */
function highestTerm(term: (i: number) => number, first: number, last: number): number {
  const stride = Math.max(1, Math.floor((last - first) / 1000))
  let peak = first
  let highest = term(first)
  for (let i = first + stride; i <= last; i += stride) {
    const height = term(i)
    if (height > highest) {
      peak = i
      highest = height
    }
  }
  return peak
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

function logFactorial(k: number): number {
  if (k === 0) return 0
  return (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + stirlingError(k)
}
