import { InvalidArgumentError } from '@tidegauge/core'
import { durbinMatrixCdf } from './durbin.ts'
import { pelzGoodCdf } from './pelz-good.ts'
import { smirnovSurvival } from './smirnov.ts'

/**
 * P(D ≥ d) of the two-sided one-sample Kolmogorov–Smirnov distance D = sup |F_n − F| of n values, for
 * finite n: scipy's `kstwo.sf`.
 *
 * The selection is that of Simard and L'Ecuyer: closed forms at both ends, Durbin's matrix for small n
 * or small n d², Pelz–Good for the rest of the centre (relative error below 0.5/n²). In the tail, n d²
 * above 4, or above 2.2 for n > 140, it is twice the one-sided probability (Miller): that leaves out that
 * D⁺ and D⁻ both exceed d, about exp(−6 n d²) of the result, 2e-6 at worst.
 *
 * @param n - sample size, a positive integer
 * @param d - the distance; 1 for d ≤ 0, 0 for d ≥ 1
 * @throws InvalidArgumentError where n is no positive integer or d is NaN
 * @see Simard & L'Ecuyer (2011), Journal of Statistical Software 39(11)
 * @example
 * kolmogorovSurvival(100, 0.136) // 0.0448602998
 */
export function kolmogorovSurvival(n: number, d: number): number {
  if (!(Number.isInteger(n) && n > 0)) throw new InvalidArgumentError('n', 'a positive integer', n)
  if (Number.isNaN(d)) throw new InvalidArgumentError('d', 'a number', d)
  return Math.min(1, Math.max(0, survival(n, d)))
}

function survival(n: number, d: number): number {
  const nd = n * d
  if (nd <= 0.5) return 1
  if (d >= 1) return 0
  if (nd <= 1) return 1 - smallestDistanceCdf(n, 2 * nd - 1)
  if (nd >= n - 1) return 2 * (1 - d) ** n
  if (d >= 0.5) return 2 * smirnovSurvival(n, d)
  const nd2 = nd * d
  if (nd2 > (n <= 140 ? 4 : 2.2)) return 2 * smirnovSurvival(n, d)
  const matrixIsSmall = n <= 140 || (n <= 1e5 && nd * Math.sqrt(d) <= 1.4)
  return 1 - (matrixIsSmall ? durbinMatrixCdf(n, d) : pelzGoodCdf(n, d))
}

/** n! (width/n)ⁿ, the volume where no value leaves its own n-th of the unit interval. */
function smallestDistanceCdf(n: number, width: number): number {
  let probability = 1
  for (let i = 1; i <= n && probability > 0; i++) probability *= (i / n) * width
  return probability
}
