import type { TableInput } from '@tidegauge/core'
import { finish } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import { measureColumn } from '../measure/measure-column.ts'
import { withReading } from '../measure/with-reading.ts'
import { openTable, type Profiles } from '../plan/open-table.ts'
import { type DetectDriftOptions, DRIFT_OPTIONS, withStoredTimes } from '../plan/options.ts'
import { planOf } from '../plan/plan.ts'
import type { TableProfile } from '../profile/table-profile.ts'
import { HERE } from '../read/read-cells.ts'
import { readColumn } from '../read/read-column.ts'
import type { DriftReport } from '../report/drift-report.ts'
import { reportOn } from '../report/report-on.ts'
import { planAndTimes } from './plan-and-times.ts'

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
  assertOptions('options', options, DRIFT_OPTIONS)
  const before = finish(openTable('reference', reference))
  const after = finish(openTable('current', current))
  const planned = planOf(before, after, withStoredTimes(before, after, options))
  const unread = { reference: before.unread, current: after.unread }
  const { plan, times } = finish(planAndTimes(planned, options, unread))
  const measured = plan.columns.map((column, i) => {
    const { name } = column
    const contents = { reference: before.read(name), current: after.read(name) }
    const evidence = finish(readColumn(column, contents, HERE))
    const measuredOne = measureColumn(column, evidence, plan.settings)
    const found = withReading(measuredOne, contents, plan.settings)
    options.onProgress?.({ column: name, done: i + 1, total: plan.columns.length })
    return found
  })
  return finish(reportOn(plan, measured, times))
}
