import { InvalidArgumentError, UnsupportedVersionError } from '@tidegauge/core'
import { reportId } from '@tidegauge/core/hashes'
import type { DriftReport } from '@tidegauge/drift'
import { assertConsistent } from './assert-consistent.ts'
import { withCurrentProfiles } from './current-profiles.ts'
import { checkReport, checkReportOfVersion1 } from './report-fields.ts'
import {
  assertDecisionOfVersion1,
  REPORT_VERSION,
  type ReportOfVersion1,
  upgradedReport,
} from './report-version-1.ts'

/**
 * Reads a report that `jsonReport` wrote, and checks every field of it, and that they do not contradict each other:
 * shares and counts, verdicts and the decision must follow from the columns.
 *
 * Fields that it does not know stay: a later release may have added them within the same version. A report of version 1
 * comes back as version 2, decided anew: what could not be judged is `UNDECIDED`, which version 1 did not know.
 *
 * @returns the report that was written
 * @throws UnsupportedVersionError where a release with a later version of the format wrote it
 * @throws InvalidArgumentError where it is not a report, naming the path: `report.columns[3].effect`
 * @example
 * parseReport(jsonReport(report)).decision.action // 'NO_ACTION'
 */
export function parseReport(json: string): DriftReport {
  const value = withCurrentProfiles(parsed(json))
  if (!isDriftReport(value)) {
    const format = (value as { format?: unknown } | null)?.format
    throw new InvalidArgumentError('report.format', "'tidegauge.drift-report'", format)
  }
  if ((value.version as unknown) === 1) {
    checkReportOfVersion1('report', value)
    const written = value as unknown as ReportOfVersion1
    assertDecisionOfVersion1(written)
    const report = upgradedReport(written)
    // Version 1 did not know these fields, and may have anything there.
    checkReport('report', report)
    assertConsistent(report)
    return report
  }
  if (value.version !== REPORT_VERSION) {
    throw new UnsupportedVersionError('the report', REPORT_VERSION, value.version)
  }
  checkReport('report', value)
  assertConsistent(value)
  assertId(value)
  return value
}

/** Last, so that what was changed is named where it shows. */
function assertId(report: DriftReport): void {
  const id = reportId(report)
  if (report.id === undefined || report.id === id) return
  const expected = `${id}, as what it says: leave it out of a report that was changed`
  throw new InvalidArgumentError('report.id', expected, report.id)
}

function parsed(json: string): unknown {
  if (typeof json !== 'string') throw new InvalidArgumentError('json', 'a text', json)
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new InvalidArgumentError('json', 'the JSON of a drift report', (cause as Error).message)
  }
}

function isDriftReport(value: unknown): value is DriftReport {
  return (value as Partial<DriftReport> | null)?.format === 'tidegauge.drift-report'
}
