import { ValueType } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  type MetricData,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as ours from '../src/adapters/opentelemetry.ts'
import {
  openTelemetryMeterSources,
  openTelemetryProducer,
  openTelemetrySources,
} from '../src/adapters/opentelemetry.ts'
import { fetchMetricsHandler } from '../src/handler/metrics-handler.ts'
import { latencyRecorder } from '../src/index.ts'
import { meterProvider, metricsByName } from './read-opentelemetry.ts'
import { counter, gauge, sample, sourceOf } from './source-of.ts'

function clocked(options: { temporality?: 'cumulative' | 'delta' } = {}) {
  const state = { now: 1_000_000, count: 5 }
  const producer = openTelemetrySources({
    sources: [
      {
        families: () => [
          counter('bins', ['bin'], [sample(state.count, '00'), sample(0, '01')]),
          gauge('ratio', [], [sample(0.25)]),
        ],
      },
    ],
    now: () => state.now,
    ...options,
  })
  const points = async (name: string) => {
    const { resourceMetrics } = await producer.collect()
    const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
    return metrics
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => [...dataPoints])
      .map(({ startTime, endTime, value }) => [startTime[0], endTime[0], value])
  }
  return { state, producer, points }
}

test("is in the SDK's own terms", async () => {
  const { producer } = clocked()
  const metrics = (await producer.collect()).resourceMetrics.scopeMetrics[0]!.metrics
  expect(metrics).toMatchObject([
    {
      descriptor: { name: 'bins', unit: '', description: 'Counted.', valueType: ValueType.DOUBLE },
      dataPointType: DataPointType.SUM,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      isMonotonic: true,
      dataPoints: [{ attributes: { bin: '00' } }, { attributes: { bin: '01' } }],
    },
    { descriptor: { name: 'ratio' }, dataPointType: DataPointType.GAUGE },
  ])
  const delta = await clocked({ temporality: 'delta' }).producer.collect()
  expect(delta.resourceMetrics.scopeMetrics[0]!.metrics[0]).toMatchObject({
    aggregationTemporality: AggregationTemporality.DELTA,
  })
})

test('a cumulative sum begins with the producer, and anew where its source does', async () => {
  const { state, points } = clocked()
  state.now = 1_010_000
  expect(await points('bins')).toEqual([
    [1000, 1010, 5],
    [1000, 1010, 0],
  ])
  state.now = 1_020_000
  state.count = 2
  expect((await points('bins'))[0]).toEqual([1010, 1020, 2])
  state.now = 1_030_000
  state.count = 9
  expect((await points('bins'))[0]).toEqual([1010, 1030, 9])
  state.now = 1_000_000 // a clock that was set back
  expect((await points('bins'))[0]).toEqual([1010, 1030, 9])
})

test('a delta is what came since the last collection; what did not change is left out', async () => {
  const { state, points } = clocked({ temporality: 'delta' })
  state.now = 1_010_000
  expect(await points('bins')).toEqual([
    [1000, 1010, 5],
    [1000, 1010, 0],
  ])
  state.now = 1_020_000
  state.count = 12
  expect(await points('bins')).toEqual([[1010, 1020, 7]])
  state.now = 1_030_000
  expect(await points('bins')).toEqual([])
  state.count = 3 // began anew
  expect(await points('bins')).toEqual([[1030, 1030, 3]])
})

test('stands beside a recorder in a PrometheusExporter', async () => {
  const source = sourceOf(
    counter('bins', ['bin'], [sample(3, '0"0')]),
    gauge('ratio', ['bin'], [sample(0.25, '00')]),
  )
  const recorder = latencyRecorder()
  recorder.observe('GET', '/', 200, 0.25)
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    metricProducers: [openTelemetryProducer(recorder), openTelemetrySources({ sources: [source] })],
  })
  const provider = new MeterProvider({ readers: [exporter] })
  onTestFinished(() => provider.shutdown())
  const page = await new Promise<string>((resolve) => {
    exporter.getMetricsRequestHandler({} as never, { setHeader() {}, end: resolve } as never)
  })
  expect(page).toContain('# TYPE bins_total counter\nbins_total{bin="0\\"0"} 3\n')
  expect(page).toContain('# TYPE ratio gauge\nratio{bin="00"} 0.25\n')
  expect(page).toContain('http_server_request_duration_count')
})

test('the SDK takes the deltas of the observable counters itself', async () => {
  let count = 5
  const { provider, exported } = meterProvider({ temporality: AggregationTemporality.DELTA })
  openTelemetryMeterSources({
    sources: [{ families: () => [counter('bins', [], [sample(count)])] }],
    meter: provider.getMeter('test'),
  })
  const value = async () => metricsByName(await exported()).get('bins')?.dataPoints[0]?.value
  expect(await value()).toBe(5)
  count = 12
  expect(await value()).toBe(7)
})

test('refuses what is not what it must be', () => {
  const options = { sources: [sourceOf()] }
  expect(() => openTelemetrySources({ ...options, temporality: 'both' as never })).toThrow(
    '"temporality" must be',
  )
  expect(() => openTelemetryMeterSources({ ...options, meter: {} as never })).toThrow(
    '"meter" must be a Meter',
  )
  const meter = meterProvider({}).provider.getMeter('test')
  const sources = [sourceOf(gauge('_hidden', [], []))]
  expect(() => openTelemetryMeterSources({ sources, meter })).toThrow('OpenTelemetry takes too')
})

/** Counts that are added up over replicas, others, and a gauge. */
const fleet = sourceOf(
  { ...counter('bins', ['bin'], [sample(5, '00'), sample(0, '01')]), perReplica: true },
  { ...counter('own', ['replica'], [sample(1, 'mine')]), perReplica: true },
  counter('jobs', [], [sample(2)]),
  { ...gauge('ratio', [], [sample(0.25)]), perReplica: false },
)

type Adapters = typeof import('../src/adapters/opentelemetry.ts')
type Options = { readonly replica?: string | false; readonly temporality?: 'delta' }

const WAYS: readonly [string, (adapters: Adapters, options: Options) => Promise<MetricData[]>][] = [
  [
    'a producer',
    async ({ openTelemetrySources }, options) => {
      const producer = openTelemetrySources({ sources: [fleet], ...options })
      return (await producer.collect()).resourceMetrics.scopeMetrics[0]!.metrics
    },
  ],
  [
    'a plain Meter',
    async ({ openTelemetryMeterSources }, { temporality, ...options }) => {
      const { provider, exported } = meterProvider({})
      openTelemetryMeterSources({ sources: [fleet], meter: provider.getMeter('test'), ...options })
      return [...metricsByName(await exported()).values()]
    },
  ],
]

describe.each(WAYS)('the label replica by %s', (_, read) => {
  const replicas = async (options: Options = {}, adapters: Adapters = ours) => {
    const metrics = await read(adapters, options)
    return Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        [...new Set(dataPoints.map(({ attributes }) => attributes.replica))],
      ]),
    )
  }

  test('is on counts that are added up over a fleet, and on nothing else', async () => {
    const { bins, ...others } = await replicas()
    expect(bins).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)])
    expect(others).toEqual({ own: ['mine'], jobs: [undefined], ratio: [undefined] })
    expect(await replicas({ temporality: 'delta' })).toEqual({ bins, ...others })
  })

  test('is the same for all of a process, and another in each', async () => {
    const { bins } = await replicas()
    expect((await replicas()).bins).toEqual(bins)
    vi.resetModules()
    const another = await import('../src/adapters/opentelemetry.ts')
    expect((await replicas({}, another)).bins).not.toEqual(bins)
  })

  test('is as it was told, or left out', async () => {
    expect((await replicas({ replica: 'pod-7' })).bins).toEqual(['pod-7'])
    expect((await replicas({ replica: false })).bins).toEqual([undefined])
    for (const replica of ['', 7, null, true]) {
      await expect(replicas({ replica: replica as never })).rejects.toThrow(
        '"replica" must be text',
      )
    }
  })
})

test("what is scraped has no label replica: a monitor's counters on /metrics", async () => {
  const handler = fetchMetricsHandler({ sources: [fleet] })
  const text = await (await handler(new Request('http://localhost/'))).text()
  expect(text).toContain('bins_total{bin="00"} 5')
  expect(text.replace('own_total{replica="mine"}', '')).not.toContain('replica')
})
