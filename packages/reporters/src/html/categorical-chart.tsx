import type { CategoricalProfile } from '@tidegauge/core'
import type { VNode } from 'preact'
import { largestOf } from '../extremes.ts'
import { type CategoryShares, categoryShares, withOthers } from './categories.ts'
import { Name } from './name.tsx'
import { Pair, percentOrNothing } from './pair.tsx'

/** So many categories are drawn by name, the rest as one. */
const SHOWN = 4

export interface CategoricalChartProps {
  readonly reference: CategoricalProfile | null
  readonly current: CategoricalProfile | null
}

/** Paired bars of the categories with the largest shares. */
export function CategoricalChart({ reference, current }: CategoricalChartProps): VNode {
  const { shown, other, otherLabel } = withOthers(
    categoryShares(reference, current),
    { reference, current },
    SHOWN,
  )
  const full = largestShare(shown)
  return (
    <ul class="categories">
      {shown.map((category) => (
        <li key={category.name}>
          <span class="category">
            <Name of={category.name} limit={40} />
            {category.change !== undefined && <b class={category.change}>{category.change}</b>}
          </span>
          <Pair {...category} full={full} />
          <Shares of={category} />
        </li>
      ))}
      {other !== null && (
        <li class="muted">
          <span class="category">{otherLabel}</span>
          <Pair {...other} full={full} />
          <Shares of={other} />
        </li>
      )}
    </ul>
  )
}

/** The scale is that of the named categories: the rest may be many times as much. */
export function largestShare(shown: readonly CategoryShares[]): number {
  return largestOf(
    shown.flatMap(({ reference, current }) => [reference ?? 0, current ?? 0]),
    0,
  )
}

function Shares({
  of: { reference, current },
}: {
  readonly of: Pick<CategoryShares, 'reference' | 'current'>
}): VNode {
  return (
    <span class="shares">
      {percentOrNothing(reference)} → {percentOrNothing(current)}
    </span>
  )
}
