import { type NumericProfile, sameEdges } from '@tidegauge/core'
import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { largestOf } from '../extremes.ts'
import { formatCount, formatPercent, NOTHING } from '../format.ts'
import {
  axisOf,
  BASE,
  densityPaths,
  type MaybeProfile,
  WIDTH,
  withOuterBins,
} from './numeric-shape.ts'
import { type ValueFormat, valueFormat } from './value-format.ts'

export interface NumericChartProps {
  readonly reference: MaybeProfile
  readonly current: MaybeProfile
  readonly type?: ColumnDrift['type']
  /** Under this id another picture may draw the same shapes. */
  readonly id?: string
}

/** Both sides on the same axes: the reference a filled area, the current side a line. */
export function NumericChart({ type = 'numeric', id, ...sides }: NumericChartProps): VNode {
  const hasOwnBins = areInOwnBins(sides.reference, sides.current)
  const [reference, current] = drawnSides(sides.reference, sides.current)
  const axis = axisOf(reference, current)
  const { domain, below, above, left, right } = axis
  const paths = densityPaths(reference, current, axis)
  const format = valueFormat(type, domain)
  const [low, high] = domain.map(format) as [string, string]
  return (
    <>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${BASE + 2}`} role="img">
        <title>{`${described('reference', reference, format)}; ${described('current', current, format)}`}</title>
        <g id={id}>
          <path class="reference" d={paths.reference} />
          <path class="current" d={paths.current} />
          <path class="axis" d={`M${left} ${BASE}H${right}`} />
          {below && <path class="break" d={`M${left - 7} 8V${BASE}`} />}
          {above && <path class="break" d={`M${right + 7} 8V${BASE}`} />}
        </g>
      </svg>
      <p class={`ends${below ? ' below' : ''}${above ? ' above' : ''}`}>
        <span>{low}</span>
        <span>{high}</span>
      </p>
      {below && (
        <Outside
          side="below"
          bound={hasOwnBins ? null : low}
          of="underflow"
          {...{ reference, current }}
        />
      )}
      {above && (
        <Outside
          side="above"
          bound={hasOwnBins ? null : high}
          of="overflow"
          {...{ reference, current }}
        />
      )}
    </>
  )
}

/** As they are drawn, here and in the details below. */
export function drawnSides(
  reference: MaybeProfile,
  current: MaybeProfile,
): readonly [reference: MaybeProfile, current: MaybeProfile] {
  if (!areInOwnBins(reference, current)) return [reference, current]
  return [withOuterBins(reference!), withOuterBins(current!)]
}

function areInOwnBins(reference: MaybeProfile, current: MaybeProfile): boolean {
  if (!reference?.n || !current?.n) return false
  return !sameEdges(reference, current)
}

interface OutsideProps extends NumericChartProps {
  readonly side: 'below' | 'above'
  /** null where each side has another. */
  readonly bound: string | null
  readonly of: 'underflow' | 'overflow'
}

function Outside({ side, bound, of, reference, current }: OutsideProps): VNode {
  return (
    <p class="muted tiny">
      {side} {bound ?? 'its own bins'}: {outsideShare(reference, of)} → {outsideShare(current, of)}
    </p>
  )
}

function outsideShare(profile: NumericProfile | null, of: 'underflow' | 'overflow'): string {
  return profile === null || profile.n === 0 ? NOTHING : formatPercent(profile[of] / profile.n)
}

function described(side: string, profile: NumericProfile | null, format: ValueFormat): string {
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
  return `${side}: ${formatCount(n)} values from ${low} to ${high}, most often between ${from} and ${to}`
}
