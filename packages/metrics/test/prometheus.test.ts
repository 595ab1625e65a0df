import * as platformatic from '@platformatic/prom-client'
import * as prometheusIo from '@prometheus-io/client'
import type { OpenMetricsContentType } from 'prom-client'
import * as promClient from 'prom-client'
import { describe, expect, test } from 'vitest'
import type { RegistryMetric, Sample } from '../src/adapters/prometheus/registry-shape.ts'
import { prometheusAdapter } from '../src/adapters/prometheus.ts'
import {
  type LatencyRecorder,
  type LatencyRecorderOptions,
  latencyRecorder,
  mergeStates,
  NAMINGS,
  readState,
} from '../src/index.ts'
import { describeAdapterContract } from './adapter-contract.ts'
import { asked, CLIENTS, type Client, countSamples, type Registry } from './prometheus-clients.ts'
import { readExposition, readSample } from './read-exposition.ts'

const naming = NAMINGS.opentelemetry
const { name, help } = naming.metric('duration')
const activeRequests = naming.metric('activeRequests').name

/** A registry of whatever content type: the types of the clients want to know it when it is made. */
function newRegistry({ Registry }: Client, openMetrics = false): Registry {
  const registry = new Registry()
  if (openMetrics) {
    const typed = registry as unknown as InstanceType<typeof Registry<OpenMetricsContentType>>
    typed.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  }
  return registry
}

function merged({ Registry }: Client, ...registries: Registry[]): Registry {
  return Registry.merge(registries as never) as unknown as Registry
}

function recorded(options: LatencyRecorderOptions = {}) {
  const recorder = latencyRecorder({ bounds: [0.5, 1], ...options })
  recorder.observe('GET', '/users/:id', 200, 0.25)
  recorder.observe('GET', '/users/:id', 200, 4)
  recorder.observe('GET', undefined, 404, 0.75)
  return recorder
}

const SAMPLES = 10

/** What a histogram of the client itself shows of the same. */
function theirHistogram({ Histogram }: Client, registry: Registry) {
  const histogram = new Histogram({
    name,
    help,
    labelNames: Object.values(naming.labels),
    buckets: [0.5, 1],
    registers: [registry],
  })
  const user = {
    http_request_method: 'GET',
    http_route: '/users/:id',
    http_response_status_code: 200,
  }
  histogram.observe(user, 0.25)
  histogram.observe(user, 4)
  histogram.observe({ http_request_method: 'GET', http_response_status_code: 404 }, 0.75)
}

/** Lines, with the labels of each in alphabetical order. */
function sortedLabels(page: string): string[] {
  return page.split('\n').map((line) => {
    const [, metric, labels, rest] = /^(\w+)\{(.*)\}(.*)$/.exec(line) ?? []
    return labels === undefined ? line : `${metric}{${labels.split(',').sort()}}${rest}`
  })
}

/** Of @platformatic/prom-client it is no promise where no metric has to be waited for. */
async function textOf(registry: Pick<Registry, 'metrics'> | AggregatedRegistry): Promise<string> {
  return registry.metrics()
}

type AggregatedRegistry = ReturnType<Client['AggregatorRegistry']['aggregate']>

describe.each(CLIENTS)('%s', (clientName, client) => {
  const { Registry, AggregatorRegistry } = client

  type Page = (registry: Registry) => Promise<string>
  const modes: Record<string, { make: () => Registry; page?: Page }> = {
    'in its text': { make: () => newRegistry(client) },
    'in OpenMetrics with default labels': {
      make: () => {
        const registry = newRegistry(client, true)
        registry.setDefaultLabels({ service: 'shop', replica: 3 })
        return registry
      },
    },
    'in a merged registry': {
      make: () => newRegistry(client),
      page: (registry) => textOf(merged(client, registry, newRegistry(client))),
    },
    'in its JSON, aggregated': {
      make: () => newRegistry(client),
      page: async (registry) => {
        const json = JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()))
        return textOf(AggregatorRegistry.aggregate([json]))
      },
    },
    'in a registry of another make': {
      make: () => registryOfAnotherMake(client, OTHER_WAYS['that takes an array']!),
    },
  }

  for (const [mode, { make, page = textOf }] of Object.entries(modes)) {
    describeAdapterContract(`prometheusAdapter for ${clientName} ${mode}`, async (recorder) => {
      const registry = make()
      const adapter = prometheusAdapter({ recorder, registry })
      await asked()
      const own = ({ replica, service, ...extra }: Readonly<Record<string, string>>) => extra
      return {
        adapter,
        read: async (key) => {
          const series = readExposition(await page(registry), naming.metric(key).name)
          return series.map((one) => ({ ...one, extra: own(one.extra) }))
        },
        readActiveRequests: async () => readSample(await page(registry), activeRequests),
      }
    })
  }

  async function registered(recorder: LatencyRecorder, registry = newRegistry(client)) {
    prometheusAdapter({ recorder, registry, activeRequests: false })
    await asked()
    return registry
  }

  async function twoPages(prepare: (registry: Registry) => void = () => {}, openMetrics = false) {
    const ours = newRegistry(client, openMetrics)
    const theirs = newRegistry(client, openMetrics)
    prepare(ours)
    prepare(theirs)
    await registered(recorded(), ours)
    theirHistogram(client, theirs)
    return { ours, theirs, samples: countSamples(ours, name) }
  }

  async function expectSamePages(ours: Registry, theirs: Registry) {
    expect(sortedLabels(await textOf(ours))).toEqual(sortedLabels(await textOf(theirs)))
  }

  test('writes the very page that a histogram of the client would, in two samples', async () => {
    const { ours, theirs, samples } = await twoPages()
    await expectSamePages(ours, theirs)
    expect(samples).toEqual([2])
  })

  test('so it does with default labels, strings and others, and when they change', async () => {
    const { ours, theirs, samples } = await twoPages((registry) => {
      registry.setDefaultLabels({ service: 'a"b\\c\n', replica: 3, canary: false })
    })
    await expectSamePages(ours, theirs)
    for (const registry of [ours, theirs]) registry.setDefaultLabels({ region: 'eu' })
    await expectSamePages(ours, theirs)
    expect(await textOf(ours)).toContain('region="eu"')
    expect(samples).toEqual([2, 2, 2])
  })

  test('a default label of the name of one of ours fills in where a series has none', async () => {
    const { ours, theirs, samples } = await twoPages((registry) => {
      registry.setDefaultLabels({ http_route: 'none', service: 'shop' })
    })
    await expectSamePages(ours, theirs)
    expect(readExposition(await textOf(ours), name)).toMatchObject([
      { route: '/users/:id' },
      { route: 'none' },
    ])
    expect(samples).toEqual([SAMPLES, SAMPLES])
  })

  test('so it does where the first series is one that has none', async () => {
    const recorder = latencyRecorder({ bounds: [0.5, 1] })
    recorder.observe('GET', undefined, 404, 0.75)
    recorder.observe('GET', '/users/:id', 200, 0.25)
    const registry = await registered(recorder)
    registry.setDefaultLabels({ http_route: 'none' })
    expect(readExposition(await textOf(registry), name)).toMatchObject([
      { route: 'none' },
      { route: '/users/:id' },
    ])
  })

  test('another registry that is handed the metric writes its own default labels', async () => {
    const registry = await registered(recorded())
    registry.setDefaultLabels({ service: 'shop' })
    const other = newRegistry(client)
    other.setDefaultLabels({ region: 'eu' })
    const { getMetricsAsString } = other as unknown as {
      getMetricsAsString(metric: unknown): Promise<string>
    }
    const text = await getMetricsAsString.call(other, registry.getSingleMetric(name))
    const extras = readExposition(text, name).map(({ extra }) => extra)
    expect(extras).toEqual([{ region: 'eu' }, { region: 'eu' }])
  })

  test('so it does with many series, some of them beyond ASCII', async () => {
    const recorder = latencyRecorder({ bounds: [0.5, 1] })
    const [ours, theirs] = [await registered(recorder), newRegistry(client)]
    const { method, route, statusCode } = naming.labels
    const labelNames = [method, route, statusCode]
    const own = { name, help, labelNames, buckets: [0.5, 1], registers: [theirs] }
    const histogram = new client.Histogram(own)
    for (let i = 0; i < 1000; i++) {
      const path = `/${i % 300 === 0 ? '\u00fc\u{1f600}' : 'r'}/${'long'.repeat(i % 50)}/${i}`
      recorder.observe('GET', path, 200, i / 1000)
      histogram.observe({ [method]: 'GET', [route]: path, [statusCode]: 200 }, i / 1000)
    }
    await expectSamePages(ours, theirs)
    expect((await textOf(ours)).length).toBeGreaterThan(500_000)
  })

  test('so it does in OpenMetrics, which ends with one # EOF', async () => {
    const { ours, theirs, samples } = await twoPages((registry) => {
      const counter = new client.Counter({ name: 'own_total', help: 'own', registers: [registry] })
      counter.inc(2)
    }, true)
    await expectSamePages(ours, theirs)
    const page = await textOf(ours)
    expect(page.match(/# EOF/g)).toHaveLength(1)
    expect(page.endsWith('\n# EOF\n')).toBe(true)
    expect(page).toContain('own_total 2\n')
    expect(samples).toEqual([2, 2])
  })

  test('a merged registry has no default labels of ours but its own', async () => {
    const { ours, theirs } = await twoPages((registry) => {
      registry.setDefaultLabels({ service: 'shop' })
    })
    const others = newRegistry(client)
    const ourMerged = merged(client, ours, others)
    const theirMerged = merged(client, theirs, others)
    await expectSamePages(ourMerged, theirMerged)
    expect(await textOf(ourMerged)).not.toContain('shop')
    for (const both of [ourMerged, theirMerged]) both.setDefaultLabels({ service: 'all' })
    await expectSamePages(ourMerged, theirMerged)
    expect(await textOf(ourMerged)).toContain('service="all"')
    // And where it came from, it still has them.
    await expectSamePages(ours, theirs)
    expect(await textOf(ours)).not.toContain('service="all"')
  })

  test('a merged registry without default labels takes lines too', async () => {
    const { ours, theirs, samples } = await twoPages()
    await expectSamePages(merged(client, ours), merged(client, theirs))
    expect(samples).toEqual([2])
  })

  const ids = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' }
  const exemplar = ` # {trace_id="${ids.traceId}",span_id="${ids.spanId}"}`

  test('shows exemplars in OpenMetrics, in each bucket that has one', async () => {
    const recorder = recorded({ exemplars: () => ids, now: () => 1_700_000_000_250 })
    const registry = await registered(recorder, newRegistry(client, true))
    const samples = countSamples(registry, name)
    const lines = (await textOf(registry)).split('\n').filter((line) => line.includes('#'))
    expect(lines.slice(2, -1).map((line) => line.replace(/^.*\} (\d+ #)/, '$1'))).toEqual([
      `1${exemplar} 0.25 1700000000.25`,
      `2${exemplar} 4 1700000000.250`,
      `1${exemplar} 0.75 1700000000.250`,
    ])
    expect(samples).toEqual([2])
  })

  test('shows none in the other text, nor where a merged registry writes it', async () => {
    const recorder = recorded({ exemplars: () => ids })
    const registry = await registered(recorder, newRegistry(client, true))
    const plain = merged(client, registry)
    expect(await textOf(plain)).toContain(exemplar)
    plain.setContentType(Registry.PROMETHEUS_CONTENT_TYPE)
    expect(await textOf(plain)).not.toContain(exemplar)
    expect(readExposition(await textOf(plain), name)).toHaveLength(2)
  })

  test('shows the page also in the tick in which it was registered', async () => {
    const registry = newRegistry(client)
    prometheusAdapter({ recorder: recorded(), registry })
    expect(readExposition(await textOf(registry), name)).toHaveLength(2)
  })

  test.each(Object.entries(OTHER_WAYS))('a registry %s gets sample by sample', async (_, way) => {
    const registry = await registered(recorded(), registryOfAnotherMake(client, way))
    registry.setDefaultLabels({ service: 'shop' })
    const samples = countSamples(registry, name)
    const series = readExposition(await textOf(registry), name)
    expect(series.map(({ extra }) => extra)).toEqual([{ service: 'shop' }, { service: 'shop' }])
    expect(samples).toEqual([SAMPLES])
  })

  test('stands beside the metrics of the user, under a name and help of their choice', async () => {
    const registry = newRegistry(client)
    new client.Histogram({ name: 'own_seconds', help: 'own', registers: [registry] }).observe(1)
    const own = { name: 'http_request_duration_seconds', help: 'Latency.' }
    prometheusAdapter({ recorder: recorded({ timeToHeaders: true }), registry, ...own })
    const text = await textOf(registry)
    expect(text).toContain('# HELP http_request_duration_seconds Latency.\n')
    expect(text).toContain('# TYPE http_request_duration_seconds histogram\n')
    expect(text).toContain('own_seconds_count 1\n')
    expect(readExposition(text, own.name)).toHaveLength(2)
  })

  test.each([
    ['express-prom-bundle', { method: 'GET', path: '/users/:id', status_code: '200' }],
    ['fastify-metrics', { method: 'GET', route: '/users/:id', status_code: '200' }],
  ] as const)('speaks the names of %s', async (preset, labels) => {
    const registry = newRegistry(client)
    prometheusAdapter({ recorder: recorded(), registry, naming: preset })
    const [metric] = await registry.getMetricsAsJSON()
    expect(metric!.name).toBe('http_request_duration_seconds')
    expect(metric!.values[0]!.labels).toEqual({ ...labels, le: 0.5 })
    const series = readExposition(
      await textOf(registry),
      'http_request_duration_seconds',
      NAMINGS[preset].labels,
    )
    expect(series).toMatchObject([{ route: '/users/:id', count: 2 }, { route: undefined }])
  })

  test('carries the default labels in the JSON', async () => {
    const registry = await registered(recorded())
    registry.setDefaultLabels({ service: 'shop' })
    const [metric] = await registry.getMetricsAsJSON()
    expect(metric!.values.map(({ labels }) => labels.service)).toEqual(Array(SAMPLES).fill('shop'))
  })

  test('the JSON of two workers adds up, the gauge too', async () => {
    const workers = await Promise.all(
      [1, 2].map(async () => {
        const recorder = recorded()
        recorder.requestStarted()
        const registry = newRegistry(client)
        prometheusAdapter({ recorder, registry })
        return JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()))
      }),
    )
    const text = await textOf(AggregatorRegistry.aggregate(workers))
    expect(readExposition(text, name)).toMatchObject([
      { route: '/users/:id', counts: [2, 0, 2], sum: 8.5 },
      { route: undefined, counts: [0, 2, 0] },
    ])
    expect(readSample(text, activeRequests)).toBe(2)
  })

  test('shows the merged state of several recorders', async () => {
    const state = mergeStates([recorded().state(), recorded().state()])
    const registry = newRegistry(client)
    prometheusAdapter({ recorder: readState(state), registry })
    expect(readExposition(await textOf(registry), name)).toMatchObject([
      { route: '/users/:id', counts: [2, 0, 2], sum: 8.5 },
      { route: undefined, counts: [0, 2, 0] },
    ])
    expect(() => registry.resetMetrics()).not.toThrow()
  })

  test('is found by name, as itself', async () => {
    const registry = await registered(recorded())
    expect(registry.getSingleMetric(name)).toMatchObject({ name, help, type: 'histogram' })
    expect(await registry.getSingleMetricAsString(name)).toContain(`${name}_count`)
  })

  test('resetMetrics() resets the recorder, but not what is under way', async () => {
    const recorder = recorded()
    recorder.requestStarted()
    const registry = newRegistry(client)
    prometheusAdapter({ recorder, registry })
    registry.resetMetrics()
    expect(recorder.snapshot()).toEqual([])
    recorder.observe('GET', '/', 200, 0.1)
    const text = await textOf(registry)
    expect(readExposition(text, name)).toMatchObject([{ route: '/', count: 1 }])
    expect(readSample(text, activeRequests)).toBe(1)
  })

  test('a second metric of a name is refused with the error of the registry', () => {
    const registry = newRegistry(client)
    prometheusAdapter({ recorder: recorded(), registry })
    expect(() => prometheusAdapter({ recorder: recorded(), registry })).toThrow(
      `A metric with the name ${name} has already been registered.`,
    )
  })

  test('where one name is taken, none of the others is left behind', () => {
    const registry = newRegistry(client)
    const own = { name: activeRequests, help: 'own', registers: [registry] }
    new client.Counter(own)
    expect(() => prometheusAdapter({ recorder: recorded(), registry })).toThrow(activeRequests)
    expect(registry.getMetricsAsArray()).toMatchObject([{ help: 'own' }])
  })

  test('after stop() the names are free, and a late stop() leaves their new owner alone', () => {
    const registry = newRegistry(client)
    const first = prometheusAdapter({ recorder: recorded(), registry })
    first.stop()
    expect(registry.getMetricsAsArray()).toEqual([])
    prometheusAdapter({ recorder: recorded(), registry })
    first.stop()
    expect(registry.getMetricsAsArray()).toHaveLength(2)
  })

  test('removeSingleMetric() and clear() take it out as stop() does', async () => {
    const registry = newRegistry(client)
    const adapter = prometheusAdapter({ recorder: recorded(), registry })
    registry.removeSingleMetric(name)
    expect(readExposition(await textOf(registry), name)).toEqual([])
    registry.clear()
    expect(readSample(await textOf(registry), activeRequests)).toBeUndefined()
    expect(() => adapter.stop()).not.toThrow()
    prometheusAdapter({ recorder: recorded(), registry })
    expect(readExposition(await textOf(registry), name)).toHaveLength(2)
  })
})

type OtherWay = (values: Iterable<Sample>) => Sample[]

/** It has the methods, but goes about the samples of a metric in another way. */
function registryOfAnotherMake({ Registry }: Client, samplesOf: OtherWay): Registry {
  type Metric = Pick<RegistryMetric, 'get' | 'getForPromString'>
  const formatter = Registry.prototype as unknown as { getMetricsAsString(metric: Metric): unknown }
  class OtherRegistry extends Registry {
    getMetricsAsString(metric: Metric) {
      const object = (metric.getForPromString ?? metric.get)()
      const get = () => ({ ...object, values: samplesOf(object.values) })
      return formatter.getMetricsAsString.call(this, { get })
    }
  }
  return new OtherRegistry()
}

const OTHER_WAYS: Record<string, OtherWay> = {
  'that takes an array': (values) => (values as Sample[]).map((sample) => ({ ...sample })),
  'that reads all samples before it writes one': (values) => [...values],
}

test('takes the registries of the clients as they are typed', () => {
  const recorder = recorded()
  const registries = [
    new promClient.Registry(),
    new promClient.Registry<OpenMetricsContentType>(),
    new prometheusIo.Registry(),
    new platformatic.Registry(),
  ] as const
  for (const registry of registries) {
    expect(() => prometheusAdapter({ recorder, registry }).stop()).not.toThrow()
  }
})

test.each([
  [{ name: 'http.server' }, '"name" must be a Prometheus metric name, received http.server'],
  [{ registry: {} }, '"registry" must be a Registry of prom-client'],
  [{ recorder: {} }, '"recorder" must be a LatencyRecorder'],
  [{ naming: 'prometheus' }, '"naming" must be one of'],
])('rejects %j', (wrong, message) => {
  const [[, client]] = CLIENTS as [[string, Client]]
  const options = { recorder: recorded(), registry: newRegistry(client), ...wrong }
  expect(() => prometheusAdapter(options as never)).toThrow(message)
})
