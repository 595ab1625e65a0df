import type { NumericProfile } from '@tidegauge/core'
import type { WidestGap } from '@tidegauge/drift'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { largestOf, smallestOf } from '../extremes.ts'

/** Pictures are drawn in whole units: fewer characters than fractions, and finer than a screen shows. */
export const WIDTH = 528
const TOP = 8
export const BASE = 124
/** Where values outside of the bins are drawn: a bin of this width, set apart. */
const GUTTER = 36
const GAP = 14
/** Bins narrower than a line are drawn together. */
const NARROWEST = 3

export type Range = readonly [low: number, high: number]
export type MaybeProfile = NumericProfile | null

/** The axis that both sides of a numeric column share. */
export interface Axis {
  /** From the first to the last bin that holds a value on either side. */
  readonly domain: Range
  /** Are there values outside of all bins? */
  readonly below: boolean
  readonly above: boolean
  readonly left: number
  readonly right: number
  /** Of a value, in units from the left; a value outside of the domain stands at its end. */
  readonly position: (value: number) => number
}

export function axisOf(reference: MaybeProfile, current: MaybeProfile): Axis {
  const profiles = [reference, current].filter((profile) => profile !== null)
  const [low, high] = occupiedRange(profiles)
  const below = profiles.some(({ underflow }) => underflow > 0)
  const above = profiles.some(({ overflow }) => overflow > 0)
  const left = below ? GUTTER + GAP : 0
  const right = WIDTH - (above ? GUTTER + GAP : 0)
  const position = (x: number) => {
    const share = Math.min(1, Math.max(0, shareOfRange(x, low, high)))
    return left * (1 - share) + right * share
  }
  return { domain: [low, high], below, above, left, right, position }
}

/**
 * Both sides on one axis where each has bins of its own: what lies outside of the bins of one may lie within those of
 * the other. It is drawn as one more bin up to the side's extreme, where that is known.
 */
export function withOuterBins(profile: NumericProfile): NumericProfile {
  const { edges, counts, underflow, overflow, min, max } = profile
  const hasLower = underflow > 0 && min !== null && min < edges[0]!
  const hasUpper = overflow > 0 && max !== null && max > edges[edges.length - 1]!
  return {
    ...profile,
    edges: [...(hasLower ? [min] : []), ...edges, ...(hasUpper ? [max] : [])],
    counts: [...(hasLower ? [underflow] : []), ...counts, ...(hasUpper ? [overflow] : [])],
    underflow: hasLower ? 0 : underflow,
    overflow: hasUpper ? 0 : overflow,
  }
}

function shareOfRange(x: number, low: number, high: number): number {
  const range = high - low
  if (range === 0) return 0.5
  // Halved: the range of ±1e308 is not a finite number.
  return Number.isFinite(range) ? (x - low) / range : (x / 2 - low / 2) / (high / 2 - low / 2)
}

function occupiedRange(profiles: readonly NumericProfile[]): Range {
  const lows: number[] = []
  const highs: number[] = []
  for (const { edges, counts } of profiles) {
    const first = counts.findIndex((count) => count > 0)
    if (first === -1) continue
    lows.push(edges[first]!)
    highs.push(edges[counts.findLastIndex((count) => count > 0) + 1]!)
  }
  if (lows.length > 0) return [smallestOf(lows), largestOf(highs)]
  const { edges } = profiles[0]!
  return [edges[0]!, edges[edges.length - 1]!]
}

/**
 * Both sides as outlines of the same scale.
 *
 * Heights are densities, share over width, so that every area is a share: bins of unequal widths, and
 * the bins drawn for what lies outside of all edges, compare as they should.
 */
export function densityPaths(
  reference: MaybeProfile,
  current: MaybeProfile,
  axis: Axis,
): { readonly reference: string; readonly current: string } {
  const before = steps(reference, axis)
  const after = steps(current, axis)
  const highest = largestOf(
    [...before, ...after].map(({ height }) => height),
    0,
  )
  const y = scaleLinear([0, highest], [BASE, TOP])
  return { reference: outline(before, y), current: outline(after, y) }
}

interface Step {
  readonly from: number
  readonly to: number
  /** Share per unit of width. */
  readonly height: number
  /** Stands apart from its neighbours. */
  readonly outside?: boolean
}

function steps(profile: MaybeProfile, { position, domain: [low, high] }: Axis): Step[] {
  if (profile === null || profile.n === 0) return []
  const { edges, counts, underflow, overflow, n } = profile
  const result: Step[] = []
  if (underflow > 0) result.push(gutterStep(0, underflow / n))
  let from = Number.NaN
  let count = 0
  counts.forEach((inBin, i) => {
    if (edges[i]! < low || edges[i + 1]! > high) return
    if (Number.isNaN(from)) from = position(edges[i]!)
    count += inBin
    const to = position(edges[i + 1]!)
    if (to - from < NARROWEST && !isLastWithin(edges, i + 1, high)) return
    result.push({ from, to, height: count / n / Math.max(to - from, NARROWEST) })
    from = to
    count = 0
  })
  if (overflow > 0) result.push(gutterStep(WIDTH - GUTTER, overflow / n))
  return result
}

/** Of two sides with bins of their own, one may end before the axis does, or in an empty bin that reaches beyond it. */
function isLastWithin(edges: readonly number[], i: number, high: number): boolean {
  return i === edges.length - 1 || edges[i + 1]! > high
}

function gutterStep(from: number, share: number): Step {
  return { from, to: from + GUTTER, height: share / GUTTER, outside: true }
}

/** Starts and ends on the baseline: filled, it is an area. What lies outside is an area of its own. */
function outline(shape: readonly Step[], y: ScaleLinear<number, number>): string {
  const inside = shape.filter(({ outside }) => outside !== true)
  const groups = [...shape.filter(({ outside }) => outside === true).map((step) => [step]), inside]
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      const corners: string[] = []
      group.forEach(({ to, height }, i) => {
        const top = units(y(height))
        const next = group[i + 1]
        if (i === 0 || top !== units(y(group[i - 1]!.height))) corners.push(`V${top}`)
        if (next === undefined || top !== units(y(next.height))) corners.push(`H${units(to)}`)
      })
      return `M${units(group[0]!.from)} ${BASE}${corners.join('')}V${BASE}`
    })
    .join('')
}

function units(position: number): number {
  return Math.round(position)
}

/** Height of the picture of the cumulative curves. */
export const CURVE_HEIGHT = 132

/** Where a share stands in that picture. */
export function curveHeight(share: number): number {
  return units(CURVE_HEIGHT - 2 - (CURVE_HEIGHT - 4) * share)
}

/**
 * A side's cumulative curve: the share of its values up to each edge, and through the point that is known
 * exactly, where there is one.
 */
export function cumulativePath(
  profile: NumericProfile,
  { position, domain: [low, high] }: Axis,
  known: { readonly at: number; readonly share: number } | null,
): string {
  const { edges, counts, underflow, n } = profile
  const points: Array<readonly [x: number, y: number]> = []
  const add = (value: number, share: number, isLast: boolean): void => {
    const point = [units(position(value)), curveHeight(share)] as const
    const last = points[points.length - 1]
    if (last === undefined || point[0] - last[0] >= NARROWEST || isLast) points.push(point)
  }
  let below = underflow
  let isDrawn = known === null
  edges.forEach((edge, i) => {
    if (i > 0) below += counts[i - 1]!
    if (edge < low || edge > high) return
    const next = edges[i + 1] ?? Number.POSITIVE_INFINITY
    if (!isDrawn && known!.at < edge) isDrawn = true
    add(edge, below / n, isLastWithin(edges, i, high))
    if (!isDrawn && known!.at < next) {
      isDrawn = true
      points.push([units(position(known!.at)), curveHeight(known!.share)])
    }
  })
  return polyline(points)
}

/**
 * Is there a bin for each value? Then all values lie inside of the edges; bins between quantiles begin at
 * the smallest value or above it.
 */
export function isBinPerValue(reference: NumericProfile, current: NumericProfile): boolean {
  const { edges } = reference
  const inside = ({ min, max }: NumericProfile): boolean =>
    min !== null && max !== null && min > edges[0]! && max < edges[edges.length - 1]!
  return inside(reference) && inside(current)
}

/** The cumulative curve of a bin per value: it rises in the middle of each bin, or where that is known. */
export function cumulativeSteps(
  { edges, counts, n }: NumericProfile,
  { position, left, right }: Axis,
  known: { readonly at: number },
): string {
  let sum = 0
  let path = `M${left} ${curveHeight(0)}`
  counts.forEach((count, i) => {
    if (count === 0) return
    sum += count
    const [from, to] = [edges[i]!, edges[i + 1]!]
    const value = known.at > from && known.at <= to ? known.at : from / 2 + to / 2
    path += `H${units(position(value))}V${curveHeight(sum / n)}`
  })
  return `${path}H${right}`
}

/** Differences are shorter than positions, and do not add up to errors: they are of rounded ones. */
function polyline(points: ReadonlyArray<readonly [number, number]>): string {
  const corners = points.filter(([, y], i) => {
    const [before, after] = [points[i - 1], points[i + 1]]
    return before === undefined || after === undefined || before[1] !== y || after[1] !== y
  })
  return corners
    .map(([x, y], i) => {
      if (i === 0) return `M${x} ${y}l`
      const [dx, dy] = [x - corners[i - 1]![0], y - corners[i - 1]![1]]
      return `${dx}${dy < 0 ? '' : ' '}${dy}`
    })
    .join(' ')
    .replace('l ', 'l')
}

/** Where the curves are farthest apart as far as the bins tell; null where they have not the same edges. */
export function widestGapOfBins(
  reference: NumericProfile,
  current: NumericProfile,
): WidestGap | null {
  if (reference.edges.length !== current.edges.length) return null
  let widest: WidestGap | null = null
  let before = reference.underflow
  let after = current.underflow
  for (let i = 0; i < reference.edges.length; i++) {
    if (reference.edges[i] !== current.edges[i]) return null
    if (i > 0) before += reference.counts[i - 1]!
    if (i > 0) after += current.counts[i - 1]!
    const gap = {
      at: reference.edges[i]!,
      reference: before / reference.n,
      current: after / current.n,
    }
    if (widest === null || distance(gap) > distance(widest)) widest = gap
  }
  return widest
}

export function distance({ reference, current }: WidestGap): number {
  return Math.abs(reference - current)
}
