import type { ColumnDrift, DriftSettings } from '@tidegauge/drift'
import { scaleLinear } from 'd3-scale'
import type { VNode } from 'preact'
import { sizeInWords } from '../change-of.ts'
import { timesThreshold } from '../column-order.ts'
import { criterionValue, MEASURE_WORDS } from '../criterion.ts'
import { decidedBy, isMissingWhatDecided } from '../decided-by.ts'
import { LARGEST_SHIFT } from '../distance-of-shift.ts'
import { formatBeside, formatNumber, NOTHING } from '../format.ts'

export interface EffectProps {
  readonly column: ColumnDrift
  readonly settings: DriftSettings
}

/**
 * What was held against the threshold, its size as a word first, as a bar with its interval, and what decided. All bars
 * share one scale: multiples of the threshold.
 */
export function Effect({ column, settings }: EffectProps): VNode {
  const { criterion, effectInterval, missing } = column
  const isOfMissing = isMissingWhatDecided(column, settings)
  const threshold = isOfMissing ? settings.tolerance : column.threshold
  const value = isOfMissing ? missing.effect : criterionValue(column)
  const isEffect = isOfMissing || criterion.measure === 'effect'
  const interval = isEffect && !isOfMissing && value !== null ? effectInterval : null
  const size = isChanged(column) && isEffect ? sizeInWords(value) : null
  const words = decidedBy(column, settings)
  return (
    <>
      {size !== null && <b>{size} </b>}
      {value === null ? (
        NOTHING
      ) : (
        <>
          <span class="number">
            {isEffect ? shift(value, threshold) : formatBeside(value, threshold)}
          </span>{' '}
          <span class="muted">{isEffect ? 'sd' : MEASURE_WORDS[criterion.measure]}</span>
        </>
      )}
      {value !== null && criterion.measure !== 'pValue' && (
        <EffectBar
          times={timesThreshold(value, threshold)}
          interval={threshold === 0 ? null : interval}
          threshold={threshold}
        />
      )}
      <p class="muted tiny">
        {interval !== null && (
          <>
            {intervalInWords(interval)}
            <br />
          </>
        )}
        {words !== NOTHING && words}
      </p>
    </>
  )
}

function isChanged({ verdict }: ColumnDrift): boolean {
  return verdict === 'drifted' || verdict === 'negligible'
}

/** At the end of the scale it is that much, or any more. */
function shift(value: number, threshold: number): string {
  return value >= LARGEST_SHIFT ? `${LARGEST_SHIFT} or more` : formatBeside(value, threshold)
}

function intervalInWords([low, high]: readonly [number, number]): string {
  return high >= LARGEST_SHIFT
    ? `${formatNumber(low)} or more`
    : `${formatNumber(low)} to ${formatNumber(high)}`
}

const WIDTH = 120
// What is more than four times its threshold runs to the end, which is drawn as an arrow.
const x = scaleLinear([0, 4], [0, WIDTH - 6]).clamp(true)

interface EffectBarProps {
  readonly times: number
  readonly interval: readonly number[] | null
  readonly threshold: number
}

function EffectBar({ times, interval, threshold }: EffectBarProps): VNode {
  const end = Math.round(x(times))
  const tip = times > 4 ? `l6 4-6 4` : 'v8'
  const [low, high] = (interval ?? []).map((bound) => Math.round(x(bound / threshold)))
  return (
    <svg class="effect-bar" viewBox={`0 0 ${WIDTH} 16`} aria-hidden="true">
      {end > 0 && <path class="bar" d={`M0 4H${end}${tip}H0z`} />}
      {low !== undefined && <path class="interval" d={`M${low} 5v6m0-3H${high}m0-3v6`} />}
      <path class="mark" d={`M${Math.round(x(1))} 0v16`} />
    </svg>
  )
}
