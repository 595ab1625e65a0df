import { InvalidArgumentError } from '@tidegauge/core'
import { optionPath } from '@tidegauge/core/options'
import { anObject, onlyKeys } from '../only-keys.ts'
import { type LabelMatcher, seriesLabelName, utf8Text } from '../promql.ts'
import type { RequestMetric } from '../request-metric.ts'

/** Which requests are meant. */
export interface RequestScope {
  /** Only requests that have these labels; all requests by default. */
  readonly select?: RequestLabelsChoice
  /** Not these, such as health checks. */
  readonly exclude?: RequestLabelsChoice
  /**
   * Statuses (`'429'`) and classes (`'5xx'`) that are the server's failures; `['5xx']` by default, so that
   * neither a client's mistake nor its leaving (499) counts against the server.
   */
  readonly failures?: readonly string[]
}

export interface RequestLabelsChoice {
  readonly method?: OneOrMore
  /** Route templates as they stand in the label, such as `/users/:id`. */
  readonly route?: OneOrMore
  /** Any other labels by their Prometheus names, such as `job` or `service`. */
  readonly labels?: Readonly<Record<string, OneOrMore>>
}

/** A value, or several of which any will do. */
export type OneOrMore = string | readonly string[]

/** The scope as conditions on labels. */
export interface ScopeMatchers {
  readonly all: readonly LabelMatcher[]
  readonly failed: readonly LabelMatcher[]
  readonly notFailed: readonly LabelMatcher[]
  /** The failures as the user wrote them. */
  readonly failures: readonly string[]
}

/** @throws InvalidArgumentError on what no label can be or no status is */
export function scopeMatchers(
  argument: string,
  scope: { readonly [K in keyof RequestScope]?: unknown },
  { labels }: RequestMetric,
): ScopeMatchers {
  const all = [
    ...choiceMatchers(optionPath(argument, 'select'), scope.select, labels, false),
    ...choiceMatchers(optionPath(argument, 'exclude'), scope.exclude, labels, true),
  ]
  const failures = statuses(optionPath(argument, 'failures'), scope.failures ?? ['5xx'])
  if (failures.length === 0) return { all, failed: [], notFailed: all, failures }
  const values = failures.map((status) => status.replace('xx', '..')) // meets 503 and 5xx alike
  const failed = { label: labels.statusCode, values, patterns: true }
  return {
    all,
    failed: [...all, failed],
    notFailed: [...all, { ...failed, negated: true }],
    failures,
  }
}

function choiceMatchers(
  argument: string,
  choice: unknown,
  names: RequestMetric['labels'],
  negated: boolean,
): LabelMatcher[] {
  if (choice === undefined) return []
  const { method, route, labels } = onlyKeys<RequestLabelsChoice>(argument, choice, {
    method: true,
    route: true,
    labels: true,
  })
  const chosen: [string, string, unknown][] = []
  if (method !== undefined) chosen.push([`${argument}.method`, names.method, method])
  if (route !== undefined) chosen.push([`${argument}.route`, names.route, route])
  if (labels !== undefined) {
    const named = anObject(`${argument}.labels`, labels)
    for (const [label, value] of Object.entries(named)) {
      const path = `${argument}.labels.${label}`
      if (label === 'le') throw new InvalidArgumentError(path, 'left to the histogram', value)
      chosen.push([path, seriesLabelName(path, label), value])
    }
  }
  return chosen.map(([path, label, value]) => ({ label, values: oneOrMore(path, value), negated }))
}

function oneOrMore(argument: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [utf8Text(argument, value)]
  if (value.length === 0) throw new InvalidArgumentError(argument, 'a string or some', value)
  return value.map((one, i) => utf8Text(`${argument}[${i}]`, one))
}

function statuses(argument: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    throw new InvalidArgumentError(argument, "an array such as ['5xx', '429']", value)
  }
  return value.map((status, i) => {
    if (typeof status === 'string' && /^[1-5](xx|\d\d)$/.test(status)) return status
    throw new InvalidArgumentError(`${argument}[${i}]`, "a status such as '503' or '5xx'", status)
  })
}
