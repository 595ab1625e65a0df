import type { DriftReport } from '@tidegauge/drift'
import { assertFinite } from './assert-finite.ts'
import { upToDate } from './report-version-1.ts'

/**
 * A report as a reporter shows it: of version 2, also where it was stored as version 1.
 *
 * @throws InvalidArgumentError where it holds NaN or an infinity, naming its path
 */
export function readableReport(report: DriftReport): DriftReport {
  assertFinite('report', report)
  return upToDate(report)
}
