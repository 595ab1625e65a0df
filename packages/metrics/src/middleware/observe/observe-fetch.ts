import { wantsWebSocket, wasUpgraded } from '@tidegauge/core/http-exchange'
import type { ErrorType, SpanIds } from '../../contract/recorder-reader.ts'
import type { LatencyRecorder } from '../../recorder/latency-recorder.ts'
import { failureReporter } from '../../report-failures.ts'
import { answerChecks } from './answer-checks.ts'
import { type ExchangeNaming, routeOf } from './exchange-naming.ts'
import type { ObserveOptions } from './observe-options.ts'
import { CLIENT_CLOSED_REQUEST } from './response-status.ts'

/** One exchange where there is no Node response, only `Request` and `Response`. */
export interface FetchExchange {
  /** @returns what to send instead: the same, but for a body that is watched */
  answered(response: Response): Response
  /** There will be no response. */
  failed(): void
}

/**
 * Counts each exchange once, when the body of its response has been read to its end.
 *
 * - The client left before the response was there: 499, `client_disconnected`.
 * - A body that is no longer wanted: the same.
 * - A body that fails: 500, `response_aborted`.
 * - An upgrade (WebSocket) is no request here.
 *
 * The request's signal is heard until the response is handed over, and not later: Deno, among others, aborts it
 * also when all went well.
 *
 * A body that is there as a whole is counted when the response is handed over: nothing is known of it later, and
 * to watch it would cost more than all the rest. It is one with a `Content-Length`, or text, HTML or JSON
 * without `Transfer-Encoding`.
 */
export function observeFetch<Source>(
  { recorder, streams = 'time-to-headers', onError }: ObserveOptions<never, never>,
  naming: Omit<ExchangeNaming<Source>, 'labels'> & {
    readonly labels?: ((source: Source) => readonly string[]) | undefined
  },
): (request: Request, source: Source) => FetchExchange | undefined {
  const report = failureReporter(onError, 'request metrics failed')
  const checks = answerChecks(recorder, report)
  const { labels: labelsOf } = naming
  const asked = <T>(ask: () => T): T | undefined => {
    try {
      return ask()
    } catch (error) {
      report(error)
      return undefined
    }
  }

  return (request, source) => {
    if (asked(() => checks.ignore(naming.ignore?.(source))) || isTimed(recorder, request)) {
      return undefined
    }
    const startedAt = performance.now()
    const span: SpanIds | null = asked(() => recorder.exemplars?.()) ?? null
    let headersAt = -1
    let responseBytes = 0
    let counted = false
    let open = true
    let handedOver = false
    recorder.requestStarted()

    /** @param sized - whether the size of the body is known */
    function count(statusCode: number, errorType?: ErrorType, sized = true): void {
      if (counted) return
      counted = true
      asked(() => {
        const route = asked(() => routeOf(naming, source, report))
        const labels = labelsOf && asked(() => checks.labels(labelsOf(source)))
        const slot = recorder.slot(request.method, route, statusCode, errorType, labels)
        recorder.duration.observe(slot, (performance.now() - startedAt) / 1000, span)
        if (headersAt >= 0) {
          recorder.timeToHeaders?.observe(slot, (headersAt - startedAt) / 1000, span)
        }
        if (recorder.requestSize !== null) {
          const bytes = Number(request.headers.get('content-length') ?? 0)
          recorder.requestSize.observe(slot, bytes, span)
        }
        if (sized) recorder.responseSize?.observe(slot, responseBytes, span)
      })
    }

    function close(): void {
      if (open) recorder.requestEnded()
      open = false
    }

    function watched(response: Response, body: ReadableStream<Uint8Array>): Response {
      const error = response.status >= 400 ? response.status : undefined
      const ended = (statusCode: number, errorType?: ErrorType): void => {
        count(statusCode, errorType)
        close()
      }
      const stream = watch(body, {
        piece: (bytes) => {
          responseBytes += bytes
        },
        ended: () => ended(response.status),
        failed: () => ended(error ?? 500, 'response_aborted'),
        unwanted: () => ended(error ?? CLIENT_CLOSED_REQUEST, 'client_disconnected'),
      })
      return new Response(stream, response)
    }

    // Where no answer will ever come: else a request that nobody waits for would be under way for ever.
    request.signal?.addEventListener('abort', left, { once: true })
    function left(): void {
      if (handedOver || wantsWebSocket(request)) return
      count(CLIENT_CLOSED_REQUEST, 'client_disconnected')
      close()
    }

    return {
      failed() {
        count(500, 'response_aborted')
        close()
      },
      answered(response) {
        handedOver = true
        const { body, status, headers } = response
        const isStream = streams !== 'duration' && isEventStream(headers)
        const bodiless = body === null || request.method === 'HEAD'
        const length = headers.get('content-length')
        // First, for an upgrade ends the request, and Deno aborts its signal then.
        if (wasUpgraded(request, response)) counted = true
        else if (request.signal?.aborted) count(CLIENT_CLOSED_REQUEST, 'client_disconnected')
        else {
          headersAt = performance.now()
          if (isStream && streams === 'ignore') counted = true
          else if (isStream) count(status, undefined, false)
          else if (bodiless) count(status)
          else if (isWhole(headers)) {
            responseBytes = Number(length)
            count(status, undefined, length !== null)
          }
          if (!bodiless && (isStream || !counted)) return watched(response, body)
        }
        close()
        return response
      },
    }
  }
}

const timed = new WeakMap<LatencyRecorder, WeakSet<Request>>()

/** Installed twice, it counts once. */
function isTimed(recorder: LatencyRecorder, request: Request): boolean {
  let requests = timed.get(recorder)
  if (requests === undefined) {
    requests = new WeakSet()
    timed.set(recorder, requests)
  }
  if (requests.has(request)) return true
  requests.add(request)
  return false
}

function isWhole(headers: Headers): boolean {
  if (headers.has('content-length')) return true
  const type = headers.get('content-type') ?? ''
  return (
    /^(?:text\/(?:plain|html)|application\/json)\b/i.test(type) && !headers.has('transfer-encoding')
  )
}

interface Watcher {
  piece(bytes: number): void
  ended(): void
  failed(): void
  unwanted(): void
}

/** The same stream, told of. Nothing is read that is not asked for. */
function watch(body: ReadableStream<Uint8Array>, watcher: Watcher): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            watcher.ended()
            controller.close()
          } else {
            watcher.piece(value.byteLength)
            controller.enqueue(value)
          }
        } catch (error) {
          watcher.failed()
          controller.error(error)
        }
      },
      cancel(reason) {
        watcher.unwanted()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

function isEventStream(headers: Headers): boolean {
  return /^\s*text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}
