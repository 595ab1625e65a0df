import type { DistanceBracket, NumericProfile } from '@tidegauge/core'
import type { ColumnDrift, WidestGap } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { bracketOf } from '../bracket.ts'
import { formatNumber, formatPercent } from '../format.ts'
import { ticksOf } from './axis-labels.ts'
import { type NumericPicture, numericPicture } from './numeric-axis.ts'
import {
  BINS,
  cumulativePath,
  cumulativeSteps,
  curveHeight,
  densities,
  distance,
  hasEvenBins,
  PICTURE_HEIGHT,
  widestGapOfBins,
} from './numeric-shape.ts'
import { gridAt, Plot } from './plot.tsx'
import { stabilityByBins, stabilityByValues } from './stability.ts'
import { StabilityPlot } from './stability-plot.tsx'
import { type ValueFormat, valueFormat } from './value-format.ts'

export interface NumericDetailProps {
  readonly column: ColumnDrift
  readonly reference: NumericProfile
  readonly current: NumericProfile
  /** Of the picture in the column's row, which is drawn again, larger. */
  readonly shapeId: string
}

/** Characters below a picture, on a phone and beside the figures. */
const ROOM = { narrow: 36, wide: 70 }

/** The densities and the cumulative curves over one axis, and where the PSI comes from. */
export function NumericDetail({ column, shapeId, ...sides }: NumericDetailProps): VNode {
  const { quantiles, widestGap: exact } = column
  const drawn = numericPicture({ ...sides, ...(quantiles && { quantiles }) })
  const picture = drawn as NumericPicture & { [side in 'reference' | 'current']: NumericProfile }
  const { reference, current, axis, values } = picture
  const format = valueFormat(column.type, axis.domain, 3, picture.unit)
  const gap = exact ?? widestGapOfBins(reference, current)
  const bracket = bracketOf(column)
  const groups = values === null ? stabilityByBins(reference, current) : stabilityByValues(values)
  const labels = ticksOf(picture, column.type, ROOM)
  // 0% is where the axis is.
  const ticks = densities(picture).ticks.slice(1)
  const hasCurves = gap !== null || bracket !== null
  const below = { labels }
  return (
    <div class="pictures plots">
      <p class="caption">{densityWords(picture, column.type)}</p>
      <Plot
        height={PICTURE_HEIGHT}
        scale={ticks.map(([share, height]) => [shortPercent(share), height])}
        {...(!hasCurves && below)}
      >
        {ticks.length > 0 && <path class="grid" d={gridAt(ticks.map(([, height]) => height))} />}
        <use href={`#${shapeId}`} />
      </Plot>
      {gap !== null && <Curves {...{ picture, gap, format, exact: exact !== undefined, labels }} />}
      {bracket !== null && <OwnCurves {...{ picture, bracket, labels }} />}
      {groups.length > 1 && (
        <StabilityPlot
          {...{ groups, areValues: values !== null, type: column.type, unit: picture.unit, format }}
        />
      )}
    </div>
  )
}

function densityWords(picture: NumericPicture, type: ColumnDrift['type']): string {
  const { axis } = picture
  if (axis.scale === 'values') return 'Share of values'
  const what = type === 'datetime' ? 'Over time' : 'Density'
  const of = hasEvenBins(picture) ? 'each bin' : `each ${BINS}th of the axis`
  const log = axis.scale === 'logarithmic' ? ', on a logarithmic axis' : ''
  return `${what}: share of values in ${of}${log}`
}

/** `20%`, `2.5%`: ticks are round. */
function shortPercent(share: number): string {
  return `${formatNumber(100 * share)}%`
}

interface CurvesProps {
  readonly picture: NumericPicture & { readonly [side in 'reference' | 'current']: NumericProfile }
  readonly gap: WidestGap
  readonly format: ValueFormat
  readonly exact: boolean
  readonly labels: ReturnType<typeof ticksOf>
}

function Curves({ picture, gap, format, exact, labels }: CurvesProps): VNode {
  const { axis, values } = picture
  const x = Math.round(axis.position(gap.at))
  const { at } = gap
  const curve = (side: 'reference' | 'current'): string =>
    values === null
      ? cumulativePath(picture[side], axis, { at, share: gap[side] })
      : cumulativeSteps(values, side, axis)
  return (
    <>
      <p class="caption">
        Cumulative: farthest apart{exact ? '' : ', as far as the bins tell,'} at {format(at)}, D ={' '}
        {formatNumber(distance(gap))}
        <span class="muted">
          {' '}
          ({formatPercent(gap.reference)} of the reference, {formatPercent(gap.current)} of the
          current values are at most as large)
        </span>
      </p>
      <CurvesPlot
        axis={axis}
        labels={labels}
        reference={curve('reference')}
        current={curve('current')}
      >
        <path class="gap" d={`M${x} ${curveHeight(gap.reference)}V${curveHeight(gap.current)}`} />
      </CurvesPlot>
    </>
  )
}

interface CurvesPlotProps extends Pick<CurvesProps, 'labels'> {
  readonly axis: NumericPicture['axis']
  readonly reference: string
  readonly current: string
  readonly children?: VNode
}

function CurvesPlot({ axis, labels, reference, current, children }: CurvesPlotProps): VNode {
  return (
    <Plot height={PICTURE_HEIGHT} scale="shares" labels={labels}>
      <use href="#halves" />
      <path class="axis" d={`M${axis.left} ${PICTURE_HEIGHT - 1}H${axis.right}`} />
      <path class="curve" d={reference} />
      <path class="current" d={current} />
      {children}
    </Plot>
  )
}

interface OwnCurvesProps extends Pick<CurvesProps, 'picture' | 'labels'> {
  readonly bracket: DistanceBracket
}

/** Each through the points that its own bins tell: where they are farthest apart is not known. */
function OwnCurves({ picture, bracket, labels }: OwnCurvesProps): VNode {
  const { axis, values } = picture
  const curve = (side: 'reference' | 'current'): string =>
    values === null
      ? cumulativePath(picture[side], axis, null)
      : cumulativeSteps(values, side, axis)
  const { lower, upper } = bracket
  return (
    <>
      <p class="caption">
        Cumulative, each side by its own bins: D lies between {formatNumber(lower)} and{' '}
        {formatNumber(upper)}
      </p>
      <CurvesPlot {...{ axis, labels }} reference={curve('reference')} current={curve('current')} />
    </>
  )
}
