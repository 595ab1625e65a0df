import { InvalidArgumentError } from '@tidegauge/core'
import type { InstrumentKey } from '../contract/recorder-reader.ts'

/** What instruments and labels are called in Prometheus. */
export interface Naming {
  metric(key: InstrumentKey | 'activeRequests'): MetricName
  readonly labels: LabelNames
}

export interface MetricName {
  readonly name: string
  readonly help: string
  readonly unit: 'seconds' | 'bytes' | 'requests'
}

export interface LabelNames {
  readonly method: string
  readonly route: string
  readonly statusCode: string
  readonly errorType: string
}

export type NamingName = 'opentelemetry' | 'express-prom-bundle' | 'fastify-metrics'

/**
 * Ready-made names, so that dashboards written for another middleware keep working.
 *
 * `opentelemetry`, the default, is the semantic conventions in Prometheus' spelling; only
 * `http_server_time_to_headers_seconds` is our own, since they have no such metric. The others rename the
 * duration and the labels as those packages do out of the box, and leave what those packages lack.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export const NAMINGS: Readonly<Record<NamingName, Naming>> = {
  opentelemetry: naming({
    method: 'http_request_method',
    route: 'http_route',
    statusCode: 'http_response_status_code',
    errorType: 'error_type',
  }),
  'express-prom-bundle': naming(
    { method: 'method', route: 'path', statusCode: 'status_code', errorType: 'error_type' },
    'http_request_duration_seconds',
  ),
  'fastify-metrics': naming(
    { method: 'method', route: 'route', statusCode: 'status_code', errorType: 'error_type' },
    'http_request_duration_seconds',
  ),
}

/**
 * A naming by name, or the user's own as it is.
 *
 * @throws InvalidArgumentError on a name that is not known
 */
export function namingOf(choice: NamingName | Naming = 'opentelemetry'): Naming {
  if (typeof choice === 'object' && typeof choice?.metric === 'function') return choice
  if (typeof choice === 'string' && Object.hasOwn(NAMINGS, choice)) return NAMINGS[choice]
  const names = Object.keys(NAMINGS).map((name) => `'${name}'`)
  throw new InvalidArgumentError('naming', `one of ${names.join(', ')} or a Naming`, choice)
}

/**
 * The same instruments in OpenTelemetry's words.
 *
 * `http.server.time_to_headers` is not in the semantic conventions.
 */
export const OPEN_TELEMETRY_INSTRUMENTS = {
  duration: {
    name: 'http.server.request.duration',
    unit: 's',
    description: 'Duration of HTTP server requests.',
  },
  timeToHeaders: {
    name: 'http.server.time_to_headers',
    unit: 's',
    description: 'Time until the headers of HTTP server responses were sent.',
  },
  requestSize: {
    name: 'http.server.request.body.size',
    unit: 'By',
    description: 'Size of HTTP server request bodies.',
  },
  responseSize: {
    name: 'http.server.response.body.size',
    unit: 'By',
    description: 'Size of HTTP server response bodies.',
  },
  activeRequests: {
    name: 'http.server.active_requests',
    unit: '{request}',
    description: 'Number of active HTTP server requests.',
  },
} as const

const METRICS: Readonly<Record<InstrumentKey | 'activeRequests', MetricName>> = {
  duration: {
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests in seconds.',
    unit: 'seconds',
  },
  timeToHeaders: {
    name: 'http_server_time_to_headers_seconds',
    help: 'Time until the headers of HTTP server responses were sent, in seconds.',
    unit: 'seconds',
  },
  requestSize: {
    name: 'http_server_request_body_size_bytes',
    help: 'Size of HTTP server request bodies in bytes.',
    unit: 'bytes',
  },
  responseSize: {
    name: 'http_server_response_body_size_bytes',
    help: 'Size of HTTP server response bodies in bytes.',
    unit: 'bytes',
  },
  activeRequests: {
    name: 'http_server_active_requests',
    help: 'Number of active HTTP server requests.',
    unit: 'requests',
  },
}

function naming(labels: LabelNames, duration?: string): Naming {
  return {
    metric: (key) =>
      key === 'duration' && duration !== undefined
        ? { ...METRICS.duration, name: duration }
        : METRICS[key],
    labels,
  }
}
