import type { Attributes } from '@opentelemetry/api'
import type { RequestLabels } from '../../contract/recorder-reader.ts'
import { OVERFLOW_ROUTE, REQUEST_DURATION } from '../../naming/request-duration.ts'

const NAMES = REQUEST_DURATION.openTelemetry.attributes

/**
 * A series' labels in the words of the semantic conventions; labels of the user's own as they are called.
 *
 * What is absent or empty has no attribute. `error.type` is what went wrong with the exchange, and of an
 * answer by the server's fault its status. The overflow series carries `otel.metric.overflow` alone, as the
 * metrics SDK writes it.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
 */
export function openTelemetryAttributes(
  { method, route, statusCode, errorType, extra }: RequestLabels,
  extraNames: readonly string[],
): Attributes {
  if (route === OVERFLOW_ROUTE) return { [NAMES.overflow]: true }
  const attributes: Attributes = { [NAMES.method]: method }
  if (route !== undefined) attributes[NAMES.route] = route
  if (statusCode !== undefined) attributes[NAMES.statusCode] = statusCode
  const error = errorType ?? (isServerError(statusCode) ? String(statusCode) : undefined)
  if (error !== undefined) attributes['error.type'] = error
  for (let i = 0; i < extraNames.length; i++) {
    const value = extra[i]
    if (value !== undefined && value !== '') attributes[extraNames[i]!] = value
  }
  return attributes
}

/** Counted one by one, or as the class `5xx`. */
function isServerError(statusCode: number | string | undefined): boolean {
  return String(statusCode).startsWith('5')
}
