import type { Attributes, HrTime, ValueType } from '@opentelemetry/api'
import type {
  AggregationTemporality,
  CollectionResult,
  DataPoint,
  DataPointType,
  Histogram,
  HistogramMetricData,
  MetricProducer,
} from '@opentelemetry/sdk-metrics'
import { InvalidArgumentError } from '@tidegauge/core'
import type { LatencyRecorder, RequestLabels } from '../latency-recorder.ts'
import type { Adapter } from '../metrics-adapter.ts'
import { OVERFLOW_ROUTE, REQUEST_DURATION } from '../request-duration.ts'

export interface OpenTelemetryProducerOptions {
  /** The wall clock behind each point's end time: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

export interface OpenTelemetryProducer extends MetricProducer, Adapter {}

// Written as numbers, since importing the enums would load the SDK; a test holds them against it.
const HISTOGRAM = 0 as DataPointType.HISTOGRAM
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE
const DOUBLE = 1 as ValueType.DOUBLE

const SCOPE = { name: '@tidegauge/metrics', version: '0.1.0' } as const

/**
 * Shows a recorder's histograms to an OpenTelemetry reader: one more entry of its `metricProducers`, beside
 * your own instruments. Recording stays as cheap as the recorder, and its limits are the only ones.
 *
 * Points are cumulative since the recorder's start, and say so, also where the exporter prefers deltas.
 * The reader keeps the resource of its own MeterProvider. `http.route` is absent where no route matched;
 * what exceeded the recorder's limits carries `otel.metric.overflow` alone, as the SDK writes it.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
 * @example
 * const exporter = new PrometheusExporter({ metricProducers: [openTelemetryProducer(recorder)] })
 * new MeterProvider({ readers: [exporter] })
 */
export function openTelemetryProducer(
  recorder: LatencyRecorder,
  { now = Date.now }: OpenTelemetryProducerOptions = {},
): OpenTelemetryProducer {
  if (typeof recorder?.snapshot !== 'function') {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  let stopped = false
  return {
    async collect() {
      const dataPoints = stopped ? [] : dataPointsOf(recorder, now())
      return collectionResult(dataPoints)
    },
    stop() {
      stopped = true
    },
  }
}

function dataPointsOf(recorder: LatencyRecorder, now: number): DataPoint<Histogram>[] {
  const { bounds, startTime: start } = recorder
  const startTime = hrTime(start)
  // A wall clock may step back; a point must not end before it began.
  const endTime = hrTime(Math.max(start, now))
  return recorder.snapshot().map(({ labels, counts, sum, count }) => ({
    startTime,
    endTime,
    attributes: attributesOf(labels),
    value: { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count },
  }))
}

function attributesOf({ method, route, statusCode }: RequestLabels): Attributes {
  const names = REQUEST_DURATION.openTelemetry.attributes
  if (route === OVERFLOW_ROUTE) return { [names.overflow]: true }
  return {
    [names.method]: method,
    ...(route !== undefined && { [names.route]: route }),
    ...(statusCode !== undefined && { [names.statusCode]: statusCode }),
  }
}

function collectionResult(dataPoints: DataPoint<Histogram>[]): CollectionResult {
  const { name, unit, description } = REQUEST_DURATION.openTelemetry
  const metric: HistogramMetricData = {
    descriptor: { name, unit, description, valueType: DOUBLE },
    aggregationTemporality: CUMULATIVE,
    dataPointType: HISTOGRAM,
    dataPoints,
  }
  const scopeMetrics = dataPoints.length === 0 ? [] : [{ scope: SCOPE, metrics: [metric] }]
  return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
}

type Resource = CollectionResult['resourceMetrics']['resource']

/** The reader reads our scope metrics alone and keeps its provider's resource. */
function emptyResource(): Resource {
  const resource: Resource = {
    attributes: {},
    merge: (other) => other ?? resource,
    getRawAttributes: () => [],
  }
  return resource
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.floor((milliseconds - seconds * 1000) * 1e6)]
}
