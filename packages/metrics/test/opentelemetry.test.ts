import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ValueType } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  type ExponentialHistogram,
  type ExponentialHistogramMetricData,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, onTestFinished, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import {
  type OpenTelemetryProducerOptions,
  openTelemetryMeterAdapter,
  openTelemetryProducer,
} from '../src/adapters/opentelemetry.ts'
import type { Adapter, InstrumentKey, LatencyRecorder } from '../src/index.ts'
import { latencyRecorder } from '../src/index.ts'
import { type AdapterUnderTest, describeAdapterContract } from './adapter-contract.ts'
import { readExposition, readSample } from './read-exposition.ts'
import { backend, meterProvider, metricsByName } from './read-opentelemetry.ts'

const NAMES: Record<InstrumentKey, string> = {
  duration: 'http.server.request.duration',
  timeToHeaders: 'http.server.time_to_headers',
  requestSize: 'http.server.request.body.size',
  responseSize: 'http.server.response.body.size',
}
const ACTIVE_REQUESTS = 'http.server.active_requests'

describeAdapterContract(
  'openTelemetryProducer, through a PrometheusExporter over HTTP,',
  async (recorder) => {
    const adapter = openTelemetryProducer(recorder)
    // The exporter takes port 0 for "none given", hence a server of our own around its handler.
    const exporter = new PrometheusExporter({
      preventServerStart: true,
      metricProducers: [adapter],
    })
    const provider = new MeterProvider({ readers: [exporter] })
    const server = createServer((req, res) => exporter.getMetricsRequestHandler(req, res))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const page = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    // This exporter leaves the unit out of the name.
    const nameOf = (name: string) => name.replaceAll('.', '_')
    return {
      adapter,
      read: async (key) => readExposition(await page(), nameOf(NAMES[key])),
      readActiveRequests: async () => readSample(await page(), nameOf(ACTIVE_REQUESTS)),
      async close() {
        await provider.shutdown()
        server.closeAllConnections()
        server.close()
      },
    }
  },
)

type Exported = ReturnType<typeof meterProvider>['exported']

/** What is left by the exports of a reader, each taken when it is read. */
function underTest(
  recorder: LatencyRecorder,
  adapter: Adapter,
  exported: Exported,
  forgets = false,
): AdapterUnderTest {
  let shown = backend(NAMES, recorder)
  async function collect() {
    if (forgets) shown = backend(NAMES, recorder)
    shown.take(metricsByName(await exported()), ACTIVE_REQUESTS)
    return shown
  }
  return {
    adapter,
    read: async (key) => (await collect()).series(key),
    readActiveRequests: async () => (await collect()).sum(),
  }
}

const pointTypes = {
  explicit: DataPointType.HISTOGRAM,
  exponential: DataPointType.EXPONENTIAL_HISTOGRAM,
}

for (const buckets of ['explicit', 'exponential'] as const) {
  for (const temporality of ['cumulative', 'delta'] as const) {
    describeAdapterContract(
      `openTelemetryProducer, of ${buckets} ${temporality} points,`,
      (recorder) => {
        const producer = openTelemetryProducer(recorder, { buckets, temporality })
        const { exported } = meterProvider({ producers: [producer] })
        const checked = async () => {
          const metrics = await exported()
          for (const metric of metricsByName(metrics).values()) {
            const isHistogram = metric.descriptor.name !== ACTIVE_REQUESTS
            if (isHistogram) expect(metric.dataPointType).toBe(pointTypes[buckets])
          }
          return metrics
        }
        return underTest(recorder, producer, checked, temporality === 'cumulative')
      },
      { addsUp: temporality === 'delta', native: buckets === 'exponential' },
    )
  }
}

for (const temporality of [AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA]) {
  describeAdapterContract(
    `openTelemetryMeterAdapter, of ${AggregationTemporality[temporality]} points,`,
    (recorder) => {
      const { provider, exported } = meterProvider({ temporality })
      const meter = provider.getMeter('own')
      return underTest(recorder, openTelemetryMeterAdapter({ recorder, meter }), exported)
    },
    { addsUp: true },
  )
}

/** A producer on a clock that stands still, and what one collection of it gives. */
function stoppedClock(options: OpenTelemetryProducerOptions = {}) {
  const clock = { now: 1_700_000_000_250 }
  const now = () => clock.now
  const recorder = latencyRecorder({ now, native: true })
  const producer = openTelemetryProducer(recorder, { now, ...options })
  return {
    clock,
    recorder,
    async collect() {
      return metricsByName((await producer.collect()).resourceMetrics)
    },
    async durations() {
      const { resourceMetrics } = await producer.collect()
      const metric = metricsByName(resourceMetrics).get(NAMES.duration)
      return (metric as HistogramMetricData | undefined)?.dataPoints ?? []
    },
  }
}

describe('openTelemetryProducer', () => {
  test('the enums that are written as numbers are those of the SDK', async () => {
    const { recorder, collect } = stoppedClock()
    const delta = stoppedClock({ temporality: 'delta', buckets: 'exponential' })
    for (const one of [recorder, delta.recorder]) one.observe('GET', '/', 200, 0.1)
    const metrics = await collect()
    expect(metrics.get(NAMES.duration)).toMatchObject({
      dataPointType: DataPointType.HISTOGRAM,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      descriptor: { valueType: ValueType.DOUBLE },
    })
    expect(metrics.get(ACTIVE_REQUESTS)).toMatchObject({
      dataPointType: DataPointType.SUM,
      isMonotonic: false,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      descriptor: { valueType: ValueType.INT },
    })
    const deltas = await delta.collect()
    expect(deltas.get(NAMES.duration)).toMatchObject({
      dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
      aggregationTemporality: AggregationTemporality.DELTA,
    })
    expect(deltas.get(ACTIVE_REQUESTS)).toMatchObject({
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    })
  })

  test('shows the instruments of the semantic conventions, from this package, on the resource of the reader', async () => {
    const recorder = latencyRecorder({ requestSize: true })
    const slot = recorder.slot('GET', '/users/:id', 500)
    recorder.duration.observe(slot, 0.1)
    recorder.requestSize!.observe(slot, 10)
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 3_600_000,
      metricProducers: [openTelemetryProducer(recorder)],
    })
    const resource = resourceFromAttributes({ 'service.name': 'shop' })
    const provider = new MeterProvider({ readers: [reader], resource })
    onTestFinished(() => provider.shutdown())
    provider.getMeter('own').createCounter('own').add(1)
    await reader.forceFlush()
    const { resource: shown, scopeMetrics } = exporter.getMetrics()[0]!
    expect(shown.attributes).toMatchObject({ 'service.name': 'shop' })
    expect(scopeMetrics.map(({ scope }) => scope.name)).toEqual(['own', '@tidegauge/metrics'])
    const { scope, metrics } = scopeMetrics[1]!
    expect(scope).toEqual({ name: manifest.name, version: manifest.version })
    expect(metrics.map(({ descriptor }) => descriptor)).toEqual([
      {
        name: 'http.server.request.duration',
        unit: 's',
        description: 'Duration of HTTP server requests.',
        valueType: ValueType.DOUBLE,
      },
      {
        name: 'http.server.request.body.size',
        unit: 'By',
        description: 'Size of HTTP server request bodies.',
        valueType: ValueType.DOUBLE,
      },
      {
        name: 'http.server.active_requests',
        unit: '{request}',
        description: 'Number of active HTTP server requests.',
        valueType: ValueType.INT,
      },
    ])
    expect(metrics[0]!.dataPoints[0]!.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/users/:id',
      'http.response.status_code': 500,
      'error.type': '500',
    })
  })

  test.each([
    { status: 404, error: undefined, type: undefined },
    { status: 503, error: undefined, type: '503' },
    { status: 500, error: 'response_aborted', type: 'response_aborted' },
    { status: 499, error: 'client_disconnected', type: 'client_disconnected' },
  ] as const)('error.type of $status, $error is $type', async ({ status, error, type }) => {
    const { recorder, durations } = stoppedClock()
    recorder.duration.observe(recorder.slot('GET', '/', status, error), 1)
    const [point] = await durations()
    expect(point!.attributes['error.type']).toBe(type)
  })

  test('error.type of a class of status is the class', async () => {
    const recorder = latencyRecorder({ statusClasses: true })
    recorder.observe('GET', '/', 503, 1)
    const { resourceMetrics } = await openTelemetryProducer(recorder).collect()
    const [point] = metricsByName(resourceMetrics).get(NAMES.duration)!.dataPoints
    expect(point!.attributes).toMatchObject({
      'http.response.status_code': '5xx',
      'error.type': '5xx',
    })
  })

  test('cumulative points run from the start of the recorder, and begin anew after a reset', async () => {
    const { clock, recorder, durations } = stoppedClock()
    const times = async () => {
      recorder.observe('GET', '/', 200, 0.1)
      const [{ startTime, endTime }] = (await durations()) as [HistogramMetricData['dataPoints'][0]]
      return [startTime, endTime]
    }
    clock.now += 1500
    expect(await times()).toEqual([
      [1_700_000_000, 250_000_000],
      [1_700_000_001, 750_000_000],
    ])
    clock.now += 1000
    expect((await times())[0]).toEqual([1_700_000_000, 250_000_000])
    recorder.reset()
    const anew = [
      [1_700_000_002, 750_000_000],
      [1_700_000_002, 750_000_000],
    ]
    expect(await times()).toEqual(anew)
    clock.now -= 60_000
    expect(await times()).toEqual(anew)
  })

  test('delta points run from one collection to the next, and leave out what did not change', async () => {
    const { clock, recorder, durations, collect } = stoppedClock({ temporality: 'delta' })
    recorder.observe('GET', '/a', 200, 0.1)
    clock.now += 1000
    const first = await durations()
    recorder.observe('GET', '/a', 200, 7)
    recorder.observe('GET', '/b', 200, 0.1)
    clock.now += 1000
    const second = await durations()
    recorder.observe('GET', '/b', 200, 0.1)
    clock.now += 1000
    const third = await durations()
    const shown = [first, second, third].map((points) =>
      points.map(({ startTime, endTime, attributes, value }) => [
        startTime[0],
        endTime[0],
        attributes['http.route'],
        value.count,
        value.sum,
      ]),
    )
    expect(shown).toEqual([
      [[1_700_000_000, 1_700_000_001, '/a', 1, 0.1]],
      [
        [1_700_000_001, 1_700_000_002, '/a', 1, 7],
        [1_700_000_001, 1_700_000_002, '/b', 1, 0.1],
      ],
      [[1_700_000_002, 1_700_000_003, '/b', 1, 0.1]],
    ])
    // Nothing changed: no metric but the one that is never a delta.
    clock.now += 1000
    const rest = await collect()
    expect([...rest.keys()]).toEqual([ACTIVE_REQUESTS])
    expect(rest.get(ACTIVE_REQUESTS)!.dataPoints[0]!.startTime).toEqual([
      1_700_000_000, 250_000_000,
    ])
  })

  test('a delta after a reset counts from the reset on', async () => {
    const { clock, recorder, durations } = stoppedClock({ temporality: 'delta' })
    recorder.observe('GET', '/a', 200, 0.1)
    await durations()
    clock.now += 1000
    recorder.reset()
    recorder.observe('GET', '/b', 200, 7)
    recorder.observe('GET', '/b', 200, 7)
    clock.now += 1000
    const [point, ...others] = await durations()
    expect(others).toEqual([])
    expect(point).toMatchObject({
      startTime: [1_700_000_001, 250_000_000],
      attributes: { 'http.route': '/b' },
      value: { count: 2, sum: 14 },
    })
  })

  test('the overflow carries otel.metric.overflow and nothing else', async () => {
    const recorder = latencyRecorder({ maxSeries: 0 })
    recorder.observe('GET', '/', 200, 0.1)
    const { resourceMetrics } = await openTelemetryProducer(recorder).collect()
    const [point] = metricsByName(resourceMetrics).get(NAMES.duration)!.dataPoints
    expect(point!.attributes).toEqual({ 'otel.metric.overflow': true })
  })

  test('a recorder without native buckets gives explicit points, whatever is asked', async () => {
    const recorder = latencyRecorder({ native: false, bounds: [1] })
    recorder.observe('GET', '/', 200, 0.1)
    const producer = openTelemetryProducer(recorder, { buckets: 'exponential' })
    const metric = metricsByName((await producer.collect()).resourceMetrics).get(NAMES.duration)!
    expect(metric).toMatchObject({
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [{ value: { buckets: { boundaries: [1], counts: [1, 0] } } }],
    })
  })

  test.each([
    [{}, {}, '"recorder" must be a LatencyRecorder'],
    [
      latencyRecorder(),
      { temporality: 'lowmemory' },
      `"temporality" must be 'cumulative' or 'delta'`,
    ],
    [latencyRecorder(), { buckets: 'native' }, `"buckets" must be 'explicit' or 'exponential'`],
  ])('rejects %j, %j', (recorder, options, message) => {
    expect(() => openTelemetryProducer(recorder as never, options as never)).toThrow(message)
  })
})

describe('exponential points', () => {
  /** The SDK's own aggregation of the same values, in the resolution of ours. */
  async function ofTheSdk(values: readonly number[], scale: number): Promise<ExponentialHistogram> {
    const { provider, exported } = meterProvider({
      views: [
        {
          instrumentName: '*',
          aggregation: {
            type: AggregationType.EXPONENTIAL_HISTOGRAM,
            options: { maxSize: 160, recordMinMax: false },
          },
        },
      ],
    })
    const histogram = provider.getMeter('own').createHistogram('own')
    for (const value of values) histogram.record(value)
    const metric = metricsByName(await exported()).get('own') as ExponentialHistogramMetricData
    return coarser(metric.dataPoints[0]!.value, scale)
  }

  function coarser(value: ExponentialHistogram, scale: number): ExponentialHistogram {
    const steps = value.scale - scale
    expect(steps).toBeGreaterThanOrEqual(0)
    const { offset, bucketCounts } = value.positive
    const first = offset >> steps
    const counts: number[] = []
    bucketCounts.forEach((count, i) => {
      const at = ((offset + i) >> steps) - first
      counts[at] = (counts[at] ?? 0) + count
    })
    return { ...value, scale, positive: { offset: first, bucketCounts: counts } }
  }

  async function ours(recorder: LatencyRecorder, options: OpenTelemetryProducerOptions = {}) {
    const producer = openTelemetryProducer(recorder, { buckets: 'exponential', ...options })
    return async () => {
      const metrics = metricsByName((await producer.collect()).resourceMetrics)
      const metric = metrics.get(NAMES.duration) as ExponentialHistogramMetricData
      return metric.dataPoints[0]!.value
    }
  }

  /** Log-normal, from a linear congruential generator: the same in each run. */
  function latencies(n: number, spread: number): number[] {
    let state = 1
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return (state + 0.5) / 2 ** 32
    }
    return Array.from({ length: n }, () => {
      const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
      return Math.exp(Math.log(0.05) + spread * normal)
    })
  }

  const powersOfTwo = Array.from({ length: 12 }, (_, i) => 2 ** (i - 8))

  test.each([
    ['many latencies', latencies(5000, 1)],
    ['bounds of buckets', powersOfTwo],
    ['zeros among them', [0, 0, 0.25, 1, 1.5]],
    ['zeros alone', [0, 0]],
    ['one value', [0.3]],
  ])("hold what the SDK's aggregation holds of %s", async (_, values) => {
    const recorder = latencyRecorder({ native: true })
    for (const value of values) recorder.observe('GET', '/', 200, value)
    const point = await (await ours(recorder))()
    const { scale, sum, ...expected } = await ofTheSdk(values, values.some((v) => v > 0) ? 3 : 0)
    const { scale: ourScale, sum: ourSum, ...shown } = point
    expect(ourScale).toBe(3)
    expect(ourSum).toBeCloseTo(sum!, 9)
    const { min, max, ...rest } = expected
    expect(shown).toEqual(rest)
  })

  test('a series that became coarser says so, and holds what the SDK holds at that scale', async () => {
    const recorder = latencyRecorder({ native: { schema: 3, maxBuckets: 40 } })
    const values = latencies(5000, 1.5)
    for (const value of values) recorder.observe('GET', '/', 200, value)
    const point = await (await ours(recorder))()
    expect(point.scale).toBeLessThan(3)
    const expected = await ofTheSdk(values, point.scale)
    expect(point.positive).toEqual(expected.positive)
  })

  test('deltas add up to the cumulative points, also over a change of scale', async () => {
    const recorder = latencyRecorder({ native: { schema: 3, maxBuckets: 40 } })
    const delta = await ours(recorder, { temporality: 'delta' })
    const batches = [latencies(200, 0.1), [0, 0.05], latencies(200, 2), powersOfTwo]
    const points: ExponentialHistogram[] = []
    for (const batch of batches) {
      for (const value of batch) recorder.observe('GET', '/', 200, value)
      points.push(await delta())
    }
    const whole = await (await ours(recorder))()
    expect(points.map(({ count }) => count)).toEqual(batches.map((batch) => batch.length))
    expect(points.map(({ zeroCount }) => zeroCount)).toEqual([0, 1, 0, 0])
    expect(points[0]!.scale).toBeGreaterThan(whole.scale)
    const added = new Map<number, number>()
    for (const point of points) {
      const { offset, bucketCounts } = coarser(point, whole.scale).positive
      expect(Math.min(...bucketCounts)).toBeGreaterThanOrEqual(0)
      bucketCounts.forEach((count, i) => {
        added.set(offset + i, (added.get(offset + i) ?? 0) + count)
      })
    }
    const { offset, bucketCounts } = whole.positive
    expect(bucketCounts.map((_, i) => added.get(offset + i) ?? 0)).toEqual(bucketCounts)
    // And each is what the SDK holds of that batch alone.
    for (const i of [1, 2]) {
      const expected = await ofTheSdk(batches[i]!, points[i]!.scale)
      expect(points[i]!.positive).toEqual(expected.positive)
    }
  })
})

describe('openTelemetryMeterAdapter', () => {
  test('counts from the moment on at which it is made', async () => {
    const recorder = latencyRecorder()
    recorder.observe('GET', '/', 200, 1)
    const { provider, exported } = meterProvider({})
    openTelemetryMeterAdapter({ recorder, meter: provider.getMeter('own') })
    recorder.observe('GET', '/', 200, 2)
    const metric = metricsByName(await exported()).get(NAMES.duration) as HistogramMetricData
    expect(metric.dataPoints).toMatchObject([{ value: { count: 1, sum: 2 } }])
    expect(metric.descriptor).toMatchObject({ unit: 's', valueType: ValueType.DOUBLE })
  })

  test('does not show requests under way where that is off', async () => {
    const { provider, exported } = meterProvider({})
    const meter = provider.getMeter('own')
    openTelemetryMeterAdapter({ recorder: latencyRecorder(), meter, activeRequests: false })
    expect(metricsByName(await exported()).size).toBe(0)
  })

  test('a backend that throws costs the recorder nothing, and one that ended is not told', () => {
    const recorder = latencyRecorder()
    const told: number[] = []
    const end = recorder.duration.listen((_, value) => told.push(value))
    const endOther = recorder.duration.listen(() => {
      throw new Error('backend')
    })
    recorder.duration.listen((_, value) => told.push(value))
    recorder.observe('GET', '/', 200, 1)
    recorder.observe('GET', '/', 200, Number.NaN)
    end()
    end()
    endOther()
    recorder.observe('GET', '/', 200, 2)
    expect(told).toEqual([1, 1, 2])
    expect(recorder.snapshot()).toMatchObject([{ count: 2 }])
  })

  test.each([
    [{ recorder: {} }, '"recorder" must be a LatencyRecorder'],
    [{ meter: {} }, '"meter" must be a Meter of @opentelemetry/api'],
  ])('rejects %j', (wrong, message) => {
    const { provider } = meterProvider({})
    const options = { recorder: latencyRecorder(), meter: provider.getMeter('own'), ...wrong }
    expect(() => openTelemetryMeterAdapter(options as never)).toThrow(message)
  })
})
