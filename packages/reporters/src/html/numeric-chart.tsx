import type { NumericProfile } from '@tidegauge/core'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import type { VNode } from 'preact'
import { digitsThatResolve, formatCount, formatNumber, formatPercent } from '../format.ts'

const WIDTH = 264
const TOP = 4
const BASE = 62
const HEIGHT = 78
/** Where values outside of the bins are drawn: a bin of this width, set apart. */
const GUTTER = 18
const GAP = 7
/** Bins narrower than a line are drawn together. */
const NARROWEST = 1.5

export interface NumericChartProps {
  readonly reference: NumericProfile | null
  readonly current: NumericProfile | null
}

/**
 * Both sides on the same axes: the reference a filled area, the current side a line.
 *
 * Heights are densities, share over width, so that every area is a share: bins of unequal widths, and
 * the bins drawn for what lies outside of all edges, compare as they should.
 */
export function NumericChart({ reference, current }: NumericChartProps): VNode {
  const sides = [reference, current].filter((side) => side !== null)
  const domain = occupiedRange(sides)
  const below = sides.some(({ underflow }) => underflow > 0)
  const above = sides.some(({ overflow }) => overflow > 0)
  const left = below ? GUTTER + GAP : 0
  const right = WIDTH - (above ? GUTTER + GAP : 0)
  const x = positions(domain, left, right)
  const shapes = { reference: steps(reference, x, domain), current: steps(current, x, domain) }
  const highest = Math.max(
    0,
    ...[...shapes.reference, ...shapes.current].map(({ height }) => height),
  )
  const y = scaleLinear([0, highest], [BASE, TOP])
  const digits = digitsThatResolve(domain)
  const [low, high] = domain.map((end) => formatNumber(end, digits)) as [string, string]
  return (
    <>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img">
        <title>{`${described('reference', reference, digits)}; ${described('current', current, digits)}`}</title>
        <path class="reference" d={outline(shapes.reference, y)} />
        <path class="current" d={outline(shapes.current, y)} />
        <path class="axis" d={axisPath(x, domain, left, right)} />
        {below && <path class="break" d={`M${GUTTER + GAP / 2} ${TOP}V${BASE + 4}`} />}
        {above && <path class="break" d={`M${right + GAP / 2} ${TOP}V${BASE + 4}`} />}
        {below && (
          <text x={GUTTER / 2} y="75" class="middle">
            &lt;
          </text>
        )}
        <text x={left} y="75">
          {low}
        </text>
        <text x={right} y="75" class="end">
          {high}
        </text>
        {above && (
          <text x={WIDTH - GUTTER / 2} y="75" class="middle">
            &gt;
          </text>
        )}
      </svg>
      {below && <Outside side="below" bound={low} of="underflow" {...{ reference, current }} />}
      {above && <Outside side="above" bound={high} of="overflow" {...{ reference, current }} />}
    </>
  )
}

interface OutsideProps extends NumericChartProps {
  readonly side: 'below' | 'above'
  readonly bound: string
  readonly of: 'underflow' | 'overflow'
}

function Outside({ side, bound, of, reference, current }: OutsideProps): VNode {
  return (
    <p class="muted small">
      {side} {bound}: {outsideShare(reference, of)} → {outsideShare(current, of)}
    </p>
  )
}

function outsideShare(profile: NumericProfile | null, of: 'underflow' | 'overflow'): string {
  return profile === null || profile.n === 0 ? '–' : formatPercent(profile[of] / profile.n)
}

type Range = readonly [low: number, high: number]

/** From the first to the last bin that holds a value on either side. */
function occupiedRange(profiles: readonly NumericProfile[]): Range {
  const lows: number[] = []
  const highs: number[] = []
  for (const { edges, counts } of profiles) {
    const first = counts.findIndex((count) => count > 0)
    if (first === -1) continue
    lows.push(edges[first]!)
    highs.push(edges[counts.findLastIndex((count) => count > 0) + 1]!)
  }
  if (lows.length > 0) return [Math.min(...lows), Math.max(...highs)]
  const { edges } = profiles[0]!
  return [edges[0]!, edges[edges.length - 1]!]
}

type Position = ScaleLinear<number, number>

/** Values are halved on their way in (see `steps`): the range of ±1e308 is not a finite number. */
function positions([low, high]: Range, left: number, right: number): Position {
  return scaleLinear([low / 2, high / 2], [left, right])
}

interface Step {
  readonly from: number
  readonly to: number
  /** Share per pixel of width. */
  readonly height: number
  /** Stands apart from its neighbours. */
  readonly outside?: boolean
}

function steps(profile: NumericProfile | null, x: Position, [low, high]: Range): Step[] {
  if (profile === null || profile.n === 0) return []
  const { edges, counts, underflow, overflow, n } = profile
  const result: Step[] = []
  if (underflow > 0) result.push(gutterStep(0, underflow / n))
  let from = Number.NaN
  let count = 0
  counts.forEach((inBin, i) => {
    if (edges[i]! < low || edges[i + 1]! > high) return
    if (Number.isNaN(from)) from = x(edges[i]! / 2)
    count += inBin
    const to = x(edges[i + 1]! / 2)
    const last = i === counts.length - 1 || edges[i + 1] === high
    if (to - from < NARROWEST && !last) return
    result.push({ from, to, height: count / n / Math.max(to - from, NARROWEST) })
    from = to
    count = 0
  })
  if (overflow > 0) result.push(gutterStep(WIDTH - GUTTER, overflow / n))
  return result
}

function gutterStep(from: number, share: number): Step {
  return { from, to: from + GUTTER, height: share / GUTTER, outside: true }
}

type Point = readonly [position: number, height: number]

/** Starts and ends on the baseline: filled, it is an area. */
function outline(shape: readonly Step[], y: Position): string {
  const path = line<Point>(
    ([position]) => position,
    ([, height]) => y(height),
  )
  return runs(shape)
    .map((run) => path.curve(curveStepAfter).digits(1)(run))
    .join('')
}

/** The bins as one run of points, which rises from and falls to zero; what lies outside as runs of its own. */
function runs(shape: readonly Step[]): Point[][] {
  const inside = shape.filter(({ outside }) => outside !== true)
  const groups = [...shape.filter(({ outside }) => outside === true).map((step) => [step]), inside]
  return groups
    .filter((group) => group.length > 0)
    .map((group) => [
      [group[0]!.from, 0],
      ...group.map(({ from, height }): Point => [from, height]),
      [group[group.length - 1]!.to, 0],
    ])
}

function axisPath(x: Position, domain: Range, left: number, right: number): string {
  const ends = [left, right].map((end) => `M${end} ${BASE}v4`)
  const inner = ticksBetween(domain).map((tick) => `M${formatNumber(x(tick / 2), 4)} ${BASE}v3`)
  return `M${left} ${BASE}H${right}${[...ends, ...inner].join('')}`
}

function ticksBetween([low, high]: Range): number[] {
  return scaleLinear([low, high], [0, 1])
    .ticks(5)
    .filter((tick) => tick > low && tick < high)
}

function described(side: string, profile: NumericProfile | null, digits: number): string {
  if (profile === null) return `${side}: no such column`
  if (profile.n === 0) return `${side}: no values`
  const { edges, counts, min, max, n } = profile
  const fullest = counts.indexOf(Math.max(...counts))
  const [low, high, from, to] = [
    min ?? edges[0]!,
    max ?? edges[edges.length - 1]!,
    edges[fullest]!,
    edges[fullest + 1]!,
  ].map((value) => formatNumber(value, digits))
  return `${side}: ${formatCount(n)} values from ${low} to ${high}, most often between ${from} and ${to}`
}
