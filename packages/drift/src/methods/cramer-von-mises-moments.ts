import { type PooledSamples, tieCounts } from '../samples/pooled-samples.ts'

/** Mean and variance of the Cramér–von Mises T where both samples come from one distribution. */
export interface NullMoments {
  readonly mean: number
  readonly variance: number
}

/**
 * Without ties.
 *
 * @see Anderson (1962), Annals of Mathematical Statistics 33, 1148–1159, equations 11 and 14
 */
export function untiedMoments(n: number, m: number): NullMoments {
  const total = n + m
  const numerator = 4 * n * m * total - 3 * (n * n + m * m) - 2 * n * m
  return {
    mean: (1 + 1 / total) / 6,
    variance: ((total + 1) / total) * (numerator / (180 * total * n * m)),
  }
}

/**
 * Mean and variance of T over all ways to deal the pooled values out, given the ties.
 *
 * T = Σ w_k S_k² / nm, where S_k sums ξ − n/N over the first c_k pooled values, ξ = 1 for those of the
 * reference, and w_k is the mean of the sizes of the blocks on both sides. S_l = S_k + R for k < l, so that
 *
 * E S_k² S_l² = E S_k⁴ + 2 E S_k³ R + E S_k² R² = α_k + β_k e + γ_k e², e = c_l − c_k,
 *
 * and the double sum is one pass over prefix sums. α, β, γ come from the joint moments of up to four draws
 * without replacement. Needs four values or more.
 */
export function tiedMoments(pooled: PooledSamples): NullMoments {
  const { n, m } = pooled
  const size = n + m
  const ties = tieCounts(pooled)
  const v = (n / size) * (m / size)
  const fourth = v * (1 - 3 * v)
  // E ξ₁³ξ₂, E ξ₁²ξ₂², E ξ₁²ξ₂ξ₃, E ξ₁ξ₂ξ₃ξ₄ of the centred ξ
  const e31 = -fourth / (size - 1)
  const e22 = (size * v * v - fourth) / (size - 1)
  const e211 = (2 * fourth - size * v * v) / ((size - 1) * (size - 2))
  const e1111 = (3 * size * v * v - 6 * fourth) / ((size - 1) * (size - 2) * (size - 3))
  let mean = 0
  let squares = 0
  let products = 0
  let beta = 0
  let betaCount = 0
  let gamma = 0
  let gammaCount = 0
  let gammaCount2 = 0
  let alpha = 0
  let c = 0
  for (let k = 0; k + 1 < ties.length; k++) {
    c += ties[k]!
    const weight = (ties[k]! + ties[k + 1]!) / (2 * size)
    const pairs = c * (c - 1)
    const triples = pairs * (c - 2)
    const a =
      c * fourth + pairs * (4 * e31 + 3 * e22) + triples * 6 * e211 + triples * (c - 3) * e1111
    const g = c * e211 + pairs * e1111
    const b = 2 * (c * e31 + 3 * pairs * e211 + triples * e1111) + c * e22 + pairs * e211 - g
    mean += weight * c * v * ((size - c) / (size - 1))
    squares += weight * weight * a
    products +=
      weight * (alpha + beta * c - betaCount + gamma * c * c - 2 * gammaCount * c + gammaCount2)
    alpha += weight * a
    beta += weight * b
    betaCount += weight * b * c
    gamma += weight * g
    gammaCount += weight * g * c
    gammaCount2 += weight * g * c * c
  }
  const unit = size / (n * m)
  return { mean: mean * unit, variance: (squares + 2 * products - mean * mean) * unit * unit }
}
