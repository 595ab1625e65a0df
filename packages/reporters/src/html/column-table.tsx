import type { BinnedProfile } from '@tidegauge/core'
import type { ColumnDrift, DriftSettings } from '@tidegauge/drift'
import type { ComponentChildren, VNode } from 'preact'
import { columnsByConcern } from '../column-order.ts'
import { formatNumber, formatPercent, formatPValue, NOTHING } from '../format.ts'
import { shortText } from '../visible-text.ts'
import { Distribution } from './distribution.tsx'
import { Effect } from './effect.tsx'
import { Name, Sentence } from './name.tsx'
import { Numbers } from './numbers.tsx'
import { Swatch } from './summary.tsx'
import { VerdictMark } from './verdict-mark.tsx'

export interface ColumnTableProps {
  readonly columns: readonly ColumnDrift[]
  readonly settings: DriftSettings
  readonly anchorOf: (column: ColumnDrift) => string
}

/** A group of two rows per column: its numbers, and what they mean. Cards where the page is narrow. */
export function ColumnTable({ columns, settings, anchorOf }: ColumnTableProps): VNode {
  return (
    <table class="columns">
      <caption>
        Drifted columns first; within a verdict, by how many times its threshold the effect is.
      </caption>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">
            Distribution
            <br />
            <span class="legend">
              <span>
                <Swatch of="reference" /> reference
              </span>
              <span>
                <Swatch of="current" /> current
              </span>
            </span>
          </th>
          <th scope="col">Test</th>
          <th scope="col">p-value</th>
          <th scope="col">Effect</th>
          <th scope="col">Missing</th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      {columnsByConcern(columns).map((column) => (
        <ColumnRows key={column.name} id={anchorOf(column)} column={column} settings={settings} />
      ))}
    </table>
  )
}

interface ColumnRowsProps {
  readonly id: string
  readonly column: ColumnDrift
  readonly settings: DriftSettings
}

/** How textbooks write them; another method is shown under its own name. */
const METHODS: Readonly<Record<string, { readonly name: string; readonly symbol: string }>> = {
  'kolmogorov-smirnov': { name: 'Kolmogorov–Smirnov', symbol: 'D' },
  'chi-squared': { name: 'Chi-squared', symbol: 'χ²' },
}

function Statistic({ of: { method, statistic } }: { readonly of: ColumnDrift }): VNode {
  if (statistic === null) return <>{NOTHING}</>
  const symbol = METHODS[method]?.symbol
  return (
    <span class="number">
      {symbol !== undefined && `${symbol} = `}
      {formatNumber(statistic)}
    </span>
  )
}

interface CellProps {
  /** Its header, where the table is shown as cards. */
  readonly label: string
  readonly children: ComponentChildren
}

function Cell({ label, children }: CellProps): VNode {
  return (
    <td data-label={label}>
      <div>{children}</div>
    </td>
  )
}

function ColumnRows({ id, column, settings }: ColumnRowsProps): VNode {
  const { name, type, role, method, pValue, adjustedPValue, reference, current } = column
  return (
    <tbody id={id} class={column.verdict}>
      <tr>
        <th scope="rowgroup" rowSpan={2}>
          <span class="name">
            <Name of={name} />
          </span>
          <span class="muted small">
            {type}
            {role !== 'feature' && <b class="role">{role}</b>}
          </span>
        </th>
        <td class="picture">
          <Distribution reference={reference} current={current} />
        </td>
        <Cell label="Test">
          <span class="small">{METHODS[method]?.name ?? shortText(method, 40)}</span>
          <br />
          <Statistic of={column} />
        </Cell>
        <Cell label="p-value">
          <span class="number">{pText(pValue, settings)}</span>
          <br />
          <span class="muted small">
            adjusted <span class="number">{pText(adjustedPValue, settings)}</span>
          </span>
        </Cell>
        <Cell label="Effect">
          <Effect column={column} />
        </Cell>
        <Cell label="Missing">
          <span class="number">
            {missingShare(reference)} → {missingShare(current)}
          </span>
        </Cell>
        <Cell label="Verdict">
          <VerdictMark verdict={column.verdict} />
        </Cell>
      </tr>
      <tr class="why">
        <td colSpan={6}>
          <p>
            <Sentence of={column.reason} />
          </p>
          {column.warnings.map((warning) => (
            <p key={warning} class="warning">
              <b>Note</b> <Sentence of={warning} />
            </p>
          ))}
          <Numbers reference={reference} current={current} />
        </td>
      </tr>
    </tbody>
  )
}

function pText(pValue: number | undefined, { alpha }: DriftSettings): string {
  return pValue === undefined ? NOTHING : formatPValue(pValue, alpha)
}

function missingShare(profile: BinnedProfile | null): string {
  if (profile === null || profile.n + profile.missing === 0) return NOTHING
  return formatPercent(profile.missing / (profile.n + profile.missing))
}
