import type { CategoricalProfile } from '@tidegauge/core'
import type { ColumnDrift } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { formatNumber, formatPercent, NOTHING } from '../format.ts'
import { largestShare } from './categorical-chart.tsx'
import { type CategoryShares, categoryShares, withOthers } from './categories.ts'
import { Name } from './name.tsx'
import { Pair, percentOrNothing } from './pair.tsx'
import { stabilityParts, total } from './stability.ts'

/** So many categories have a row of their own. */
const SHOWN = 10

export interface CategoryTableProps {
  readonly column: ColumnDrift
  readonly reference: CategoricalProfile
  readonly current: CategoricalProfile
}

/** The shares of both sides, what each category adds to the PSI, and which are new or lost. */
export function CategoryTable({ column, reference, current }: CategoryTableProps): VNode {
  const all = categoryShares(reference, current)
  const { shown, other, otherLabel } = withOthers(all, { reference, current }, SHOWN)
  const full = largestShare(shown)
  const parts = stabilityParts(
    [...all.map((category) => countOf(category.reference, reference)), reference.other],
    [...all.map((category) => countOf(category.current, current)), current.other],
  ).slice(0, reference.other + current.other > 0 ? undefined : all.length)
  const sum = total(parts)
  const ofPsi = (i: number): string => (sum > 0 ? formatPercent(parts[i]!.value / sum) : NOTHING)
  return (
    <div class="pictures">
      <table class="shares-table">
        <thead>
          <tr>
            <th scope="col">Category</th>
            <td />
            <th scope="col">Reference</th>
            <th scope="col">Current</th>
            <th scope="col">Of the PSI</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((category, i) => (
            <tr key={category.name}>
              <th>
                <Name of={category.name} limit={60} />
                {category.change !== undefined && <b class={category.change}>{category.change}</b>}
              </th>
              <td>
                <Pair {...category} full={full} />
              </td>
              <td>{percentOrNothing(category.reference)}</td>
              <td>{percentOrNothing(category.current)}</td>
              <td>{ofPsi(i)}</td>
            </tr>
          ))}
          {other !== null && (
            <tr class="muted">
              <th>{otherLabel}</th>
              <td>
                <Pair {...other} full={full} />
              </td>
              <td>{percentOrNothing(other.reference)}</td>
              <td>{percentOrNothing(other.current)}</td>
              <td />
            </tr>
          )}
        </tbody>
      </table>
      {parts.length > 1 && (
        <p class="caption">
          PSI of these {parts.length} categories: {formatNumber(sum)}
        </p>
      )}
      <Listed change="new" names={column.newCategories} />
      <Listed change="lost" names={column.lostCategories} />
    </div>
  )
}

function countOf(share: CategoryShares['reference'], { n }: CategoricalProfile): number {
  return Math.round((share ?? 0) * n)
}

const MOST_LISTED = 10

function Listed({
  change,
  names,
}: {
  readonly change: 'new' | 'lost'
  readonly names: readonly string[]
}): VNode | null {
  if (names.length === 0) return null
  return (
    <p class="listed">
      <b class={change}>{change}</b>{' '}
      {names.slice(0, MOST_LISTED).map((name, i) => (
        <>
          {i > 0 && ', '}
          <Name of={name} limit={40} />
        </>
      ))}
      {names.length > MOST_LISTED && ` and ${names.length - MOST_LISTED} more`}
    </p>
  )
}
