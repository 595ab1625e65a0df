import {
  type Band,
  bandOf,
  isBelowSmallestDouble,
  type Sidedness,
} from './kolmogorov-two-sample.ts'

/**
 * P(D ≥ steps / nm) of the two-sample Kolmogorov–Smirnov distance given the ties: exact, over all ways in
 * which the n + m values at hand, equal ones among them, may fall into samples of n and m.
 *
 * The distribution functions can be compared only where a block of equal values ends. So the lattice path
 * of `twoSampleKolmogorovSurvival` may leave the band inside a block as long as it is back at its end.
 *
 * @param n - positive integer
 * @param m - positive integer
 * @param ends - ascending: how many of all values are at most as large as each distinct one; ends with n + m
 * @param steps - nm · D, an integer
 * @param sides - `one-sided` for D⁺ = max (F_n − G_m); by symmetry not that of D⁻, whose `ends` differ
 * @see Schröer & Trenkler (1995), Computational Statistics & Data Analysis 20, 185–202
 * @example
 * tiedKolmogorovSurvival(2, 2, [2, 4], 4) // 1/3: the values 1, 1, 2, 2 in samples that do not overlap
 */
export function tiedKolmogorovSurvival(
  n: number,
  m: number,
  ends: ArrayLike<number>,
  steps: number,
  sidedness: Sidedness = 'two-sided',
): number {
  if (steps <= 0) return 1
  if (isBelowSmallestDouble(n, m, steps)) return 0
  const band = bandOf(sidedness, n, m, steps)
  // left[i + 1] is A(i, k − i) on the diagonal k that was walked last.
  const left = new Float64Array(n + 2).fill(1)
  left[1] = 0
  let start: Cut = { at: 0, low: 0, high: 0 }
  for (let block = 0; block < ends.length; block++) {
    const end = cutAt(ends[block]!, n, m, band)
    if (end.low > end.high) return 1
    for (let k = start.at + 1; k <= end.at; k++) {
      const low = lowestCell(k, m, start, end)
      for (let i = highestCell(k, start, end); i >= low; i--) {
        left[i + 1] = (left[i]! * i + left[i + 1]! * (k - i)) / k
      }
    }
    left.fill(band.beyond, start.low + 1, end.low + 1)
    start = end
  }
  return Math.min(1, left[n + 1]!)
}

/**
 * How many steps of a few nanoseconds `tiedKolmogorovSurvival` takes, or `limit` where they are more.
 */
export function tiedKolmogorovCost(
  n: number,
  m: number,
  ends: ArrayLike<number>,
  steps: number,
  { sidedness = 'two-sided', limit }: { readonly sidedness?: Sidedness; readonly limit: number },
): number {
  if (isBelowSmallestDouble(n, m, steps)) return 0
  const band = bandOf(sidedness, n, m, steps)
  let cost = n + m
  let start: Cut = { at: 0, low: 0, high: 0 }
  for (let block = 0; block < ends.length; block++) {
    const end = cutAt(ends[block]!, n, m, band)
    for (let k = start.at + 1; k <= end.at; k++) {
      cost += Math.max(0, highestCell(k, start, end) - lowestCell(k, m, start, end) + 1)
      if (cost >= limit) return limit
    }
    start = end
  }
  return cost
}

/** The cells (i, at − i) inside the band at the end of a block. */
interface Cut {
  readonly at: number
  readonly low: number
  readonly high: number
}

function cutAt(at: number, n: number, m: number, { above, below }: Band): Cut {
  const low = Math.max(0, at - m, Math.floor((at * n - below) / (n + m)) + 1)
  const high = Math.min(n, at, Math.ceil((at * n + above) / (n + m)) - 1)
  return { at, low, high }
}

/** Between two cuts matters only what can be reached from the one and can reach the other. */
function lowestCell(k: number, m: number, start: Cut, end: Cut): number {
  return Math.max(start.low, end.low - (end.at - k), k - m)
}

function highestCell(k: number, start: Cut, end: Cut): number {
  return Math.min(start.high + (k - start.at), end.high)
}
