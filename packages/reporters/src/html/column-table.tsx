import { isJudged } from '@tidegauge/core/internal'
import type { ChangedType, ColumnDrift, DriftSettings } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { bracketOf } from '../bracket.ts'
import { columnsByConcern, concernEffect, isAbsent } from '../column-order.ts'
import { decidingPValue } from '../decided-by.ts'
import { formatNumber, formatPValue, plural } from '../format.ts'
import { Change } from './change.tsx'
import { ColumnDetail } from './column-detail.tsx'
import { Distribution } from './distribution.tsx'
import { Effect } from './effect.tsx'
import { methodWords, statisticSymbol } from './method-words.ts'
import { Name, Sentence } from './name.tsx'
import { ShareChange } from './share-change.tsx'
import { Swatch } from './summary.tsx'
import { VerdictMark } from './verdict-mark.tsx'

export interface ColumnTableProps {
  readonly columns: readonly ColumnDrift[]
  readonly settings: DriftSettings
  /** What the features that changed their type are now. */
  readonly changedTypes: readonly ChangedType[]
  readonly anchorOf: (column: ColumnDrift) => string
}

/** More columns than this are one line each at first, and those that are not on the screen are not laid out. */
export const MOST_IN_FULL = 60

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
 * The groups are grids, not parts of a table's layout: so the browser can leave out those that are not on
 * the screen, and one line has room for all of a column.
 */
export function ColumnTable({
  columns,
  settings,
  changedTypes,
  anchorOf,
}: ColumnTableProps): VNode {
  const typesNow = new Map(changedTypes.map(({ name, current }) => [name, current]))
  const isLong = columns.length > MOST_IN_FULL
  return (
    <table
      class={`columns${isLong ? ' long compact' : ''}`}
      {...role.table}
      aria-labelledby="columns"
      aria-describedby="order"
    >
      <thead {...role.rowgroup}>
        <tr {...role.row}>
          <th {...role.columnheader} scope="col" data-sort="name">
            Column
          </th>
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
          {settings.preset === null ? (
            <th {...role.columnheader} scope="col" data-sort="effect">
              Effect
            </th>
          ) : (
            // Each method has a scale of its own, by which no columns can be sorted.
            <th {...role.columnheader} scope="col">
              Score
            </th>
          )}
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

interface ColumnRowsProps {
  readonly id: string
  readonly column: ColumnDrift
  readonly typeNow: ChangedType['current']
  readonly settings: DriftSettings
}

function ColumnRows({ id, column, typeNow, settings }: ColumnRowsProps): VNode {
  const { name, type, warnings } = column
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
          <ShareChange of="missing" {...missingShares(column)} isFound={column.missing.drifted} />
        </td>
        <td {...role.cell} class="effect">
          <Effect column={column} settings={settings} />
        </td>
        <td {...role.cell}>
          <VerdictMark column={column} />
          {warnings.length > 0 && (
            <span class="muted small notes">{plural(warnings.length, 'note')}</span>
          )}
        </td>
      </tr>
      <tr {...role.row}>
        <td {...role.cell} class="why" colSpan={4}>
          <details>
            <summary>
              <Happened column={column} settings={settings} />
            </summary>
            {isJudged(column) && (
              <p class="muted small">
                <Sentence of={column.reason} />
              </p>
            )}
            <Measured column={column} pValue={pValue} settings={settings} />
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

interface MeasuredProps extends Pick<ColumnRowsProps, 'column' | 'settings'> {
  readonly pValue: number | undefined
}

/** By which method, and what it says. The page's script searches it. */
function Measured({ column, pValue, settings: { alpha } }: MeasuredProps): VNode | null {
  const { type, method, statistic } = column
  if (type === 'unknown') return null
  const symbol = statisticSymbol(method)
  // Of sides with bins of their own, the lower end is what is known.
  const relation = bracketOf(column) === null ? '=' : '≥'
  const figures = [
    ...(statistic === null
      ? []
      : [`${symbol === undefined ? '' : `${symbol} ${relation} `}${formatNumber(statistic)}`]),
    ...(pValue === undefined ? [] : [`adjusted p ${formatPValue(pValue, alpha)}`]),
  ]
  return (
    <p class="muted small method">
      {methodWords(method)}
      {figures.length > 0 && `: ${figures.join(', ')}`}
    </p>
  )
}

/** Shares of the report, not of the profiles: texts have none. Nothing was counted where a side is not there. */
function missingShares(
  column: ColumnDrift,
): Readonly<Record<'reference' | 'current', number | null>> {
  const { finding, missing, type, verdict, reference, current } = column
  const counted = (side: 'reference' | 'current'): number | null => {
    if (isAbsent(column, side) || type === 'unknown') return null
    const isCounted =
      verdict !== 'error' || finding !== undefined || (reference !== null && current !== null)
    return isCounted ? missing[side] : null
  }
  return { reference: counted('reference'), current: counted('current') }
}

/** For the page's script: effect, adjusted p and change of the missing share; empty where there is none. */
function sortKeys(column: ColumnDrift, pValue: number | undefined): string {
  const { missing } = column
  return [concernEffect(column), pValue, Math.abs(missing.current - missing.reference)]
    .map((key) => (key === null || key === undefined ? '' : Number(key.toPrecision(6))))
    .join(',')
}
