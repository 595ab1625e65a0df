import { AggregatorRegistry, Histogram, type OpenMetricsContentType, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { prometheusAdapter } from '../src/adapters/prometheus.ts'
import { latencyRecorder, REQUEST_DURATION } from '../src/index.ts'
import { describeAdapterContract } from './adapter-contract.ts'
import { readExposition } from './read-exposition.ts'

const { name } = REQUEST_DURATION.prometheus

describeAdapterContract('prometheusAdapter', (recorder) => {
  const registry = new Registry()
  return {
    adapter: prometheusAdapter({ recorder, registry }),
    read: async () => readExposition(await registry.metrics(), name),
  }
})

function recorded() {
  const recorder = latencyRecorder({ bounds: [0.5, 1] })
  recorder.observe('GET', '/users/:id', 200, 0.25)
  recorder.observe('GET', '/users/:id', 200, 4)
  recorder.observe('GET', undefined, 404, 0.75)
  return recorder
}

test('writes the very page that a histogram of prom-client would', async () => {
  const ours = new Registry()
  prometheusAdapter({ recorder: recorded(), registry: ours })

  const theirs = new Registry()
  const { name, help, labels } = REQUEST_DURATION.prometheus
  const histogram = new Histogram({
    name,
    help,
    labelNames: Object.values(labels),
    buckets: [0.5, 1],
    registers: [theirs],
  })
  const user = {
    http_request_method: 'GET',
    http_route: '/users/:id',
    http_response_status_code: 200,
  }
  histogram.observe(user, 0.25)
  histogram.observe(user, 4)
  histogram.observe({ http_request_method: 'GET', http_response_status_code: 404 }, 0.75)

  expect(await ours.metrics()).toBe(await theirs.metrics())
})

test('stands beside the metrics of the user, under a name and help of their choice', async () => {
  const registry = new Registry()
  new Histogram({ name: 'own_seconds', help: 'own', registers: [registry] }).observe(1)
  prometheusAdapter({
    recorder: recorded(),
    registry,
    name: 'http_request_duration_seconds',
    help: 'Latency.',
  })
  const text = await registry.metrics()
  expect(text).toContain('# HELP http_request_duration_seconds Latency.\n')
  expect(text).toContain('# TYPE http_request_duration_seconds histogram\n')
  expect(text).toContain('own_seconds_count 1\n')
  expect(readExposition(text, 'http_request_duration_seconds')).toHaveLength(2)
})

test('carries the default labels of the registry on every line and in the JSON', async () => {
  const registry = new Registry()
  registry.setDefaultLabels({ service: 'shop' })
  prometheusAdapter({ recorder: recorded(), registry })
  const samples = (await registry.metrics()).split('\n').filter((line) => line.startsWith(name))
  expect(samples).toHaveLength(10)
  expect(samples.filter((line) => line.includes('service="shop"'))).toHaveLength(10)
  const [metric] = await registry.getMetricsAsJSON()
  expect(metric!.values.map(({ labels }) => labels.service)).toEqual(Array(10).fill('shop'))
})

test('an OpenMetrics registry ends it with # EOF', async () => {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  prometheusAdapter({ recorder: recorded(), registry })
  const text = await registry.metrics()
  expect(text.endsWith('\n# EOF\n')).toBe(true)
  expect(readExposition(text, name)).toHaveLength(2)
})

test('the JSON of two workers adds up in prom-client', async () => {
  const workers = await Promise.all(
    [1, 2].map(async () => {
      const registry = new Registry()
      prometheusAdapter({ recorder: recorded(), registry })
      return JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()))
    }),
  )
  const text = await AggregatorRegistry.aggregate(workers).metrics()
  expect(readExposition(text, name)).toMatchObject([
    { route: '/users/:id', counts: [2, 0, 2], sum: 8.5 },
    { route: undefined, counts: [0, 2, 0] },
  ])
})

test('is found by name, as itself', async () => {
  const registry = new Registry()
  prometheusAdapter({ recorder: recorded(), registry })
  expect(registry.getSingleMetric(name)).toMatchObject({ name, type: 'histogram' })
  expect(await registry.getSingleMetricAsString(name)).toContain(`${name}_count`)
})

test('resetMetrics() resets the recorder', async () => {
  const recorder = recorded()
  const registry = new Registry()
  prometheusAdapter({ recorder, registry })
  registry.resetMetrics()
  expect(recorder.snapshot()).toEqual([])
  recorder.observe('GET', '/', 200, 0.1)
  expect(readExposition(await registry.metrics(), name)).toMatchObject([{ route: '/', count: 1 }])
})

test('a second metric of the name is refused with the error of the registry', () => {
  const registry = new Registry()
  prometheusAdapter({ recorder: recorded(), registry })
  expect(() => prometheusAdapter({ recorder: recorded(), registry })).toThrow(
    `A metric with the name ${name} has already been registered.`,
  )
})

test('after stop() the name is free, and a late stop() leaves its new owner alone', () => {
  const registry = new Registry()
  const first = prometheusAdapter({ recorder: recorded(), registry })
  first.stop()
  prometheusAdapter({ recorder: recorded(), registry })
  first.stop()
  expect(registry.getSingleMetric(name)).toBeDefined()
})

test('removeSingleMetric() takes it out as stop() does', async () => {
  const registry = new Registry()
  const adapter = prometheusAdapter({ recorder: recorded(), registry })
  registry.removeSingleMetric(name)
  expect(readExposition(await registry.metrics(), name)).toEqual([])
  expect(() => adapter.stop()).not.toThrow()
})

test.each([
  [{ name: 'http.server' }, '"name" must be a Prometheus metric name, received http.server'],
  [{ registry: {} }, '"registry" must be a Registry of prom-client'],
  [{ recorder: {} }, '"recorder" must be a LatencyRecorder'],
])('rejects %j', (wrong, message) => {
  const options = { recorder: recorded(), registry: new Registry(), ...wrong }
  expect(() => prometheusAdapter(options as never)).toThrow(message)
})
