import type { Steps, TableInput } from '@tidegauge/core'
import { type ColumnSources, columnSourcesInSteps, type Profiles } from './column-sources.ts'
import { decide, isJudged, shareOfDriftedColumns, validPolicy } from './decision.ts'
import {
  type ColumnDrift,
  type ColumnRole,
  type DecisionPolicy,
  type DriftReport,
  type DriftSettings,
  REPORT_VERSION,
  type TableSummary,
} from './drift-report.ts'
import { EVIDENTLY_SHARE } from './evidently-preset.ts'
import { judgeInSteps } from './judge.ts'
import type { ColumnChoice, MeasuredColumn } from './measured-column.ts'
import { type DetectDriftOptions, methodChooser, rolesOf, validSettings } from './options.ts'
import { PRODUCER } from './producer.ts'
import type { TableProfile } from './table-profile.ts'
import { onlyTimeRanges, type TimeRange, type TimeRanges } from './time-range.ts'

/** Two tables that can be compared, and how: all that is known before the first column is measured. */
export interface Comparison {
  readonly before: ColumnSources
  readonly after: ColumnSources
  readonly settings: DriftSettings
  readonly policy: DecisionPolicy
  readonly roles: ReadonlyMap<string, ColumnRole>
  readonly names: readonly string[]
  readonly options: DetectDriftOptions
  choiceFor(name: string): ColumnChoice
}

/**
 * Reads both tables and the options; what is not valid is refused before a column is measured.
 *
 * @throws InvalidArgumentError where a table or an option is not what it must be
 */
export function* prepare(
  reference: TableInput | TableProfile | Profiles,
  current: TableInput | TableProfile | Profiles,
  options: DetectDriftOptions,
): Steps<Comparison> {
  const before = yield* columnSourcesInSteps('reference', reference)
  const after = yield* columnSourcesInSteps('current', current)
  return comparisonOf(before, after, options)
}

/** `prepare` for tables that are known already. */
export function comparisonOf(
  before: ColumnSources,
  after: ColumnSources,
  options: DetectDriftOptions,
): Comparison {
  const settings = validSettings(options)
  const policy = validPolicy({
    ...(settings.preset === null ? {} : { shareThreshold: EVIDENTLY_SHARE }),
    ...options.policy,
  })
  const methodFor = methodChooser(options)
  const roles = rolesOf(before, after, options)
  const choiceFor = (name: string): ColumnChoice => ({
    type: options.types?.[name],
    methodFor: (type) => methodFor(name, type),
    redactionKey: typeof options.redact === 'string' ? options.redact : undefined,
  })
  return { before, after, settings, policy, roles, names: [...roles.keys()], options, choiceFor }
}

/**
 * The report on columns that were measured, in the order of `names`.
 *
 * @param times - of the column that the caller named, where one was
 */
export function* reportOn(
  measured: readonly MeasuredColumn[],
  comparison: Comparison,
  times: TimeRanges | null,
): Steps<DriftReport> {
  const judged = yield* judgeInSteps(measured, comparison.settings)
  const columns = judged.map((column) => ({ ...column, role: comparison.roles.get(column.name)! }))
  return summarise(columns, comparison, times ?? onlyTimeRanges(measured))
}

function summarise(
  columns: readonly ColumnDrift[],
  { before, after, settings, policy, options: { names, weights } }: Comparison,
  times: TimeRanges | null,
): DriftReport {
  // Evidently counts target and prediction among the columns.
  const features = columns.filter(({ role }) => role === 'feature' || settings.preset !== null)
  const shareOf = (role: ColumnRole) =>
    shareOfDriftedColumns(columns.filter((column) => column.role === role))
  const shares = {
    shareOfDriftedColumns: shareOfDriftedColumns(features, weights),
    targetDrift: shareOf('target'),
  }
  const evaluatedFeatures = features.filter(isJudged).length
  const driftedFeatures = features.filter(({ drifted }) => drifted).length
  return {
    format: 'tidegauge.drift-report',
    version: REPORT_VERSION,
    reference: tableSummary(names?.reference ?? 'reference', before.rowCount, times?.reference),
    current: tableSummary(names?.current ?? 'current', after.rowCount, times?.current),
    columns,
    ...shares,
    evaluatedFeatures,
    driftedFeatures,
    covariateDrift: evaluatedFeatures === 0 ? null : driftedFeatures > 0,
    predictionDrift: shareOf('prediction'),
    decision: decide(shares, policy),
    settings: times === null ? settings : { ...settings, timeColumn: times.column },
    producer: PRODUCER,
  }
}

function tableSummary(
  name: string,
  rows: number,
  timeRange: TimeRange | null | undefined,
): TableSummary {
  return timeRange ? { name, rows, timeRange } : { name, rows }
}
