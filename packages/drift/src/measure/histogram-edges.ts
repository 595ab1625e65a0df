import { isLongTailed, type Spread } from '@tidegauge/core/internal'
import { placeOfPercent } from './sorted-profile.ts'

/** So many bins draw a distribution without drawing its noise. */
const BINS = 30

/** Different values of both sides together that get a bin each. */
export const MOST_DRAWN_APART: number = BINS

/**
 * Edges that show two samples on one axis: a bin per value where there are few distinct ones, otherwise
 * bins of equal width, of whole numbers as many in each, between the outer half percents, so that one outlier does not squeeze the rest
 * into a single bar; nor do more of them, as far as they are from the rest. What lies outside is counted as under- and
 * overflow. Of equal width on a logarithmic axis where
 * the tail is long: `isLongTailed`.
 *
 * @param a - finite numbers, sorted; at least one of the two is not empty
 * @param b - the same
 * @returns at least two numbers, strictly increasing
 */
export function histogramEdges(a: Float64Array, b: Float64Array): number[] {
  const distinct = fewDistinctValues(a, b)
  if (distinct !== null) return edgesAround(distinct)
  return evenEdges([a, b].filter((sample) => sample.length > 0).map(sideOf))
}

/** The values of a side, sorted, wherever they are. */
interface SortedSide {
  readonly n: number
  valueAt(place: number): number
}

/** `histogramEdges` of sides of which some values are known: those of `drawnPlaces`, and all where they are few. */
export function histogramEdgesOf(
  ...sides: ReadonlyArray<SortedSide & { readonly distinct: readonly number[] | null }>
): number[] {
  if (sides.every(({ distinct }) => distinct !== null)) {
    const distinct = new Set(sides.flatMap((side) => side.distinct!))
    if (distinct.size <= BINS) return edgesAround([...distinct].sort((x, y) => x - y))
  }
  return evenEdges(sides)
}

/** The places of n sorted values that tell how they are drawn. */
export function drawnPlaces(n: number): readonly number[] {
  return [...outerPlaces(n), ...[...SPREAD, ...MIDDLE].map((percent) => placeOfPercent(n, percent))]
}

const SPREAD = [0, 1, 50, 99] as const
const MIDDLE = [5, 95] as const

function outerPlaces(n: number): readonly [low: number, high: number] {
  return [placeAbove(n, OUTER), placeAbove(n, 1 - OUTER)]
}

const OUTER = 0.005

function sideOf(sorted: Float64Array): SortedSide {
  return { n: sorted.length, valueAt: (place) => sorted[place]! }
}

function evenEdges(sides: readonly SortedSide[]): number[] {
  const isLogarithmic = isLongTailed(sides.map(spreadOf))
  const [low, high] = rangeOf(sides, isLogarithmic ? outerRange : fencedRange)
  if (!isLogarithmic && high - low <= WIDEST_WHOLE && sides.every(isOfWholeNumbers)) {
    return wholeEdges(low, high)
  }
  const edgeAt = isLogarithmic ? betweenLogs : between
  const edges = [low]
  for (let i = 1; i <= BINS; i++) {
    const edge = i === BINS ? high : edgeAt(low, high, i / BINS)
    if (edge > edges[edges.length - 1]!) edges.push(edge)
  }
  return edges.length > 1 ? edges : edgesAround([low])
}

/** In wider ranges nobody sees that one bin holds a whole number more than its neighbours. */
const WIDEST_WHOLE = 300

/** As far as the places tell that are known of every side. */
function isOfWholeNumbers({ n, valueAt }: SortedSide): boolean {
  return drawnPlaces(n).every((place) => Number.isInteger(valueAt(place)))
}

/** As many whole numbers in each bin: with one more or less there would be teeth and holes that the data has not. */
function wholeEdges(low: number, high: number): number[] {
  const first = Math.floor(low)
  const width = Math.ceil((Math.floor(high) - first + 1) / BINS)
  const bins = Math.ceil((Math.floor(high) - first + 1) / width)
  return Array.from({ length: bins + 1 }, (_, i) => first - 0.5 + i * width)
}

function spreadOf({ n, valueAt }: SortedSide): Spread {
  const [least, low, middle, high] = SPREAD.map((percent) => valueAt(placeOfPercent(n, percent)))
  return { least: least!, low: low!, middle: middle!, high: high! }
}

function rangeOf(
  sides: readonly SortedSide[],
  rangeOfSide: (side: SortedSide) => readonly [number, number],
): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const side of sides) {
    const [lowest, highest] = rangeOfSide(side)
    low = Math.min(low, lowest)
    high = Math.max(high, highest)
  }
  return [low, high]
}

function outerRange({ n, valueAt }: SortedSide): readonly [number, number] {
  const [low, high] = outerPlaces(n)
  return [valueAt(low), valueAt(high)]
}

/** No farther from the middle nine tenths than these are wide: -999 for "unknown" would take the axis. */
function fencedRange(side: SortedSide): readonly [number, number] {
  const [low, high] = outerRange(side)
  const [from, to] = MIDDLE.map((percent) => side.valueAt(placeOfPercent(side.n, percent)))
  const width = to! - from!
  return width > 0 ? [Math.max(low, from! - width), Math.min(high, to! + width)] : [low, high]
}

/** The second form is for the two ends of the range of doubles, whose difference is infinite. */
function between(low: number, high: number, share: number): number {
  const range = high - low
  return Number.isFinite(range) ? low + share * range : (1 - share) * low + share * high
}

function betweenLogs(low: number, high: number, share: number): number {
  return Math.exp(between(Math.log(low), Math.log(high), share))
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
