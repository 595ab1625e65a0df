/**
 * P(D < d) of the two-sided one-sample Kolmogorov–Smirnov distance by the series of Pelz and Good:
 * the limiting law K₀ and its corrections of order n^−½, n^−1 and n^−3/2.
 *
 * @param n - sample size, above 140
 * @param d - the distance, in (0, 1)
 * @see Pelz & Good (1976), Journal of the Royal Statistical Society B 38, 152–156; the form is that of
 *   Simard & L'Ecuyer (2011), Journal of Statistical Software 39(11), section 2.5
 */
export function pelzGoodCdf(n: number, d: number): number {
  const z2 = n * d * d
  const z4 = z2 * z2
  const z6 = z4 * z2
  const z8 = z4 * z4
  let k0 = 0
  let k1 = 0
  let k2 = 0
  let k3 = 0
  const root = Math.sqrt(n)
  const z = root * d
  const terms = Math.ceil((16 * z) / Math.PI)
  for (let k = terms; k >= 1; k--) {
    const m2 = (PI2 * (2 * k - 1) ** 2) / 4
    const m4 = m2 * m2
    const m6 = m4 * m2
    const weight = Math.exp(-m2 / (2 * z2))
    k0 += weight
    k1 += weight * (m2 - z2)
    k2 += weight * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * m2 + (1 - 2 * z2) * m4)
    k3 +=
      weight *
      (-30 * z6 -
        90 * z8 +
        (135 * z4 - 96 * z6) * m2 +
        (212 * z4 - 60 * z2) * m4 +
        (5 - 30 * z2) * m6)
  }
  let even2 = 0
  let even3 = 0
  for (let k = terms; k >= 1; k--) {
    const k2Pi2 = k * k * PI2
    const weight = k2Pi2 * Math.exp(-k2Pi2 / (2 * z2))
    even2 += weight
    even3 += weight * (3 * z2 - k2Pi2)
  }
  const z3 = z2 * z
  return (
    Math.sqrt(2 * Math.PI) *
    (k0 / z +
      k1 / (6 * z4 * root) +
      (k2 / (72 * z4 * z3) - even2 / (36 * z3)) / n +
      (k3 / (6480 * z6 * z4) + even3 / (216 * z6)) / (n * root))
  )
}

const PI2 = Math.PI * Math.PI
