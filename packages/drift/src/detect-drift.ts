import type { TableInput } from '@tidegauge/core'
import { type ColumnSources, columnSources, type Profiles } from './column-sources.ts'
import { decide, isJudged, shareOfDriftedColumns, validPolicy } from './decision.ts'
import {
  type ColumnDrift,
  type ColumnRole,
  type DecisionPolicy,
  type DriftReport,
  type DriftSettings,
  REPORT_VERSION,
} from './drift-report.ts'
import { EVIDENTLY_SHARE } from './evidently-preset.ts'
import { judge } from './judge.ts'
import { measureColumn } from './measure-column.ts'
import { type DetectDriftOptions, methodChooser, rolesOf, validSettings } from './options.ts'
import type { TableProfile } from './table-profile.ts'

/**
 * Has the data changed since the reference? Compares two tables column by column.
 *
 * Numbers by the two-sample Kolmogorov-Smirnov test, categories by the chi-squared test of homogeneity,
 * texts by a classifier; other methods by option. A column has drifted where its p-value, adjusted for the
 * number of tests in the run, is ≤ `alpha` **and** its effect, the equivalent shift in standard deviations,
 * reaches `tolerance`. The share of missing values is tested in the same way.
 *
 * A column that cannot be compared gets the verdict `error` and a reason; the others are still judged.
 *
 * @param reference - the table the model was trained on: rows, columns, an arquero or Arrow table, a stored
 *   profile, or one histogram a column
 * @param current - the table to hold against it, in any of these forms
 * @returns every column's verdict, the share of drifted features, target and prediction apart, a decision
 * @throws InvalidArgumentError where a table or an option is not what it must be
 * @example
 * const report = detectDrift({ age: [31, 45, 28] }, { age: [30, 47, 29] })
 * report.columns[0].verdict // 'insufficient-data'
 */
export function detectDrift(
  reference: TableInput | TableProfile | Profiles,
  current: TableInput | TableProfile | Profiles,
  options: DetectDriftOptions = {},
): DriftReport {
  const before = columnSources('reference', reference)
  const after = columnSources('current', current)
  const settings = validSettings(options)
  const policy = validPolicy({
    ...(settings.preset === null ? {} : { shareThreshold: EVIDENTLY_SHARE }),
    ...options.policy,
  })
  const methodFor = methodChooser(options)
  const roles = rolesOf(before, after, options)
  const names = [...roles.keys()]

  const measured = names.map((name, i) => {
    const choice = {
      type: options.types?.[name],
      methodFor: (type: Parameters<typeof methodFor>[1]) => methodFor(name, type),
    }
    const column = measureColumn(name, before, after, choice, settings)
    options.onProgress?.({ column: name, done: i + 1, total: names.length })
    return column
  })
  const columns = judge(measured, settings).map((column) => ({
    ...column,
    role: roles.get(column.name)!,
  }))
  return summarise(columns, before, after, settings, policy, options)
}

function summarise(
  columns: readonly ColumnDrift[],
  reference: ColumnSources,
  current: ColumnSources,
  settings: DriftSettings,
  policy: DecisionPolicy,
  { names, weights }: Pick<DetectDriftOptions, 'names' | 'weights'>,
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
    reference: { name: names?.reference ?? 'reference', rows: reference.rowCount },
    current: { name: names?.current ?? 'current', rows: current.rowCount },
    columns,
    ...shares,
    evaluatedFeatures,
    driftedFeatures,
    covariateDrift: evaluatedFeatures === 0 ? null : driftedFeatures > 0,
    predictionDrift: shareOf('prediction'),
    decision: decide(shares, policy),
    settings,
  }
}
