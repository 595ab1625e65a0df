import { InvalidArgumentError } from '@tidegauge/core'
import { type Duration, duration } from '../duration.ts'
import { onlyKeys } from '../only-keys.ts'
import {
  BURN_RATE_WINDOWS,
  type BurnRate,
  type BurnRateWindow,
  burnRates,
} from '../slo/burn-rate.ts'
import { sloWindows } from '../slo/slo-windows.ts'
import { alertsAnnotation, firing } from './alerts-annotation.ts'
import { chooseLink } from './choose-link.ts'
import { dashboardFrame } from './dashboard-frame.ts'
import {
  checkedDashboard,
  DASHBOARD_KEYS,
  DASHBOARD_UIDS,
  type DashboardOptions,
} from './dashboard-options.ts'
import { DATA_SOURCE_VARIABLE } from './data-source.ts'
import type { GrafanaDashboard } from './grafana-dashboard.ts'
import { carriedVariables, labelVariable } from './label-variable.ts'
import type { Band } from './layout.ts'
import {
  fieldOf,
  fixedColor,
  mergedName,
  statPanel,
  tablePanel,
  thresholds,
  timeSeriesPanel,
} from './panels.ts'

export interface SloDashboardOptions extends DashboardOptions {
  /** As `sloRules` was told; `'30d'` by default. */
  readonly period?: string
  /** As `sloRules` was told; `BURN_RATE_WINDOWS` by default. */
  readonly windows?: readonly BurnRateWindow[]
  /** The Apdex scores that `sloRules` records; true by default. */
  readonly apdex?: boolean
}

/**
 * A Grafana dashboard of service level objectives, from what `sloRules` records: which are kept, how much of the error
 * budget is left, how fast it goes and how long it lasts at that rate, and where the alerts begin; Apdex.
 *
 * @returns plain data for `dashboardJson`
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @example
 * writeFileSync('slo.json', dashboardJson(sloDashboard({ period: '28d' })))
 */
export function sloDashboard(options: SloDashboardOptions = {}): GrafanaDashboard {
  const given = onlyKeys<SloDashboardOptions>('options', options, {
    ...DASHBOARD_KEYS,
    period: true,
    windows: true,
    apdex: true,
  })
  const dashboard = checkedDashboard(given, {
    title: 'Service level objectives',
    uid: DASHBOARD_UIDS.slo,
    timeRange: '7d',
  })
  const { apdex = true } = given
  if (typeof apdex !== 'boolean') throw new InvalidArgumentError('apdex', 'true or false', apdex)
  const period = duration('period', given.period ?? '30d')
  const alerts = burnRates(given.windows ?? BURN_RATE_WINDOWS, period)
  const slo = recordedObjectives(dashboard.uid, dashboard.by, period, alerts)
  return dashboardFrame(dashboard, {
    description: `Are the promises kept? Each objective's error budget over ${period.text}, and how fast it goes.`,
    variables: [
      DATA_SOURCE_VARIABLE,
      ...carriedVariables(dashboard.by, slo.requests),
      labelVariable({
        name: 'slo',
        label: 'Objective',
        description: 'The objective that is shown below the table.',
        series: slo.all(slo.requests),
        of: 'slo',
      }),
    ],
    annotations: [
      alertsAnnotation(
        slo.all('ALERTS', ALERTS_FIRE, 'slo="$slo"'),
        '{{slo}} {{severity}}',
        'severity,slo',
      ),
    ],
    bands: [
      { height: 8, panels: [allObjectives(slo)] },
      { heading: 'The chosen objective: $slo', height: 4, panels: numbers(slo) },
      { height: 9, panels: [budgetLeft(slo), burning(slo)] },
      { height: 8, panels: requests(slo) },
      ...(apdex ? [apdexBand(slo)] : []),
    ],
  })
}

const ALERTS_FIRE = firing(['SloErrorBudgetBurn', 'SloAbsent'], '').slice('ALERTS{'.length, -1)

/** The series of `sloRules`, of all objectives and of the chosen one. */
interface RecordedObjectives {
  readonly uid: string
  readonly by: readonly string[]
  readonly period: Duration
  readonly alerts: readonly BurnRate[]
  /** The long window of the gravest alert: how fast it burns now. */
  readonly now: Duration
  /** Its shortest window. */
  readonly base: Duration
  /** A series that each objective has where its requests are known. */
  readonly requests: string
  all(record: string, ...matchers: readonly string[]): string
  chosen(record: string): string
}

function recordedObjectives(
  uid: string,
  by: readonly string[],
  period: Duration,
  alerts: readonly BurnRate[],
): RecordedObjectives {
  const [base] = sloWindows(alerts, period)
  const shortestFirst = [...alerts].sort((a, b) => a.long.seconds - b.long.seconds)
  const carried = by.map((label) => `${label}="$${label}"`)
  const where = (record: string, matchers: readonly string[]) =>
    matchers.length === 0 ? record : `${record}{${matchers.join(', ')}}`
  return {
    uid,
    by,
    period,
    alerts,
    now: shortestFirst[0]!.long,
    base,
    requests: `slo:requests:rate${base.text}`,
    all: (record, ...matchers) => where(record, [...carried, ...matchers]),
    chosen: (record) => where(record, [...carried, 'slo="$slo"']),
  }
}

const BUDGET = thresholds('red', [0, 'orange'], [0.25, 'green'])

/** Has no labels of the series: it is what was promised, whoever keeps it. */
const OBJECTIVE = 'slo:objective:ratio'

function burnThresholds({ alerts }: RecordedObjectives, below: string) {
  const factors = [...new Set(alerts.map(({ factor }) => factor))].sort((a, b) => a - b)
  const colors = factors.map((factor) => [factor, factor === factors.at(-1) ? 'red' : 'orange'])
  return thresholds(below, ...(colors as [number, string][]))
}

/** Seconds until the budget is spent at the rate of now; nothing where nothing burns. */
function lasts(slo: RecordedObjectives, of: (record: string) => string): string {
  const { period, now } = slo
  const left = `clamp_min(${of(`slo:error_budget_remaining:ratio_rate${period.text}`)}, 0)`
  return `${left} * ${period.seconds} / (${of(`slo:burn_rate:ratio_rate${now.text}`)} > 0)`
}

function allObjectives(slo: RecordedObjectives) {
  const { period, now, uid, by } = slo
  const each = (expr: string) => `max by (slo) (${expr})`
  const percent = { unit: 'percentunit', decimals: 2 }
  const colored = { color: { mode: 'thresholds' }, 'custom.cellOptions': { type: 'color-text' } }
  const columns = [
    ['objective', each(OBJECTIVE), { unit: 'percentunit' }],
    [
      'good',
      each(`1 - ${slo.all(`slo:bad_requests_per_requests:ratio_rate${period.text}`)}`),
      percent,
    ],
    [
      'budget left',
      each(slo.all(`slo:error_budget_remaining:ratio_rate${period.text}`)),
      { ...percent, thresholds: BUDGET, ...colored },
    ],
    [
      'burn rate',
      each(slo.all(`slo:burn_rate:ratio_rate${now.text}`)),
      { decimals: 2, thresholds: burnThresholds(slo, 'text'), ...colored },
    ],
    ['lasts for', each(lasts(slo, slo.all)), { unit: 's', decimals: 1 }],
    ['requests / s', each(slo.all(slo.requests)), { unit: 'reqps' }],
  ] as const
  const names = columns.map(([column], i) => [mergedName(i), column])
  return tablePanel(
    {
      title: 'Objectives',
      description: `What was promised, and what was kept over ${period.text}; the error budget that is left, below 0 overspent; how fast it goes (the last ${now.text}: at 1 it lasts just ${period.text}), and how long it lasts at that rate. Empty: no requests are known. A click on an objective shows it below.`,
    },
    columns.map(([legend, expr]) => ({ expr, legend })),
    { unit: 'none' },
    {
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(names) },
        },
      ],
      overrides: [
        fieldOf('slo', { links: [chooseLink(uid, 'slo', '__value.raw', by)] }),
        ...columns.map(([column, , field]) => fieldOf(column, field)),
      ],
      sortBy: 'burn rate',
    },
  )
}

function numbers(slo: RecordedObjectives): Band['panels'] {
  const { period, now } = slo
  const inPeriod = (record: string) => `${slo.chosen(record + period.text)} * ${period.seconds}`
  const allowed = `(1 - scalar(${OBJECTIVE}{slo="$slo"}))`
  return [
    statPanel(
      {
        title: 'Objective',
        description: `The share of requests that are to be good over ${period.text}.`,
      },
      { expr: `${OBJECTIVE}{slo="$slo"}`, legend: 'objective' },
      { unit: 'percentunit', thresholds: thresholds('text') },
    ),
    statPanel(
      {
        title: 'Good',
        description: `The share that was good over ${period.text}, or since the rules were loaded.`,
      },
      {
        expr: `1 - ${slo.chosen(`slo:bad_requests_per_requests:ratio_rate${period.text}`)}`,
        legend: 'good',
      },
      { unit: 'percentunit', decimals: 3, thresholds: thresholds('text') },
    ),
    statPanel(
      {
        title: 'Error budget left',
        description: `Of the requests that may be bad over ${period.text}, the share that is left: 100 % untouched, 0 spent, below 0 overspent.`,
      },
      { expr: slo.chosen(`slo:error_budget_remaining:ratio_rate${period.text}`), legend: 'left' },
      { unit: 'percentunit', decimals: 1, thresholds: BUDGET },
    ),
    statPanel(
      {
        title: 'Burn rate',
        description: `Of the last ${now.text}: at 1 the budget lasts just ${period.text}, at 10 a tenth of it.`,
      },
      { expr: slo.chosen(`slo:burn_rate:ratio_rate${now.text}`), legend: 'burn rate' },
      { unit: 'none', decimals: 2, thresholds: burnThresholds(slo, 'green') },
    ),
    statPanel(
      {
        title: 'Lasts for',
        description: `What is left of the budget, at the rate of the last ${now.text}. Nothing where nothing burns, or nothing is known.`,
      },
      { expr: lasts(slo, slo.chosen), legend: 'lasts for' },
      { unit: 's', decimals: 1, thresholds: thresholds('text'), noValue: 'no burn seen' },
    ),
    statPanel(
      {
        title: 'Bad requests',
        description: `Of ${period.text}, and how many may be bad among as many requests.`,
      },
      [
        { expr: inPeriod('slo:bad_requests:rate'), legend: 'bad' },
        { expr: `${inPeriod('slo:requests:rate')} * ${allowed}`, legend: 'allowed' },
      ],
      { unit: 'short', decimals: 0, thresholds: thresholds('text') },
    ),
  ]
}

function budgetLeft(slo: RecordedObjectives) {
  const { period } = slo
  return timeSeriesPanel(
    {
      title: 'Error budget left, over time',
      description: `Over the ${period.text} before each moment. It falls where requests are bad, and rises where bad ones of ${period.text} ago leave the period. Below the red line it is overspent: no more risks until it recovers.`,
    },
    [
      {
        expr: slo.chosen(`slo:error_budget_remaining:ratio_rate${period.text}`),
        legend: 'budget left',
      },
    ],
    { unit: 'percentunit', max: 1, thresholds: thresholds('red', [0, 'transparent']) },
    { style: { lineWidth: 2, thresholdsStyle: { mode: 'line' } } },
  )
}

function burning(slo: RecordedObjectives) {
  const { alerts, period } = slo
  const longs = [...new Map(alerts.map(({ long }) => [long.text, long])).values()]
  const when = alerts.map(
    ({ long, short, factor }) => `${long.text} and ${short.text} above ${factor}`,
  )
  return timeSeriesPanel(
    {
      title: 'Burn rate, by window',
      description: `How many times as fast as lasts for ${period.text}; lines mark where alerts begin: ${when.join(', ')}. A short window that is high alone is a moment, a long one that is high alone is past.`,
    },
    longs.map(({ text }) => ({
      expr: slo.chosen(`slo:burn_rate:ratio_rate${text}`),
      legend: text,
    })),
    { unit: 'none', decimals: 2, min: 0, thresholds: burnThresholds(slo, 'transparent') },
    {
      style: {
        thresholdsStyle: { mode: 'line' },
        scaleDistribution: { type: 'symlog', log: 10, linearThreshold: 1 },
      },
    },
  )
}

function requests(slo: RecordedObjectives): Band['panels'] {
  const { base } = slo
  return [
    timeSeriesPanel(
      {
        title: 'Bad requests, share',
        description: `Of the last ${base.text}, against what is allowed (dashed).`,
      },
      [
        { expr: slo.chosen(`slo:bad_requests_per_requests:ratio_rate${base.text}`), legend: 'bad' },
        { expr: `1 - ${OBJECTIVE}{slo="$slo"}`, legend: 'allowed' },
      ],
      { unit: 'percentunit', min: 0 },
      {
        overrides: [
          fixedColor('allowed', 'text', { 'custom.lineStyle': { fill: 'dash', dash: [8, 8] } }),
        ],
      },
    ),
    timeSeriesPanel(
      {
        title: 'Requests per second',
        description: `Those that the objective counts, and those among them that were bad. Where few are asked, a few bad ones are a large share: below a minimum nobody is alerted.`,
      },
      [
        { expr: slo.chosen(`slo:requests:rate${base.text}`), legend: 'all' },
        { expr: slo.chosen(`slo:bad_requests:rate${base.text}`), legend: 'bad' },
      ],
      { unit: 'reqps', min: 0 },
      { overrides: [fixedColor('bad', 'red')] },
    ),
  ]
}

function apdexBand(slo: RecordedObjectives): Band {
  const colors = thresholds('red', [0.7, 'orange'], [0.85, 'green'])
  return {
    heading: 'Apdex',
    height: 7,
    panels: [
      statPanel(
        {
          title: 'Apdex',
          description:
            'Of the last hour: 1 where every request was quick enough, 0 where none was; those up to four times as slow count half, failed ones nothing. From 0.85 on it is called good, below 0.7 poor.',
        },
        { expr: slo.all('service:apdex:ratio_rate1h'), legend: '{{apdex}}' },
        { unit: 'none', decimals: 2, min: 0, max: 1, thresholds: colors, noValue: 'no requests' },
      ),
      timeSeriesPanel(
        {
          title: 'Apdex, over time',
          description: 'Of the last five minutes, and of the last hour.',
        },
        [
          { expr: slo.all('service:apdex:ratio_rate5m'), legend: '{{apdex}} 5m' },
          { expr: slo.all('service:apdex:ratio_rate1h'), legend: '{{apdex}} 1h' },
        ],
        { unit: 'none', decimals: 2, min: 0, max: 1 },
      ),
    ],
  }
}
