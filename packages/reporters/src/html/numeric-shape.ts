import type { NumericProfile } from '@tidegauge/core'
import type { WidestGap } from '@tidegauge/drift'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { largestOf } from '../extremes.ts'
import type { FewValue } from './few-values.ts'
import { type Axis, GUTTER, type NumericPicture, WIDTH } from './numeric-axis.ts'

/** Height of the pictures of densities and of cumulative curves, and where the lowest and highest density is drawn. */
export const PICTURE_HEIGHT = 126
const TOP = 8
export const BASE = 124
/** Narrower bins are drawn together: they would show the noise of a few values each. */
const NARROWEST_BIN = 12
/** Points that are closer are no other ones to the eye. */
const NARROWEST_STEP = 4
/** The last bin may be narrower than all others; a line it is. */
const NARROWEST_LINE = 3

/** Both sides as outlines of the same scale. */
export interface Densities {
  readonly reference: string
  readonly current: string
  /** Of the scale on the left, from below: shares of the values in a bin, or in as much of the axis as a bin would have. */
  readonly ticks: ReadonlyArray<readonly [share: number, height: number]>
}

/**
 * Heights are densities, share over width, so that every area is a share: bins of unequal widths, those of a
 * logarithmic axis, and the bins drawn for what lies outside of all edges, compare as they should. Where each value has
 * a bar they are shares.
 */
export function densities(picture: NumericPicture): Densities {
  const before = stepsOf(picture, 'reference')
  const after = stepsOf(picture, 'current')
  const highest = largestOf(
    [...before, ...after].map(({ height }) => height),
    0,
  )
  const y = scaleLinear([0, highest], [BASE, TOP])
  const unit = widthOfShare(picture)
  const ticks = highest === 0 ? [] : scaleLinear([0, highest * unit], [0, 1]).ticks(2)
  return {
    reference: outline(before, y),
    current: outline(after, y),
    ticks: ticks.map((share) => [share, y(share / unit)]),
  }
}

/** Of so many bins a share is taken where they are not all as wide. */
export const BINS = 30

function widthOfShare(picture: NumericPicture): number {
  const { left, right, bar } = picture.axis
  if (bar > 0) return bar
  return (right - left) / (hasEvenBins(picture) ? picture.reference!.counts.length : BINS)
}

/** Are both sides counted into the same bins, all as wide as they are drawn? */
export function hasEvenBins({ reference, hasOwnBins, axis }: NumericPicture): boolean {
  if (reference === null || hasOwnBins) return false
  const places = reference.edges.map(axis.position)
  const width = (axis.right - axis.left) / reference.counts.length
  return places.every((place, i) => Math.abs(place - (axis.left + i * width)) < 0.01)
}

function stepsOf(picture: NumericPicture, side: 'reference' | 'current'): Step[] {
  const { axis, values } = picture
  const profile = picture[side]
  if (profile === null || profile.n === 0) return []
  return axis.bar > 0 ? bars(values!, side, axis) : steps(profile, axis)
}

function bars(
  values: readonly FewValue[],
  side: 'reference' | 'current',
  { position, bar }: Axis,
): Step[] {
  const n = values.reduce((sum, value) => sum + value[side], 0)
  return values.flatMap(({ value, [side]: count }) => {
    const from = position(value) - bar / 2
    return count === 0 ? [] : [{ from, to: from + bar, height: count / n / bar, apart: true }]
  })
}

interface Step {
  readonly from: number
  readonly to: number
  /** Share per unit of width. */
  readonly height: number
  /** Stands apart from its neighbours. */
  readonly apart?: boolean
}

function steps(profile: NumericProfile, { position }: Axis): Step[] {
  const { edges, counts, underflow, overflow, n } = profile
  const result: Step[] = []
  if (underflow > 0) result.push(gutterStep(0, underflow / n))
  let from = Number.NaN
  let count = 0
  counts.forEach((inBin, i) => {
    if (Number.isNaN(from)) from = position(edges[i]!)
    count += inBin
    const to = position(edges[i + 1]!)
    if (to - from < NARROWEST_BIN && i + 1 < counts.length) return
    result.push({ from, to, height: count / n / Math.max(to - from, NARROWEST_LINE) })
    from = to
    count = 0
  })
  if (overflow > 0) result.push(gutterStep(WIDTH - GUTTER, overflow / n))
  return result
}

function gutterStep(from: number, share: number): Step {
  return { from, to: from + GUTTER, height: share / GUTTER, apart: true }
}

/** Starts and ends on the baseline: filled, it is an area. What stands apart is an area of its own. Differences are shorter. */
function outline(shape: readonly Step[], y: ScaleLinear<number, number>): string {
  const inside = shape.filter(({ apart }) => apart !== true)
  const groups = [...shape.filter(({ apart }) => apart === true).map((step) => [step]), inside]
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      const start = units(group[0]!.from)
      let [x, height] = [start, BASE]
      let path = `M${start} ${BASE}`
      group.forEach((step, i) => {
        const top = units(y(step.height))
        if (i === 0 || top !== height) path += `v${top - height}`
        height = top
        const next = group[i + 1]
        if (next !== undefined && top === units(y(next.height))) return
        path += `h${units(step.to) - x}`
        x = units(step.to)
      })
      return `${path}V${BASE}`
    })
    .join('')
}

function units(position: number): number {
  return Math.round(position)
}

/** Where a share stands in the picture of the curves. */
export function curveHeight(share: number): number {
  return units(heightOf(share))
}

function heightOf(share: number): number {
  return PICTURE_HEIGHT - 2 - (PICTURE_HEIGHT - 4) * share
}

/**
 * A side's cumulative curve: the share of its values up to each edge, and through the point that is known
 * exactly, where there is one.
 */
export function cumulativePath(
  profile: NumericProfile,
  { position }: Axis,
  known: { readonly at: number; readonly share: number } | null,
): string {
  const { edges, counts, underflow, n } = profile
  const points: Point[] = []
  const add = (value: number, share: number, isLast: boolean): void => {
    const point = [position(value), heightOf(share)] as const
    const last = points[points.length - 1]
    if (last === undefined || point[0] - last[0] >= NARROWEST_STEP || isLast) points.push(point)
  }
  let below = underflow
  let isDrawn = known === null
  edges.forEach((edge, i) => {
    if (i > 0) below += counts[i - 1]!
    const next = edges[i + 1] ?? Number.POSITIVE_INFINITY
    if (!isDrawn && known!.at < edge) isDrawn = true
    add(edge, below / n, i === edges.length - 1)
    if (!isDrawn && known!.at < next) {
      isDrawn = true
      points.push([position(known!.at), heightOf(known!.share)])
    }
  })
  return polyline(points)
}

/** The cumulative curve of a few values: it rises at each. */
export function cumulativeSteps(
  values: readonly FewValue[],
  side: 'reference' | 'current',
  { position, left, right }: Axis,
): string {
  const n = values.reduce((sum, value) => sum + value[side], 0)
  let sum = 0
  let path = `M${left} ${curveHeight(0)}`
  for (const { value, [side]: count } of values) {
    if (count === 0) continue
    sum += count
    path += `H${units(position(value))}V${curveHeight(sum / n)}`
  }
  return `${path}H${right}`
}

type Point = readonly [x: number, y: number]

/** Differences are shorter than positions, and do not add up to errors: they are of rounded ones. */
function polyline(points: readonly Point[]): string {
  const corners = cornersOf(points).map(([x, y]) => [units(x), units(y)] as const)
  return corners
    .map(([x, y], i) => {
      if (i === 0) return `M${x} ${y}l`
      const [dx, dy] = [x - corners[i - 1]![0], y - corners[i - 1]![1]]
      return `${dx}${dy < 0 ? '' : ' '}${dy}`
    })
    .join(' ')
    .replace('l ', 'l')
}

/** No more than a rounding moves a point. */
const STRAIGHT = 0.5

/** Without points that lie on the line from the corner before them to that behind them, as far as is seen. */
function cornersOf(points: readonly Point[]): Point[] {
  const corners: Point[] = []
  let from = 0
  points.forEach((point, i) => {
    const next = points[i + 1]
    const skipped = points.slice(from + 1, i + 1)
    const isOnLine =
      i > 0 &&
      next !== undefined &&
      skipped.every((one) => distanceToLine(one, points[from]!, next) <= STRAIGHT)
    if (isOnLine) return
    corners.push(point)
    from = i
  })
  return corners
}

/** Upwards or downwards; of a vertical line any point is as far as it is beside. */
function distanceToLine([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  return x1 === x0 ? Math.abs(x - x0) : Math.abs(y - (y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)))
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
