import type { RequestLabels } from '../contract/recorder-reader.ts'
import type { LabelNames } from '../naming/naming.ts'

/** Names of the labels that a series may have, in the order of `labelValues`. */
export function labelNames(
  { method, route, statusCode, errorType }: LabelNames,
  extra: readonly string[],
): string[] {
  return [method, route, statusCode, errorType, ...extra]
}

/** An absent label is empty: to Prometheus that is the same, and such are not written. */
export function labelValues(
  { method, route, statusCode, errorType, extra }: RequestLabels,
  into: string[],
): void {
  into[0] = method
  into[1] = route ?? ''
  into[2] = statusCode === undefined ? '' : String(statusCode)
  into[3] = errorType ?? ''
  for (let i = 0; i < extra.length; i++) into[4 + i] = extra[i]!
}
