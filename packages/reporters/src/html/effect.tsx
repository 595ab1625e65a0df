import type { ColumnDrift } from '@tidegauge/drift'
import { scaleLinear } from 'd3-scale'
import type { VNode } from 'preact'
import { timesThreshold } from '../column-order.ts'
import { criterionValue, MEASURE_WORDS } from '../criterion.ts'
import { formatBeside, formatNumber, NOTHING } from '../format.ts'

/** What was held against the threshold, as a bar. All bars share one scale: multiples of the threshold. */
export function Effect({ column }: { readonly column: ColumnDrift }): VNode {
  const { criterion, effectInterval, threshold } = column
  const value = criterionValue(column)
  const times = timesThreshold(column)
  return (
    <>
      <span class="number">{value === null ? NOTHING : formatBeside(value, threshold)}</span>{' '}
      <span class="muted">
        {criterion.measure === 'effect' ? 'sd' : MEASURE_WORDS[criterion.measure]}
      </span>
      <EffectBar times={times} />
      {criterion.measure === 'effect' && effectInterval !== null && (
        <span class="muted small number">
          {formatNumber(effectInterval[0])} to {formatNumber(effectInterval[1])}
          <br />
        </span>
      )}
      <span class="muted small number">
        threshold {threshold}
        {times !== null && Number.isFinite(times) && ` (${formatBeside(times, 1)}×)`}
      </span>
    </>
  )
}

const WIDTH = 120
// What is more than four times its threshold runs to the end, which is drawn as an arrow.
const x = scaleLinear([0, 4], [0, WIDTH - 6]).clamp(true)

function EffectBar({ times }: { readonly times: number | null }): VNode {
  const end = times === null ? 0 : x(times)
  const tip = times !== null && times > 4 ? `l6 4-6 4` : 'v8'
  return (
    <svg class="effect-bar" viewBox={`0 0 ${WIDTH} 16`} aria-hidden="true">
      <path class="track" d={`M0 4H${WIDTH}v8H0z`} />
      <path class="bar" d={`M0 4H${formatNumber(end)}${tip}H0z`} />
      <path class="mark" d={`M${x(1)} 0v16`} />
    </svg>
  )
}
