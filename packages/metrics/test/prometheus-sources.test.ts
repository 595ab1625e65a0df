import type { MetricSource } from '@tidegauge/core'
import type { Counter } from 'prom-client'
import { describe, expect, test, vi } from 'vitest'
import { prometheusAdapter, prometheusSources } from '../src/adapters/prometheus.ts'
import { latencyRecorder } from '../src/index.ts'
import { CLIENTS, type Client, type Registry } from './prometheus-clients.ts'
import { readSample } from './read-exposition.ts'
import { counter, gauge, sample, sourceOf } from './source-of.ts'

function counting() {
  const source = {
    count: 3,
    families: vi.fn(() => [
      counter('bins', ['bin'], [sample(source.count, '00'), sample(0, '01')]),
      gauge('ratio', ['bin'], [sample(0.25, '00')]),
    ]),
  }
  return source
}

function openMetricsRegistry({ Registry }: Client): Registry {
  const registry = new Registry()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
  return registry
}

describe.each(CLIENTS)('in a Registry of %s', (_, client) => {
  const { Registry } = client

  test('reads its sources once a page', async () => {
    const registry = new Registry()
    const source = counting()
    prometheusSources({ sources: [source], registry })
    source.families.mockClear()
    await registry.metrics()
    expect(source.families).toHaveBeenCalledTimes(1)
    await registry.getMetricsAsJSON()
    expect(source.families).toHaveBeenCalledTimes(2)
  })

  test('is a page like this, with default labels, which give way to its own', async () => {
    const registry = new Registry()
    registry.setDefaultLabels({ service: 'shop', bin: 'none' })
    prometheusSources({ sources: [counting()], registry })
    const page = await registry.metrics()
    expect(page.split('\n').filter((line) => line !== '')).toEqual([
      '# HELP bins_total Counted.',
      '# TYPE bins_total counter',
      'bins_total{bin="00",service="shop"} 3',
      'bins_total{bin="01",service="shop"} 0',
      '# HELP ratio Measured.',
      '# TYPE ratio gauge',
      'ratio{bin="00",service="shop"} 0.25',
    ])
  })

  test('stands beside a recorder in OpenMetrics, merged into text, and again', async () => {
    const registry = openMetricsRegistry(client)
    prometheusAdapter({ recorder: latencyRecorder(), registry })
    prometheusSources({ sources: [counting()], registry })
    const text = new Registry()
    for (const metric of registry.getMetricsAsArray()) text.registerMetric(metric as never)
    for (let i = 0; i < 2; i++) {
      const page = await registry.metrics()
      expect(page).toContain('# TYPE bins counter\nbins_total{bin="00"} 3\n')
      expect(page).toContain('# TYPE http_server_active_requests gauge\n')
      expect(await text.metrics()).toContain('# TYPE bins_total counter\nbins_total{bin="00"} 3\n')
    }
    const merged = Registry.merge([text] as never)
    expect(await merged.metrics()).toContain('bins_total{bin="00"} 3\n')
  })

  test('resetMetrics() has its counters begin at 0, and those of others go on', async () => {
    const registry = new Registry()
    const other = new Registry()
    const source = counting()
    prometheusSources({ sources: [source], registry })
    prometheusSources({ sources: [source], registry: other })
    registry.resetMetrics()
    expect(readSample(await registry.metrics(), 'bins_total{bin="00"}')).toBe(0)
    expect(readSample(await registry.metrics(), 'ratio{bin="00"}')).toBe(0.25)
    source.count = 10
    expect(readSample(await registry.metrics(), 'bins_total{bin="00"}')).toBe(7)
    expect(readSample(await other.metrics(), 'bins_total{bin="00"}')).toBe(10)
    source.count = 2
    expect(readSample(await registry.metrics(), 'bins_total{bin="00"}')).toBe(2)
  })

  test('stop() takes out what is its own, in OpenMetrics too, and then it can begin again', async () => {
    const registry = openMetricsRegistry(client)
    const { stop } = prometheusSources({ sources: [counting()], registry })
    await registry.metrics()
    stop()
    expect(registry.getMetricsAsArray()).toEqual([])
    prometheusSources({ sources: [counting()], registry })
    stop()
    expect(registry.getMetricsAsArray()).toHaveLength(2)
  })

  test("where a name is taken, the Registry's own error, and none of ours is there", async () => {
    const registry = new Registry()
    const taken: Counter = new client.Counter({ name: 'ratio', help: '.', registers: [registry] })
    expect(() => prometheusSources({ sources: [counting()], registry })).toThrow(/ratio/)
    expect(registry.getMetricsAsArray()).toEqual([taken])
  })

  test('in a cluster counters are summed, and of gauges the first is taken, or what is asked for', async () => {
    const worker = async (gauges?: 'max') => {
      const registry = new Registry()
      prometheusSources({ sources: [counting()], registry, ...(gauges && { gauges }) })
      return JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()))
    }
    const sum = client.AggregatorRegistry.aggregate([await worker(), await worker()])
    const page = await sum.metrics()
    expect(readSample(page, 'bins_total{bin="00"}')).toBe(6)
    expect(readSample(page, 'ratio{bin="00"}')).toBe(0.25)
    expect(await worker('max')).toMatchObject([{ aggregator: 'sum' }, { aggregator: 'max' }])
  })
})

test.each<[argument: string, options: object]>([
  ['registry', { sources: [], registry: {} }],
  ['sources', { sources: undefined }],
  ['gauges', { sources: [], gauges: 'omit' }],
  ['maxSamples', { sources: [], maxSamples: 1.5 }],
])('refuses %s that is not what it must be', (argument, options) => {
  const registry = new CLIENTS[0]![1].Registry()
  expect(() => prometheusSources({ registry, ...options } as never)).toThrow(
    `"${argument}" must be`,
  )
})

test('a source that fails when it is handed over throws what it throws', () => {
  const registry = new CLIENTS[0]![1].Registry()
  const source: MetricSource = {
    families() {
      throw new Error('not ready')
    },
  }
  expect(() => prometheusSources({ sources: [source], registry })).toThrow('not ready')
  expect(() => prometheusSources({ sources: [sourceOf()], registry })).not.toThrow()
})
