import { InvalidArgumentError } from '@tidegauge/core'
import { onlyKeys } from './only-keys.ts'
import { metricName, seriesLabelName } from './promql.ts'

/** A histogram of request durations in seconds, as Prometheus knows it. Names may have dots, which Prometheus 3 alone has. */
export interface RequestMetric {
  /** Without `_bucket`, `_count` or `_sum`. */
  readonly name: string
  readonly labels: RequestMetricLabels
  /** Upper bounds of the classic buckets, in seconds, increasing, without `+Inf`. */
  readonly bounds: readonly number[]
}

export interface RequestMetricLabels {
  readonly method: string
  readonly route: string
  /** Its values are statuses (`503`) or their classes (`5xx`). */
  readonly statusCode: string
  readonly errorType: string
}

export type RequestMetricName =
  | 'opentelemetry'
  | 'opentelemetry-dots'
  | 'express-prom-bundle'
  | 'fastify-metrics'

const OPENTELEMETRY_BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/**
 * What well-known middleware writes out of the box: OpenTelemetry's semantic conventions (and
 * `@tidegauge/metrics`), the same with their dots, as a Prometheus 3 stores them that is told
 * `translation_strategy: NoUTF8EscapingWithSuffixes`, express-prom-bundle 8, fastify-metrics 12 to 14.
 *
 * Other buckets: `{ ...REQUEST_METRICS['express-prom-bundle'], bounds: [0.1, 1, 5] }`.
 */
export const REQUEST_METRICS: Readonly<Record<RequestMetricName, RequestMetric>> = {
  opentelemetry: {
    name: 'http_server_request_duration_seconds',
    labels: {
      method: 'http_request_method',
      route: 'http_route',
      statusCode: 'http_response_status_code',
      errorType: 'error_type',
    },
    bounds: OPENTELEMETRY_BOUNDS,
  },
  'opentelemetry-dots': {
    name: 'http.server.request.duration_seconds',
    labels: {
      method: 'http.request.method',
      route: 'http.route',
      statusCode: 'http.response.status_code',
      errorType: 'error.type',
    },
    bounds: OPENTELEMETRY_BOUNDS,
  },
  'express-prom-bundle': {
    name: 'http_request_duration_seconds',
    labels: {
      method: 'method',
      route: 'path',
      statusCode: 'status_code',
      errorType: 'error_type',
    },
    bounds: [0.003, 0.03, 0.1, 0.3, 1.5, 10],
  },
  'fastify-metrics': {
    name: 'http_request_duration_seconds',
    labels: {
      method: 'method',
      route: 'route',
      statusCode: 'status_code',
      errorType: 'error_type',
    },
    bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], // those of prom-client
  },
}

/** @throws InvalidArgumentError on an unknown name, and on names or bounds that Prometheus cannot have */
export function requestMetric(choice: unknown): RequestMetric {
  if (typeof choice === 'string' && Object.hasOwn(REQUEST_METRICS, choice)) {
    return REQUEST_METRICS[choice as RequestMetricName]
  }
  if (typeof choice !== 'object' || choice === null) {
    const known = Object.keys(REQUEST_METRICS).map((name) => `'${name}'`)
    const expected = `${known.join(', ')} or an object with name, labels and bounds`
    throw new InvalidArgumentError('metric', expected, choice)
  }
  const { name, labels, bounds } = onlyKeys<RequestMetric>('metric', choice, {
    name: true,
    labels: true,
    bounds: true,
  })
  const names = onlyKeys<RequestMetricLabels>('metric.labels', labels, {
    method: true,
    route: true,
    statusCode: true,
    errorType: true,
  })
  return {
    name: metricName('metric.name', name),
    labels: {
      method: seriesLabelName('metric.labels.method', names.method),
      route: seriesLabelName('metric.labels.route', names.route),
      statusCode: seriesLabelName('metric.labels.statusCode', names.statusCode),
      errorType: seriesLabelName('metric.labels.errorType', names.errorType),
    },
    bounds: increasingBounds(bounds),
  }
}

function increasingBounds(bounds: unknown): readonly number[] {
  if (!Array.isArray(bounds) || bounds.length === 0) {
    throw new InvalidArgumentError('metric.bounds', 'an array of at least one bound', bounds)
  }
  bounds.forEach((bound, i) => {
    if (typeof bound !== 'number' || !Number.isFinite(bound) || bound <= (bounds[i - 1] ?? 0)) {
      const expected = i === 0 ? 'a finite number above 0' : `finite and above ${bounds[i - 1]}`
      throw new InvalidArgumentError(`metric.bounds[${i}]`, expected, bound)
    }
  })
  return bounds
}
