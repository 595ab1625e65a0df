/**
 * ln(1 + x) − x without cancellation near 0, where the difference is about −x²/2.
 *
 * With r = x / (2 + x): ln(1 + x) = 2 artanh r and 2r − x = −r x.
 *
 * @param x - above −1
 */
export function log1pMinusX(x: number): number {
  if (x < -0.5 || x > 1) return Math.log1p(x) - x
  const r = x / (2 + x)
  return r * (2 * r * r * artanhTail(r * r) - x)
}

/**
 * Error of Stirling's formula: ln Γ(a) − [(a − ½) ln a − a + ½ ln 2π].
 *
 * @param a - above 0
 * @see Loader (2000), Fast and accurate computation of binomial probabilities
 */
export function stirlingError(a: number): number {
  let error = 0
  let b = a
  // Upward recurrence: (b + ½) ln(1 + 1/b) − 1 = artanh(r)/r − 1 with r = 1 / (2b + 1).
  for (; b < 10; b++) {
    const y = 1 / ((2 * b + 1) * (2 * b + 1))
    error += b < 0.5 ? (b + 0.5) * Math.log1p(1 / b) - 1 : y * artanhTail(y)
  }
  return error + stirlingSeries(1 / b)
}

/** Σ y^k / (2k + 3): artanh(r) = r + r³ · artanhTail(r²). */
function artanhTail(y: number): number {
  let sum = 1 / 3
  let power = y
  for (let k = 5; power > 1e-17; k += 2) {
    sum += power / k
    power *= y
  }
  return sum
}

/** Σ B_2k / (2k (2k − 1) a^(2k − 1)), from k = 8 down; below 1e-17 for a ≥ 10. */
function stirlingSeries(r: number): number {
  const y = r * r
  let sum = -3617 / 122400
  sum = sum * y + 1 / 156
  sum = sum * y - 691 / 360360
  sum = sum * y + 1 / 1188
  sum = sum * y - 1 / 1680
  sum = sum * y + 1 / 1260
  sum = sum * y - 1 / 360
  sum = sum * y + 1 / 12
  return sum * r
}
