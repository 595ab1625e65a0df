import { reportId } from '@tidegauge/core/hashes'
import { assertList, assertObject } from '@tidegauge/core/internal'
import type { DriftReport } from './drift-report.ts'

/**
 * The same report under the id of what it says: for one that was changed, before it is stored.
 *
 * @example
 * const renamed = withReportId({ ...report, current: { ...report.current, name: 'March' } })
 */
export function withReportId(report: DriftReport): DriftReport {
  assertObject('report', report, 'a report, as detectDrift returns it')
  assertList('report.columns', report.columns, 'the columns of a report')
  const { format, version, id: _, ...content } = report
  return { format, version, id: reportId(report), ...content }
}
