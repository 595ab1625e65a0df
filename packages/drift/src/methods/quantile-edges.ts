/**
 * Edges of about equally full bins: the quantiles k / bins of a sorted sample, for `numericProfile`.
 *
 * Equal quantiles make one edge, so that many equal values give fewer bins. Where such a value is the
 * smallest of the sample it gets a bin of its own, and below it an empty one: a fall from "always 0" to
 * −1 would otherwise stay inside the first bin. The same for the largest.
 *
 * @param sorted - at least one finite value, ascending
 * @param bins - a positive integer
 * @returns at least two finite numbers, strictly increasing
 * @example
 * quantileEdges(Float64Array.of(1, 2, 3, 4, 5), 2) // [1, 3, 5]
 */
export function quantileEdges(sorted: Float64Array, bins: number): number[] {
  const quantiles = Array.from({ length: bins + 1 }, (_, k) => quantileOfSorted(sorted, k / bins))
  const smallest = quantiles[0]!
  const largest = quantiles[bins]!
  const edges = quantiles.filter((edge, k) => k === 0 || edge > quantiles[k - 1]!)
  if (quantiles[1] === smallest) {
    const below = neighbour(smallest, -1)
    edges.unshift(neighbour(below, -1), below)
  }
  if (quantiles[bins - 1] === largest) edges.push(neighbour(largest, 1))
  return edges.filter(Number.isFinite)
}

/**
 * Quantile of a sorted sample, linear between its order statistics: type 7 of Hyndman and Fan, the
 * default of numpy and R.
 *
 * @param sorted - at least one finite value, ascending
 * @param q - in [0, 1]
 * @example
 * quantileOfSorted(Float64Array.of(1, 2, 4), 0.75) // 3
 */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const rank = q * (sorted.length - 1)
  const below = Math.floor(rank)
  const share = rank - below
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  // The second form is for the two ends of the range of doubles, whose difference is infinite.
  const step = high - low
  return Number.isFinite(step) ? low + share * step : (1 - share) * low + share * high
}

/** The next double up or down. */
function neighbour(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * Number.MIN_VALUE
  const double = Float64Array.of(x)
  const bits = new BigInt64Array(double.buffer)
  // The bits of a double count its distance from 0, whatever its sign.
  bits[0]! += x > 0 === direction > 0 ? 1n : -1n
  return double[0]!
}
