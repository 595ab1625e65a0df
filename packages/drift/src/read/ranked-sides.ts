import { type NumericProfile, PROFILE_VERSION } from '@tidegauge/core'
import { drawnPlaces, histogramEdgesOf } from '../measure/histogram-edges.ts'
import { percentPlaces, quantilesOfPlaces } from '../measure/sorted-profile.ts'
import { decilePlacesOf, decilesOf } from '../samples/decile-cells.ts'
import { neighbour } from '../samples/quantile-edges.ts'
import type { RankedPair } from './evidence.ts'

/** A side of numbers that stay where they are, sorted: of each of `comparedPlaces` its value is known. */
export interface RankedSide {
  /** How many finite values there are; at least one. */
  readonly n: number
  /** The value at a place of the sorted ones, the first at 0. */
  valueAt(place: number): number
  /** All different values, ascending, where they are at most `MOST_DRAWN_APART`; null where they are more. */
  readonly distinct: readonly number[] | null
}

/** How a side is counted: between these edges, each value into the bin whose upper edge is the first at least as large. */
export interface SideCounts {
  /** One for each bin; nothing lies below the first edge. */
  readonly counts: readonly number[]
  readonly overflow: number
  readonly missing: number
  readonly infinite: number
  readonly sum: number | null
}

/** The places of n sorted values that a comparison asks for; ascending. */
export function comparedPlaces(n: number): number[] {
  const places = [...percentPlaces(n), ...decilePlacesOf(n), ...drawnPlaces(n)]
  return [...new Set(places)].sort((a, b) => a - b)
}

export interface RankedEdges {
  /** Both sides are counted between these. */
  readonly edges: readonly number[]
  /** Those of the picture, among them. */
  readonly drawn: readonly number[]
  /** The reference's deciles, among them. */
  readonly deciles: readonly number[]
}

/**
 * Between which edges both sides must be counted, so that the counts tell what their values would.
 *
 * @param widestAt - the smallest value at which the distribution functions are farthest apart
 */
export function rankedEdges(
  reference: RankedSide,
  current: RankedSide,
  widestAt: number,
): RankedEdges {
  const drawn = histogramEdgesOf(reference, current)
  const deciles = decilesOf(reference.n, (place) => reference.valueAt(place))
  const smallest = Math.min(reference.valueAt(0), current.valueAt(0), drawn[0]!)
  // Below everything; and apart from the picture's first edge, whose values are in its first bin.
  const others = [neighbour(smallest, -1), neighbour(drawn[0]!, -1), ...deciles, widestAt]
  const edges = [...new Set([...others, ...drawn])].filter(Number.isFinite).sort((a, b) => a - b)
  return { edges, drawn, deciles }
}

/** Both sides as profiles between `rankedEdges`, and what makes their comparison that of the values. */
export function rankedPair(
  sides: { readonly reference: RankedSide; readonly current: RankedSide },
  counted: { readonly reference: SideCounts; readonly current: SideCounts },
  { edges, drawn, deciles }: RankedEdges,
  widestAt: number,
): {
  readonly reference: NumericProfile
  readonly current: NumericProfile
  readonly ranked: RankedPair
} {
  const reference = profileOf(sides.reference, counted.reference, edges)
  const current = profileOf(sides.current, counted.current, edges)
  return {
    reference: { ...reference, deciles: deciles.map((decile) => edges.indexOf(decile)) },
    current,
    ranked: {
      widestAt,
      quantiles: quantilesOfPlaces(sides.reference, sides.current),
      drawn: { reference: drawnOf(reference, drawn), current: drawnOf(current, drawn) },
    },
  }
}

function profileOf(
  { n, valueAt }: RankedSide,
  { counts, overflow, missing, infinite, sum }: SideCounts,
  edges: readonly number[],
): NumericProfile {
  const [min, max] = [valueAt(0), valueAt(n - 1)]
  const total = sum !== null && Number.isFinite(sum) ? sum : null
  return {
    kind: 'numeric',
    version: PROFILE_VERSION,
    edges,
    counts,
    underflow: 0,
    overflow,
    n,
    missing,
    infinite,
    min,
    max,
    sum: total,
  }
}

/** What `numericProfile` of the values would be between some of the edges. */
function drawnOf(profile: NumericProfile, drawn: readonly number[]): NumericProfile {
  const upTo = cumulativeOf(profile)
  const underflow = upTo(neighbour(drawn[0]!, -1))
  const sums = drawn.slice(1).map(upTo)
  return {
    ...profile,
    edges: [...drawn],
    counts: sums.map((sum, i) => sum - (sums[i - 1] ?? underflow)),
    underflow,
    overflow: profile.n - sums[sums.length - 1]!,
  }
}

/** How many values are at most as large as an edge; below all of them, none is. */
function cumulativeOf({ edges, counts }: NumericProfile): (edge: number) => number {
  const sums = new Map<number, number>([[edges[0]!, 0]])
  let sum = 0
  counts.forEach((count, i) => {
    sum += count
    sums.set(edges[i + 1]!, sum)
  })
  return (edge) => sums.get(edge) ?? 0
}
