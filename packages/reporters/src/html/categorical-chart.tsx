import type { CategoricalProfile } from '@tidegauge/core'
import { scaleLinear } from 'd3-scale'
import type { VNode } from 'preact'
import { formatPercent, NOTHING } from '../format.ts'
import { type CategoryShares, categoryShares, shareOf } from './categories.ts'
import { Name } from './name.tsx'

/** So many categories are drawn by name, the rest as one. */
const SHOWN = 8

export interface CategoricalChartProps {
  readonly reference: CategoricalProfile | null
  readonly current: CategoricalProfile | null
}

/** Paired bars, the reference above the current side, of the categories with the largest shares. */
export function CategoricalChart({ reference, current }: CategoricalChartProps): VNode {
  const all = categoryShares(reference, current)
  // One more fits where the rest would be a single category.
  const shown = all.length === SHOWN + 1 ? all : all.slice(0, SHOWN)
  const rest = all.slice(shown.length)
  const bounded = (reference?.other ?? 0) + (current?.other ?? 0) > 0
  const other = { reference: otherShare('reference'), current: otherShare('current') }
  const x = scaleLinear([0, largestShare(shown)], [0, 100])
  return (
    <ul class="categories">
      {shown.map((category) => (
        <li key={category.name}>
          <span class="category">
            <Name of={category.name} limit={40} />
            {category.change !== undefined && <b class={category.change}> {category.change}</b>}
          </span>
          <Pair {...category} x={x} />
        </li>
      ))}
      {(rest.length > 0 || bounded) && (
        <li class="muted">
          <span class="category">{otherLabel(rest.length, bounded)}</span>
          <Pair {...other} x={x} />
        </li>
      )}
    </ul>
  )

  function otherShare(side: 'reference' | 'current'): number | null {
    const profile = side === 'reference' ? reference : current
    const counted = shareOf(profile?.other ?? 0, profile)
    return counted === null ? null : rest.reduce((sum, row) => sum + (row[side] ?? 0), counted)
  }
}

/** The scale is that of the named categories: the rest may be many times as much. */
function largestShare(shown: readonly CategoryShares[]): number {
  return Math.max(...shown.flatMap(({ reference, current }) => [reference ?? 0, current ?? 0]))
}

function otherLabel(named: number, bounded: boolean): string {
  if (named === 0) return 'other'
  return `${named}${bounded ? ' and more' : ''} others`
}

interface PairProps extends Pick<CategoryShares, 'reference' | 'current'> {
  readonly x: (share: number) => number
}

function Pair({ reference, current, x }: PairProps): VNode {
  return (
    <>
      <svg class="pair" viewBox="0 0 100 11" preserveAspectRatio="none" aria-hidden="true">
        <path class="reference" d={barPath(x(reference ?? 0), 0)} />
        <path class="current" d={barPath(x(current ?? 0), 6)} />
      </svg>
      <span class="shares">
        {percentOrNothing(reference)} → {percentOrNothing(current)}
      </span>
    </>
  )
}

/** A bar that would leave the picture is drawn broken: its length is not to be compared. */
function barPath(length: number, top: number): string {
  if (length > 100.5) return `M0 ${top}H84v5H0zM88 ${top}H100v5H88z`
  return `M0 ${top}H${Math.round(10 * length) / 10}v5H0z`
}

function percentOrNothing(share: number | null): string {
  return share === null ? NOTHING : formatPercent(share)
}
