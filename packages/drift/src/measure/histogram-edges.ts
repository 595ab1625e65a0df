/** So many bins draw a distribution without drawing its noise. */
const BINS = 30

/** Different values of both sides together that get a bin each. */
export const MOST_DRAWN_APART: number = BINS

/**
 * Edges that show two samples on one axis: a bin per value where there are few distinct ones, otherwise
 * bins of equal width between the outer half percents, so that one outlier does not squeeze the rest
 * into a single bar. What lies outside is counted as under- and overflow.
 *
 * @param a - finite numbers, sorted; at least one of the two is not empty
 * @param b - the same
 * @returns at least two numbers, strictly increasing
 */
export function histogramEdges(a: Float64Array, b: Float64Array): number[] {
  const distinct = fewDistinctValues(a, b)
  if (distinct !== null) return edgesAround(distinct)
  const samples = [a, b].filter((sample) => sample.length > 0)
  return evenEdges(...rangeOf(samples.map(sideOf)))
}

/** The values of a side, sorted, wherever they are. */
interface SortedSide {
  readonly n: number
  valueAt(place: number): number
}

/** `histogramEdges` of sides of which some values are known: those of `outerPlaces`, and all where they are few. */
export function histogramEdgesOf(
  ...sides: ReadonlyArray<SortedSide & { readonly distinct: readonly number[] | null }>
): number[] {
  if (sides.every(({ distinct }) => distinct !== null)) {
    const distinct = new Set(sides.flatMap((side) => side.distinct!))
    if (distinct.size <= BINS) return edgesAround([...distinct].sort((x, y) => x - y))
  }
  return evenEdges(...rangeOf(sides))
}

/** The places of n sorted values between which they are drawn. */
export function outerPlaces(n: number): readonly [low: number, high: number] {
  return [placeAbove(n, OUTER), placeAbove(n, 1 - OUTER)]
}

const OUTER = 0.005

function sideOf(sorted: Float64Array): SortedSide {
  return { n: sorted.length, valueAt: (place) => sorted[place]! }
}

function evenEdges(low: number, high: number): number[] {
  const edges = [low]
  for (let i = 1; i <= BINS; i++) {
    const edge = i === BINS ? high : between(low, high, i / BINS)
    if (edge > edges[edges.length - 1]!) edges.push(edge)
  }
  return edges.length > 1 ? edges : edgesAround([low])
}

function rangeOf(sides: readonly SortedSide[]): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { n, valueAt } of sides) {
    const [lowest, highest] = outerPlaces(n)
    low = Math.min(low, valueAt(lowest))
    high = Math.max(high, valueAt(highest))
  }
  return [low, high]
}

/** The second form is for the two ends of the range of doubles, whose difference is infinite. */
function between(low: number, high: number, share: number): number {
  const range = high - low
  return Number.isFinite(range) ? low + share * range : (1 - share) * low + share * high
}

/** The distinct values of both samples, or null where they are more than the bins. */
function fewDistinctValues(a: Float64Array, b: Float64Array): number[] | null {
  const distinct = new Set<number>()
  for (const sample of [a, b]) {
    let previous = Number.NaN
    for (let i = 0; i < sample.length; i++) {
      const x = sample[i]!
      if (x === previous) continue
      previous = x
      distinct.add(x)
      if (distinct.size > BINS) return null
    }
  }
  return [...distinct].sort((x, y) => x - y)
}

/** Half-way between neighbours, and as far out on either side. */
function edgesAround(values: readonly number[]): number[] {
  const first = values[0]!
  const last = values[values.length - 1]!
  const lone = Math.max(Math.abs(first) * 1e-6, 0.5)
  const edges = [first - (values.length > 1 ? (values[1]! - first) / 2 : lone)]
  for (let i = 1; i < values.length; i++) edges.push(values[i - 1]! / 2 + values[i]! / 2)
  edges.push(last + (values.length > 1 ? (last - values[values.length - 2]!) / 2 : lone))
  const finite = edges.map((edge) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, edge)))
  return finite.filter((edge, i) => i === 0 || edge > finite[i - 1]!)
}

function placeAbove(n: number, q: number): number {
  return Math.min(n - 1, Math.floor(q * n))
}
