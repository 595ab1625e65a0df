import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ValueType } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { expect, onTestFinished, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { openTelemetryProducer } from '../src/adapters/opentelemetry.ts'
import { type LatencyRecorder, latencyRecorder } from '../src/index.ts'
import { describeAdapterContract, type SeriesRead } from './adapter-contract.ts'
import { readExposition } from './read-exposition.ts'

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
    return {
      adapter,
      async read() {
        const response = await fetch(`http://127.0.0.1:${port}/metrics`)
        // This exporter leaves the unit out of the name.
        return readExposition(await response.text(), 'http_server_request_duration')
      },
      async close() {
        await provider.shutdown()
        server.closeAllConnections()
        server.close()
      },
    }
  },
)

describeAdapterContract(
  'openTelemetryProducer, through a PeriodicExportingMetricReader,',
  (recorder) => {
    const { adapter, collect, close } = periodicReader(recorder)
    return { adapter, read: async () => (await collect())?.dataPoints.map(seriesOf) ?? [], close }
  },
)

function periodicReader(recorder: LatencyRecorder) {
  const adapter = openTelemetryProducer(recorder)
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
    metricProducers: [adapter],
  })
  const resource = resourceFromAttributes({ 'service.name': 'shop' })
  const provider = new MeterProvider({ readers: [reader], resource })
  async function exported() {
    exporter.reset()
    await reader.forceFlush()
    return exporter.getMetrics().at(-1)!
  }
  return {
    adapter,
    provider,
    exported,
    async collect() {
      const metrics = (await exported())?.scopeMetrics.flatMap(({ metrics }) => metrics)
      return metrics?.[0] as HistogramMetricData | undefined
    },
    close: () => provider.shutdown(),
  }
}

function seriesOf({ attributes, value }: HistogramMetricData['dataPoints'][number]): SeriesRead {
  const overflow = attributes['otel.metric.overflow'] === true
  const status = attributes['http.response.status_code']
  return {
    method: (attributes['http.request.method'] as string) ?? '_OTHER',
    route: overflow ? '__overflow__' : (attributes['http.route'] as string | undefined),
    statusCode: status === undefined ? undefined : String(status),
    bounds: value.buckets.boundaries,
    counts: value.buckets.counts,
    sum: value.sum!,
    count: value.count,
  }
}

test('the enums that are written as numbers are those of the SDK', async () => {
  const recorder = latencyRecorder()
  recorder.observe('GET', '/', 200, 0.1)
  const { resourceMetrics } = await openTelemetryProducer(recorder).collect()
  expect(resourceMetrics.scopeMetrics[0]!.metrics[0]).toMatchObject({
    dataPointType: DataPointType.HISTOGRAM,
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    descriptor: { valueType: ValueType.DOUBLE },
  })
})

test('is the instrument of the semantic conventions, from this package, on the resource of the reader', async () => {
  const recorder = latencyRecorder()
  recorder.observe('GET', '/users/:id', 200, 0.1)
  const { exported, provider, close } = periodicReader(recorder)
  onTestFinished(close)
  provider.getMeter('own').createCounter('own').add(1)
  const { resource, scopeMetrics } = await exported()
  expect(resource.attributes).toMatchObject({ 'service.name': 'shop' })
  expect(scopeMetrics.map(({ scope }) => scope.name)).toEqual(['own', '@tidegauge/metrics'])
  const { scope, metrics } = scopeMetrics[1]!
  expect(scope).toEqual({ name: manifest.name, version: manifest.version })
  expect(metrics[0]!.descriptor).toEqual({
    name: 'http.server.request.duration',
    unit: 's',
    description: 'Duration of HTTP server requests.',
    valueType: ValueType.DOUBLE,
  })
  expect(metrics[0]!.dataPoints[0]!.attributes).toEqual({
    'http.request.method': 'GET',
    'http.route': '/users/:id',
    'http.response.status_code': 200,
  })
})

test('points run from the start of the recorder to the collection, and begin anew after a reset', async () => {
  let clock = 1_700_000_000_250
  const recorder = latencyRecorder({ now: () => clock })
  const producer = openTelemetryProducer(recorder, { now: () => clock })
  const times = async () => {
    recorder.observe('GET', '/', 200, 0.1)
    const { resourceMetrics } = await producer.collect()
    const { startTime, endTime } = resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!
    return [startTime, endTime]
  }
  clock += 1500
  expect(await times()).toEqual([
    [1_700_000_000, 250_000_000],
    [1_700_000_001, 750_000_000],
  ])
  recorder.reset()
  expect(await times()).toEqual([
    [1_700_000_001, 750_000_000],
    [1_700_000_001, 750_000_000],
  ])
  clock -= 60_000
  expect(await times()).toEqual([
    [1_700_000_001, 750_000_000],
    [1_700_000_001, 750_000_000],
  ])
})

test('the overflow carries otel.metric.overflow and nothing else', async () => {
  const recorder = latencyRecorder({ maxSeries: 0 })
  recorder.observe('GET', '/', 200, 0.1)
  const { collect, close } = periodicReader(recorder)
  onTestFinished(close)
  expect((await collect())!.dataPoints[0]!.attributes).toEqual({ 'otel.metric.overflow': true })
})

test('rejects what is no recorder', () => {
  expect(() => openTelemetryProducer({} as never)).toThrow('"recorder" must be a LatencyRecorder')
})
