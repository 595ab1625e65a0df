import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  describeWithServer,
  prometheusIs,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
import {
  type AlertingRule,
  type ApdexScore,
  type Objective,
  REQUEST_METRICS,
  type RequestMetricName,
  type RuleFile,
  rulesYaml,
  type SloRulesOptions,
  sloRules,
} from '../src/index.ts'
import { CONTENT_TYPE, nativeExposition } from './native-exposition.ts'
import { checkRules } from './promtool.ts'

const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'{}"\'\\`$|.*()[]\n\t\u0000\u0085\u2028\ufeff%é😀a') }),
  )
  .filter((s) => !/\p{Surrogate}/u.test(s))
const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).map((name) => `x_${name}`)
const oneOrMore = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }))
const choice = fc.record(
  {
    method: oneOrMore,
    route: oneOrMore,
    labels: fc.dictionary(label, oneOrMore, { maxKeys: 2, noNullPrototype: true }),
  },
  { requiredKeys: [] },
)
const scope = { select: choice, exclude: choice }
const statuses = fc.array(fc.constantFrom('5xx', '4xx', '499', '429', '503'), { minLength: 1 })
const more = {
  ...scope,
  failures: statuses,
  labels: fc.dictionary(label, text, { maxKeys: 2, noNullPrototype: true }),
}
const target = fc.double({ min: 1e-6, max: 1 - 1e-9, noNaN: true })

/** Hostile, and every one of them valid. */
function options(metric: RequestMetricName, histogram: 'classic' | 'native', runs: number) {
  const { bounds } = REQUEST_METRICS[metric]
  const threshold =
    histogram === 'classic'
      ? fc.constantFrom(...bounds)
      : fc.double({ min: 1e-9, max: 1e9, noNaN: true })
  const objective = fc.oneof(
    fc.record(
      { kind: fc.constant('availability'), target, runbookUrl: text, ...more },
      { requiredKeys: ['kind', 'target'] },
    ),
    fc.record(
      { kind: fc.constant('latency'), target, thresholdSeconds: threshold, ...more },
      { requiredKeys: ['kind', 'target', 'thresholdSeconds'] },
    ),
  )
  const fourfold = bounds.filter((bound) => bounds.includes(4 * bound))
  const scores =
    histogram === 'native' || fourfold.length > 0
      ? fc.sample(
          fc.record({
            thresholdSeconds: histogram === 'native' ? threshold : fc.constantFrom(...fourfold),
            ...more,
          }),
          10,
        )
      : []
  return {
    metric,
    histogram,
    objectives: fc.sample(objective, runs).map((o, i) => ({ ...o, name: `slo-${i}` }) as Objective),
    apdex: scores.map((s, i) => ({ ...s, name: `apdex-${i}` }) as ApdexScore),
  } satisfies SloRulesOptions
}

const alertsOf = ({ groups }: RuleFile) =>
  groups.flatMap(({ rules }) => rules.filter((rule): rule is AlertingRule => 'alert' in rule))

const metrics = (Object.keys(REQUEST_METRICS) as RequestMetricName[]).filter(
  (name) => prometheusIs('3.0') || !REQUEST_METRICS[name].name.includes('.'),
)
const kinds = metrics.flatMap((metric) => [
  { metric, histogram: 'classic' as const },
  { metric, histogram: 'native' as const },
])

describeWithServer('prometheus', 'promtool check rules', () => {
  test.each(kinds)(
    'accepts every rule for $metric, $histogram, whatever the labels hold',
    (kind) => {
      const rules = sloRules(options(kind.metric, kind.histogram, 40))
      const total = rules.groups.reduce((sum, group) => sum + group.rules.length, 0)
      const { ok, output } = checkRules(rules)
      expect(output).toContain(`SUCCESS: ${total} rules found`)
      expect(output).not.toContain('duplicate')
      expect(ok).toBe(true)
    },
  )

  test.each(kinds)('accepts the query that an alert shows: $metric, $histogram', (kind) => {
    const rules = sloRules(options(kind.metric, kind.histogram, 20))
    const queries = alertsOf(rules).map(({ annotations }, i) => ({
      record: `query_${i}`,
      expr: annotations!.query!.replaceAll('{{"{"}}', '{'),
    }))
    const { output } = checkRules({ groups: [{ name: 'queries', rules: queries }] })
    expect(output).toContain(`SUCCESS: ${queries.length} rules found`)
  })

  test('accepts the example', () => {
    const file = new URL('../example/objectives.json', import.meta.url)
    const rules = sloRules(JSON.parse(readFileSync(file, 'utf8')))
    expect(checkRules(rules).output).toContain(`SUCCESS: ${34 * 3 + 2 * 3 + 2} rules found`)
  })

  test('would not accept any text as a rule', () => {
    const rules = [{ record: 'a:b:c', expr: 'sum(' }]
    expect(checkRules({ groups: [{ name: 'g', rules }] }).ok).toBe(false)
  })
})

describeWithServer('prometheus', 'a real Prometheus with native histograms', () => {
  let target: Server
  let prometheus: RunningPrometheus
  let scrapes = 0
  const hostile = sloRules(options('opentelemetry', 'classic', 30))

  // Each scrape finds 100 good requests more: 90 took 0.25 s or less, 98 took 0.273 s, all of them 1 s; and 25 failed.
  const page = () => {
    const n = ++scrapes
    const labels = (status: string) => ({ http_response_status_code: status, http_route: '/' })
    return nativeExposition('http_server_request_duration_seconds', [
      {
        labels: labels('200'),
        sum: 20 * n,
        buckets: [
          [-20, 60 * n],
          [-16, 30 * n],
          [-15, 8 * n],
          [0, 2 * n],
        ],
      },
      { labels: labels('500'), sum: n, buckets: [[-20, 25 * n]] },
      {
        labels: { http_response_status_code: '200', http_route: '/idle' },
        sum: 1,
        buckets: [[0, 5]],
      },
    ])
  }

  beforeAll(async () => {
    target = createServer((_, response) => {
      response.setHeader('content-type', CONTENT_TYPE).end(page())
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => target.once('listening', resolve))

    const select = { route: '/' }
    const latency = { kind: 'latency', target: 0.95, thresholdSeconds: 0.25, select } as const
    const rules = sloRules({
      histogram: 'native',
      period: '1h',
      interval: '1s',
      minimumRequests: 100,
      minimumBadRequests: 10,
      objectives: [
        { kind: 'availability', name: 'up', target: 0.9, select },
        { ...latency, name: 'fast' },
        { ...latency, name: 'second', thresholdSeconds: 1 },
        { ...latency, name: 'idle', select: { route: '/idle' } },
      ],
      // 10 % against the 5 % of `fast`, and 20 % against the 10 % of `up`, burn twice as fast as allowed.
      windows: [
        { long: '20s', short: '10s', budget: (1.9 * 20) / 3600, severity: 'critical' },
        { long: '20s', short: '10s', budget: (2.1 * 20) / 3600, severity: 'warning' },
      ],
      apdex: [{ name: 'api', thresholdSeconds: 0.25, select }],
    })
    const { port } = target.address() as AddressInfo
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['native.yml', 'hostile.yml'],
      scrape_configs: [{ job_name: 'a', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    }
    const files = { 'native.yml': rulesYaml(rules), 'hostile.yml': rulesYaml(hostile) }
    prometheus = await startPrometheus({ config, files, features: ['native-histograms'] })
  })
  afterAll(async () => {
    await prometheus?.stop()
    target?.closeAllConnections()
    target?.close()
  })

  async function api<T>(path: string): Promise<T> {
    const body = (await (await fetch(`${prometheus.url}/api/v1/${path}`)).json()) as { data: T }
    return body.data
  }
  const query = (expr: string) => prometheus.query(expr)

  test('reads every label and annotation as it was written', async () => {
    interface Loaded {
      readonly groups: readonly {
        readonly name: string
        readonly rules: readonly {
          readonly name: string
          readonly labels?: object
          readonly annotations?: object
        }[]
      }[]
    }
    const { groups } = await api<Loaded>('rules')
    const loaded = new Map(groups.map(({ name, rules }) => [name, rules]))
    for (const { name, rules } of hostile.groups) {
      const seen = loaded.get(name)!.map(({ labels = {}, annotations = {}, ...rule }) => {
        return { name: rule.name, labels, annotations }
      })
      const written = rules.map((rule) => ({
        name: 'alert' in rule ? rule.alert : rule.record,
        labels: rule.labels ?? {},
        annotations: ('alert' in rule && rule.annotations) || {},
      }))
      expect(seen).toEqual(written)
    }
  })

  test('records the shares that were sent, and alerts above the burn rate alone', {
    timeout: 120_000,
  }, async () => {
    await vi.waitFor(
      async () =>
        expect(await query('slo:requests:rate20s{slo="fast"} * 20 > 1000')).toHaveLength(1),
      { timeout: 120_000, interval: 300 },
    )
    const ratios = await query('slo:bad_requests_per_requests:ratio_rate20s')
    const bySlo = Object.fromEntries(ratios.map((r) => [(r as { slo?: string }).slo, r.value]))
    expect(bySlo).toEqual({
      up: expect.closeTo(25 / 125, 9),
      fast: expect.closeTo(10 / 100, 9),
      second: expect.closeTo(0, 9),
    }) // and nothing for the idle one
    expect(await query('slo:requests:rate20s{slo="idle"}')).toMatchObject([{ value: 0 }])
    expect(await query('slo:bad_requests:rate20s{slo="idle"}')).toMatchObject([{ value: 0 }])
    expect(await query('service:apdex:ratio_rate5m{apdex="api"}')).toMatchObject([
      { value: expect.closeTo((90 + 100) / 2 / 125, 9) },
    ])
    const firing = await query(
      'count by (slo, severity) (ALERTS{alertstate="firing",slo!~"slo-.*"})',
    )
    expect(firing).toHaveLength(2)
    expect(firing).toEqual(
      expect.arrayContaining(
        ['fast', 'up'].map((slo) => ({ slo, severity: 'critical', value: 1 })),
      ),
    )
  })

  test('runs the query that an alert shows', async () => {
    const { alerts } = await api<{
      alerts: { labels: { slo: string }; annotations: { query: string } }[]
    }>('alerts')
    const shown = alerts.find(({ labels }) => labels.slo === 'fast')!.annotations.query
    const [worst, ...others] = await query(shown)
    expect(others).toEqual([])
    expect(worst).toMatchObject({ http_route: '/' })
    expect(worst!.value).toBeGreaterThan(0)
  })
})
