import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { latencyRecorder } from '@tidegauge/metrics'
import { openTelemetryProducer } from '@tidegauge/metrics/opentelemetry'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  describeWithServer,
  prometheusIs,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
import {
  prometheusRules,
  type RuleFile,
  rulesYaml,
  serviceDashboard,
  sloRules,
} from '../src/index.ts'
import { checkRules } from './promtool.ts'
import { runDashboardQueries } from './run-dashboard-queries.ts'

const metric = 'opentelemetry-dots'
const rules: RuleFile = {
  groups: [
    ...sloRules({
      metric,
      objectives: [
        {
          kind: 'availability',
          name: 'up',
          target: 0.9,
          select: { route: '/predict', labels: { 'http.request.method': 'POST' } },
        },
        { kind: 'latency', name: 'fast', target: 0.9, thresholdSeconds: 0.25 },
      ],
      apdex: [{ name: 'api', thresholdSeconds: 0.25 }],
      by: ['job', 'http.route'],
      period: '1h',
      interval: '1s',
      windows: [{ long: '30s', short: '10s', budget: 0.01, severity: 'page' }],
      minimumRequests: 1,
      minimumBadRequests: 1,
    }).groups,
    ...prometheusRules({
      scrapeInterval: '1s',
      interval: '1s',
      window: '20s',
      for: '1s',
      latency: { metric, reference: { offset: '5s' }, factor: 1.01, minimumValues: 1 },
    }).groups.filter(({ name }) => name === 'tidegauge-latency-drift'),
  ],
}

describeWithServer('prometheus', "names with OpenTelemetry's dots", () => {
  test('are of Prometheus 3: before, its promtool refuses such rules', () => {
    expect(checkRules(rules)).toMatchObject({
      ok: prometheusIs('3.0'),
      output: expect.stringContaining(
        prometheusIs('3.0') ? 'SUCCESS' : 'could not parse expression',
      ),
    })
  })

  describe.runIf(prometheusIs('3.0'))('pushed to a real one that leaves them as they are', () => {
    let prometheus: RunningPrometheus
    let provider: MeterProvider
    let traffic: NodeJS.Timeout

    beforeAll(async () => {
      prometheus = await startPrometheus({
        config: {
          global: { evaluation_interval: '1s' },
          rule_files: ['rules.yml'],
          otlp: { translation_strategy: 'NoUTF8EscapingWithSuffixes' },
        },
        files: { 'rules.yml': rulesYaml(rules) },
        arguments: ['--web.enable-otlp-receiver'],
      })
      const recorder = latencyRecorder()
      let seconds = 0.02
      traffic = setInterval(() => {
        seconds *= 1.02 // slower and slower
        recorder.observe('POST', '/predict', 200, seconds)
        recorder.observe('POST', '/predict', 500, seconds)
        recorder.observe('GET', '/health', 200, 0.001)
        recorder.requestStarted()
      }, 50)
      provider = new MeterProvider({
        resource: resourceFromAttributes({ 'service.name': 'flights', 'service.instance.id': '1' }),
        readers: [
          new PeriodicExportingMetricReader({
            exporter: new OTLPMetricExporter({ url: `${prometheus.url}/api/v1/otlp/v1/metrics` }),
            exportIntervalMillis: 1000,
            exportTimeoutMillis: 900,
            metricProducers: [openTelemetryProducer(recorder)],
          }),
        ],
      })
    })
    afterAll(async () => {
      clearInterval(traffic)
      await provider?.shutdown()
      await prometheus?.stop()
    })

    const soon = { timeout: 100_000, interval: 500 }
    const query = (expr: string) => prometheus.query(expr)

    test('are recorded, and alerts tell the route', async () => {
      const slo = 'slo:bad_requests_per_requests:ratio_rate5m'
      await vi.waitFor(async () => {
        expect(await query(`${slo}{slo="up"}`)).toMatchObject([
          { job: 'flights', 'http.route': '/predict', value: expect.closeTo(0.5, 1) },
        ])
        expect(await query(`${slo}{slo="fast","http.route"="/health"}`)).toMatchObject([
          { value: 0 },
        ])
        const recorded = await query('service:apdex:ratio_rate5m{"http.route"="/health"}')
        expect(recorded).toMatchObject([{ value: 1 }])
        expect(await query('drift:latency:ratio{"http.route"="/predict"} > 1.01')).toHaveLength(1)
      }, soon)
      await vi.waitFor(async () => {
        const answer = await fetch(`${prometheus.url}/api/v1/alerts`)
        const { data } = (await answer.json()) as {
          data: { alerts: { state: string; annotations: { summary: string; query?: string } }[] }
        }
        const firing = data.alerts.filter(({ state }) => state === 'firing')
        const said = firing.map(({ annotations }) => annotations.summary)
        expect(said).toContainEqual(
          expect.stringMatching(/^up, job flights, http\.route \/predict burns its error budget/),
        )
        expect(said).toContainEqual(
          expect.stringMatching(/times as long as they did, job flights, http\.route \/predict$/),
        )
        const shown = firing.find(({ annotations }) => annotations.summary.startsWith('up'))!
        expect(await query(shown.annotations.query!)).toMatchObject([
          { 'http.response.status_code': '500' },
        ])
      }, soon)
    })

    test('every query and variable of the service dashboard has data, for every choice of a route', async () => {
      const dashboard = serviceDashboard({ metric, process: false })
      for (const route of ['.*', '/predict', '(/predict|/health)']) {
        await vi.waitFor(async () => {
          const values = { job: 'flights', route }
          const run = { dashboard, prometheusUrl: prometheus.url, values, rateInterval: '10s' }
          expect(await runDashboardQueries(run), route).toEqual([])
        }, soon)
      }
    })
  })
})
