import type { Strangers } from '@tidegauge/core'
import type { ColumnDrift, DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { formatCount, formatPercent, NOTHING, plural } from '../../format.ts'
import { Name } from '../name.tsx'
import type { LiveProps } from './live-head.tsx'

export interface StrangerTableProps extends LiveProps {
  readonly report: DriftReport
  /** Where a column's row is on the page. */
  readonly anchorOf: (column: ColumnDrift) => string
}

const MOST_LISTED = 20

/** Values that the reference does not know, by feature: those with the most first. */
export function StrangerTable({ live, report, anchorOf }: StrangerTableProps): VNode | null {
  const all = [...live.strangers].sort((a, b) => sum(b) - sum(a))
  if (all.length === 0) return null
  const { rows } = report.current
  const columns = new Map(report.columns.map((column) => [column.name, column]))
  const left = all.length - MOST_LISTED
  return (
    <section class="strangers" aria-labelledby="strangers">
      <h2 id="strangers">Values that the reference does not know</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Unseen categories</th>
            <th scope="col">Wrong type</th>
          </tr>
        </thead>
        <tbody>
          {all.slice(0, MOST_LISTED).map(({ feature, unnamed, invalid }) => {
            const column = columns.get(feature)
            return (
              <tr key={feature}>
                <th scope="row">
                  {column === undefined ? (
                    <Name of={feature} limit={40} />
                  ) : (
                    <a href={`#${anchorOf(column)}`}>
                      <Name of={feature} limit={40} />
                    </a>
                  )}
                </th>
                <Count of={unnamed} in={rows} />
                <Count of={invalid} in={rows} />
              </tr>
            )
          })}
        </tbody>
      </table>
      {left > 0 && <p class="muted">and {plural(left, 'other feature')}.</p>}
    </section>
  )
}

function Count({ of: count, in: rows }: { readonly of: number; readonly in: number }): VNode {
  if (count === 0) return <td class="number muted">{NOTHING}</td>
  return (
    <td class="number">
      {formatCount(count)}{' '}
      <span class="muted">{formatPercent(rows === 0 ? 1 : Math.min(1, count / rows))}</span>
    </td>
  )
}

function sum({ unnamed, invalid }: Strangers): number {
  return unnamed + invalid
}
