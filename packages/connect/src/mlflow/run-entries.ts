import { featuresToJudge, visibleText, wasJudged } from '@tidegauge/core/internal'
import type { ColumnDrift, DriftReport, TableSummary } from '@tidegauge/drift'
import { metricNames } from './metric-names.ts'

export interface Metric {
  readonly key: string
  /** Finite: the server stores anything else as another number, or refuses it with all others. */
  readonly value: number
}

export interface Entry {
  readonly key: string
  readonly value: string
}

/** What a run is told of a report, in the order in which it is told. */
export interface RunEntries {
  readonly params: readonly Entry[]
  readonly columnMetrics: readonly Metric[]
  /** Last, with the tags: a run that lacks the rest does not look like a verdict. */
  readonly summaryMetrics: readonly Metric[]
  readonly tags: readonly Entry[]
  /** Columns by the names that metrics have for them, where those are other ones. */
  readonly renamed: ReadonlyMap<string, string>
  readonly leftOut: readonly string[]
}

/**
 * What could not be judged has no number: a run without `drift_share` is no run without drift, and one that is UNDECIDED
 * has none either, lest a search for small shares finds it.
 */
export function runEntries(report: DriftReport): RunEntries {
  const judged = report.columns.filter(wasJudged)
  const unjudged = report.columns.filter((column) => !wasJudged(column))
  const names = metricNames(
    report.columns.map(({ name }) => name),
    Math.max(...COLUMN_METRICS.map(([group]) => group.length + 1)),
  )
  const renamed = judged.filter(({ name }) => names.get(name) !== name)
  const summary = summaryOf(report)
  const missing = summary.filter(({ value }) => value === null).map(({ key }) => key)
  return {
    params: paramsOf(report),
    columnMetrics: judged.flatMap((column) => columnMetrics(column, names.get(column.name)!)),
    summaryMetrics: summary.filter((one): one is Metric => one.value !== null),
    tags: verdictTags(report, unjudged),
    renamed: new Map(renamed.map(({ name }) => [names.get(name)!, name])),
    leftOut: [
      ...(missing.length === 0 ? [] : [`no ${missing.join(', ')}: ${whyNone(report)}`]),
      ...(unjudged.length === 0
        ? []
        : [`no numbers of columns that were not judged: ${namesOf(unjudged)}`]),
    ],
  }
}

const COLUMN_METRICS: ReadonlyArray<readonly [group: string, of: (c: ColumnDrift) => unknown]> = [
  ['drift_effect', ({ effect }) => effect],
  ['drift_statistic', ({ statistic }) => statistic],
  ['drift_p_value', ({ pValue }) => pValue],
  ['drift_adjusted_p_value', ({ adjustedPValue }) => adjustedPValue],
  ['drifted', ({ drifted }) => (drifted ? 1 : 0)],
]

/** The groups of metrics of a column, and the metrics of the whole report: what a run may have from an earlier report. */
export const METRIC_GROUPS: readonly string[] = COLUMN_METRICS.map(([group]) => group)

function columnMetrics(column: ColumnDrift, name: string): Metric[] {
  return COLUMN_METRICS.flatMap(([group, of]) => {
    const value = of(column)
    return typeof value === 'number' && Number.isFinite(value)
      ? [{ key: `${group}/${name}`, value }]
      : []
  })
}

function summaryOf(report: DriftReport): Array<{ key: string; value: number | null }> {
  const { shareOfDriftedColumns, targetDrift, predictionDrift, decision, columns } = report
  const isDecided = decision.action !== 'UNDECIDED'
  const hasRole = (role: ColumnDrift['role']) => columns.some((column) => column.role === role)
  const features = featuresToJudge(report, decision.policy) ?? []
  const some = (key: string, value: number | null) => [{ key, value }]
  return [
    ...some('reference_rows', report.reference.rows),
    ...some('current_rows', report.current.rows),
    ...some('evaluated_features', report.evaluatedFeatures),
    ...some('unjudged_features', features.filter((column) => !wasJudged(column)).length),
    ...some(
      'drifted_features',
      isDecided && report.evaluatedFeatures > 0 ? report.driftedFeatures : null,
    ),
    ...some('drift_share', isDecided ? shareOfDriftedColumns : null),
    ...(hasRole('target') ? some('target_drift', targetDrift) : []),
    ...(hasRole('prediction') ? some('prediction_drift', predictionDrift) : []),
  ]
}

/** Those of the whole report. */
export const SUMMARY_METRICS: readonly string[] = [
  ...['reference_rows', 'current_rows', 'evaluated_features', 'unjudged_features'],
  ...['drifted_features', 'drift_share', 'target_drift', 'prediction_drift'],
]

function whyNone({ decision, shareOfDriftedColumns }: DriftReport): string {
  if (decision.action === 'UNDECIDED') return `the report is UNDECIDED (${decision.reason})`
  return shareOfDriftedColumns === null
    ? 'no feature could be judged'
    : 'what they tell of could not be judged'
}

function verdictTags(report: DriftReport, unjudged: readonly ColumnDrift[]): Entry[] {
  const { decision, reference, current, columns, producer } = report
  const count = `${unjudged.length} of ${columns.length} columns`
  return [
    ['drift.action', decision.action],
    ['drift.cause', decision.cause ?? 'none'],
    ['drift.reason', decision.reason],
    ['drift.reference', sideOf(reference)],
    ['drift.current', sideOf(current)],
    ['drift.not_judged', unjudged.length === 0 ? count : `${count}: ${namesOf(unjudged)}`],
    ...(producer === undefined ? [] : [['drift.producer', producer] as const]),
  ].map(([key, value]) => ({ key: key!, value: cut(visibleText(value!), LONGEST_TAG) }))
}

function sideOf({ name, timeRange }: TableSummary): string {
  if (timeRange === undefined) return name
  const [from, to] = timeRange.map((time) => dateOf(time))
  return `${name} (${from} to ${to})`
}

/** Times are any numbers: not each of them is a date. */
function dateOf(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}

/** How it was judged: what two runs must have in common to be compared. */
function paramsOf({ settings, decision: { policy } }: DriftReport): Entry[] {
  const { weights, excluded, timeColumn } = settings
  const said: ReadonlyArray<readonly [key: string, value: unknown]> = [
    ['preset', settings.preset ?? 'none'],
    ['alpha', settings.alpha],
    ['correction', settings.correction],
    ['tolerance', settings.tolerance],
    ['minimum_values', settings.minimumValues],
    ['max_categories', settings.maxCategories],
    ['redacted', settings.redacted],
    ['share_threshold', policy.shareThreshold],
    ['act_on_target_drift', policy.actOnTargetDrift],
    ['minimum_judged', policy.minimumJudged],
    ['on_missing_column', policy.onMissingColumn],
    ['on_changed_type', policy.onChangedType],
    ...(weights === undefined ? [] : [['weights', JSON.stringify(weights)] as const]),
    ...(excluded === undefined ? [] : [['excluded', JSON.stringify(excluded)] as const]),
    ...(timeColumn === undefined ? [] : [['time_column', timeColumn] as const]),
  ]
  return said.map(([key, value]) => ({
    key: `drift.${key}`,
    value: cut(visibleText(String(value)), LONGEST_PARAM),
  }))
}

/** As 2.16.0 has it: 3.x takes tags of 8000. Longer ones are cut, and the artifacts have them whole. */
const LONGEST_TAG = 5000
const LONGEST_PARAM = 6000

function cut(text: string, most: number): string {
  const characters = Array.from(text)
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}

const MOST_NAMES = 20

function namesOf(columns: readonly ColumnDrift[]): string {
  const named = columns.slice(0, MOST_NAMES).map(({ name }) => cut(visibleText(name), 60))
  const more = columns.length > MOST_NAMES ? ` and ${columns.length - MOST_NAMES} more` : ''
  return `${named.join(', ')}${more}`
}
