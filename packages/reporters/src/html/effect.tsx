import type { ColumnDrift, DriftSettings } from '@tidegauge/drift'
import { scaleLinear } from 'd3-scale'
import type { VNode } from 'preact'
import { timesThreshold } from '../column-order.ts'
import { criterionValue, MEASURE_WORDS } from '../criterion.ts'
import { decidedBy } from '../decided-by.ts'
import { formatBeside, formatNumber, NOTHING } from '../format.ts'

export interface EffectProps {
  readonly column: ColumnDrift
  readonly settings: DriftSettings
}

/**
 * What was held against the threshold, as a bar with its interval, and what decided. All bars share one scale:
 * multiples of the threshold.
 */
export function Effect({ column, settings }: EffectProps): VNode {
  const { criterion, effectInterval, threshold } = column
  const value = criterionValue(column)
  const isEffect = criterion.measure === 'effect'
  const interval = isEffect && value !== null ? effectInterval : null
  const words = decidedBy(column, settings)
  return (
    <>
      {value === null ? (
        NOTHING
      ) : (
        <>
          <span class="number">{formatBeside(value, threshold)}</span>{' '}
          <span class="muted">{isEffect ? 'sd' : MEASURE_WORDS[criterion.measure]}</span>
        </>
      )}
      {value !== null && (
        <EffectBar
          times={timesThreshold(column)}
          interval={
            interval === null || threshold === 0 ? null : interval.map((end) => end / threshold)
          }
        />
      )}
      <p class="muted tiny">
        {interval !== null && (
          <>
            {formatNumber(interval[0])} to {formatNumber(interval[1])}
            <br />
          </>
        )}
        {words !== NOTHING && words}
      </p>
    </>
  )
}

const WIDTH = 120
// What is more than four times its threshold runs to the end, which is drawn as an arrow.
const x = scaleLinear([0, 4], [0, WIDTH - 6]).clamp(true)

interface EffectBarProps {
  readonly times: number | null
  readonly interval: readonly number[] | null
}

function EffectBar({ times, interval }: EffectBarProps): VNode {
  const end = times === null ? 0 : Math.round(x(times))
  const tip = times !== null && times > 4 ? `l6 4-6 4` : 'v8'
  const [low, high] = (interval ?? []).map((bound) => Math.round(x(bound)))
  return (
    <svg class="effect-bar" viewBox={`0 0 ${WIDTH} 16`} aria-hidden="true">
      <path class="track" d={`M0 4H${WIDTH}v8H0z`} />
      {end > 0 && <path class="bar" d={`M0 4H${end}${tip}H0z`} />}
      {low !== undefined && <path class="interval" d={`M${low} 5v6m0-3H${high}m0-3v6`} />}
      <path class="mark" d={`M${Math.round(x(1))} 0v16`} />
    </svg>
  )
}
