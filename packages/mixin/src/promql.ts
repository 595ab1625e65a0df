import { InvalidArgumentError } from '@tidegauge/core'

/** One condition on a label: it has one of these values, or none of them. */
export interface LabelMatcher {
  readonly label: string
  readonly values: readonly string[]
  readonly negated?: boolean
  /** The values are regular expressions (RE2, anchored at both ends), not plain text. */
  readonly patterns?: boolean
}

/**
 * `name{label="value",other=~"a|b"}`: the series of a metric that meet every condition.
 *
 * Values may be any text; they are escaped here, names are checked by `metricName` and `labelName`.
 */
export function selector(name: string, matchers: readonly LabelMatcher[] = []): string {
  return seriesWhere(name, conditions(matchers))
}

/** What stands between the braces of a selector. */
export function conditions(matchers: readonly LabelMatcher[]): string {
  return matchers.map(matcher).join(',')
}

/** The series of a metric that meet conditions: `name{…}`, and `{"dotted.name",…}` where the name has dots. */
export function seriesWhere(name: string, conditions: string): string {
  if (!hasDots(name)) return conditions === '' ? name : `${name}{${conditions}}`
  return `{"${name}"${conditions === '' ? '' : `,${conditions}`}}`
}

/** A label's name as a query has it: in quotes where it has dots. */
export function labelTerm(label: string): string {
  return hasDots(label) ? `"${label}"` : label
}

/** A name that Prometheus has known since version 3, and OpenTelemetry's names are such. */
export function hasDots(name: string): boolean {
  return name.includes('.')
}

function matcher({ label, values, negated = false, patterns = false }: LabelMatcher): string {
  const [first] = values
  const term = labelTerm(label)
  if (values.length === 1 && first !== undefined && !patterns) {
    return `${term}${negated ? '!=' : '='}${quoted(first)}`
  }
  const alternatives = values.map((value) => (patterns ? value : escapeRegex(value))).join('|')
  return `${term}${negated ? '!~' : '=~'}${quoted(alternatives)}`
}

/** `sum`, or `sum by (job, le) `: what goes before the brackets. */
export function sumBy(labels: readonly string[]): string {
  return labels.length === 0 ? 'sum' : `sum by (${labels.map(labelTerm).join(', ')}) `
}

/** A PromQL string literal: Go's escapes, everything beyond printable ASCII and letters written out. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e\p{L}\p{M}\p{N}\p{P}\p{S}]/gu,
    (c) => `\\U${c.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  )
}

/** Text as a regular expression (RE2) that matches just that text. */
function escapeRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

/** @throws InvalidArgumentError where `value` is no metric name, of Prometheus or, with dots, of OpenTelemetry */
export function metricName(argument: string, value: unknown): string {
  if (typeof value === 'string' && /^[a-zA-Z_:][a-zA-Z0-9_:]*(\.[a-zA-Z0-9_:]+)*$/.test(value)) {
    return value
  }
  throw new InvalidArgumentError(
    argument,
    'a Prometheus metric name: letters, digits, "_", ":" and (of Prometheus 3) ".", no digit first',
    value,
  )
}

/** @throws InvalidArgumentError where `value` is no name of a series' label, which may have dots */
export function seriesLabelName(argument: string, value: unknown): string {
  const parts = typeof value === 'string' ? value.split('.') : []
  if (parts.length < 2) return labelName(argument, value)
  labelName(argument, parts.every((part) => /^\w+$/.test(part)) ? parts[0] : value)
  return value as string
}

/** @throws InvalidArgumentError where `value` is no label name that every Prometheus release accepts */
export function labelName(argument: string, value: unknown): string {
  if (typeof value === 'string' && /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(value)) return value
  throw new InvalidArgumentError(
    argument,
    'a Prometheus label name: letters, digits and "_", neither a digit nor "__" first',
    value,
  )
}

/** @throws InvalidArgumentError where `value` is no text, or none that can be written as UTF-8 */
export function utf8Text(argument: string, value: unknown): string {
  if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) return value
  throw new InvalidArgumentError(argument, 'a string of whole Unicode characters', value)
}

/** User text inside a Go template (labels and annotations of an alert): shown as it is, never run. */
export function escapeTemplate(text: string): string {
  return text.replace(/\{(?=\{|$)/g, '{{"{"}}')
}
