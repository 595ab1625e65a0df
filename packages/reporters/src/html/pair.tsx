import type { VNode } from 'preact'
import { formatPercent, NOTHING } from '../format.ts'
import type { CategoryShares } from './categories.ts'

export interface PairProps extends Pick<CategoryShares, 'reference' | 'current'> {
  /** The share that fills the picture. */
  readonly full: number
}

/** Both shares of a category as bars, the reference above the current side. */
export function Pair({ reference, current, full }: PairProps): VNode {
  return (
    <svg class="pair" aria-hidden="true">
      <Bar of="r" share={(reference ?? 0) / full} />
      <Bar of="c" share={(current ?? 0) / full} />
    </svg>
  )
}

/** A bar that would leave the picture is drawn broken: its length is not to be compared. */
function Bar({ of, share }: { readonly of: 'r' | 'c'; readonly share: number }): VNode | null {
  if (!(share > 0)) return null
  if (share > 1.005) return <line class={`${of} cut`} x2="100%" />
  return <line class={of} x2={`${Math.round(1000 * share) / 10}%`} />
}

export function percentOrNothing(share: number | null): string {
  return share === null ? NOTHING : formatPercent(share)
}
