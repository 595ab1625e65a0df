import { numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { type AlertingRule, prometheusRules, type RuleFile, sloRules } from '../src/index.ts'
import { type FleetFeature, steadySeries } from './drift-fleet.ts'
import {
  absent,
  checkRules,
  type Expectation,
  near,
  passed,
  type Series,
  testRules,
} from './promtool.ts'

const SECONDS = 'http_server_request_duration_seconds'

const age: FleetFeature = {
  model: 'flights',
  reference: 'aaaaaaaaaaaa',
  feature: 'age',
  role: 'feature',
  type: 'numeric',
  counts: Array(10).fill(100),
}

/** A replica of the one artefact, wherever it runs, that counts the same in each of 100 minutes. */
const replica = (where: string, bins: readonly number[]) =>
  steadySeries(`${where},instance="a"`, age, { bins }, 100)

const production = replica('namespace="production",job="flights"', Array(10).fill(10))
const staging = replica('namespace="staging",job="flights"', [0, 0, 0, 0, 0, 0, 0, 0, 0, 100])
const is = (expr: string, ...samples: readonly [string, number][]): Expectation => ({
  time: '90m',
  expr,
  samples: samples.map(([labels, value]) => ({ labels, value })),
})
const model = 'model="flights",reference="aaaaaaaaaaaa",window="1h"'

describeWithServer('prometheus', 'two fleets with one reference', () => {
  test('are one fleet unless they are told apart: skewed staging is what production drifts by', () => {
    const rules = prometheusRules({ scrapeInterval: '1m' })
    const expected = [is('drift:model:action', [`drift:model:action{${model}}`, 2])]
    expect(testRules(rules, '1m', [...production, ...staging], expected)).toEqual(passed)
  })

  test('are judged each by itself with by, in every series, and the alert names which', () => {
    const rules = prometheusRules({ scrapeInterval: '1m', by: ['namespace', 'job'] })
    const of = (namespace: string) => `job="flights",${model},namespace="${namespace}"`
    const expected = [
      is(
        'drift:model:action',
        [`drift:model:action{${of('production')}}`, 0],
        [`drift:model:action{${of('staging')}}`, 2],
      ),
      near('90m', 'drift:feature:count{namespace="production"}', 6000),
      near('90m', 'drift:feature:psi{namespace="production"}', 0),
      near('90m', 'drift:feature:ks{namespace="production"}', 0),
      near('90m', 'drift:feature:ks{namespace="staging"}', 0.9),
      // No series of a feature or a model has lost where it is from, and none is of both.
      is('count({__name__=~"drift:.+",namespace=""})'),
      is('count({__name__=~"drift:.+",job=""})'),
      is(
        'count(count by (__name__) ({__name__=~"drift:.+"})) - count(count by (__name__) ({__name__=~"drift:.+",namespace="production"}))',
        ['{}', 0],
      ),
    ]
    const alert = {
      eval_time: '90m',
      alertname: 'DriftAction',
      exp_alerts: [
        {
          exp_labels: {
            severity: 'warning',
            model: 'flights',
            reference: 'aaaaaaaaaaaa',
            window: '1h',
            namespace: 'staging',
            job: 'flights',
          },
          exp_annotations: {
            summary:
              'Model flights, namespace staging, job flights meets other data than it was trained on',
            description: expect.any(String),
          },
        },
      ],
    }
    const said = rules.groups
      .flatMap((group) => group.rules)
      .find((rule) => 'alert' in rule && rule.alert === 'DriftAction')!
    const { description } = (said as AlertingRule).annotations!
    alert.exp_alerts[0]!.exp_annotations.description = description!.replace(
      '{{ $labels.reference }}',
      'aaaaaaaaaaaa',
    )
    const series = [...production, ...staging]
    expect(testRules(rules, '1m', series, expected, [alert])).toEqual(passed)
  })

  test('may have a file each, with thresholds of their own, where each selects its own', () => {
    const file = (namespace: string, shareThreshold: number) =>
      prometheusRules({
        scrapeInterval: '1m',
        models: 'flights',
        by: ['namespace'],
        select: { namespace },
        shareThreshold,
      }).groups.map((group) => ({ ...group, name: `${group.name}-${namespace}` }))
    const rules: RuleFile = { groups: [...file('production', 0.3), ...file('staging', 1)] }
    const expected = [
      is(
        'drift:model:action',
        [`drift:model:action{${model},namespace="production"}`, 0],
        [`drift:model:action{${model},namespace="staging"}`, 2],
      ),
      is('drift:feature:count > 6000'),
    ]
    const calm = production.map(({ series, values }) => ({
      series: series.replace('age', 'calm'),
      values,
    }))
    const { ok, output } = testRules(rules, '1m', [...production, ...calm, ...staging], expected)
    expect({ ok, output }).toEqual(passed)
  })

  test('a label that is missing is one more fleet, not a part of every one', () => {
    const rules = prometheusRules({ scrapeInterval: '1m', by: ['namespace'] })
    const nowhere = replica('job="flights"', Array(10).fill(7))
    const expected = [
      near('90m', 'drift:feature:count{namespace=""}', 4200),
      near('90m', 'drift:feature:count{namespace="production"}', 6000),
    ]
    expect(testRules(rules, '1m', [...production, ...nowhere], expected)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'a fleet that is not there', () => {
  test('is silence, and an alert where that was asked for; every alert has the labels that it was given', () => {
    const options = { scrapeInterval: '1m', models: ['flights', 'fligths'] }
    const labels = { team: '{{ .Boom }}' }
    const rules = prometheusRules({ ...options, absent: true, labels, select: { job: 'flights' } })
    const firing = (name: string) => `ALERTS{alertname="${name}",alertstate="firing"}`
    const skewed = replica('job="flights"', [0, 0, 0, 0, 0, 0, 0, 0, 0, 100])
    const team = 'team="{{ .Boom }}"'
    const expected = [
      is(`count by (model, job, team) (${firing('MonitorAbsent')})`, [
        `{job="flights",model="fligths",${team}}`,
        1,
      ]),
      is(`count by (model, team) (${firing('DriftAction')})`, [`{model="flights",${team}}`, 1]),
      is('count(ALERTS{team=""})'),
    ]
    expect(testRules(rules, '1m', skewed, expected)).toEqual(passed)
    const silent = [is(firing('MonitorAbsent'))]
    expect(testRules(prometheusRules(options), '1m', skewed, silent)).toEqual(passed)
  })
})

/** Requests a minute of one service, all of which take as long, from a minute on. */
function requests(where: string, le: '0.05' | '10', perMinute: number, after = 0): Series[] {
  const bounds = ['0.005', '0.025', '0.05', '0.075', '0.1', '1', '2.5', '5', '10', '+Inf']
  const begins = after === 0 ? '' : `_x${after} `
  const labels = `http_response_status_code="200",${where}`
  return [
    ...bounds.map((bound) => ({
      series: `${SECONDS}_bucket{${labels},le="${bound}"}`,
      values: `${begins}0+${Number(bound.replace('+Inf', 'Infinity')) >= Number(le) ? perMinute : 0}x600`,
    })),
    { series: `${SECONDS}_count{${labels}}`, values: `${begins}0+${perMinute}x600` },
  ]
}

const FIRING = 'ALERTS{alertname="LatencyDrift",alertstate="firing"}'
const predict = 'job="flights",http_route="/predict"'

describeWithServer('prometheus', 'the latency of several services of one metric', () => {
  const rulesOf = (more: object = {}) =>
    prometheusRules({ scrapeInterval: '1m', latency: { reference: { offset: '1h' }, ...more } })

  test('is of each job and route: a slow neighbour that appears changes nothing', () => {
    const series = [
      ...requests(predict, '0.05', 100),
      ...requests('job="reports",http_route="/yearly"', '10', 100, 180),
    ]
    const expected = [
      ...['90m', '200m', '235m'].map((time) => near(time, `drift:latency:ratio{${predict}}`, 1)),
      absent('235m', `${FIRING}`),
      absent('235m', 'drift:latency:ratio{job="reports"}'), // an hour ago it was not there
      {
        time: '235m',
        expr: 'count(drift:latency:count{job="reports"} > 5000)',
        samples: [{ labels: '{}', value: 1 }],
      },
      absent('235m', 'drift:latency:seconds{job=""}'),
    ]
    expect(testRules(rulesOf(), '1m', series, expected)).toEqual(passed)
  })

  test('of a slow route is not drowned by a busy neighbour, and the alert says which', () => {
    const slower = (le: '0.05' | '10', values: (all: string) => string) =>
      requests(predict, le, 100).map((each) => ({ ...each, values: values(each.values) }))
    // For two hours 50 ms, then 10 s.
    const buckets = new Map(slower('0.05', String).map(({ series }) => [series, '']))
    for (const { series } of slower('10', String)) {
      const le = Number(/le="([^"]+)"/.exec(series)?.[1]?.replace('+Inf', 'Infinity') ?? Infinity)
      const before = le >= 0.05 ? 100 : 0
      const after = le >= 10 ? 100 : 0
      buckets.set(series, `0+${before}x120 ${before * 120 + after}+${after}x120`)
    }
    const series = [
      ...[...buckets].map(([series, values]) => ({ series, values })),
      ...requests('job="shop",http_route="/"', '0.05', 100_000),
    ]
    const expected = [
      near('180m', `drift:latency:ratio{job="shop"}`, 1),
      {
        time: '180m',
        expr: `count(drift:latency:ratio{${predict}} > 100)`,
        samples: [{ labels: '{}', value: 1 }],
      },
      {
        time: '180m',
        expr: `count by (job, http_route) (${FIRING})`,
        samples: [{ labels: `{${predict}}`, value: 1 }],
      },
    ]
    expect(testRules(rulesOf(), '1m', series, expected)).toEqual(passed)
  })

  test('is held against a profile by job, which has every route in it; together where that is said', () => {
    const profile = numericProfile(
      Array(1000).fill(0.04),
      [0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    )
    const series = [
      ...requests(predict, '0.05', 100),
      ...requests('job="flights",http_route="/"', '0.05', 100),
      ...requests('job="reports",http_route="/yearly"', '10', 100),
    ]
    const select = { labels: { job: 'flights' } }
    const apart = [
      near('90m', 'drift:latency:ratio{job="flights"}', 1),
      near('90m', 'drift:latency:count', 12_000),
    ]
    expect(testRules(rulesOf({ reference: profile, select }), '1m', series, apart)).toEqual(passed)
    const together = [near('90m', 'drift:latency:count{job=""}', 18_000)]
    expect(testRules(rulesOf({ reference: profile, by: [] }), '1m', series, together)).toEqual(
      passed,
    )
  })

  test('has the labels that the rules carry, and may have two files that select different jobs', () => {
    const file = (job: string, factor: number) =>
      prometheusRules({
        scrapeInterval: '1m',
        models: job,
        by: ['namespace'],
        select: { job },
        latency: { reference: { offset: '1h' }, factor },
      }).groups.map((group) => ({ ...group, name: `${group.name}-${job}` }))
    const rules = { groups: [...file('flights', 2), ...file('reports', 3)] }
    const series = [
      ...requests(`namespace="a",${predict}`, '0.05', 100),
      ...requests(`namespace="b",${predict}`, '10', 100),
      ...requests('namespace="a",job="reports",http_route="/yearly"', '10', 100),
    ]
    const expected = [
      {
        time: '150m',
        expr: 'count(drift:latency:ratio == 1)',
        samples: [{ labels: '{}', value: 3 }],
      },
      near('150m', 'drift:latency:seconds{namespace="a",job="flights"}', 0.025 + 0.025 * 0.99),
    ]
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'an objective', () => {
  test('has a budget for each of the labels that keep it apart, and is one without', () => {
    const errors = (where: string, failed: number): Series[] => [
      {
        series: `${SECONDS}_count{${where},http_response_status_code="200"}`,
        values: `0+${100 - failed}x200`,
      },
      {
        series: `${SECONDS}_count{${where},http_response_status_code="500"}`,
        values: `0+${failed}x200`,
      },
    ]
    const series = [
      ...errors('namespace="production",job="shop"', 0),
      ...errors('namespace="staging",job="shop"', 50),
    ]
    const objectives = [{ kind: 'availability', name: 'up', target: 0.99 }] as const
    const of = (namespace: string) => `slo="up",namespace="${namespace}"`
    const ratio = 'slo:bad_requests_per_requests:ratio_rate1h'
    const expected = [
      near('90m', `${ratio}{${of('production')}}`, 0),
      near('90m', `${ratio}{${of('staging')}}`, 0.5),
      near('90m', `slo:bad_requests_per_requests:ratio_rate3d{${of('staging')}}`, 0.5),
      {
        time: '90m',
        expr: 'count by (namespace) (ALERTS{alertname="SloErrorBudgetBurn",alertstate="firing",severity="critical"})',
        samples: [{ labels: '{namespace="staging"}', value: 1 }],
      },
    ]
    const rules = sloRules({ objectives, by: ['namespace'] })
    expect(testRules(rules, '1m', series, expected)).toEqual(passed)
    const pooled = [near('90m', `${ratio}{slo="up"}`, 0.25)]
    expect(testRules(sloRules({ objectives }), '1m', series, pooled)).toEqual(passed)
  })
})

describeWithServer('prometheus', 'labels that are carried', () => {
  test.each(['classic', 'native'] as const)(
    'make rules that Prometheus accepts: %s',
    (histogram) => {
      const by = ['namespace', 'job', 'k8s_cluster_name']
      const drift = prometheusRules({ by, latency: { histogram } })
      const slo = sloRules({
        by,
        histogram,
        objectives: [
          { kind: 'availability', name: 'up', target: 0.999 },
          { kind: 'latency', name: 'fast', target: 0.99, thresholdSeconds: 0.25 },
        ],
        apdex: [{ name: 'shop', thresholdSeconds: 0.25 }],
      })
      const { ok, output } = checkRules({ groups: [...drift.groups, ...slo.groups] })
      expect(output).not.toContain('duplicate')
      expect({ ok, output }).toEqual({ ok: true, output: expect.stringContaining('SUCCESS') })
    },
  )
})
