import type { DistanceBracket, NumericProfile } from '@tidegauge/core'
import type { ColumnDrift, WidestGap } from '@tidegauge/drift'
import { scaleLinear, scaleUtc } from 'd3-scale'
import type { VNode } from 'preact'
import { bracketOf } from '../bracket.ts'
import { largestOf } from '../extremes.ts'
import { formatNumber, formatPercent } from '../format.ts'
import { drawnSides } from './numeric-chart.tsx'
import {
  type Axis,
  axisOf,
  BASE,
  CURVE_HEIGHT,
  cumulativePath,
  cumulativeSteps,
  curveHeight,
  distance,
  isBinPerValue,
  WIDTH,
  widestGapOfBins,
} from './numeric-shape.ts'
import { type BinGroup, stabilityByBins, total } from './stability.ts'
import { type ValueFormat, valueFormat } from './value-format.ts'

export interface NumericDetailProps {
  readonly column: ColumnDrift
  readonly reference: NumericProfile
  readonly current: NumericProfile
  /** Of the picture in the column's row, which is drawn again, larger. */
  readonly shapeId: string
}

/** Three pictures over one axis: the densities, the cumulative curves and where the PSI comes from. */
export function NumericDetail({ column, shapeId, ...sides }: NumericDetailProps): VNode {
  const [reference, current] = drawnSides(sides.reference, sides.current) as [
    NumericProfile,
    NumericProfile,
  ]
  const axis = axisOf(reference, current)
  const format = valueFormat(column.type, axis.domain)
  const exact = column.widestGap
  const gap = exact ?? widestGapOfBins(reference, current)
  const bracket = bracketOf(column)
  const groups = stabilityByBins(reference, current)
  return (
    <div class="pictures">
      <p class="caption">{column.type === 'datetime' ? 'Over time' : 'Density'}</p>
      <svg viewBox={`0 0 ${WIDTH} ${BASE + 2}`} aria-hidden="true">
        <use href={`#${shapeId}`} />
      </svg>
      <Ticks axis={axis} type={column.type} />
      {gap !== null && (
        <Curves {...{ reference, current, axis, gap, format, exact: exact !== undefined }} />
      )}
      {bracket !== null && <OwnCurves {...{ reference, current, axis, bracket }} />}
      {groups.length > 1 && <StabilityBars {...{ groups, axis, format }} />}
    </div>
  )
}

/** Labels keep their size however wide the picture is: they stand at percentages of it. */
function Ticks({ axis, type }: { readonly axis: Axis; readonly type: ColumnDrift['type'] }): VNode {
  return (
    <svg class="ticks" aria-hidden="true">
      {ticksOf(axis, type).map(([tick, label]) => {
        const share = axis.position(tick) / WIDTH
        return (
          <text
            key={tick}
            x={`${Math.round(1000 * share) / 10}%`}
            y="11"
            class={share < 0.08 ? undefined : share > 0.92 ? 'end' : 'middle'}
          >
            {label}
          </text>
        )
      })}
    </svg>
  )
}

const TICKS = 4
/** So many characters of labels fit beside one another on a phone. */
const CHARACTERS = 40

const NARROWEST_RANGE = 1e-290

type Tick = readonly [value: number, label: string]

function ticksOf({ domain: [low, high] }: Axis, type: ColumnDrift['type']): readonly Tick[] {
  // Of ranges that are nothing or everything to a double there are no round numbers.
  const range = high - low
  if (!(range > NARROWEST_RANGE && Number.isFinite(range))) return []
  const isTime = type === 'datetime' && Math.max(-low, high) < 8.64e15
  const scale = isTime ? scaleUtc([low, high], [0, 1]) : scaleLinear([low, high], [0, 1])
  const ticks = scale.ticks(TICKS).map(Number)
  const format = valueFormat(type, ticks, 4)
  const labels = ticks.map((tick): Tick => [tick, format(tick)])
  const longest = largestOf(
    labels.map(([, label]) => label.length),
    0,
  )
  const step = Math.ceil((labels.length * (longest + 2)) / CHARACTERS)
  return labels.filter((_, i) => i % step === 0)
}

interface CurvesProps {
  readonly reference: NumericProfile
  readonly current: NumericProfile
  readonly axis: Axis
  readonly gap: WidestGap
  readonly format: ValueFormat
  readonly exact: boolean
}

function Curves({ reference, current, axis, gap, format, exact }: CurvesProps): VNode {
  const x = Math.round(axis.position(gap.at))
  const { at } = gap
  const stepped = exact && isBinPerValue(reference, current)
  const curve = (side: NumericProfile, share: number): string =>
    stepped ? cumulativeSteps(side, axis, { at }) : cumulativePath(side, axis, { at, share })
  return (
    <>
      <p class="caption">
        Cumulative: farthest apart{exact ? '' : ', as far as the bins tell,'} at {format(at)}, D ={' '}
        {formatNumber(distance(gap))}
        <span class="muted">
          {' '}
          ({formatPercent(gap.reference)} of the reference and {formatPercent(gap.current)} of the
          current values are at most as large)
        </span>
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${CURVE_HEIGHT}`} aria-hidden="true">
        <path class="axis" d={`M${axis.left} ${CURVE_HEIGHT - 1}H${axis.right}`} />
        <path class="curve" d={curve(reference, gap.reference)} />
        <path class="current" d={curve(current, gap.current)} />
        <path class="gap" d={`M${x} ${curveHeight(gap.reference)}V${curveHeight(gap.current)}`} />
      </svg>
    </>
  )
}

interface OwnCurvesProps extends Pick<CurvesProps, 'reference' | 'current' | 'axis'> {
  readonly bracket: DistanceBracket
}

/** Each through the points that its own bins tell: where they are farthest apart is not known. */
function OwnCurves({ reference, current, axis, bracket }: OwnCurvesProps): VNode {
  const { lower, upper } = bracket
  return (
    <>
      <p class="caption">
        Cumulative, each side by its own bins: D lies between {formatNumber(lower)} and{' '}
        {formatNumber(upper)}
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${CURVE_HEIGHT}`} aria-hidden="true">
        <path class="axis" d={`M${axis.left} ${CURVE_HEIGHT - 1}H${axis.right}`} />
        <path class="curve" d={cumulativePath(reference, axis, null)} />
        <path class="current" d={cumulativePath(current, axis, null)} />
      </svg>
    </>
  )
}

const BARS_HEIGHT = 60

interface StabilityBarsProps {
  readonly groups: readonly BinGroup[]
  readonly axis: Axis
  readonly format: ValueFormat
}

function StabilityBars({ groups, axis, format }: StabilityBarsProps): VNode {
  const sum = total(groups)
  const largest = groups.reduce((a, b) => (b.value > a.value ? b : a))
  return (
    <>
      <p class="caption">
        PSI of these {groups.length} bins: {formatNumber(sum)}
        {sum > 0 && (
          <span class="muted">
            , {formatPercent(largest.value / sum)} of it between {format(largest.from)} and{' '}
            {format(largest.to)}
          </span>
        )}
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${BARS_HEIGHT}`} aria-hidden="true">
        <path class="fewer" d={bars(groups, false, axis, largest.value)} />
        <path class="more" d={bars(groups, true, axis, largest.value)} />
        <path class="axis" d={`M${axis.left} ${BARS_HEIGHT - 1}H${axis.right}`} />
      </svg>
    </>
  )
}

function bars(groups: readonly BinGroup[], more: boolean, axis: Axis, highest: number): string {
  return groups
    .filter((group) => group.more === more && group.value > 0)
    .map(({ from, to, value }) => {
      const left = Math.round(axis.position(from)) + 1
      const width = Math.max(2, Math.round(axis.position(to)) - left - 1)
      const height = Math.max(1, Math.round((value / highest) * (BARS_HEIGHT - 4)))
      return `M${left} ${BARS_HEIGHT - 1}v${-height}h${width}v${height}z`
    })
    .join('')
}
