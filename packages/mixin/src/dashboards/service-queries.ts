import { conditions, type LabelMatcher, labelTerm, seriesWhere, sumBy } from '../promql.ts'
import type { RequestMetric } from '../request-metric.ts'
import type { HistogramKind } from '../slo/request-rates.ts'
import type { ScopeMatchers } from '../slo/request-scope.ts'
import { escapeVariables } from './escape-variables.ts'

/** PromQL of one service, for the routes that the reader chose. */
export interface ServiceQueries {
  /** Requests a second. */
  count(by?: readonly string[]): string
  errorRatio(by?: readonly string[]): string
  mean(): string
  quantile(share: number): string
  /** Requests a second in each bucket. */
  buckets(): string
  /** Every series of the service; of what has no route too. */
  ofJob(metric: string): string
  /** The name of a series of the histogram, for the variables. */
  readonly series: string
}

export function serviceQueries(
  { name, labels }: RequestMetric,
  histogram: HistogramKind,
  scope: ScopeMatchers,
  by: readonly string[],
): ServiceQueries {
  const job = [...by, 'job'].map((label) => `${label}="$${label}"`).join(', ')
  const chosen = `${job}, ${labelTerm(labels.route)}=~"$route"`
  const select = (metric: string, matchers: readonly LabelMatcher[]) => {
    const more = escapeVariables(conditions(matchers))
    return seriesWhere(metric, `${chosen}${more === '' ? '' : `, ${more}`}`)
  }
  const rate = (metric: string, matchers: readonly LabelMatcher[], by: readonly string[] = []) => {
    return `${sumBy(by)}(rate(${select(metric, matchers)}[$__rate_interval]))`
  }
  const native = histogram === 'native'
  const count = (matchers: readonly LabelMatcher[], by?: readonly string[]) =>
    native ? `histogram_count(${rate(name, matchers, by)})` : rate(`${name}_count`, matchers, by)
  const sum = native ? `histogram_sum(${rate(name, scope.all)})` : rate(`${name}_sum`, scope.all)
  const series = native ? name : `${name}_count`
  const inBuckets = native ? rate(name, scope.all) : rate(`${name}_bucket`, scope.all, ['le'])
  return {
    count: (by) => count(scope.all, by),
    errorRatio(by) {
      const all = count(scope.all, by)
      // A status that never occurred has no series: without failures the ratio is 0, without requests there is none.
      const failed =
        scope.failures.length === 0 ? `0 * ${all}` : `(${count(scope.failed, by)} or 0 * ${all})`
      return `${failed} / (${all} > 0)`
    },
    mean: () => `${sum} / (${count(scope.all)} > 0)`,
    quantile: (share) => `histogram_quantile(${share}, ${inBuckets})`,
    buckets: () => inBuckets,
    ofJob: (metric) => seriesWhere(metric, job),
    series,
  }
}
