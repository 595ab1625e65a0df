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
  return matchers.length === 0 ? name : `${name}{${matchers.map(matcher).join(',')}}`
}

function matcher({ label, values, negated = false, patterns = false }: LabelMatcher): string {
  const [first] = values
  if (values.length === 1 && first !== undefined && !patterns) {
    return `${label}${negated ? '!=' : '='}${quoted(first)}`
  }
  const alternatives = values.map((value) => (patterns ? value : escapeRegex(value))).join('|')
  return `${label}${negated ? '!~' : '=~'}${quoted(alternatives)}`
}

/** `sum`, or `sum by (job, le) `: what goes before the brackets. */
export function sumBy(labels: readonly string[]): string {
  return labels.length === 0 ? 'sum' : `sum by (${labels.join(', ')}) `
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

/** @throws InvalidArgumentError where `value` is no metric name that every Prometheus release accepts */
export function metricName(argument: string, value: unknown): string {
  if (typeof value === 'string' && /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(value)) return value
  throw new InvalidArgumentError(
    argument,
    'a Prometheus metric name: letters, digits, "_" and ":", no digit first',
    value,
  )
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
