import type { HrTime, ValueType } from '@opentelemetry/api'
import type {
  AggregationTemporality,
  CollectionResult,
  DataPointType,
  MetricData,
  MetricProducer,
} from '@opentelemetry/sdk-metrics'
import type { Adapter } from '../../contract/metrics-adapter.ts'

export interface OpenTelemetryProducer extends MetricProducer, Adapter {}

// Written as numbers, since importing the enums would load the SDK; a test holds them against it.
export const HISTOGRAM = 0 as DataPointType.HISTOGRAM
export const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM
export const GAUGE = 2 as DataPointType.GAUGE
export const SUM = 3 as DataPointType.SUM
export const DELTA = 0 as AggregationTemporality.DELTA
export const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE
export const INT = 0 as ValueType.INT
export const DOUBLE = 1 as ValueType.DOUBLE

const SCOPE = { name: '@tidegauge/metrics', version: '0.1.0' } as const

/** What a producer gives its reader. */
export function collectionResult(metrics: MetricData[]): CollectionResult {
  const scopeMetrics = metrics.length === 0 ? [] : [{ scope: SCOPE, metrics }]
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

export function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.floor((milliseconds - seconds * 1000) * 1e6)]
}
