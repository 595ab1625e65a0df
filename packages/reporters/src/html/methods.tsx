import type { ColumnDrift, DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import manifest from '../../package.json' with { type: 'json' }
import { bracketOf } from '../bracket.ts'
import { formatCount, formatPercent, plural, plurals } from '../format.ts'
import { shortText } from '../visible-text.ts'
import { featureNoun } from './decision-words.ts'
import { methodWords } from './method-words.ts'
import { Name } from './name.tsx'
import { formatTimeRange } from './value-format.ts'

const CORRECTIONS: Readonly<Record<DriftReport['settings']['correction'], string>> = {
  'benjamini-hochberg':
    'Benjamini–Hochberg over all tests of this run: alpha is the false-discovery rate.',
  holm: 'Holm over all tests of this run: alpha is the chance of any false alarm.',
  bonferroni: 'Bonferroni over all tests of this run: alpha is the chance of any false alarm.',
  none: 'None: alpha is the chance of a false alarm in each single test.',
}

const isInOwnBins = (column: ColumnDrift): boolean => bracketOf(column) !== null

/** How the numbers came about: enough to repeat them. */
export function Methods({ report }: { readonly report: DriftReport }): VNode {
  const { settings, decision, columns } = report
  const { alpha, correction, tolerance, minimumValues, maxCategories, preset, redacted } = settings
  const { shareThreshold, actOnTargetDrift, minimumJudged } = decision.policy
  const features = plurals(featureNoun(report))
  const { onMissingColumn, onChangedType } = decision.policy
  return (
    <footer>
      <h2>How this was measured</h2>
      <dl>
        {columns.some(hasTimes) && (
          <>
            <dt>Times</dt>
            {columns
              .filter(hasTimes)
              .slice(0, MOST_TIMES)
              .map((column) => (
                <dd key={column.name}>
                  <Name of={column.name} limit={40} />: {timesOf(column)}
                </dd>
              ))}
          </>
        )}
        <dt>Methods</dt>
        <dd>{methodCounts(columns).join(', ') || 'none'}</dd>
        {preset !== null && (
          <>
            <dt>Preset</dt>
            <dd>
              {shortText(preset, 40)}: columns are judged by the rules and thresholds of that
              program, not by those below.
            </dd>
          </>
        )}
        <dt>Correction</dt>
        <dd>{CORRECTIONS[correction]}</dd>
        <dt>Effects</dt>
        <dd>
          The equivalent shift: as many standard deviations (sd) as a normal distribution would have
          to move to change as much. From the tolerance of {tolerance} on, marked in the bars, it
          counts as drift; a method’s own threshold takes its place where one is shown. The line
          over a bar is the interval that holds the true value with {confidence(alpha)}% confidence.
        </dd>
        <dt>Verdict</dt>
        <dd>
          A column drifted where its adjusted p-value is at most {Number(alpha.toPrecision(3))} and
          its effect reaches the threshold; negligible where the effect does not. The share of
          missing values is judged in the same way. With fewer than {formatCount(minimumValues)}{' '}
          values on a side there is insufficient data.
        </dd>
        <dt>Decision</dt>
        <dd>
          Action from a share of {shareThreshold} drifted {features} on
          {actOnTargetDrift ? ', or where a target drifted' : ''}. {capitalized(features)} that are
          gone come before it ({onMissingColumn}), and so do those whose type changed (
          {onChangedType}). Where fewer than {formatPercent(minimumJudged)} of the {features} could
          be judged
          {actOnTargetDrift ? ', or a target could not' : ''}, there is no decision.
        </dd>
        <dt>Pictures</dt>
        <dd>
          Numbers are drawn as densities, share over width, so that equal areas are equal shares;
          values outside of the bins stand apart at the ends. At most {formatCount(maxCategories)}{' '}
          categories of a column are named; the tests see all of them.
          {redacted && ' Categories are called by numbers instead of their names.'}
          {columns.some(isInOwnBins) &&
            ' Where both sides were stored in bins of their own, each is drawn in these, and D is at least what is shown.'}
        </dd>
        <dt>PSI</dt>
        <dd>
          The parts of the population stability index are those of the bins shown, about a tenth of
          the reference each, with half a value added to every bin; 0.1 and 0.25 are the customary
          marks.
        </dd>
        <dt>Format</dt>
        <dd>
          {shortText(report.format, 40)}, version {report.version};{' '}
          {report.producer !== undefined && `measured by ${shortText(report.producer, 80)}; `}
          page by @tidegauge/reporters {manifest.version}
        </dd>
      </dl>
    </footer>
  )
}

const MOST_TIMES = 5

function hasTimes({ type, finding, reference, current }: ColumnDrift): boolean {
  return finding === undefined && type === 'datetime' && (reference ?? current)?.kind === 'numeric'
}

function timesOf({ reference, current }: ColumnDrift): string {
  const range = (side: ColumnDrift['reference']): string =>
    side?.kind === 'numeric' && side.min !== null && side.max !== null
      ? formatTimeRange([side.min, side.max])
      : 'none'
  return `reference ${range(reference)}, current ${range(current)} (UTC)`
}

function methodCounts(columns: readonly ColumnDrift[]): string[] {
  const counts = new Map<string, number>()
  for (const { method, type } of columns) {
    if (type !== 'unknown') counts.set(method, (counts.get(method) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([method, count]) => `${methodWords(method)} (${plural(count, 'column')})`)
}

/** In percent, with as many digits as tell it from certainty. */
function confidence(alpha: number): number {
  return Number((100 * (1 - alpha)).toFixed(Math.ceil(-Math.log10(alpha))))
}

function capitalized(noun: string): string {
  return `${noun[0]!.toUpperCase()}${noun.slice(1)}`
}
