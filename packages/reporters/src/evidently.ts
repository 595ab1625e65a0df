import type { BinnedProfile } from '@tidegauge/core'
import type { ColumnDrift, ColumnRole, DriftReport } from '@tidegauge/drift'
import { type CountsOfBoth, countsOfBoth } from './counts-of-both.ts'
import { criterionValue } from './criterion.ts'
import { decisionTone } from './html/decision-words.ts'
import { jsonText } from './json.ts'
import { readableReport } from './readable-report.ts'

/**
 * The report in the structure of Evidently 0.4's `Report.as_dict()` with a `DataDriftPreset`, as JSON, for
 * scripts that read one. With `preset: 'evidently'` the numbers are Evidently's too.
 *
 * Columns that could not be judged are left out, where Evidently would have raised: the numbers are those of the
 * others. Evidently has no word for a table that cannot be judged. Where features are gone, or too few could be
 * judged, `dataset_drift` says nothing, and a metric of our own, `TidegaugeDecision`, stands behind the others. `drift_score` is what
 * was held against `stattest_threshold`; null where a column drifted by its missing values alone and too few
 * are left to score. Histograms are the report's: both sides in the same bins, or each in its own; categories as text.
 * `drift_share` is the policy's, and decides in both metrics.
 *
 * @returns indented by two spaces, ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path
 * @see https://github.com/evidentlyai/evidently `metrics/data_drift/data_drift_table.py` of 0.4.40
 * @example
 * JSON.parse(evidentlyReport(report)).metrics[0].result.dataset_drift // true
 */
export function evidentlyReport(written: DriftReport): string {
  const report = readableReport(written)
  const columns = report.columns.filter(isCompared).sort(inEvidentlysOrder)
  const { shareThreshold } = report.decision.policy
  const drifted = columns.filter((column) => column.drifted).length
  const share = columns.length === 0 ? 0 : drifted / columns.length
  const counts = {
    number_of_columns: columns.length,
    number_of_drifted_columns: drifted,
    share_of_drifted_columns: share,
    dataset_drift: columns.length > 0 && share >= shareThreshold,
  }
  const table = {
    ...counts,
    drift_by_columns: Object.fromEntries(columns.map((column) => [column.name, entryOf(column)])),
    // Importances of features, which are not known here.
    current_fi: null,
    reference_fi: null,
  }
  const { action, cause, reason } = report.decision
  const metrics = [
    { metric: 'DatasetDriftMetric', result: { drift_share: shareThreshold, ...counts } },
    { metric: 'DataDriftTable', result: table },
    ...(decisionTone(report) === 'unsure'
      ? [{ metric: 'TidegaugeDecision', result: { action, cause, reason } }]
      : []),
  ]
  return `${jsonText('metrics', { metrics })}\n`
}

function isCompared({ verdict }: ColumnDrift): boolean {
  return verdict !== 'error' && verdict !== 'insufficient-data'
}

const ROLES: readonly ColumnRole[] = ['target', 'prediction', 'feature']
const TYPES: ReadonlyArray<ColumnDrift['type']> = ['numeric', 'categorical', 'datetime', 'text']

/** Target and prediction first, then by type, then by name. */
function inEvidentlysOrder(a: ColumnDrift, b: ColumnDrift): number {
  return (
    ROLES.indexOf(a.role) - ROLES.indexOf(b.role) ||
    TYPES.indexOf(a.type) - TYPES.indexOf(b.type) ||
    (a.name < b.name ? -1 : 1)
  )
}

const TYPE_NAMES: Readonly<Record<ColumnDrift['type'], string>> = {
  numeric: 'num',
  categorical: 'cat',
  datetime: 'datetime',
  text: 'text',
  unknown: 'unknown',
}

function entryOf(column: ColumnDrift): Record<string, unknown> {
  const counts = countsOfBoth(column.reference, column.current)
  // Those of both sides, by name.
  const categories = [...counts.keys()].sort()
  const countsOf = (side: keyof CountsOfBoth) => categories.map((name) => counts.get(name)![side])
  return {
    column_name: column.name,
    column_type: TYPE_NAMES[column.type],
    stattest_name: stattestName(column),
    stattest_threshold: column.threshold,
    drift_score: criterionValue(column),
    drift_detected: column.drifted,
    current: {
      small_distribution: distribution(column.type, column.current, categories, () =>
        countsOf('after'),
      ),
    },
    reference: {
      small_distribution: distribution(column.type, column.reference, categories, () =>
        countsOf('before'),
      ),
    },
  }
}

/** As Evidently's `display_name`; a method that it does not have, or scores otherwise, by ours. */
const STATTEST_NAMES: Readonly<Record<string, string>> = {
  'kolmogorov-smirnov pValue': 'K-S p_value',
  'chi-square-fit pValue': 'chi-square p_value',
  'z-test pValue': 'Z-test p_value',
  'g-test pValue': 'g_test',
  'fisher-exact pValue': "Fisher's Exact test",
  'student-t pValue': 't_test',
  'mann-whitney-u pValue': 'Mann-Whitney U-rank test',
  'anderson-darling pValue': 'Anderson-Darling',
  'cramer-von-mises pValue': 'Cramer-von Mises',
  'epps-singleton pValue': 'Epps-Singleton',
  'maximum-mean-discrepancy pValue': 'empirical_mmd',
  'total-variation pValue': 'Total-Variation-Distance',
  'wasserstein statistic': 'Wasserstein distance (normed)',
  'population-stability-index statistic': 'PSI',
  'kullback-leibler statistic': 'Kullback-Leibler divergence',
  'jensen-shannon statistic': 'Jensen-Shannon distance',
  'hellinger statistic': 'Hellinger distance',
  'energy-distance statistic': 'Energy-distance',
  'domain-classifier statistic': 'Absolute text content drift',
}

function stattestName({ method, criterion: { measure } }: ColumnDrift): string {
  const ours = {
    pValue: `${method} p_value`,
    statistic: method,
    effect: `${method} equivalent shift`,
  }
  return STATTEST_NAMES[`${method} ${measure}`] ?? ours[measure]
}

interface Distribution {
  readonly x: ReadonlyArray<number | string>
  readonly y: readonly number[]
}

function distribution(
  type: ColumnDrift['type'],
  profile: BinnedProfile | null,
  categories: readonly string[],
  countsOf: () => readonly number[],
): Distribution | null {
  if (type === 'text' || profile === null) return null
  if (profile.kind === 'categorical') return { x: categories, y: countsOf() }
  return { x: profile.edges, y: densities(profile.edges, profile.counts) }
}

/** As `numpy.histogram(density=True)`: together with the widths they make 1. Bins next to nothing wide have the largest. */
function densities(edges: readonly number[], counts: readonly number[]): number[] {
  const n = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count, i) =>
    n === 0 ? 0 : Math.min(Number.MAX_VALUE, count / n / (edges[i + 1]! - edges[i]!)),
  )
}
