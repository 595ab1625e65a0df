/**
 * The law of Q = Σ λ_j Z_j², Z_j independent standard normal, λ₁ > λ₂ > … > 0: what Smirnov's formula
 * needs to know of it.
 *
 * The formula integrates over u between 1/λ_(2k−1) and 1/λ_(2k). There u is written as a function of t in
 * (−1, 1), such that the integrand, with the 1/√cos(πt/2) that is singular at both ends taken out and
 * without exp(−ux/2), is a smooth `amplitude`.
 */
export interface QuadraticForm {
  /** 1/λ₁, the least u. */
  readonly smallest: number
  /** u − 1/λ₁ in the k-th interval, k = 1, 2, …; `fromStart` is 1 + t, without cancellation. */
  excess(k: number, t: number, fromStart: number): number
  amplitude(k: number, t: number): number
}

/**
 * ln P(Q > x) by Smirnov's alternating sum of integrals
 *
 * P(Q > x) = 1/π Σ_k (−1)^(k−1) ∫ exp(−ux/2) / (u √|D(u)|) du, D(u) = Π (1 − λ_j u),
 *
 * each by Gauss–Chebyshev quadrature. The first integral has the size of the result, however small that
 * is; the others are smaller by orders of magnitude, except where the result is close to 1.
 *
 * @param x - above 0, and not so small that more than some 50 intervals count
 * @see Smirnov (1937), Matematicheskii Sbornik 2, 973–993; Durbin & Knott (1972), J. R. Stat. Soc. B 34
 */
export function logAlternatingTail(form: QuadraticForm, x: number): number {
  // Far out the first integral falls as exp(−x / 2λ₁) / √x, up to a factor 1 + O(1/x).
  const near = Math.min(x, FAR)
  // exp(−ux/2) falls off within a share 1/x of the interval; the points lie quadratically denser there.
  const points = Math.max(64, Math.ceil(10 * Math.sqrt(near)))
  let sum = 0
  let term = 1
  for (let k = 1; term > 1e-18 * Math.abs(sum); k++) {
    term = integral(form, near, k, points)
    sum += k % 2 === 1 ? term : -term
  }
  return (-form.smallest / 2) * x + Math.log(sum) - Math.log(x / near) / 2
}

const FAR = 1e5

function integral(form: QuadraticForm, x: number, k: number, points: number): number {
  let sum = 0
  for (let i = 0; i < points; i++) {
    const angle = ((i + 0.5) * Math.PI) / points
    const t = -Math.cos(angle)
    const fromStart = 2 * Math.sin(angle / 2) ** 2
    const toEnd = 2 * Math.cos(angle / 2) ** 2
    // cos(πt/2) from the nearer end, where it vanishes
    const cosine = Math.sin((Math.PI / 2) * Math.min(fromStart, toEnd))
    const weight = Math.sqrt((fromStart * toEnd) / cosine)
    sum += weight * form.amplitude(k, t) * Math.exp((-x / 2) * form.excess(k, t, fromStart))
  }
  return (sum * Math.PI) / points
}
