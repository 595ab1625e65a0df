import { reportId } from '@tidegauge/core/hashes'
import type { DriftReport } from './drift-report.ts'

/**
 * The same report under the id of what it says: for one that was changed, before it is stored.
 *
 * @example
 * const renamed = withReportId({ ...report, current: { ...report.current, name: 'March' } })
 */
export function withReportId(report: DriftReport): DriftReport {
  const { format, version, id: _, ...content } = report
  return { format, version, id: reportId(report), ...content }
}
