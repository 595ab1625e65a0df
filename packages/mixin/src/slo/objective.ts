import { InvalidArgumentError } from '@tidegauge/core'
import { anObject, onlyKeys } from '../only-keys.ts'
import { labelName, utf8Text } from '../promql.ts'
import type { RequestMetric } from '../request-metric.ts'
import type { HistogramKind } from './request-rates.ts'
import { type RequestScope, type ScopeMatchers, scopeMatchers } from './request-scope.ts'
import { threshold } from './threshold.ts'

/** What share of the requests must be good. */
export type Objective = AvailabilityObjective | LatencyObjective

/** Good is a request that did not fail. */
export interface AvailabilityObjective extends ObjectiveOptions {
  readonly kind: 'availability'
}

/** Of the requests that did not fail, good is one that took `thresholdSeconds` or less. */
export interface LatencyObjective extends ObjectiveOptions {
  readonly kind: 'latency'
  /** A bound of the classic histogram; any number for a native one. */
  readonly thresholdSeconds: number
}

interface ObjectiveOptions extends RequestScope {
  /** Unique; the value of the label `slo`. Letters, digits, `_`, `.` and `-`. */
  readonly name: string
  /** The share of good requests, above 0 and below 1: 0.999 for 99.9 %. */
  readonly target: number
  /** Added to every series and alert of this objective, such as `{ team: 'web' }`. */
  readonly labels?: Readonly<Record<string, string>>
  /** What to do when it burns: the alerts' annotation `runbook_url`, just as it is. That of all objectives by default. */
  readonly runbookUrl?: string
}

/** An objective whose every part was checked. */
export interface CheckedObjective {
  readonly name: string
  readonly target: number
  /** Null for availability. */
  readonly thresholdSeconds: number | null
  readonly scope: ScopeMatchers
  readonly labels: Readonly<Record<string, string>>
  readonly runbookUrl: string | undefined
}

/** @throws InvalidArgumentError naming the first part that cannot be worked with */
export function checkedObjective(
  argument: string,
  value: unknown,
  metric: RequestMetric,
  histogram: HistogramKind,
  by: readonly string[] = [],
): CheckedObjective {
  const objective = onlyKeys<{ readonly kind: unknown } & Omit<LatencyObjective, 'kind'>>(
    argument,
    value,
    {
      kind: true,
      name: true,
      target: true,
      thresholdSeconds: true,
      select: true,
      exclude: true,
      failures: true,
      labels: true,
      runbookUrl: true,
    },
  )
  const { kind, target, thresholdSeconds, runbookUrl } = objective
  if (kind !== 'availability' && kind !== 'latency') {
    throw new InvalidArgumentError(`${argument}.kind`, "'availability' or 'latency'", kind)
  }
  const name = objectiveName(`${argument}.name`, objective.name)
  if (typeof target !== 'number' || !(target > 0 && target < 1)) {
    const expected = 'a share above 0 and below 1, such as 0.999 for 99.9 %'
    throw new InvalidArgumentError(`${argument}.target`, expected, target)
  }
  if (kind === 'availability' && thresholdSeconds !== undefined) {
    const expected = "left out where kind is 'availability'"
    throw new InvalidArgumentError(`${argument}.thresholdSeconds`, expected, thresholdSeconds)
  }
  const scope = scopeMatchers(argument, objective, metric)
  if (kind === 'availability' && scope.failures.length === 0) {
    throw new InvalidArgumentError(`${argument}.failures`, 'at least one status', scope.failures)
  }
  return {
    name,
    target,
    thresholdSeconds:
      kind === 'latency'
        ? threshold(`${argument}.thresholdSeconds`, thresholdSeconds, metric, histogram)
        : null,
    scope,
    labels: extraLabels(`${argument}.labels`, objective.labels ?? {}, by),
    runbookUrl:
      runbookUrl === undefined ? undefined : utf8Text(`${argument}.runbookUrl`, runbookUrl),
  }
}

/** A name that can be a label's value, part of a group's name and typed by hand. */
export function objectiveName(argument: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(value)) return value
  throw new InvalidArgumentError(
    argument,
    'a name of at most 100 letters, digits, "_", "." and "-"',
    value,
  )
}

/** What the rules and their alerts give a meaning of their own. */
export const OURS: readonly string[] = ['slo', 'apdex', 'severity', 'alertname', 'le']

/**
 * Labels that a user adds to what is recorded.
 *
 * @param by - labels of the series themselves, which one of that name would replace
 */
export function extraLabels(
  argument: string,
  value: unknown,
  by: readonly string[] = [],
): Readonly<Record<string, string>> {
  const taken = [...OURS, ...by]
  const labels = anObject(argument, value)
  return Object.fromEntries(
    Object.entries(labels).map(([label, text]) => {
      const path = `${argument}.${label}`
      if (taken.includes(label)) {
        throw new InvalidArgumentError(path, `left out: ${taken.join(', ')} are taken`, text)
      }
      return [labelName(path, label), utf8Text(path, text)]
    }),
  )
}
