/**
 * P(D ≥ steps / nm) of the two-sample Kolmogorov–Smirnov distance between n and m values of one
 * continuous distribution: exact, from all C(n + m, n) orders in which they may come.
 *
 * @param n - positive integer
 * @param m - positive integer
 * @param steps - the distance as an integer: nm · D = max |i m − j n|
 * @see Hodges (1958), Arkiv för Matematik 3, 469–486
 * @example
 * twoSampleKolmogorovSurvival(7, 5, 18) // 0.3282828282828283
 */
export function twoSampleKolmogorovSurvival(n: number, m: number, steps: number): number {
  if (steps <= 0) return 1
  if (isBelowSmallestDouble(n, m, steps)) return 0
  return Math.min(1, n === m ? equalSizesSurvival(n, steps / n) : pathSurvival(n, m, steps))
}

/**
 * About how many steps of a few nanoseconds `twoSampleKolmogorovSurvival` takes.
 *
 * @example
 * twoSampleKolmogorovCost(10000, 9999, 999900) // 2 million
 */
export function twoSampleKolmogorovCost(n: number, m: number, steps: number): number {
  if (n === m || isBelowSmallestDouble(n, m, steps)) return n
  return Math.min(n * m, n + m + 2 * steps)
}

/** P ≤ C exp(−2 D² nm/(n + m)) with C below 2.2 (Wei & Dudley 2012): 0 as a double beyond 760. */
function isBelowSmallestDouble(n: number, m: number, steps: number): boolean {
  return (2 * steps * steps) / (n * m * (n + m)) > 760
}

/** Reflection principle: 2 Σ_k (−1)^(k−1) C(2n, n − kh) / C(2n, n), h = nD, nested from the last k. */
function equalSizesSurvival(n: number, h: number): number {
  let sum = 0
  for (let k = Math.floor(n / h) - 1; k >= 0; k--) {
    // C(2n, n − (k + 1)h) / C(2n, n − kh)
    let ratio = 1
    for (let j = 0; j < h; j++) ratio *= (n - k * h - j) / (n + k * h + j + 1)
    sum = ratio * (1 - sum)
  }
  return 2 * sum
}

/**
 * Each order of the n + m values is a lattice path from (0, 0) to (n, m); D ≥ steps / nm where it leaves
 * the band |i m − j n| < steps. The probability A that a random path to (i, j) has left it is
 *
 * A(i, j) = (A(i − 1, j) · i + A(i, j − 1) · j) / (i + j), and 1 outside the band.
 *
 * Terms are positive, so small probabilities keep all their digits. The walk goes by diagonals
 * i + j = k, whose cells do not depend on each other.
 */
function pathSurvival(n: number, m: number, steps: number): number {
  const total = n + m
  // left[i + 1] is A(i, k − i) on the diagonal k that was walked last.
  const left = new Float64Array(n + 2).fill(1)
  left[1] = 0
  for (let k = 1; k <= total; k++) {
    // |i m − (k − i) n| < steps
    const low = Math.max(0, k - m, Math.floor((k * n - steps) / total) + 1)
    const high = Math.min(n, k, Math.ceil((k * n + steps) / total) - 1)
    for (let i = high; i >= low; i--) {
      left[i + 1] = (left[i]! * i + left[i + 1]! * (k - i)) / k
    }
    // Cell low − 1 has left the band for good.
    left[low] = 1
  }
  return left[n + 1]!
}
