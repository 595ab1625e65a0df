import { featuresToJudge, judgedShare } from '@tidegauge/core/internal'
import type { ColumnDrift, ColumnRole, DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { columnsByConcern, verdictWords } from '../column-order.ts'
import { describeTableReading, isTableReadingToTell } from '../describe-reading.ts'
import { formatCount, formatPercents, NOTHING, plural, plurals } from '../format.ts'
import { unjudgedCauses } from '../unjudged-causes.ts'
import { visibleText } from '../visible-text.ts'
import { Change } from './change.tsx'
import {
  areAllJudged,
  byWeight,
  decisionHeading,
  decisionTone,
  decisionWords,
  featureNoun,
} from './decision-words.ts'
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
      <div class="lists">
        <ChangedMost report={report} anchorOf={anchorOf} />
        <NotJudged report={report} anchorOf={anchorOf} />
      </div>
    </>
  )
}

/** What was not judged is hatched: it takes part neither in the share nor in its threshold. */
function ShareGauge({ report }: { readonly report: DriftReport }): VNode {
  const { shareOfDriftedColumns: share, decision } = report
  const { policy } = decision
  const { shareThreshold } = policy
  const features = featuresToJudge(report, policy)!
  const judged = share === null ? 0 : judgedShare(report, policy)
  const [shown, threshold] = formatPercents(share ?? 0, shareThreshold)
  const mark = shareThreshold * judged
  const noun = featureNoun(report)
  return (
    <div class="gauge">
      {share === null ? (
        <p>
          <b class="big">{NOTHING}</b> {features.length === 0 ? `no ${plurals(noun)}` : 'no share'}
        </p>
      ) : (
        <p>
          <b class="big">{shown}</b> of the {featuresInShare(report)} drifted
          {byWeight(report)}
        </p>
      )}
      {features.length > 0 && (
        <svg class="gauge-bar" height={judged > 0 ? 34 : 20} aria-hidden="true">
          <rect class="track" y="4" width="100%" height="12" rx="3" />
          {judged < 1 && (
            <rect
              fill="url(#unjudged)"
              x={percentAttribute(judged)}
              y="4"
              width={percentAttribute(1 - judged)}
              height="12"
              rx="3"
            />
          )}
          {share !== null && share > 0 && (
            <rect class="fill" y="4" width={percentAttribute(share * judged)} height="12" rx="3" />
          )}
          {judged > 0 && (
            <>
              <line
                class="mark"
                x1={percentAttribute(mark)}
                x2={percentAttribute(mark)}
                y1="0"
                y2="20"
              />
              <text x={percentAttribute(mark)} y="32" class={anchorClass(mark)}>
                threshold {threshold}
              </text>
            </>
          )}
        </svg>
      )}
      <dl class="outcomes">
        <dt>{plural(features.length, noun)}</dt>
        <dd>
          <Counts of={features} />
        </dd>
        <Outcome report={report} of="target" />
        <Outcome report={report} of="prediction" />
      </dl>
    </div>
  )
}

/** How the features were judged: the numbers add up to all of them. */
function Counts({ of: features }: { readonly of: readonly ColumnDrift[] }): VNode {
  const groups = new Map<string, ColumnDrift[]>()
  for (const column of columnsByConcern(features)) {
    const words = verdictWords(column).toLowerCase()
    groups.set(words, [...(groups.get(words) ?? []), column])
  }
  return (
    <ul class="verdicts">
      {[...groups].map(([words, [first, ...others]]) => (
        <li key={words}>
          <VerdictShape verdict={first!.verdict} /> <b>{formatCount(1 + others.length)}</b> {words}
        </li>
      ))}
    </ul>
  )
}

function featuresInShare(report: DriftReport): string {
  const noun = featureNoun(report)
  return areAllJudged(report) ? plurals(noun) : plural(report.evaluatedFeatures, `judged ${noun}`)
}

function percentAttribute(share: number): string {
  return `${Math.min(100, Math.max(0, Math.round(1e4 * share) / 100))}%`
}

function anchorClass(share: number): string {
  return share < 0.25 ? '' : share > 0.75 ? 'end' : 'middle'
}

/** The two tables: how many rows, from when, and how their files were read. */
export function Sides({ of: report }: { readonly of: DriftReport }): VNode {
  return (
    <dl class="sides">
      <Side of="reference" in={report} />
      <Side of="current" in={report} />
    </dl>
  )
}

function Side({
  of: side,
  in: report,
}: {
  readonly of: 'reference' | 'current'
  readonly in: DriftReport
}): VNode {
  const { name, rows, timeRange, reading } = report[side]
  const { timeColumn } = report.settings
  return (
    <>
      <dt>
        <Swatch of={side} /> {side}
      </dt>
      <dd>
        <b>
          <Name of={name} limit={60} />
        </b>
        , {plural(rows, 'row')}
        {timeRange !== undefined && (
          <>
            ,{' '}
            {timeColumn !== undefined && (
              <>
                <Name of={timeColumn} limit={40} />{' '}
              </>
            )}
            <Times of={timeRange} /> UTC
          </>
        )}
        {reading !== undefined && isTableReadingToTell(reading) && (
          <>
            ; <Sentence of={describeTableReading(reading)} />
          </>
        )}
      </dd>
    </>
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

const MOST_LISTED = 3

interface OutcomeProps {
  readonly report: DriftReport
  readonly of: Exclude<ColumnRole, 'feature'>
}

/** Targets and predictions, apart from the share of the features. */
function Outcome({ report, of: role }: OutcomeProps): VNode | null {
  const columns = report.columns.filter((column) => column.role === role)
  if (columns.length === 0) return null
  return (
    <>
      <dt>{role}</dt>
      <dd>
        <ul class="verdicts">
          {columns.slice(0, MOST_LISTED).map((column) => (
            <li key={column.name}>
              <Name of={column.name} limit={32} /> <VerdictMark column={column} />
            </li>
          ))}
          {columns.length > MOST_LISTED && (
            <li class="muted">{columns.length - MOST_LISTED} more</li>
          )}
        </ul>
      </dd>
    </>
  )
}

function ChangedMost({ report, anchorOf }: SummaryProps): VNode | null {
  const drifted = columnsByConcern(report.columns.filter((column) => column.drifted))
  if (drifted.length === 0) return null
  return (
    <section>
      <h2>What changed most</h2>
      <ol>
        {drifted.slice(0, MOST_LISTED).map((column) => (
          <li key={column.name}>
            <ColumnLink column={column} anchorOf={anchorOf} /> <Change column={column} />
            {column.role !== 'feature' && <span class="muted">, the {column.role}</span>}
          </li>
        ))}
      </ol>
      <More columns={drifted.length - MOST_LISTED} />
    </section>
  )
}

function NotJudged({ report, anchorOf }: SummaryProps): VNode | null {
  const causes = unjudgedCauses(columnsByConcern(report.columns))
  if (causes.length === 0) return null
  const rest = causes.slice(MOST_LISTED).reduce((sum, { columns }) => sum + columns.length, 0)
  return (
    <section>
      <h2>What could not be judged</h2>
      <ul>
        {causes.slice(0, MOST_LISTED).map(({ columns, reason, verdict }) => (
          <li key={columns[0]!.name}>
            <VerdictShape verdict={verdict} />{' '}
            {columns.slice(0, MOST_NAMED).map((column, i) => (
              <>
                {i > 0 && ', '}
                <ColumnLink column={column} anchorOf={anchorOf} />
              </>
            ))}
            {columns.length > MOST_NAMED &&
              ` and ${plural(columns.length - MOST_NAMED, 'more column')}`}
            : <Sentence of={reason} />
          </li>
        ))}
      </ul>
      <More columns={rest} />
    </section>
  )
}

const MOST_NAMED = 4

function ColumnLink({
  column,
  anchorOf,
}: Pick<SummaryProps, 'anchorOf'> & { readonly column: ColumnDrift }): VNode {
  return (
    <a href={`#${anchorOf(column)}`}>
      <Name of={column.name} limit={32} />
    </a>
  )
}

function More({ columns }: { readonly columns: number }): VNode | null {
  return columns > 0 ? <p class="muted">{formatCount(columns)} more in the table below.</p> : null
}
