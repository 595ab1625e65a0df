import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { formatNumber, formatPercent } from '../format.ts'
import { fittingLabels, type LabelledAxis, VALUE_DIGITS } from './axis-labels.ts'
import { WIDTH } from './numeric-axis.ts'
import { Plot } from './plot.tsx'
import { type BinGroup, total } from './stability.ts'
import { type ValueFormat, valueFormat } from './value-format.ts'

const HEIGHT = 84
const MARGIN = 3
/** Between two bars. */
const GAP = 4

export interface StabilityPlotProps {
  readonly groups: readonly BinGroup[]
  /** Are they of values, not of the ranges between two edges? */
  readonly areValues: boolean
  readonly type: ColumnDrift['type']
  readonly unit: string | undefined
  readonly format: ValueFormat
}

/**
 * What each range of values adds to the PSI: a bar upwards where it holds more of the values now, downwards where it
 * holds fewer. All bars are of one width, and between them stands where a range ends.
 */
export function StabilityPlot({
  groups,
  areValues,
  type,
  unit,
  format,
}: StabilityPlotProps): VNode {
  const sum = total(groups)
  const largest = groups.reduce((a, b) => (b.value > a.value ? b : a))
  const most = (more: boolean) =>
    groups.reduce((high, one) => (one.more === more ? Math.max(high, one.value) : high), 0)
  const [up, down] = [most(true), most(false)]
  const scale = up + down > 0 ? (HEIGHT - 2 * MARGIN) / (up + down) : 0
  const zero = Math.round(MARGIN + up * scale)
  const bars = (more: boolean): string =>
    groups
      .map((group, i) => {
        if (group.more !== more || !(group.value > 0)) return ''
        const [from, to] = [i, i + 1].map((place) => Math.round((place * WIDTH) / groups.length))
        const height = Math.max(1, Math.round(group.value * scale))
        const width = to! - from! - GAP
        return `M${from! + GAP / 2} ${zero}v${more ? -height : height}h${width}V${zero}z`
      })
      .join('')
  const placeOf = (group: BinGroup): string => {
    const [from, to] = [format(group.from), format(group.to)]
    if (areValues) return `at ${nameOf(group, format)}`
    if (group === groups[0]) return `up to ${to}`
    return group === groups[groups.length - 1] ? `above ${from}` : `between ${from} and ${to}`
  }
  return (
    <>
      <p class="caption">
        PSI of these {groups.length} {areValues ? 'bars' : 'ranges'}: {formatNumber(sum)}
        {sum > 0 && (
          <span class="muted">
            , {formatPercent(largest.value / sum)} of it {placeOf(largest)}, where there are{' '}
            {largest.more ? 'more' : 'fewer'} now
          </span>
        )}
      </p>
      <Plot
        height={HEIGHT}
        of="stability"
        scale={[
          ...(up > 0 ? ([['more', Math.max(4, zero / 2)]] as const) : []),
          ...(down > 0 ? ([['fewer', (zero + HEIGHT) / 2]] as const) : []),
        ]}
        labels={areValues ? namesBelow(groups, type, unit) : endsBetween(groups, type, unit)}
      >
        <path class="fewer" d={bars(false)} />
        <path class="more" d={bars(true)} />
        <path class="axis" d={`M0 ${zero}H${WIDTH}`} />
      </Plot>
    </>
  )
}

function nameOf({ from, to }: BinGroup, format: ValueFormat): string {
  return from === to ? format(from) : `${format(from)}–${format(to)}`
}

const ROOM = { narrow: 36, wide: 80 }

/** Of values: below their bar. */
function namesBelow(
  groups: readonly BinGroup[],
  type: ColumnDrift['type'],
  unit: string | undefined,
): LabelledAxis {
  const width = WIDTH / groups.length
  const ends = groups.flatMap(({ from, to }) => [from, to])
  const format = valueFormat(type, ends, VALUE_DIGITS, unit)
  return fittingLabels(
    groups.map((group, i) => [(i + 0.5) * width, nameOf(group, format)] as const),
    ROOM,
  )
}

/** Where one range ends and the next begins. */
function endsBetween(
  groups: readonly BinGroup[],
  type: ColumnDrift['type'],
  unit: string | undefined,
): LabelledAxis {
  const width = WIDTH / groups.length
  const ends = groups.slice(0, -1).map(({ to }) => to)
  const format = valueFormat(type, ends, 3, unit)
  return fittingLabels(
    ends.map((end, i) => [(i + 1) * width, format(end)] as const),
    ROOM,
  )
}
