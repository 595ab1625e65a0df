import { InvalidArgumentError } from '@tidegauge/core'
import {
  type AlertLinks,
  alertLinks,
  dashboardAnnotation,
  ownNames,
  runbookAnnotation,
} from '../alert-links.ts'
import { carriedLabels } from '../carried-labels.ts'
import { DASHBOARD_UIDS } from '../dashboards/dashboard-options.ts'
import { type Duration, duration } from '../duration.ts'
import { labelsText } from '../labels-text.ts'
import { onlyKeys } from '../only-keys.ts'
import { escapeTemplate, selector, seriesLabelName, sumBy } from '../promql.ts'
import { type RequestMetric, type RequestMetricName, requestMetric } from '../request-metric.ts'
import type { AlertingRule, RecordingRule, RuleFile, RuleGroup } from '../rule-file.ts'
import { type ApdexScore, apdexGroup, checkedApdex } from './apdex.ts'
import { BURN_RATE_WINDOWS, type BurnRate, type BurnRateWindow, burnRates } from './burn-rate.ts'
import { type CheckedObjective, checkedObjective, type Objective, OURS } from './objective.ts'
import {
  type HistogramKind,
  type ObjectiveRates,
  objectiveRates,
  requestRates,
} from './request-rates.ts'
import { sloWindows } from './slo-windows.ts'

export interface SloRulesOptions {
  readonly objectives?: readonly Objective[]
  readonly apdex?: readonly ApdexScore[]
  /** Names, labels and buckets of the request histogram; `'opentelemetry'` by default. */
  readonly metric?: RequestMetricName | RequestMetric
  /** `'native'` where Prometheus stores native histograms; `'classic'` by default. */
  readonly histogram?: HistogramKind
  /**
   * Labels that keep apart what an objective is held for, such as `['namespace', 'job']`: each of their values has a
   * budget of its own, and every series and alert has them. None by default: all that was selected is one service.
   */
  readonly by?: readonly string[]
  /** What the objectives and their error budgets hold for; `'30d'` by default. */
  readonly period?: string
  /** Which burn rates alert; `BURN_RATE_WINDOWS` by default. */
  readonly windows?: readonly BurnRateWindow[]
  /** Fewer requests than that within an alert's long window alert nobody; 20 by default. */
  readonly minimumRequests?: number
  /** Nor do fewer bad ones, so that one failure at night wakes nobody; 3 by default. */
  readonly minimumBadRequests?: number
  /**
   * Alert, by `SloAbsent`, where the requests of an objective are not there at all, which is silence otherwise. False by
   * default.
   */
  readonly absent?: boolean
  /**
   * The alerts' annotation `runbook_url` where an objective has none of its own, with the name of the alert behind it:
   * `https://example.org/slo#sloerrorbudgetburn`. One that has a `#` is taken as it is.
   */
  readonly runbookUrl?: string
  /**
   * Grafana's address, such as `https://grafana.example.org`. The alerts' annotation `dashboard_url` then leads to the
   * dashboard of `sloDashboard`, under the `uid` that it has by default, with the objective chosen.
   */
  readonly grafanaUrl?: string
  /** How often Prometheus evaluates the rules; `'1m'` by default. */
  readonly interval?: string
}

/**
 * Recording and alerting rules for service level objectives: error ratios, the error budget that is left,
 * multi-window multi-burn-rate alerts, and Apdex.
 *
 * An objective's burn rate is its share of bad requests over the share that it allows, 1 − target. An alert
 * fires where both of two windows burn faster than budget · period / long; there is one for each severity, whichever of
 * its pairs of windows do, so that an incident is told once. A pair that would need more than every request to be bad
 * is left out: such a budget cannot be spent so fast.
 *
 * Where there is no data there are no series: nothing alerts, and nothing reads as good.
 *
 * @returns one group for each objective and each Apdex score, in the order given
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @see Beyer et al. (2018), The Site Reliability Workbook, chapter 5
 * @example
 * const rules = sloRules({
 *   objectives: [{ kind: 'availability', name: 'api-availability', target: 0.999 }],
 * })
 * writeFileSync('slo.rules.yml', rulesYaml(rules))
 */
export function sloRules(options: SloRulesOptions): RuleFile {
  const given = onlyKeys<SloRulesOptions>('options', options, {
    objectives: true,
    apdex: true,
    metric: true,
    histogram: true,
    by: true,
    period: true,
    windows: true,
    minimumRequests: true,
    minimumBadRequests: true,
    absent: true,
    runbookUrl: true,
    grafanaUrl: true,
    interval: true,
  })
  const { objectives = [], apdex = [], histogram = 'classic', absent = false } = given
  if (histogram !== 'classic' && histogram !== 'native') {
    throw new InvalidArgumentError('histogram', "'classic' or 'native'", histogram)
  }
  if (typeof absent !== 'boolean') {
    throw new InvalidArgumentError('absent', 'true or false', absent)
  }
  const metric = requestMetric(given.metric ?? 'opentelemetry')
  const period = duration('period', given.period ?? '30d')
  const interval = duration('interval', given.interval ?? '1m')
  const alerts = burnRates(given.windows ?? BURN_RATE_WINDOWS, period)
  const windows = sloWindows(alerts, period)
  if (interval.seconds > windows[0]!.seconds) {
    const expected = `at most the shortest window, ${windows[0]!.text}`
    throw new InvalidArgumentError('interval', expected, given.interval ?? interval.text)
  }
  const by = carriedLabels('by', given.by ?? [], OURS, seriesLabelName)
  const plan: Plan = {
    by,
    period,
    interval,
    alerts,
    windows,
    absent,
    links: alertLinks(given),
    minimumRequests: minimum('minimumRequests', given.minimumRequests ?? 20),
    minimumBadRequests: minimum('minimumBadRequests', given.minimumBadRequests ?? 3),
  }
  const rates = requestRates(metric, histogram, by)
  const checked = list('objectives', objectives).map((objective, i) =>
    checkedObjective(`objectives[${i}]`, objective, metric, histogram, by),
  )
  const scores = list('apdex', apdex).map((score, i) =>
    checkedApdex(`apdex[${i}]`, score, metric, histogram, by),
  )
  for (const [argument, named] of Object.entries({ objectives: checked, apdex: scores })) {
    unique(argument, named)
  }
  if (checked.length + scores.length === 0) {
    throw new InvalidArgumentError('objectives', 'at least one objective', objectives)
  }
  const groups = [
    ...checked.map((objective) =>
      objectiveGroup(objective, objectiveRates(objective, rates, metric), plan),
    ),
    ...scores.map((score) => apdexGroup(score, rates)),
  ]
  return { groups: groups.map(({ name, rules }) => ({ name, interval: interval.text, rules })) }
}

interface Plan {
  readonly by: readonly string[]
  readonly period: Duration
  readonly interval: Duration
  readonly alerts: readonly BurnRate[]
  /** As `sloWindows` has them. */
  readonly windows: readonly [Duration, ...Duration[]]
  readonly absent: boolean
  readonly links: AlertLinks
  readonly minimumRequests: number
  readonly minimumBadRequests: number
}

/** Up to here a window reads the service's own series, beyond it the one series recorded from them. */
const LONGEST_OF_RAW_SERIES = 6 * 3600

const REQUESTS = 'slo:requests:rate'
const BAD_REQUESTS = 'slo:bad_requests:rate'
const BAD_RATIO = 'slo:bad_requests_per_requests:ratio_rate'
const BURN_RATE = 'slo:burn_rate:ratio_rate'

function objectiveGroup(objective: CheckedObjective, rates: ObjectiveRates, plan: Plan): RuleGroup {
  const { name, target } = objective
  const labels = { ...objective.labels, slo: name }
  const of = (record: string) => selector(record, [{ label: 'slo', values: [name] }])
  const record = (record: string, expr: string): RecordingRule => ({ record, expr, labels })

  const [base] = plan.windows
  const perWindow = plan.windows.flatMap((window) => {
    const { text, seconds } = window
    const raw = seconds <= Math.max(base.seconds, LONGEST_OF_RAW_SERIES)
    const recorded = (rate: string) =>
      `${sumBy(plan.by)}(sum_over_time(${of(rate + base.text)}[${text}])) * ${plan.interval.seconds} / ${seconds}`
    return [
      record(REQUESTS + text, raw ? rates.total(text) : recorded(REQUESTS)),
      record(BAD_REQUESTS + text, raw ? rates.bad(text) : recorded(BAD_REQUESTS)),
      record(BAD_RATIO + text, `${of(BAD_REQUESTS + text)} / (${of(REQUESTS + text)} > 0)`),
      record(BURN_RATE + text, `${of(BAD_RATIO + text)} / (1 - ${target})`),
    ]
  })
  const remaining = `1 - ${of(BURN_RATE + plan.period.text)}`
  return {
    name: `tidegauge-slo-${name}`,
    rules: [
      record('slo:objective:ratio', `vector(${target})`),
      ...perWindow,
      record(`slo:error_budget_remaining:ratio_rate${plan.period.text}`, remaining),
      ...[...bySeverity(plan.alerts, target)].map(([severity, alerts]) =>
        burnRateAlert(objective, rates, plan, severity, alerts, of),
      ),
      ...(plan.absent ? [absentAlert(objective, plan, of)] : []),
    ],
  }
}

/** What can burn so fast at all, by severity in the order given. */
function bySeverity(alerts: readonly BurnRate[], target: number): Map<string, BurnRate[]> {
  const found = new Map<string, BurnRate[]>()
  for (const alert of alerts) {
    if (alert.factor * (1 - target) >= 1) continue
    found.set(alert.severity, [...(found.get(alert.severity) ?? []), alert])
  }
  return found
}

function burnRateAlert(
  { name, target, labels, scope, thresholdSeconds, runbookUrl }: CheckedObjective,
  rates: ObjectiveRates,
  { by, links, period, minimumRequests, minimumBadRequests }: Plan,
  severity: string,
  alerts: readonly BurnRate[],
  of: (record: string) => string,
): AlertingRule {
  const [first] = alerts as readonly [BurnRate, ...BurnRate[]]
  const atLeast = (record: string, { seconds }: Duration, minimum: number) =>
    minimum === 0 ? [] : [`${record} * ${seconds} >= ${minimum}`]
  const burns = ({ long, short, factor }: BurnRate) =>
    [
      `${of(BURN_RATE + long.text)} > ${factor}`,
      `${of(BURN_RATE + short.text)} > ${factor}`,
      ...atLeast(of(REQUESTS + long.text), long, minimumRequests),
      ...atLeast(of(BAD_REQUESTS + long.text), long, minimumBadRequests),
    ].join('\n  and ')
  const bad =
    thresholdSeconds === null
      ? `failed (status ${scope.failures.join(', ')})`
      : `took longer than ${thresholdSeconds} s`
  const tooMuch = alerts.map(
    ({ long, factor }, i) =>
      `of the last ${long.text} more than ${percent(factor * (1 - target))}${i === 0 ? ` ${bad}` : ''}`,
  )
  return {
    alert: 'SloErrorBudgetBurn',
    expr: alerts.map(burns).join('\nor '),
    ...(first.for === undefined ? {} : { for: first.for }),
    labels: { ...templates(labels), slo: name, severity },
    annotations: {
      summary: `${name}${labelsText(by)} burns its error budget {{ printf "%.1f" $value }} times as fast as ${period.text} allow`,
      description: `Of the requests ${tooMuch.join(', or ')}. The objective, ${percent(target)} good over ${period.text}, allows ${percent(1 - target)}.`,
      query: escapeTemplate(rates.worst(first.short.text)),
      ...linksOf('SloErrorBudgetBurn', runbookUrl, links, by),
    },
  }
}

/** How long nothing must be there: a deploy is shorter. */
const ABSENT_FOR = '10m'

function absentAlert(
  { name, labels, runbookUrl }: CheckedObjective,
  { windows, alerts, links }: Plan,
  of: (record: string) => string,
): AlertingRule {
  return {
    alert: 'SloAbsent',
    expr: `absent(${of(REQUESTS + windows[0].text)})`,
    for: ABSENT_FOR,
    labels: { ...templates(labels), slo: name, severity: alerts.at(-1)!.severity },
    annotations: {
      summary: `Nothing is known of the requests of ${name}`,
      description:
        'No series of its histogram has the labels that the objective selects: the service is gone or not scraped, or a name is misspelled. Whether it is kept is not known.',
      ...linksOf('SloAbsent', runbookUrl, links, []),
    },
  }
}

/** An objective's own runbook is taken as it is; it may be a page of this objective alone. */
function linksOf(
  alert: string,
  runbookUrl: string | undefined,
  links: AlertLinks,
  by: readonly string[],
): Readonly<Record<string, string>> {
  return {
    ...(runbookUrl === undefined
      ? runbookAnnotation(links, alert)
      : { runbook_url: escapeTemplate(runbookUrl) }),
    ...dashboardAnnotation(links, DASHBOARD_UIDS.slo, ownNames([...by, 'slo'])),
  }
}

function templates(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [label, escapeTemplate(value)]),
  )
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`
}

function minimum(argument: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw new InvalidArgumentError(argument, 'a number of requests, 0 or more', value)
}

function list(argument: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new InvalidArgumentError(argument, 'an array', value)
}

function unique(argument: string, named: readonly { readonly name: string }[]): void {
  named.forEach(({ name }, i) => {
    if (named.findIndex((other) => other.name === name) < i) {
      throw new InvalidArgumentError(`${argument}[${i}].name`, 'unlike every other', name)
    }
  })
}
