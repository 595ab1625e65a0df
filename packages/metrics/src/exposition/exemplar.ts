import type { SpanIds } from '../contract/recorder-reader.ts'

/** Ids as W3C trace context writes them: no other fit into an exemplar's 128 characters, nor go unescaped. */
export function isTraceContext({ traceId, spanId }: SpanIds): boolean {
  return /^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId)
}
