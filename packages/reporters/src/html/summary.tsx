import { featuresToJudge, wasJudged } from '@tidegauge/core/internal'
import type { ColumnDrift, ColumnRole, DriftReport, TableSummary } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { sizeInWords } from '../change-of.ts'
import { columnsByConcern, concernEffect, VERDICT_WORDS, VERDICTS } from '../column-order.ts'
import { describeTableReading, isTableReadingToTell } from '../describe-reading.ts'
import {
  formatBeside,
  formatCount,
  formatPercent,
  formatPercents,
  NOTHING,
  plural,
} from '../format.ts'
import { visibleText } from '../visible-text.ts'
import { Change } from './change.tsx'
import { byWeight, decisionHeading, decisionTone, decisionWords } from './decision-words.ts'
import { Name, Sentence } from './name.tsx'
import { formatTimeRange } from './value-format.ts'
import { VerdictMark, VerdictShape } from './verdict-mark.tsx'

export interface SummaryProps {
  readonly report: DriftReport
  /** Where a column's row is on the page. */
  readonly anchorOf: (column: ColumnDrift) => string
}

/** The first screen: what to do and why, and what to look at. */
export function Summary({ report, anchorOf }: SummaryProps): VNode {
  return (
    <>
      <section
        class={`decision ${report.decision.action} ${decisionTone(report)}`}
        aria-labelledby="decision"
      >
        <div>
          <h2 id="decision">{decisionHeading(report)}</h2>
          {decisionWords(report).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          <p class="muted small">
            <code>{visibleText(report.decision.reason)}</code>
          </p>
        </div>
        <ShareGauge report={report} />
      </section>
      <dl class="facts">
        <Side label="Reference" of={report.reference} in={report} swatch="reference" />
        <Side label="Current" of={report.current} in={report} swatch="current" />
        <Outcome report={report} of="target" />
        <Outcome report={report} of="prediction" />
      </dl>
      <div class="lists">
        <ChangedMost report={report} anchorOf={anchorOf} />
        <NotJudged report={report} anchorOf={anchorOf} />
      </div>
    </>
  )
}

function ShareGauge({ report }: { readonly report: DriftReport }): VNode {
  const { shareOfDriftedColumns: share } = report
  const { shareThreshold } = report.decision.policy
  const [shown, threshold] =
    share === null
      ? [NOTHING, formatPercent(shareThreshold)]
      : formatPercents(share, shareThreshold)
  const mark = percentAttribute(shareThreshold)
  return (
    <div class="gauge">
      <p>
        <b class="big">{shown}</b> of the {featuresInShare(report)} drifted
        {share !== null && byWeight(report)}
      </p>
      <svg class="gauge-bar" height="34" aria-hidden="true">
        <rect class="track" y="4" width="100%" height="12" rx="3" />
        {share !== null && share > 0 && (
          <rect class="fill" y="4" width={percentAttribute(share)} height="12" rx="3" />
        )}
        <line class="mark" x1={mark} x2={mark} y1="0" y2="20" />
        <text x={mark} y="32" class={anchorClass(shareThreshold)}>
          threshold {threshold}
        </text>
      </svg>
      <ul class="verdicts">
        {VERDICTS.map((verdict) => {
          const count = report.columns.filter((column) => column.verdict === verdict).length
          return (
            <li key={verdict} class={count === 0 ? 'none' : undefined}>
              <VerdictShape verdict={verdict} /> <b>{formatCount(count)}</b>{' '}
              {VERDICT_WORDS[verdict].toLowerCase()}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** A share of few judged features is not one of all. */
function featuresInShare(report: DriftReport): string {
  const features = featuresToJudge(report, report.decision.policy)!
  const judged = features.filter(wasJudged).length
  if (judged === 0 || judged === features.length) return 'features'
  return plural(judged, 'judged feature')
}

function percentAttribute(share: number): string {
  return `${Math.min(100, Math.max(0, Math.round(1e4 * share) / 100))}%`
}

function anchorClass(share: number): string {
  return share < 0.25 ? '' : share > 0.75 ? 'end' : 'middle'
}

interface SideProps {
  readonly label: string
  readonly of: TableSummary
  readonly in: DriftReport
  readonly swatch: 'reference' | 'current'
}

function Side({ label, of: table, in: { settings }, swatch }: SideProps): VNode {
  return (
    <div>
      <dt>
        <Swatch of={swatch} /> {label}
      </dt>
      <dd>
        <b>
          <Name of={table.name} limit={60} />
        </b>
        <br />
        {formatCount(table.rows)} {table.rows === 1 ? 'row' : 'rows'}
        {table.timeRange !== undefined && (
          <>
            <br />
            {settings.timeColumn !== undefined && (
              <>
                <Name of={settings.timeColumn} limit={40} />:{' '}
              </>
            )}
            <Times of={table.timeRange} /> UTC
          </>
        )}
        {table.reading !== undefined && isTableReadingToTell(table.reading) && (
          <>
            <br />
            <Sentence of={describeTableReading(table.reading)} />
          </>
        )}
      </dd>
    </div>
  )
}

/** No line ends within a time. */
function Times({ of: range }: { readonly of: readonly [number, number] }): VNode {
  const [from, to] = formatTimeRange(range).split(' to ')
  return (
    <>
      <span class="number">{from}</span> to <span class="number">{to}</span>
    </>
  )
}

/** How a side is drawn in the pictures. */
export function Swatch({ of: side }: { readonly of: 'reference' | 'current' }): VNode {
  return (
    <svg class="swatch" viewBox="0 0 18 12" aria-hidden="true">
      {side === 'reference' ? (
        <path class="reference" d="M1 12V4h8V1h8v11z" />
      ) : (
        <path class="current" d="M1 11V5h8V1h8v10" />
      )}
    </svg>
  )
}

const MOST_LISTED = 5

interface OutcomeProps {
  readonly report: DriftReport
  readonly of: Exclude<ColumnRole, 'feature'>
}

/** Targets and predictions, apart from the share of the features. */
function Outcome({ report, of: role }: OutcomeProps): VNode {
  const columns = report.columns.filter((column) => column.role === role)
  return (
    <div>
      <dt>{role === 'target' ? 'Target' : 'Prediction'}</dt>
      {columns.length === 0 && <dd class="muted">none in this report</dd>}
      {columns.slice(0, MOST_LISTED).map((column) => (
        <dd key={column.name}>
          <Name of={column.name} limit={32} /> <VerdictMark column={column} />
        </dd>
      ))}
      {columns.length > MOST_LISTED && <dd class="muted">{columns.length - MOST_LISTED} more</dd>}
    </div>
  )
}

function ChangedMost({ report, anchorOf }: SummaryProps): VNode {
  const drifted = columnsByConcern(report.columns.filter((column) => column.drifted))
  return (
    <section>
      <h2>What changed most</h2>
      {drifted.length === 0 && <p class="muted">{noDriftWords(report)}</p>}
      <ol>
        {drifted.slice(0, MOST_LISTED).map((column) => (
          <li key={column.name}>
            <a href={`#${anchorOf(column)}`}>
              <Name of={column.name} limit={32} />
            </a>{' '}
            <Change column={column} />{' '}
            <span class="muted">
              {effectInWords(column)}
              {column.role === 'feature' ? '' : `, ${column.role}`}
            </span>
          </li>
        ))}
      </ol>
      {drifted.length > MOST_LISTED && (
        <p class="muted">{drifted.length - MOST_LISTED} more in the table below.</p>
      )}
    </section>
  )
}

function noDriftWords({ columns }: DriftReport): string {
  const judged = columns.filter(wasJudged).length
  if (judged === columns.length) return columns.length === 0 ? 'No column.' : 'No column drifted.'
  if (judged === 0) return 'No column could be judged.'
  return `Of ${plural(judged, 'judged column')}, none drifted.`
}

function NotJudged({ report, anchorOf }: SummaryProps): VNode {
  const columns = report.columns.filter(
    ({ verdict }) => verdict === 'insufficient-data' || verdict === 'error',
  )
  return (
    <section>
      <h2>What could not be judged</h2>
      {columns.length === 0 && (
        <p class="muted">
          {report.columns.length === 0
            ? 'No column was compared.'
            : 'Every column could be judged.'}
        </p>
      )}
      <ul>
        {columns.slice(0, MOST_LISTED).map((column) => (
          <li key={column.name}>
            <VerdictShape verdict={column.verdict} />{' '}
            <a href={`#${anchorOf(column)}`}>
              <Name of={column.name} limit={32} />
            </a>{' '}
            <Sentence of={column.reason} />
          </li>
        ))}
      </ul>
      {columns.length > MOST_LISTED && (
        <p class="muted">{columns.length - MOST_LISTED} more in the table below.</p>
      )}
    </section>
  )
}

function effectInWords(column: ColumnDrift): string {
  const effect = concernEffect(column)
  if (effect === null) return 'no effect known'
  return `a ${sizeInWords(effect)} change (effect ${formatBeside(effect, column.threshold)} sd)`
}
