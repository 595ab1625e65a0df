import { InvalidArgumentError } from '@tidegauge/core'
import { onlyKeys } from '../only-keys.ts'
import type { RequestMetric } from '../request-metric.ts'
import type { RuleGroup } from '../rule-file.ts'
import { extraLabels, objectiveName } from './objective.ts'
import type { HistogramKind, RequestRates } from './request-rates.ts'
import { type RequestScope, type ScopeMatchers, scopeMatchers } from './request-scope.ts'
import { threshold } from './threshold.ts'

/**
 * (satisfied + tolerating / 2) / all: a request is satisfied that took T or less, tolerating up to 4 T, and
 * frustrated beyond that or where it failed.
 *
 * @see Apdex Alliance (2007), Application Performance Index, Technical Specification 1.1
 */
export interface ApdexScore extends RequestScope {
  /** Unique; the value of the label `apdex`. Letters, digits, `_`, `.` and `-`. */
  readonly name: string
  /** T. Both T and 4 T must be bounds of the classic histogram. */
  readonly thresholdSeconds: number
  /** Added to every series of this score. */
  readonly labels?: Readonly<Record<string, string>>
}

const WINDOWS = ['5m', '1h']

/** A score whose every part was checked. */
export interface CheckedApdex {
  readonly name: string
  readonly thresholdSeconds: number
  readonly scope: ScopeMatchers
  readonly labels: Readonly<Record<string, string>>
}

/** @throws InvalidArgumentError naming the first part that cannot be worked with */
export function checkedApdex(
  argument: string,
  value: unknown,
  metric: RequestMetric,
  histogram: HistogramKind,
  by: readonly string[] = [],
): CheckedApdex {
  const apdex = onlyKeys<ApdexScore>(argument, value, {
    name: true,
    thresholdSeconds: true,
    select: true,
    exclude: true,
    failures: true,
    labels: true,
  })
  const { thresholdSeconds, labels = {} } = apdex
  return {
    name: objectiveName(`${argument}.name`, apdex.name),
    thresholdSeconds: apdexThreshold(
      `${argument}.thresholdSeconds`,
      thresholdSeconds,
      metric,
      histogram,
    ),
    scope: scopeMatchers(argument, apdex, metric),
    labels: extraLabels(`${argument}.labels`, labels, by),
  }
}

export function apdexGroup(
  { name, thresholdSeconds, scope, labels }: CheckedApdex,
  rates: RequestRates,
): RuleGroup {
  const { all, notFailed } = scope
  // Where every request fails no other has a series; `or` finds a 0 there, and still nothing without the bound.
  const within = (seconds: number, window: string) =>
    `(${rates.within(seconds, notFailed, window)}\n    or 0 * ${rates.within(seconds, all, window)})`
  return {
    name: `tidegauge-apdex-${name}`,
    rules: WINDOWS.map((window) => ({
      record: `service:apdex:ratio_rate${window}`,
      expr: `(\n  ${within(thresholdSeconds, window)}\n  + ${within(4 * thresholdSeconds, window)}\n) / 2 / (${rates.count(all, window)} > 0)`,
      labels: { ...labels, apdex: name },
    })),
  }
}

function apdexThreshold(
  argument: string,
  value: unknown,
  metric: RequestMetric,
  histogram: HistogramKind,
): number {
  if (histogram === 'native') return threshold(argument, value, metric, histogram)
  const { bounds } = metric
  const possible = bounds.filter((bound) => bounds.includes(4 * bound))
  if (typeof value === 'number' && possible.includes(value)) return value
  const those = possible.length === 0 ? 'there is none' : possible.join(', ')
  const expected = `a bound of the classic histogram whose fourfold is one too (${those})`
  throw new InvalidArgumentError(argument, expected, value)
}
