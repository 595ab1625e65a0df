import { type LabelMatcher, selector, sumBy } from '../promql.ts'
import type { RequestMetric } from '../request-metric.ts'
import type { CheckedObjective } from './objective.ts'
import { boundMatcher } from './threshold.ts'

export type HistogramKind = 'classic' | 'native'

/** PromQL for requests a second, of a window such as `5m`. */
export interface RequestRates {
  /** Empty where no such request was ever seen. */
  count(matchers: readonly LabelMatcher[], window: string, by?: readonly string[]): string
  /** Those of `seconds` or less. Empty where none was ever seen, and where the histogram has no such bound. */
  within(
    seconds: number,
    matchers: readonly LabelMatcher[],
    window: string,
    by?: readonly string[],
  ): string
}

/** @param apart - labels that are kept apart in all of it */
export function requestRates(
  { name }: RequestMetric,
  histogram: HistogramKind,
  apart: readonly string[] = [],
): RequestRates {
  const rate = (
    metric: string,
    matchers: readonly LabelMatcher[],
    window: string,
    by: readonly string[] = [],
  ) => `${sumBy([...new Set([...apart, ...by])])}(rate(${selector(metric, matchers)}[${window}]))`
  if (histogram === 'native') {
    const count: RequestRates['count'] = (...args) => `histogram_count(${rate(name, ...args)})`
    return {
      count,
      // The share is NaN where nothing came, and NaN would spread through every longer window.
      within: (seconds, ...args) =>
        `(histogram_fraction(0, ${seconds}, ${rate(name, ...args)}) * (${count(...args)} > 0) or 0 * ${count(...args)})`,
    }
  }
  return {
    count: (...args) => rate(`${name}_count`, ...args),
    within: (seconds, matchers, ...args) =>
      rate(`${name}_bucket`, [...matchers, boundMatcher(seconds)], ...args),
  }
}

/** What an objective counts. */
export interface ObjectiveRates {
  /** Requests it judges, a second. Empty where none was ever seen: no data is not good. */
  total(window: string): string
  /** Those that were bad. 0 where there were requests and none was bad. */
  bad(window: string): string
  /** A query for people: where the bad ones come from. */
  worst(window: string): string
}

export function objectiveRates(
  { scope, thresholdSeconds: seconds }: CheckedObjective,
  rates: RequestRates,
  { labels }: RequestMetric,
): ObjectiveRates {
  if (seconds === null) {
    const by = [labels.method, labels.route, labels.statusCode, labels.errorType]
    return {
      total: (window) => rates.count(scope.all, window),
      // A status that never occurred has no series.
      bad: (window) =>
        `${rates.count(scope.failed, window)}\n  or 0 * ${rates.count(scope.all, window)}`,
      worst: (window) => `topk(10, ${rates.count(scope.failed, window, by)})`,
    }
  }
  const by = [labels.method, labels.route]
  const total = (window: string) => rates.count(scope.notFailed, window)
  return {
    total,
    bad: (window) =>
      // never below 0, not even by a rounding error
      `clamp_min(\n  ${total(window)}\n  - ${rates.within(seconds, scope.notFailed, window)}, 0)`,
    worst: (window) =>
      `topk(10, ${rates.count(scope.notFailed, window, by)} - ${rates.within(seconds, scope.notFailed, window, by)})`,
  }
}
