import { GAUSS_LEGENDRE_NODES, GAUSS_LEGENDRE_WEIGHTS } from './gauss-legendre.ts'
import { log1pMinusX, stirlingError } from './stirling.ts'

/**
 * P(D⁺ ≥ d) of the one-sided one-sample Kolmogorov–Smirnov distance, for any n.
 *
 * Smirnov's formula Σ_v d/(d + v/n) · Binomial(v; n, d + v/n), v = 0 … ⌊n(1 − d)⌋, has positive terms
 * alone. Where there are many, those at both ends are added one by one and the smooth middle is
 * integrated, with corrections from the sum at its ends: O(log n) instead of O(n).
 *
 * @param n - sample size, a positive integer
 * @param d - the distance, in [0, 1]
 * @see Birnbaum & Tingey (1951), Annals of Mathematical Statistics 22, 592–596
 * @example
 * smirnovSurvival(5, 0.3) // 0.34282
 */
export function smirnovSurvival(n: number, d: number): number {
  if (d <= 0) return 1
  if (d >= 1) return 0
  const distance = n * d
  const last = Math.floor(n - distance)
  const constant = Math.sqrt(n / (2 * Math.PI)) * distance * Math.exp(stirlingError(n))
  const term = (v: number): number => smirnovTerm(n, distance, constant, v)
  // v = 0 stands apart: Stirling's formula has no Γ(0).
  const first = Math.exp(n * Math.log1p(-d))
  const sum =
    last <= 2 * SUMMED_ENDS + 8
      ? sumOf(term, 1, last)
      : sumOf(term, 1, SUMMED_ENDS) +
        smoothSum(term, SUMMED_ENDS + 1, last - SUMMED_ENDS, {
          widest: n / (4 * Math.sqrt(distance * d) + 4),
          end: n - distance,
        }) +
        sumOf(term, last - SUMMED_ENDS + 1, last)
  return Math.min(1, first + sum)
}

const SUMMED_ENDS = 256

/** The v-th term for real v in (0, n − nd), the binomial probability in saddle-point form. */
function smirnovTerm(n: number, distance: number, constant: number, v: number): number {
  const rest = n - v
  if (rest <= distance) return 0
  const exponent =
    v * log1pMinusX(distance / v) +
    rest * log1pMinusX(-distance / rest) -
    stirlingError(v) -
    stirlingError(rest)
  return (constant * Math.exp(exponent)) / ((distance + v) * Math.sqrt(v * rest))
}

function sumOf(term: (v: number) => number, from: number, to: number): number {
  let sum = 0
  for (let v = from; v <= to; v++) sum += term(v)
  return sum
}

/** How wide a panel of the quadrature may be: `widest`, and no wider than its way to 0 or to `end`. */
interface Panels {
  readonly widest: number
  readonly end: number
}

/**
 * Σ term(v), v = from … to, as ∫ term over [from − ½, to + ½] and the Euler–Maclaurin corrections of the
 * midpoint rule at both ends, in central differences: −δ/24 + 17δ³/5760 − 367δ⁵/967680.
 */
function smoothSum(term: (v: number) => number, from: number, to: number, panels: Panels): number {
  const low = from - 0.5
  const high = to + 0.5
  const corrections = midpointCorrection(term, high) - midpointCorrection(term, low)
  return integrate(term, low, high, panels) + corrections
}

function midpointCorrection(term: (v: number) => number, at: number): number {
  const inner = term(at + 0.5) - term(at - 0.5)
  const middle = term(at + 1.5) - term(at - 1.5)
  const outer = term(at + 2.5) - term(at - 2.5)
  const third = middle - 3 * inner
  const fifth = outer - 5 * middle + 10 * inner
  return -inner / 24 + (17 / 5760) * third - (367 / 967680) * fifth
}

/** The terms are not smooth at 0 and at `end`: panels narrow towards both. */
function integrate(term: (v: number) => number, low: number, high: number, panels: Panels): number {
  if (high - low <= Math.min(panels.widest, low, panels.end - high)) {
    return gaussLegendre(term, low, high)
  }
  const middle = (low + high) / 2
  return integrate(term, low, middle, panels) + integrate(term, middle, high, panels)
}

function gaussLegendre(term: (v: number) => number, low: number, high: number): number {
  const half = (high - low) / 2
  const middle = low + half
  let sum = 0
  for (let i = 0; i < GAUSS_LEGENDRE_NODES.length; i++) {
    const offset = half * GAUSS_LEGENDRE_NODES[i]!
    sum += GAUSS_LEGENDRE_WEIGHTS[i]! * (term(middle - offset) + term(middle + offset))
  }
  return half * sum
}
