import { assertProfile, InvalidArgumentError, type NumericProfile } from '@tidegauge/core'
import { dashboardAnnotation, runbookAnnotation } from '../alert-links.ts'
import { carriedLabels } from '../carried-labels.ts'
import { DASHBOARD_UIDS } from '../dashboards/dashboard-options.ts'
import { type Duration, duration } from '../duration.ts'
import { labelsText } from '../labels-text.ts'
import { onlyKeys } from '../only-keys.ts'
import { escapeTemplate, type LabelMatcher, selector, seriesLabelName, sumBy } from '../promql.ts'
import { type RequestMetric, type RequestMetricName, requestMetric } from '../request-metric.ts'
import type { RuleGroup } from '../rule-file.ts'
import type { HistogramKind } from '../slo/request-rates.ts'
import { type RequestScope, scopeMatchers } from '../slo/request-scope.ts'
import type { CheckedDriftRules } from './drift-rules-options.ts'

/** A quantile of the durations of requests that did not fail, against what it was, for each service and route. */
export interface LatencyDrift extends RequestScope {
  /** Names, labels and buckets of the request histogram; `'opentelemetry'` by default. */
  readonly metric?: RequestMetricName | RequestMetric
  /** `'native'` where Prometheus stores native histograms; `'classic'` by default. */
  readonly histogram?: HistogramKind
  /**
   * What it is held against: the same window so long ago (`{ offset: '1w' }`, the default), or a stored
   * profile, such as `latencyProfile` returns. Of a classic histogram it must have been counted at the same bounds. A
   * profile is of one service: `select` that, since every other one would be held against it too.
   */
  readonly reference?: { readonly offset: string } | NumericProfile
  /**
   * Labels that keep quantiles apart, beside those of the rules' own `by`: `job` and that of the route by default, `job`
   * alone where a profile is the reference, which has all routes in it. Many services share one metric's name, and
   * one number of them all moves with the mixture of the traffic. None: `[]`.
   */
  readonly by?: readonly string[]
  /** Above 0 and below 1; 0.99 by default. */
  readonly quantile?: number
  /** Alert at so many times the reference; 1.5 by default. */
  readonly factor?: number
  /** Fewer requests than that within the window, of one service and route, alert nobody; 1000 by default, ten of them beyond p99. */
  readonly minimumValues?: number
  /** The window; that of the features by default, which must then not be `'lifetime'`. */
  readonly window?: string
}

/** Every part checked. */
export interface CheckedLatencyDrift {
  readonly metric: RequestMetric
  readonly histogram: HistogramKind
  /** The quantile in seconds, or how long ago it is looked up. */
  readonly reference: number | { readonly offset: string }
  readonly quantile: number
  readonly factor: number
  readonly minimumValues: number
  readonly window: Duration
  readonly by: readonly string[]
  readonly matchers: readonly LabelMatcher[]
}

/** @throws InvalidArgumentError naming the first part that cannot be worked with */
export function checkedLatencyDrift(
  argument: string,
  value: unknown,
  rules: { readonly window: Duration | null; readonly by: readonly string[] },
): CheckedLatencyDrift {
  const given = onlyKeys<LatencyDrift>(argument, value, {
    select: true,
    exclude: true,
    failures: true,
    metric: true,
    histogram: true,
    reference: true,
    by: true,
    quantile: true,
    factor: true,
    minimumValues: true,
    window: true,
  })
  const { histogram = 'classic', quantile = 0.99, factor = 1.5, minimumValues = 1000 } = given
  if (histogram !== 'classic' && histogram !== 'native') {
    throw new InvalidArgumentError(`${argument}.histogram`, "'classic' or 'native'", histogram)
  }
  if (typeof quantile !== 'number' || !(quantile > 0 && quantile < 1)) {
    throw new InvalidArgumentError(`${argument}.quantile`, 'above 0 and below 1', quantile)
  }
  if (typeof factor !== 'number' || !(factor > 1 && Number.isFinite(factor))) {
    throw new InvalidArgumentError(`${argument}.factor`, 'a finite number above 1', factor)
  }
  if (!Number.isSafeInteger(minimumValues) || (minimumValues as number) < 1) {
    const expected = 'a whole number of at least 1'
    throw new InvalidArgumentError(`${argument}.minimumValues`, expected, minimumValues)
  }
  if (given.window === undefined && rules.window === null) {
    const expected = "a duration such as '1h' where the features' window is 'lifetime'"
    throw new InvalidArgumentError(`${argument}.window`, expected, given.window)
  }
  const metric = requestMetric(given.metric ?? 'opentelemetry')
  const reference = checkedReference(
    `${argument}.reference`,
    given.reference ?? { offset: '1w' },
    quantile,
    histogram === 'classic' ? metric.bounds : null,
  )
  const apart = typeof reference === 'number' ? ['job'] : ['job', metric.labels.route]
  return {
    metric,
    histogram,
    reference,
    by: [
      ...new Set([
        ...rules.by,
        ...carriedLabels(`${argument}.by`, given.by ?? apart, [], seriesLabelName),
      ]),
    ],
    quantile,
    factor,
    minimumValues: minimumValues as number,
    window:
      given.window === undefined ? rules.window! : duration(`${argument}.window`, given.window),
    matchers: scopeMatchers(argument, given, metric).notFailed,
  }
}

/** What is recorded of the quantile and its reference, and the alert `LatencyDrift`. */
export function latencyDriftGroup(
  rules: Omit<CheckedDriftRules, 'latency'>,
  latency: CheckedLatencyDrift,
): RuleGroup {
  const { metric, histogram, window, quantile, reference, factor } = latency
  const matchers = [...rules.select, ...latency.matchers]
  const sum = (...more: readonly string[]) => sumBy([...latency.by, ...more])
  const classic = histogram === 'classic'
  const rate = (name: string, ago: string) =>
    `rate(${selector(name, matchers)}[${window.text}]${ago})`
  const quantileOf = (ago: string) =>
    classic
      ? `histogram_quantile(${quantile}, ${sum('le')}(${rate(`${metric.name}_bucket`, ago)}))`
      : `histogram_quantile(${quantile}, ${sum()}(${rate(metric.name, ago)}))`
  const requests = classic
    ? `${sum()}(${rate(`${metric.name}_count`, '')})`
    : `histogram_count(${sum()}(${rate(metric.name, '')}))`
  const labels = { quantile: String(quantile), window: window.text }
  // Of these rules alone, where another file has others for another service.
  const ours = matchers.filter(({ label }) => latency.by.includes(label))
  const of = (record: string) =>
    selector(record, [
      { label: 'quantile', values: [labels.quantile] },
      { label: 'window', values: [labels.window] },
      ...ours,
    ])
  const chosen = Object.fromEntries(
    latency.by.map((label) => [label === metric.labels.route ? 'route' : label, label]),
  )
  const then =
    typeof reference === 'number' ? 'that of the reference' : `that of ${reference.offset} before`
  return {
    name: 'tidegauge-latency-drift',
    interval: rules.interval.text,
    rules: [
      { record: 'drift:latency:count', expr: `${requests} * ${window.seconds}`, labels },
      { record: 'drift:latency:seconds', expr: `${quantileOf('')} >= 0`, labels },
      {
        record: 'drift:latency:ref_seconds',
        expr:
          typeof reference === 'number'
            ? `vector(${reference})`
            : `${quantileOf(` offset ${reference.offset}`)} >= 0`,
        labels,
      },
      {
        record: 'drift:latency:ratio',
        expr:
          typeof reference === 'number'
            ? `${of('drift:latency:seconds')} / ${reference}`
            : `${of('drift:latency:seconds')} / (${of('drift:latency:ref_seconds')} > 0)`,
        labels,
      },
      {
        alert: 'LatencyDrift',
        expr: `${of('drift:latency:ratio')} >= ${factor}\n  and ${of('drift:latency:count')} >= ${latency.minimumValues}`,
        for: rules.for,
        labels: { ...rules.labels, severity: rules.severities.LatencyDrift },
        annotations: {
          summary: `Requests take {{ printf "%.2f" $value }} times as long as they did${labelsText(latency.by)}`,
          description: `The ${quantile} quantile of ${escapeTemplate(metric.name)} in the last ${window.text} is {{ printf "%.2f" $value }} times ${then}, at least ${factor} times.`,
          ...runbookAnnotation(rules, 'LatencyDrift'),
          ...dashboardAnnotation(rules, DASHBOARD_UIDS.service, chosen),
        },
      },
    ],
  }
}

function checkedReference(
  argument: string,
  value: unknown,
  quantile: number,
  bounds: readonly number[] | null,
): number | { readonly offset: string } {
  if (typeof value === 'object' && value !== null && 'offset' in value) {
    const { offset } = onlyKeys<{ offset: string }>(argument, value, { offset: true })
    return { offset: duration(`${argument}.offset`, offset).text }
  }
  const profile = durationProfile(argument, value)
  const { edges, counts, overflow } = profile
  const cumulative = edges.map((_, i) =>
    counts.slice(0, i).reduce((sum, count) => sum + count, profile.underflow),
  )
  const upTo = (bound: number) => {
    const at = edges.indexOf(bound)
    if (at >= 0) return cumulative[at]!
    if (bound > edges.at(-1)! && overflow === 0) return profile.n
    const expected = `counted at the histogram's bounds, ${bound} among them (or write those of the histogram into "metric")`
    throw new InvalidArgumentError(argument, expected, `edges up to ${edges.at(-1)}`)
  }
  const within = (bounds ?? edges.slice(1)).map((bound) => ({ bound, count: upTo(bound) }))
  return histogramQuantile(within, profile.n, quantile)
}

function durationProfile(argument: string, value: unknown): NumericProfile {
  const profile = assertProfile(value)
  if (profile.kind === 'numeric' && profile.n > 0 && profile.edges[0]! >= 0) return profile
  throw new InvalidArgumentError(argument, 'a profile of at least one duration in seconds', value)
}

/**
 * Prometheus' `histogram_quantile`: linear between bounds, and the last bound for what lies above it. The same
 * rule on both sides makes equal histograms equal, whatever it does to either.
 */
function histogramQuantile(
  within: readonly { readonly bound: number; readonly count: number }[],
  total: number,
  quantile: number,
): number {
  const rank = quantile * total
  const at = within.findIndex(({ count }) => count >= rank)
  if (at < 0) return within.at(-1)!.bound
  const { bound, count } = within[at]!
  const { bound: start, count: before } = within[at - 1] ?? { bound: 0, count: 0 }
  return start + (bound - start) * ((rank - before) / (count - before))
}
