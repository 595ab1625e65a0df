import { orderStatistics } from './order-statistics.ts'

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
  return edgesBetween(
    Array.from({ length: bins + 1 }, (_, k) => quantileOfSorted(sorted, k / bins)),
  )
}

/** A sample counted between its own quantiles. */
export interface QuantileBins {
  readonly edges: readonly number[]
  /** How many values lie in each bin, one less than there are edges; none lies beyond the outer edges. */
  readonly counts: readonly number[]
}

/**
 * `quantileEdges` of a sample in any order and its own counts between them, without sorting it.
 *
 * @param values - at least one finite value
 * @param bins - a positive integer
 * @example
 * quantileBins(Float64Array.of(4, 1, 3, 5, 2), 2) // { edges: [1, 3, 5], counts: [3, 2] }
 */
export function quantileBins(values: Float64Array, bins: number): QuantileBins {
  const places = Array.from({ length: bins + 1 }, (_, k) =>
    placeOfQuantile(values.length, k / bins),
  )
  const ranks = places.flatMap(({ below, above }) => [below, above])
  const sample = orderStatistics(values, ranks)
  const edges = edgesBetween(
    places.map(({ below, above, share }) =>
      between(sample.valueAt(below), sample.valueAt(above), share),
    ),
  )
  const upTo = [0, ...edges.slice(1, -1).map((edge) => sample.countUpTo(edge)), values.length]
  return { edges, counts: upTo.slice(1).map((count, i) => count - upTo[i]!) }
}

/**
 * `quantileEdges` of a sample that is too large to be held or sorted.
 *
 * @param n - how many values it has, at least one
 * @param valueAt - the value at a place of the sorted sample, the first at 0; asked for those of `quantilePlaces`
 */
export function quantileEdgesOfPlaces(
  n: number,
  bins: number,
  valueAt: (place: number) => number,
): number[] {
  const places = Array.from({ length: bins + 1 }, (_, k) => placeOfQuantile(n, k / bins))
  return edgesBetween(
    places.map(({ below, above, share }) => between(valueAt(below), valueAt(above), share)),
  )
}

/** Which values of the sorted sample decide its quantiles, by their places; ascending. */
export function quantilePlaces(n: number, bins: number): number[] {
  const places = Array.from({ length: bins + 1 }, (_, k) => placeOfQuantile(n, k / bins))
  return [...new Set(places.flatMap(({ below, above }) => [below, above]))]
}

/** @param quantiles - ascending, the extremes among them */
function edgesBetween(quantiles: readonly number[]): number[] {
  const bins = quantiles.length - 1
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
  const { below, above, share } = placeOfQuantile(sorted.length, q)
  return between(sorted[below]!, sorted[above]!, share)
}

/** The two order statistics around a quantile, and how far from the lower to the upper one it lies. */
function placeOfQuantile(n: number, q: number): { below: number; above: number; share: number } {
  const rank = q * (n - 1)
  const below = Math.floor(rank)
  return { below, above: Math.min(below + 1, n - 1), share: rank - below }
}

function between(low: number, high: number, share: number): number {
  // The second form is for the two ends of the range of doubles, whose difference is infinite.
  const step = high - low
  return Number.isFinite(step) ? low + share * step : (1 - share) * low + share * high
}

/** The next double up or down. */
export function neighbour(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * Number.MIN_VALUE
  const double = Float64Array.of(x)
  const bits = new BigInt64Array(double.buffer)
  // The bits of a double count its distance from 0, whatever its sign.
  bits[0]! += x > 0 === direction > 0 ? 1n : -1n
  return double[0]!
}
