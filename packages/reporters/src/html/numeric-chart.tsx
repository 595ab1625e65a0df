import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { largestOf } from '../extremes.ts'
import { formatCount } from '../format.ts'
import { endsOf, ticksOf } from './axis-labels.ts'
import type { FewValue } from './few-values.ts'
import { type MaybeProfile, type NumericPicture, numericPicture, WIDTH } from './numeric-axis.ts'
import { BASE, densities, PICTURE_HEIGHT } from './numeric-shape.ts'
import { AxisLabels, Within } from './plot.tsx'
import { ShareChange } from './share-change.tsx'
import { type ValueFormat, valueFormat } from './value-format.ts'

export interface NumericChartProps extends Pick<ColumnDrift, 'quantiles'> {
  readonly reference: MaybeProfile
  readonly current: MaybeProfile
  readonly type?: ColumnDrift['type']
  /** Under this id another picture may draw the same shapes. */
  readonly id?: string
}

/** A cell of the table has room for so many characters below its picture. */
const ROOM = { narrow: 34, wide: 34 }

/** Both sides on the same axes: the reference a filled area, the current side a line. */
export function NumericChart({ type = 'numeric', id, ...sides }: NumericChartProps): VNode {
  const picture = numericPicture(sides)
  const { axis, values } = picture
  const { domain, below, above, left, right } = axis
  const paths = densities(picture)
  const breakAt = (x: number): string => `M${x} 8V${BASE}`
  const breaks = `${below ? breakAt(left - 7) : ''}${above ? breakAt(right + 7) : ''}`
  const format = valueFormat(type, domain, 3, picture.unit)
  const labels =
    axis.scale === 'linear' ? endsOf(picture, type, ROOM) : ticksOf(picture, type, ROOM)
  const described = (side: 'reference' | 'current') => inWords(side, sides[side], values, format)
  return (
    <>
      <svg class="chart" role="img">
        <title>{`${described('reference')}; ${described('current')}`}</title>
        <Within viewBox={`0 0 ${WIDTH} ${PICTURE_HEIGHT}`}>
          <g id={id}>
            {paths.reference !== '' && <path class="reference" d={paths.reference} />}
            {paths.current !== '' && <path class="current" d={paths.current} />}
            <path class="axis" d={`M${left} ${BASE}H${right}`} />
            {breaks !== '' && <path class="break" d={breaks} />}
          </g>
        </Within>
        <AxisLabels of={labels} />
      </svg>
      {axis.scale === 'logarithmic' && <p class="muted tiny">logarithmic axis</p>}
      {tails(picture, format).map(({ name, reference, current }) => (
        <ShareChange key={name} of={name} {...{ reference, current }} />
      ))}
    </>
  )
}

/** A share of both sides that lies beyond the axis; null where a side has no values. */
interface Tail {
  readonly name: string
  readonly reference: number | null
  readonly current: number | null
}

function tails(
  { reference, current, axis, hasOwnBins }: NumericPicture,
  format: ValueFormat,
): Tail[] {
  const [low, high] = axis.domain.map(format) as [string, string]
  const tail = (name: string, bound: string, of: 'underflow' | 'overflow'): Tail => {
    const share = (side: MaybeProfile) => (side?.n ? side[of] / side.n : null)
    return {
      name: `${name} ${hasOwnBins ? 'its own bins' : bound}`,
      reference: share(reference),
      current: share(current),
    }
  }
  return [
    ...(axis.below ? [tail('below', low, 'underflow')] : []),
    ...(axis.above ? [tail('above', high, 'overflow')] : []),
  ]
}

function inWords(
  side: 'reference' | 'current',
  profile: MaybeProfile,
  values: readonly FewValue[] | null,
  format: ValueFormat,
): string {
  if (profile === null) return `${side}: no such column`
  if (profile.n === 0) return `${side}: no values`
  const { edges, counts, min, max, n } = profile
  const fullest = counts.indexOf(largestOf(counts))
  const [low, high, from, to] = [
    min ?? edges[0]!,
    max ?? edges[edges.length - 1]!,
    edges[fullest]!,
    edges[fullest + 1]!,
  ].map(format)
  const most = values?.reduce((a, b) => (b[side] > a[side] ? b : a)).value
  const often = most === undefined ? `between ${from} and ${to}` : format(most)
  return `${side}: ${formatCount(n)} values from ${low} to ${high}, most often ${often}`
}
