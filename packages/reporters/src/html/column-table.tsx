import { isJudged } from '@tidegauge/core/internal'
import type { ChangedType, ColumnDrift, DriftSettings } from '@tidegauge/drift'
import type { ComponentChildren, VNode } from 'preact'
import { bracketOf } from '../bracket.ts'
import { columnsByConcern, concernEffect, isAbsent } from '../column-order.ts'
import { decidingPValue } from '../decided-by.ts'
import { formatNumber, formatPercent, formatPValue, NOTHING, plural } from '../format.ts'
import { Change } from './change.tsx'
import { ColumnDetail } from './column-detail.tsx'
import { Distribution } from './distribution.tsx'
import { Effect } from './effect.tsx'
import { methodWords, statisticSymbol } from './method-words.ts'
import { Name, Sentence } from './name.tsx'
import { Swatch } from './summary.tsx'
import { VerdictMark } from './verdict-mark.tsx'

export interface ColumnTableProps {
  readonly columns: readonly ColumnDrift[]
  readonly settings: DriftSettings
  /** What the features that changed their type are now. */
  readonly changedTypes: readonly ChangedType[]
  readonly anchorOf: (column: ColumnDrift) => string
}

/** What the page's script sorts by: the key of a header. */
const SORTABLE = { name: 'Column', p: 'Adjusted p', effect: 'Effect', missing: 'Missing' } as const

/** Said again, since as grids and blocks the elements may lose them. */
const role = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  rowheader: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const

/**
 * A group of rows per column: its numbers, and what opens below. Cards where the page is narrow.
 *
 * The groups are blocks, not parts of a table's layout: so the browser can leave out those that are not on
 * the screen.
 */
export function ColumnTable({
  columns,
  settings,
  changedTypes,
  anchorOf,
}: ColumnTableProps): VNode {
  const typesNow = new Map(changedTypes.map(({ name, current }) => [name, current]))
  return (
    <table class="columns" {...role.table} aria-labelledby="columns" aria-describedby="order">
      <thead {...role.rowgroup}>
        <tr {...role.row}>
          <Header sort="name" />
          <th {...role.columnheader} scope="col">
            Distribution
            <span class="legend">
              <span>
                <Swatch of="reference" /> reference
              </span>
              <span>
                <Swatch of="current" /> current
              </span>
            </span>
          </th>
          <th {...role.columnheader} scope="col">
            Method
          </th>
          <Header sort="p" />
          <Header sort="effect" />
          <Header sort="missing" />
          <th {...role.columnheader} scope="col" data-sort="concern">
            Verdict
          </th>
        </tr>
      </thead>
      {columnsByConcern(columns).map((column) => (
        <ColumnRows
          key={column.name}
          id={anchorOf(column)}
          column={column}
          typeNow={typesNow.get(column.name) ?? null}
          settings={settings}
        />
      ))}
    </table>
  )
}

function Header({ sort }: { readonly sort: keyof typeof SORTABLE }): VNode {
  return (
    <th {...role.columnheader} scope="col" data-sort={sort}>
      {SORTABLE[sort]}
    </th>
  )
}

interface ColumnRowsProps {
  readonly id: string
  readonly column: ColumnDrift
  readonly typeNow: ChangedType['current']
  readonly settings: DriftSettings
}

function Cell({ children }: { readonly children: ComponentChildren }): VNode {
  return <td {...role.cell}>{children}</td>
}

function ColumnRows({ id, column, typeNow, settings }: ColumnRowsProps): VNode {
  const { name, type, method, warnings } = column
  const pValue = decidingPValue(column, settings)
  const shapeId = `s${id.slice(id.indexOf('-') + 1)}`
  return (
    <tbody {...role.rowgroup} id={id} class={column.verdict} data-keys={sortKeys(column, pValue)}>
      <tr {...role.row}>
        <th {...role.rowheader} scope="row">
          <span class="name">
            <Name of={name} breaks />
          </span>
          <span class="muted small">
            {type}
            {column.role !== 'feature' && <b class="role">{column.role}</b>}
            <a class="link" href={`#${id}`} aria-label="Link to this column">
              #
            </a>
          </span>
        </th>
        <td {...role.cell} class="picture">
          <Distribution column={column} typeNow={typeNow} shapeId={shapeId} />
        </td>
        <Cell>
          <span class="small">{type === 'unknown' ? NOTHING : methodWords(method)}</span>
          <br />
          <span class="number">{statisticWords(column)}</span>
        </Cell>
        <Cell>
          <span class="number">
            {pValue === undefined ? NOTHING : formatPValue(pValue, settings.alpha)}
          </span>
        </Cell>
        <Cell>
          <Effect column={column} settings={settings} />
        </Cell>
        <Cell>
          <span class="number">{missingWords(column)}</span>
        </Cell>
        <Cell>
          <VerdictMark column={column} />
          {warnings.length > 0 && (
            <span class="muted small notes">{plural(warnings.length, 'note')}</span>
          )}
        </Cell>
      </tr>
      <tr {...role.row}>
        <td {...role.cell} class="why">
          <details>
            <summary>
              <Happened column={column} settings={settings} />
            </summary>
            {isJudged(column) && (
              <p class="muted small">
                <Sentence of={column.reason} />
              </p>
            )}
            {warnings.map((warning) => (
              <p key={warning} class="warning">
                <b>Note</b> <Sentence of={warning} />
              </p>
            ))}
            <ColumnDetail column={column} settings={settings} shapeId={shapeId} />
          </details>
        </td>
      </tr>
    </tbody>
  )
}

/** What happened to the column, in its own words; of one that could not be judged, why. */
function Happened({ column, settings }: Pick<ColumnRowsProps, 'column' | 'settings'>): VNode {
  if (!isJudged(column)) return <Sentence of={column.reason} />
  if (column.verdict !== 'stable') return <Change column={column} />
  return <>{settings.preset === null ? 'no change beyond chance' : 'below the threshold'}</>
}

function statisticWords(column: ColumnDrift): string {
  const { method, statistic } = column
  if (statistic === null) return NOTHING
  const symbol = statisticSymbol(method)
  // Of sides with bins of their own, the lower end is what is known.
  const relation = bracketOf(column) === null ? '=' : '≥'
  return `${symbol === undefined ? '' : `${symbol} ${relation} `}${formatNumber(statistic)}`
}

/** Shares of the report, not of the profiles: texts have none. Nothing was counted where a side is not there. */
function missingWords(column: ColumnDrift): string {
  const { finding, missing, type, verdict, reference, current } = column
  const isCounted = (side: 'reference' | 'current'): boolean => {
    if (isAbsent(column, side) || type === 'unknown') return false
    return verdict !== 'error' || finding !== undefined || (reference !== null && current !== null)
  }
  if (!isCounted('reference') && !isCounted('current')) return NOTHING
  const shown = (side: 'reference' | 'current') =>
    isCounted(side) ? formatPercent(missing[side]) : NOTHING
  return `${shown('reference')} → ${shown('current')}`
}

/** For the page's script: effect, adjusted p and change of the missing share; empty where there is none. */
function sortKeys(column: ColumnDrift, pValue: number | undefined): string {
  const { missing } = column
  return [concernEffect(column), pValue, Math.abs(missing.current - missing.reference)]
    .map((key) => (key === null || key === undefined ? '' : Number(key.toPrecision(6))))
    .join(',')
}
