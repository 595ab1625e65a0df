import type { ComponentChildren, JSX, VNode } from 'preact'
import type { AxisLabel } from './axis-labels.ts'
import { WIDTH } from './numeric-axis.ts'

export interface PlotProps {
  readonly height: number
  /** Another shape than that of densities and curves. */
  readonly of?: 'stability'
  /** What stands at the left of which height. */
  readonly scale: ReadonlyArray<readonly [text: string, height: number]>
  readonly labels?: readonly AxisLabel[]
  readonly children: ComponentChildren
}

/** A picture of the details with its scale and the labels of its axis, which keep their size however wide it is. */
export function Plot({ height, of, scale, labels, children }: PlotProps): VNode {
  return (
    <svg class={of === undefined ? 'plot' : `plot ${of}`} aria-hidden="true">
      <Within viewBox={`0 0 ${WIDTH} ${height}`}>{children}</Within>
      <g class="scale">
        {scale.map(([text, at]) => (
          <text key={text} y={percent(at / height)}>
            {text}
          </text>
        ))}
      </g>
      {labels !== undefined && <AxisLabels of={labels} />}
    </svg>
  )
}

/** Below the picture whose part they are. */
export function AxisLabels({ of: labels }: { readonly of: readonly AxisLabel[] }): VNode {
  return (
    <Within class="ticks" y="100%">
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
function classOf({ anchor, fits }: AxisLabel): string | undefined {
  const classes = [
    ...(anchor === 'middle' ? [] : [anchor]),
    ...(fits === undefined ? [] : [fits === 'wide' ? fits : 'second']),
  ]
  return classes.length === 0 ? undefined : classes.join(' ')
}

function percent(share: number): string {
  return `${Math.round(1000 * share) / 10}%`
}
