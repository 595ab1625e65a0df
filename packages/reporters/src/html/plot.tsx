import type { ComponentChildren, JSX, VNode } from 'preact'
import type { AxisLabel, LabelledAxis } from './axis-labels.ts'
import { WIDTH } from './numeric-axis.ts'
import { curveHeight, PICTURE_HEIGHT } from './numeric-shape.ts'

type Scale = ReadonlyArray<readonly [text: string, height: number]>

export interface PlotProps {
  readonly height: number
  /** Another shape than that of densities and curves. */
  readonly of?: 'stability'
  /** What stands at the left of which height; the name of a shared one. */
  readonly scale: Scale | 'shares'
  readonly labels?: LabelledAxis
  readonly children: ComponentChildren
}

/** A picture of the details with its scale and the labels of its axis, which keep their size however wide it is. */
export function Plot({ height, of, scale, labels, children }: PlotProps): VNode {
  return (
    <svg class={of === undefined ? 'plot' : `plot ${of}`} aria-hidden="true">
      <Within viewBox={`0 0 ${WIDTH} ${height}`}>{children}</Within>
      {scale === 'shares' ? <use href="#shares" /> : <ScaleLabels of={scale} height={height} />}
      {labels !== undefined && <AxisLabels of={labels} />}
    </svg>
  )
}

function ScaleLabels({
  of: scale,
  height,
  id,
}: {
  readonly of: Scale
  readonly height: number
  readonly id?: string
}): VNode {
  return (
    <g class="scale" id={id}>
      {scale.map(([text, at]) => (
        <text key={text} y={percent(at / height)}>
          {text}
        </text>
      ))}
    </g>
  )
}

const SHARES: Scale = [
  ['0%', curveHeight(0)],
  ['50%', curveHeight(0.5)],
  ['100%', curveHeight(1)],
]

/** What all cumulative curves have in common, once on a page. */
export function CurveShapes(): VNode {
  return (
    <svg class="symbols" aria-hidden="true">
      <ScaleLabels of={SHARES} height={PICTURE_HEIGHT} id="shares" />
      <path class="grid" id="halves" d={gridAt(SHARES.slice(1).map(([, y]) => y))} />
    </svg>
  )
}

export function gridAt(heights: readonly number[]): string {
  return heights.map((y) => `M0 ${Math.round(y)}H${WIDTH}`).join('')
}

/** Below the picture whose part they are. */
export function AxisLabels({ of: { labels, every } }: { readonly of: LabelledAxis }): VNode {
  return (
    <Within class={every === 1 ? 'ticks' : `ticks every-${every}`} y="100%">
      {labels.map((label) => (
        <text key={label.at} x={percent(label.at / WIDTH)} class={classOf(label)}>
          {label.text}
        </text>
      ))}
    </Within>
  )
}

/** A part of a picture with measures of its own: shapes are stretched with it, texts beside them are not. */
export function Within(props: JSX.SVGAttributes<SVGSVGElement>): VNode {
  return <svg {...props} />
}

/** Most stand in the middle. */
function classOf({ anchor, isBelow }: AxisLabel): string | undefined {
  if (anchor === 'middle') return undefined
  return isBelow === true ? `${anchor} second` : anchor
}

function percent(share: number): string {
  return `${Math.round(1000 * share) / 10}%`
}
