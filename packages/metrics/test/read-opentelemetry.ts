import type { Attributes } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type ExponentialHistogram,
  type ExponentialHistogramMetricData,
  type Histogram,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics'
import { onTestFinished } from 'vitest'
import type { InstrumentKey, RecorderReader } from '../src/index.ts'
import type { SeriesRead } from './adapter-contract.ts'

export interface ReaderOptions {
  readonly temporality?: AggregationTemporality
  readonly producers?: MetricProducer[]
  readonly views?: ViewOptions[]
}

export interface ProviderUnderTest {
  readonly provider: MeterProvider
  /** The next export; none where there is nothing to be exported. */
  readonly exported: () => Promise<ResourceMetrics | undefined>
}

/** A provider whose reader exports into memory when it is asked to. */
export function meterProvider({
  temporality = AggregationTemporality.CUMULATIVE,
  producers = [],
  views = [],
}: ReaderOptions): ProviderUnderTest {
  const exporter = new InMemoryMetricExporter(temporality)
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
    metricProducers: producers,
  })
  const provider = new MeterProvider({ readers: [reader], views })
  onTestFinished(() => provider.shutdown())
  return {
    provider,
    async exported(): Promise<ResourceMetrics | undefined> {
      exporter.reset()
      await reader.forceFlush()
      return exporter.getMetrics().at(-1)
    },
  }
}

/** The metrics of an export by name. */
export function metricsByName(exported: ResourceMetrics | undefined): Map<string, MetricData> {
  const metrics = exported?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
  return new Map(metrics.map((metric) => [metric.descriptor.name, metric]))
}

export interface Backend {
  readonly series: (key: InstrumentKey) => SeriesRead[]
  readonly sum: () => number | undefined
  readonly take: (metrics: ReadonlyMap<string, MetricData>, sumName: string) => void
}

/** What a backend makes of each export: it keeps the last of cumulative points, and adds up those of deltas. */
export function backend(
  names: Readonly<Record<InstrumentKey, string>>,
  recorder: RecorderReader,
): Backend {
  const kept = new Map<InstrumentKey, Map<string, SeriesRead>>()
  let sum: number | undefined
  return {
    series: (key: InstrumentKey) => [...(kept.get(key)?.values() ?? [])],
    sum: () => sum,
    take(metrics: ReadonlyMap<string, MetricData>, sumName: string): void {
      for (const { key, bounds } of recorder.histograms) {
        const metric = metrics.get(names[key])
        if (metric !== undefined) kept.set(key, histogramSeries(metric, bounds, kept.get(key)))
      }
      const latest = metrics.get(sumName)
      const value = latest?.dataPoints[0]?.value as number | undefined
      sum = latest !== undefined && isDelta(latest) ? (sum ?? 0) + value! : (value ?? sum)
    },
  }
}

function isDelta({ aggregationTemporality }: MetricData): boolean {
  return aggregationTemporality === AggregationTemporality.DELTA
}

function histogramSeries(
  metric: MetricData,
  bounds: readonly number[],
  before: ReadonlyMap<string, SeriesRead> | undefined,
): Map<string, SeriesRead> {
  const series = new Map(isDelta(metric) ? before : [])
  for (const { attributes, value } of (metric as HistogramData).dataPoints) {
    const key = JSON.stringify(attributes)
    const read = seriesOf(attributes, value, bounds)
    const earlier = series.get(key)
    series.set(key, earlier === undefined ? read : sumOf(earlier, read))
  }
  return series
}

type HistogramData = HistogramMetricData | ExponentialHistogramMetricData

function sumOf(a: SeriesRead, b: SeriesRead): SeriesRead {
  const counts = a.counts.map((count, i) => count + b.counts[i]!)
  return { ...a, counts, sum: a.sum + b.sum, count: a.count + b.count }
}

function seriesOf(
  attributes: Attributes,
  value: Histogram | ExponentialHistogram,
  bounds: readonly number[],
): SeriesRead {
  const {
    'otel.metric.overflow': overflow,
    'http.request.method': method = '_OTHER',
    'http.route': route,
    'http.response.status_code': status,
    'error.type': errorType,
    ...extra
  } = attributes as Record<string, string | undefined>
  const explicit = 'buckets' in value
  return {
    method,
    route: overflow ? '__overflow__' : route,
    statusCode: status === undefined ? undefined : String(status),
    errorType,
    extra: extra as Record<string, string>,
    bounds: explicit ? value.buckets.boundaries : bounds,
    counts: explicit ? value.buckets.counts : countsWithin(bounds, value),
    sum: value.sum!,
    count: value.count,
  }
}

/** Counts by bounds that are powers of two: at a scale of 0 or more no exponential bucket crosses one. */
function countsWithin(
  bounds: readonly number[],
  { scale, zeroCount, positive }: ExponentialHistogram,
): number[] {
  if (scale < 0) throw new Error(`buckets of scale ${scale} do not fit into ${bounds.join()}`)
  const counts = [zeroCount, ...bounds.map(() => 0)]
  positive.bucketCounts.forEach((count, i) => {
    // Bucket i holds base^i < x <= base^(i + 1).
    const upper = (positive.offset + i + 1) / 2 ** scale
    const within = bounds.findIndex((bound) => upper <= Math.log2(bound))
    counts[within === -1 ? bounds.length : within]! += count
  })
  return counts
}
