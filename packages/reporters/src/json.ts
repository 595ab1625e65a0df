import type { DriftReport } from '@tidegauge/drift'
import { assertFinite } from './assert-finite.ts'

/**
 * The whole report as JSON, for a machine or for later: `JSON.parse` gives back an equal report.
 *
 * @returns indented by two spaces, ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path
 * @example
 * JSON.parse(jsonReport(report)).decision.action // 'NO_ACTION'
 */
export function jsonReport(report: DriftReport): string {
  assertFinite('report', report)
  return `${JSON.stringify(report, null, 2)}\n`
}
