import { InvalidArgumentError, UnsupportedVersionError } from '@tidegauge/core'
import type { DriftReport } from '@tidegauge/drift'
import { checkReport } from './report-fields.ts'

// A type's value, not an import: reporters take nothing of the drift package at run time.
const VERSION: DriftReport['version'] = 1

/**
 * Reads a report that `jsonReport` wrote, and checks every field of it.
 *
 * Fields that it does not know stay: a later release may have added them within the same version.
 *
 * @returns the report that was written
 * @throws UnsupportedVersionError where a release with another version of the format wrote it
 * @throws InvalidArgumentError where it is not a report, naming the path: `report.columns[3].effect`
 * @example
 * parseReport(jsonReport(report)).decision.action // 'NO_ACTION'
 */
export function parseReport(json: string): DriftReport {
  const value = parsed(json)
  if (!isDriftReport(value)) {
    const format = (value as { format?: unknown } | null)?.format
    throw new InvalidArgumentError('report.format', "'tidegauge.drift-report'", format)
  }
  if (value.version !== VERSION) {
    throw new UnsupportedVersionError('the report', VERSION, value.version)
  }
  checkReport('report', value)
  return value
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
