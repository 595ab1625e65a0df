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
  return Math.min(
    1,
    n === m
      ? equalSizesSurvival(n, Math.ceil(steps / n))
      : pathSurvival(n, m, bandOf('two-sided', n, m, steps)),
  )
}

/**
 * P(D⁺ ≥ steps / nm) of the one-sided two-sample distance D⁺ = max (F_n − G_m), exact: also that of
 * D⁻ = max (G_m − F_n), since an order read backwards has the one where it had the other.
 *
 * @param n - positive integer
 * @param m - positive integer
 * @param steps - the distance as an integer: nm · D⁺ = max (i m − j n)
 * @see Hodges (1958), Arkiv för Matematik 3, 469–486
 * @example
 * twoSampleSmirnovSurvival(7, 5, 18) // 0.16414141414141414
 */
export function twoSampleSmirnovSurvival(n: number, m: number, steps: number): number {
  if (steps <= 0) return 1
  if (isBelowSmallestDouble(n, m, steps)) return 0
  if (n !== m) return Math.min(1, pathSurvival(n, m, bandOf('one-sided', n, m, steps)))
  // Reflection principle: C(2n, n − h) / C(2n, n), h = nD.
  let probability = 1
  for (let j = 0; j < steps / n; j++) probability *= (n - j) / (n + j + 1)
  return probability
}

/**
 * P(D⁺ ≥ d) of the same by Hodges' approximation (5.3): the limit exp(−2z²), z = d √(nm/(n + m)), with a
 * correction for finite samples. It is what scipy's `ks_2samp` calls asymptotic.
 *
 * @example
 * twoSampleSmirnovLimit(7, 5, 18) // 0.1315
 */
export function twoSampleSmirnovLimit(n: number, m: number, steps: number): number {
  const z = steps / Math.sqrt(n * m * (n + m))
  const larger = Math.max(n, m)
  const smaller = Math.min(n, m)
  const correction = (2 * z * (larger + 2 * smaller)) / Math.sqrt(n * m * (n + m)) / 3
  return Math.exp(-2 * z * z - correction)
}

/**
 * The one-sided band ends below where a path that comes so far down and also leaves it above has at most
 * exp(−50) of the probability to leave it above: P(both) is about exp(−2 (z + w)²) at a width z + w.
 */
export function bandOf(sidedness: Sidedness, n: number, m: number, steps: number): Band {
  if (sidedness === 'two-sided') return { above: steps, below: steps, beyond: 1 }
  const scale = Math.sqrt(n * m * (n + m))
  const z = steps / scale
  return { above: steps, below: Math.ceil((Math.sqrt(z * z + 25) - z) * scale), beyond: 0 }
}

export type Sidedness = 'two-sided' | 'one-sided'

/**
 * About how many steps of a few nanoseconds `twoSampleKolmogorovSurvival`, or `twoSampleSmirnovSurvival`
 * for `one-sided`, takes.
 *
 * @example
 * twoSampleKolmogorovCost(10000, 9999, 999900) // 2 million
 */
export function twoSampleKolmogorovCost(
  n: number,
  m: number,
  steps: number,
  sidedness: Sidedness = 'two-sided',
): number {
  if (n === m || isBelowSmallestDouble(n, m, steps)) return n
  const { above, below } = bandOf(sidedness, n, m, steps)
  return Math.min(n * m, n + m + above + below)
}

/** P ≤ C exp(−2 D² nm/(n + m)) with C below 2.2 (Wei & Dudley 2012): 0 as a double beyond 760. */
export function isBelowSmallestDouble(n: number, m: number, steps: number): boolean {
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
 * the band −below < i m − j n < above. The probability A that a random path to (i, j) has left it is
 *
 * A(i, j) = (A(i − 1, j) · i + A(i, j − 1) · j) / (i + j), 1 above the band and `beyond` below.
 *
 * Terms are positive, so small probabilities keep all their digits. The walk goes by diagonals
 * i + j = k, whose cells do not depend on each other.
 */
function pathSurvival(n: number, m: number, { above, below, beyond }: Band): number {
  const total = n + m
  // left[i + 1] is A(i, k − i) on the diagonal k that was walked last.
  const left = new Float64Array(n + 2).fill(1)
  left[1] = 0
  for (let k = 1; k <= total; k++) {
    const low = Math.max(0, k - m, Math.floor((k * n - below) / total) + 1)
    const high = Math.min(n, k, Math.ceil((k * n + above) / total) - 1)
    for (let i = high; i >= low; i--) {
      left[i + 1] = (left[i]! * i + left[i + 1]! * (k - i)) / k
    }
    // Cell low − 1 has left the band for good.
    left[low] = beyond
  }
  return left[n + 1]!
}

export interface Band {
  readonly above: number
  readonly below: number
  /** What counts below the band: 1 where that is as far as above it, 0 where it is not far at all. */
  readonly beyond: 0 | 1
}
