/**
 * The one instrument of this package, in both vocabularies: how long the server took to answer.
 *
 * Names, unit and bounds are those of OpenTelemetry's HTTP semantic conventions. The Prometheus names
 * are the same words in snake case, with the unit.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
 */
export const REQUEST_DURATION = {
  /** Upper bounds in seconds, inclusive. */
  bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  openTelemetry: {
    name: 'http.server.request.duration',
    unit: 's',
    description: 'Duration of HTTP server requests.',
    attributes: {
      method: 'http.request.method',
      route: 'http.route',
      statusCode: 'http.response.status_code',
      /** Alone on the series that takes what exceeds the limit, as the metrics SDK writes it. */
      overflow: 'otel.metric.overflow',
      errorType: 'error.type',
    },
  },
  prometheus: {
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests in seconds.',
    labels: {
      method: 'http_request_method',
      route: 'http_route',
      statusCode: 'http_response_status_code',
    },
  },
} as const

/** Bodies of requests and responses. The conventions name no bounds for sizes: powers of four, 256 B to 64 MiB. */
export const BODY_SIZE: { readonly bounds: readonly number[] } = {
  bounds: Object.freeze(Array.from({ length: 10 }, (_, i) => 4 ** (i + 4))),
}

/** What an unknown request method becomes, so that a scanner cannot invent series. */
export const OTHER_METHOD = '_OTHER'

/** The route of the one series that takes what exceeds the recorder's limits. */
export const OVERFLOW_ROUTE = '__overflow__'

/** RFC 9110 and PATCH; methods are case-sensitive. */
export const KNOWN_METHODS: readonly string[] = [
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
]
