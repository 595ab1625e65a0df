import { InvalidArgumentError } from '@tidegauge/core'
import { visibleJson } from '@tidegauge/core/internal'
import type { DriftReport } from '@tidegauge/drift'
import { upToDate } from './report-version-1.ts'

/**
 * The whole report as JSON, for a machine or for later: `parseReport` gives back an equal report.
 *
 * Numbers are written with as many digits as tell them from every other double. JSON has no NaN and no
 * infinity, and neither has a report: what could not be measured is null. One that holds such a number
 * all the same, made by hand, is refused. `##[` is written with an escape, lest a CI server obey a name in its log.
 *
 * @returns valid by `schema/drift-report.v2.schema.json`, indented by two spaces, ending in a newline
 * @throws InvalidArgumentError where the report holds NaN or an infinity, naming its path
 * @example
 * JSON.parse(jsonReport(report)).decision.action // 'NO_ACTION'
 */
export function jsonReport(report: DriftReport): string {
  return `${jsonText('report', upToDate(report))}\n`
}

/**
 * As `JSON.stringify(value, null, 2)`, but -0 stays -0, and NaN does not become null.
 *
 * @throws InvalidArgumentError where a number is not finite, naming its path
 */
export function jsonText(path: string, value: unknown, newline: string = '\n'): string {
  if (typeof value === 'number') return numeral(value, path)
  if (typeof value !== 'object' || value === null) return literal(value)
  const deeper = `${newline}  `
  if (Array.isArray(value)) {
    const items = value.map((item, i) =>
      typeof item === 'string' ? literal(item) : jsonText(`${path}[${i}]`, item, deeper),
    )
    return enclosed('[', items, ']', newline)
  }
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(
      ([key, item]) =>
        `${visibleJson(JSON.stringify(key))}: ${jsonText(`${path}.${key}`, item, deeper)}`,
    )
  return enclosed('{', fields, '}', newline)
}

function literal(value: unknown): string {
  return visibleJson(JSON.stringify(value))
}

function numeral(value: number, path: string): string {
  if (!Number.isFinite(value)) {
    throw new InvalidArgumentError(path, 'a finite number or null', value)
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

function enclosed(open: string, items: readonly string[], close: string, newline: string): string {
  if (items.length === 0) return open + close
  return `${open}${newline}  ${items.join(`,${newline}  `)}${newline}${close}`
}
