import type { HrTime } from '@opentelemetry/api'
import type {
  DataPoint,
  ExponentialHistogram,
  Histogram,
  MetricData,
} from '@opentelemetry/sdk-metrics'
import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type { HistogramReader, NativeRow, RecorderReader } from '../contract/recorder-reader.ts'
import { OPEN_TELEMETRY_INSTRUMENTS } from '../naming/naming.ts'
import {
  cumulativeRows,
  deltaRows,
  type PointRow,
  type PointRowReader,
} from './opentelemetry/histogram-deltas.ts'
import { openTelemetryAttributes } from './opentelemetry/opentelemetry-attributes.ts'
import {
  CUMULATIVE,
  collectionResult,
  DELTA,
  DOUBLE,
  EXPONENTIAL_HISTOGRAM,
  HISTOGRAM,
  hrTime,
  INT,
  type OpenTelemetryProducer,
  SUM,
} from './opentelemetry/opentelemetry-data.ts'

export type { OpenTelemetryProducer } from './opentelemetry/opentelemetry-data.ts'
export {
  type OpenTelemetryMeterAdapterOptions,
  openTelemetryMeterAdapter,
} from './opentelemetry/opentelemetry-meter.ts'
export {
  type OpenTelemetryMeterSourcesOptions,
  openTelemetryMeterSources,
} from './opentelemetry/opentelemetry-meter-sources.ts'
export {
  type OpenTelemetrySourcesOptions,
  openTelemetrySources,
} from './opentelemetry/opentelemetry-sources.ts'

export interface OpenTelemetryProducerOptions {
  /**
   * `cumulative`, the default: since the recorder's start. `delta`: since the last collection. A reader does
   * not tell a producer which its exporter prefers, so say it here, and give each reader a producer of its own.
   */
  readonly temporality?: 'cumulative' | 'delta'
  /**
   * `explicit`, the default: the recorder's bounds. `exponential`: the recorder's native buckets; a histogram
   * that has none stays explicit. `PrometheusExporter` cannot write exponential ones.
   */
  readonly buckets?: 'explicit' | 'exponential'
  /** Whether to show `http.server.active_requests`. Default true. */
  readonly activeRequests?: boolean
  /** The wall clock behind each point's end time: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Shows a recorder's histograms to an OpenTelemetry reader: one more entry of its `metricProducers`, beside
 * your own instruments. Recording stays as cheap as the recorder, and its limits are the only ones.
 *
 * The reader keeps the resource of its own MeterProvider. `http.route` is absent where no route matched;
 * what exceeded the recorder's limits carries `otel.metric.overflow` alone, as the SDK writes it. Delta
 * points leave out what did not change; requests under way are always cumulative, as the SDK has it for an
 * UpDownCounter.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
 * @example
 * const exporter = new PrometheusExporter({ metricProducers: [openTelemetryProducer(recorder)] })
 * new MeterProvider({ readers: [exporter] })
 */
export function openTelemetryProducer(
  recorder: RecorderReader,
  options: OpenTelemetryProducerOptions = {},
): OpenTelemetryProducer {
  assertOptions('options', options, PRODUCER_OPTIONS)
  assertValid(recorder, options)
  const { activeRequests = true, now = Date.now } = options
  const delta = options.temporality === 'delta'
  let interval = newInterval()
  let stopped = false

  function newInterval() {
    const { startTime } = recorder
    return { recorderStart: startTime, start: startTime, series: seriesReaders(recorder, options) }
  }

  function collect(): MetricData[] {
    // A recorder that was reset begins anew, and so do its slots.
    if (recorder.startTime !== interval.recorderStart) interval = newInterval()
    // A wall clock may step back; a point must not end before it began.
    const end = Math.max(interval.start, now())
    const times = { startTime: hrTime(interval.start), endTime: hrTime(end) }
    const metrics = interval.series
      .map((series) => histogramMetric(recorder, series, delta, times))
      .filter((metric) => metric.dataPoints.length > 0)
    if (delta) interval.start = end
    if (!activeRequests) return metrics
    const startTime = hrTime(interval.recorderStart)
    return [...metrics, activeRequestsMetric(recorder, { startTime, endTime: times.endTime })]
  }

  return {
    async collect() {
      return collectionResult(stopped ? [] : collect())
    },
    stop() {
      stopped = true
    },
  }
}

interface Times {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

interface SeriesReader {
  readonly histogram: HistogramReader
  readonly read: PointRowReader
}

function seriesReaders(
  recorder: RecorderReader,
  { temporality, buckets }: OpenTelemetryProducerOptions,
): SeriesReader[] {
  const rows = temporality === 'delta' ? deltaRows : cumulativeRows
  return recorder.histograms.map((histogram) => ({
    histogram,
    read: rows(histogram, buckets === 'exponential'),
  }))
}

function histogramMetric(
  recorder: RecorderReader,
  { histogram, read }: SeriesReader,
  delta: boolean,
  times: Times,
): MetricData {
  const points: DataPoint<PointRow>[] = []
  for (let slot = 0; slot < recorder.seriesCount; slot++) {
    const value = read(slot)
    if (value === null) continue
    const attributes = openTelemetryAttributes(recorder.labelsAt(slot), recorder.extraLabels)
    points.push({ ...times, attributes, value })
  }
  const common = {
    descriptor: { ...OPEN_TELEMETRY_INSTRUMENTS[histogram.key], valueType: DOUBLE },
    aggregationTemporality: delta ? DELTA : CUMULATIVE,
  }
  if (points.length > 0 && points.every(({ value }) => value.native !== null)) {
    const dataPoints = points.map((point) => ({ ...point, value: exponentialValue(point.value) }))
    return { ...common, dataPointType: EXPONENTIAL_HISTOGRAM, dataPoints }
  }
  const dataPoints = points.map((point) => ({
    ...point,
    value: explicitValue(point.value, histogram),
  }))
  return { ...common, dataPointType: HISTOGRAM, dataPoints }
}

function explicitValue({ counts, sum, count }: PointRow, { bounds }: HistogramReader): Histogram {
  return { buckets: { boundaries: [...bounds], counts: Array.from(counts) }, sum, count }
}

/** Bucket i of OpenTelemetry, base^i < x ≤ base^(i+1), is Prometheus' bucket i + 1. */
function exponentialValue({ native, sum, count }: PointRow): ExponentialHistogram {
  const { schema, zeroCount, offset, counts } = native as NativeRow
  const positive =
    counts.length === 0 ? emptyBuckets() : { offset: offset - 1, bucketCounts: Array.from(counts) }
  return { count, sum, scale: schema, zeroCount, positive, negative: emptyBuckets() }
}

function emptyBuckets(): ExponentialHistogram['negative'] {
  return { offset: 0, bucketCounts: [] }
}

function activeRequestsMetric(recorder: RecorderReader, times: Times): MetricData {
  return {
    descriptor: { ...OPEN_TELEMETRY_INSTRUMENTS.activeRequests, valueType: INT },
    aggregationTemporality: CUMULATIVE,
    dataPointType: SUM,
    isMonotonic: false,
    dataPoints: [{ ...times, attributes: {}, value: recorder.activeRequests }],
  }
}

const PRODUCER_OPTIONS: Readonly<Record<keyof OpenTelemetryProducerOptions, true>> = {
  temporality: true,
  buckets: true,
  activeRequests: true,
  now: true,
}

function assertValid(
  recorder: RecorderReader,
  { temporality = 'cumulative', buckets = 'explicit' }: OpenTelemetryProducerOptions,
): void {
  if (typeof recorder?.labelsAt !== 'function') {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  if (temporality !== 'cumulative' && temporality !== 'delta') {
    throw new InvalidArgumentError('temporality', "'cumulative' or 'delta'", temporality)
  }
  if (buckets !== 'explicit' && buckets !== 'exponential') {
    throw new InvalidArgumentError('buckets', "'explicit' or 'exponential'", buckets)
  }
}
