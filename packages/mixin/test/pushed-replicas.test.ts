import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { profile } from '@tidegauge/drift'
import { type FeatureMonitor, featureMonitor } from '@tidegauge/monitor'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  describeWithServer,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
import { prometheusRules, rulesYaml } from '../src/index.ts'

type Adapters = typeof import('@tidegauge/metrics/opentelemetry')
type Producer = ReturnType<Adapters['openTelemetrySources']>

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const SECONDS_EACH = 14

/**
 * What a receiver of OTLP makes of pushes whose resource tells no instance: a point replaces the one before it that has
 * its labels, whoever sent it.
 */
function receiver() {
  const series = new Map<string, string>()
  return {
    async take(producer: Producer) {
      const { resourceMetrics } = await producer.collect()
      for (const { metrics } of resourceMetrics.scopeMetrics) {
        for (const { descriptor, dataPoints } of metrics) {
          const name = descriptor.name.startsWith('drift_feature_')
            ? `${descriptor.name}_total`
            : descriptor.name
          for (const { attributes, value } of dataPoints) {
            const labels = Object.entries(attributes)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([label, text]) => `${label}=${JSON.stringify(text)}`)
            const key = `${name}{${labels.join(',')}}`
            series.set(key, `${key} ${value}\n`)
          }
        }
      }
    },
    page: () => [...series.values()].sort().join(''),
  }
}

describeWithServer(
  'prometheus',
  'two replicas that push under one name, on a real Prometheus',
  () => {
    const reference = profile(Array.from({ length: 4000 }, (_, i) => ({ name: NAMES[i % 8]! })))
    const monitors: FeatureMonitor[] = []
    const receivers = new Map([
      ['alike', receiver()],
      ['apart', receiver()],
    ])
    let server: Server
    let prometheus: RunningPrometheus
    let timer: NodeJS.Timeout
    let rows = 0

    beforeAll(async () => {
      const pushes: (() => Promise<unknown>)[] = []
      for (const seed of [1, 2]) {
        const monitor = featureMonitor({ reference, model: 'flights' })
        monitors.push(monitor)
        vi.resetModules() // as in a process of its own
        const { openTelemetrySources }: Adapters = await import('@tidegauge/metrics/opentelemetry')
        const sources = [monitor]
        const alike = openTelemetrySources({ sources, replica: false })
        const apart = openTelemetrySources({ sources })
        pushes.push(() =>
          Promise.all([receivers.get('alike')!.take(alike), receivers.get('apart')!.take(apart)]),
        )
        // Each has seen a little more of other names before: no two counters are alike.
        for (let i = 0; i < 400; i++) {
          rows++
          monitor.observe({ name: NAMES[(i + seed * 4) % 8]! })
        }
        for (let i = 0; i < 40; i++) {
          rows++
          monitor.observe({ name: NAMES[(i % 4) + (seed - 1) * 4]! })
        }
      }
      let second = 0
      timer = setInterval(() => {
        for (const monitor of monitors) {
          for (const name of NAMES) {
            rows++
            monitor.observe({ name })
          }
        }
        // First the one for a while, then the other, as the exports of two processes come in turns.
        void pushes[Math.floor(second++ / 4 / SECONDS_EACH) % 2]!()
      }, 250)
      server = createServer((req, res) => {
        res.setHeader('content-type', 'text/plain; version=0.0.4')
        res.end(receivers.get(req.url!.slice(1))!.page())
      }).listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      const targets = [`127.0.0.1:${(server.address() as AddressInfo).port}`]
      const rules = prometheusRules({
        scrapeInterval: '1s',
        window: '20s',
        interval: '1s',
        minimumValues: 50,
        by: ['job'],
      })
      const config = {
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yml'],
        scrape_configs: [...receivers.keys()].map((name) => ({
          job_name: name,
          metrics_path: `/${name}`,
          static_configs: [{ targets }],
        })),
      }
      prometheus = await startPrometheus({ config, files: { 'rules.yml': rulesYaml(rules) } })
    }, 120_000)
    afterAll(async () => {
      clearInterval(timer)
      await prometheus?.stop()
      server?.close().closeAllConnections()
    })

    const query = async (expr: string) => (await prometheus.query(expr)).map(({ value }) => value)

    test('are no drift, where one series of both would ask for a retrain', {
      timeout: 300_000,
    }, async () => {
      const soon = { timeout: 240_000, interval: 500 }
      // Every turn of one series that both write into reads as a restart.
      await vi.waitFor(async () => {
        expect(await query('max_over_time(drift:model:action{job="alike"}[5m])')).toEqual([2])
        expect(await query('max_over_time(drift:model:action{job="apart"}[5m])')).toEqual([0])
        expect(
          await query('count_over_time(drift:model:action{job="apart"}[5m]) > 40'),
        ).toHaveLength(1)
      }, soon)
      const seen = rows
      expect(await query('max_over_time(drift:feature:psi{job="apart"}[5m]) < 0.01')).toHaveLength(
        1,
      )
      expect(await query('drift:model:features{job="apart"}')).toEqual([1])

      clearInterval(timer)
      await vi.waitFor(async () => {
        const [counted] = await query('sum(drift_feature_bin_total{job="apart"})')
        const exact = monitors
          .flatMap((monitor) => [...monitor.families()])
          .filter(({ name }) => name === 'drift_feature_bin')
          .flatMap(({ samples }) => [...samples])
          .reduce((sum, { value }) => sum + value, 0)
        expect(exact).toBe(rows)
        // All but what the one whose turn it was not had still to push.
        expect(counted).toBeGreaterThan(seen - 8 * 4 * SECONDS_EACH - 64)
        expect(counted).toBeLessThanOrEqual(rows)
      }, soon)
      expect(
        await query('count(count by (replica) (drift_feature_bin_total{job="apart"}))'),
      ).toEqual([2])
      expect(await query('count({job="apart",replica!="",__name__=~"drift:.+"})')).toEqual([])
    })
  },
)
