/**
 * P(U ≥ u) of the Mann–Whitney statistic of n and m values without ties: exact, from all C(n + m, n)
 * orders in which they may come.
 *
 * @param n - positive integer; the cost is min(n, m) · nm / 2 steps
 * @param m - positive integer
 * @param u - an integer, at most nm
 * @see Mann & Whitney (1947), Annals of Mathematical Statistics 18, 50–60; Andrews (1976), The Theory of
 *   Partitions, chapter 3, for the generating function
 * @example
 * mannWhitneySurvival(5, 4, 17) // 0.05555555555555555
 */
export function mannWhitneySurvival(n: number, m: number, u: number): number {
  if (u <= 0) return 1
  // U and nm − U have one law: count the smaller side.
  const below = n * m - u
  if (below < u) return shareUpTo(n, m, below)
  return 1 - shareUpTo(n, m, u - 1)
}

/** P(U ≤ last), last at most nm / 2. */
function shareUpTo(n: number, m: number, last: number): number {
  const fewer = Math.min(n, m)
  const more = Math.max(n, m)
  let orders = 1
  for (let i = 1; i <= fewer; i++) orders = (orders * (more + i)) / i
  const counts = orderCounts(fewer, more, last)
  return counts.reduce((sum, count) => sum + count, 0) / orders
}

/**
 * How many orders give U = 0 … last: the coefficients of Π_i (1 − q^(m+i)) / (1 − q^i), i = 1 … n. Up to the
 * middle, where the subtraction hardly cancels.
 */
function orderCounts(n: number, m: number, last: number): Float64Array {
  const counts = new Float64Array(last + 1)
  counts[0] = 1
  for (let i = 1; i <= n; i++) {
    for (let u = last; u >= m + i; u--) counts[u]! -= counts[u - m - i]!
    for (let u = i; u <= last; u++) counts[u]! += counts[u - i]!
  }
  return counts
}
