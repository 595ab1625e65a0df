import { conditions, type LabelMatcher, labelTerm, seriesWhere, sumBy } from '../promql.ts'
import type { RequestMetric } from '../request-metric.ts'
import type { HistogramKind } from '../slo/request-rates.ts'
import type { ScopeMatchers } from '../slo/request-scope.ts'
import { escapeVariables } from './escape-variables.ts'

/** PromQL of one service, for the routes and instances that the reader chose. */
export interface ServiceQueries {
  /** Requests a second. */
  count(by?: readonly string[]): string
  errorRatio(by?: readonly string[]): string
  /** Of answers with a status that a pattern meets. */
  statusRatio(pattern: string, by?: readonly string[]): string
  /** What was observed, a second: bytes, of a histogram of sizes. */
  sum(by?: readonly string[]): string
  mean(by?: readonly string[]): string
  quantile(share: number, by?: readonly string[]): string
  /** Requests a second in each bucket. */
  buckets(): string
  /** Every series of the service; of what has no route too. */
  ofJob(metric: string): string
  /** The name of a series of the histogram, for the variables. */
  readonly series: string
}

export interface ServiceScope {
  readonly histogram: HistogramKind
  readonly scope: ScopeMatchers
  /** Labels that are chosen one by one, before the job. */
  readonly by: readonly string[]
}

/** @param range - what a rate is of */
export function serviceQueries(
  { name, labels }: Pick<RequestMetric, 'name' | 'labels'>,
  { histogram, scope, by }: ServiceScope,
  range = '$__rate_interval',
): ServiceQueries {
  const job = [...carriedMatchers(by), JOB, 'instance=~"$instance"'].join(', ')
  const chosen = `${job}, ${labelTerm(labels.route)}=~"$route"`
  const select = (metric: string, matchers: readonly LabelMatcher[]) => {
    const more = escapeVariables(conditions(matchers))
    return seriesWhere(metric, `${chosen}${more === '' ? '' : `, ${more}`}`)
  }
  const rate = (metric: string, matchers: readonly LabelMatcher[], by: readonly string[] = []) => {
    return `${sumBy(by)}(rate(${select(metric, matchers)}[${range}]))`
  }
  const native = histogram === 'native'
  const count = (matchers: readonly LabelMatcher[], by?: readonly string[]) =>
    native ? `histogram_count(${rate(name, matchers, by)})` : rate(`${name}_count`, matchers, by)
  const sum = (by?: readonly string[]) =>
    native ? `histogram_sum(${rate(name, scope.all, by)})` : rate(`${name}_sum`, scope.all, by)
  const inBuckets = (by: readonly string[] = []) =>
    native ? rate(name, scope.all, by) : rate(`${name}_bucket`, scope.all, ['le', ...by])
  const ratio = (some: readonly LabelMatcher[], by?: readonly string[]) => {
    const all = count(scope.all, by)
    // A status that never occurred has no series: without failures the ratio is 0, without requests there is none.
    const those = some.length === 0 ? `0 * ${all}` : `(${count(some, by)} or 0 * ${all})`
    return `${those} / (${all} > 0)`
  }
  return {
    count: (by) => count(scope.all, by),
    errorRatio: (by) => ratio(scope.failures.length === 0 ? [] : scope.failed, by),
    statusRatio: (pattern, by) =>
      ratio([...scope.all, { label: labels.statusCode, values: [pattern], patterns: true }], by),
    sum,
    mean: (by) => `${sum(by)} / (${count(scope.all, by)} > 0)`,
    quantile: (share, by) => `histogram_quantile(${share}, ${inBuckets(by)})`,
    buckets: () => inBuckets(),
    ofJob: (metric) => seriesWhere(metric, job),
    series: native ? name : `${name}_count`,
  }
}

/** Of a variable of several values; All is every job. */
export const JOB = 'job=~"$job"'

export function carriedMatchers(by: readonly string[]): string[] {
  return by.map((label) => `${label}="$${label}"`)
}
