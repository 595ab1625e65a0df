import type { ErrorType, SpanIds } from '../recorder-reader.ts'
import { errorReporter } from './error-reporter.ts'
import type { ExchangeNaming, ObserveOptions } from './observe-response.ts'
import { CLIENT_CLOSED_REQUEST } from './response-outcome.ts'

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
 * - No longer wanted before that: 499, `client_disconnected`.
 * - A body that fails: 500, `response_aborted`.
 */
export function observeFetch<Source>(
  {
    recorder,
    streams = 'time-to-headers',
    onError,
  }: Omit<ObserveOptions<never, never>, 'ignore' | 'labels'>,
  naming: ExchangeNaming<Source> & {
    readonly labels?: ((source: Source) => readonly string[]) | undefined
  },
): (method: string, source: Source) => FetchExchange | undefined {
  const report = errorReporter(onError)
  const asked = <T>(ask: () => T): T | undefined => {
    try {
      return ask()
    } catch (error) {
      report(error)
      return undefined
    }
  }

  return (method, source) => {
    if (asked(() => naming.ignore?.(source)) === true) return undefined
    const startedAt = performance.now()
    const span: SpanIds | null = asked(() => recorder.exemplars?.()) ?? null
    let headersAt = startedAt
    let responseBytes = 0
    let open = true
    recorder.requestStarted()

    function close(counted: boolean, statusCode: number, errorType?: ErrorType): void {
      if (!open) return
      open = false
      recorder.requestEnded()
      if (!counted) return
      asked(() => {
        const route = asked(() => naming.route?.(source))
        const labels = asked(() => naming.labels?.(source))
        const slot = recorder.slot(method, route, statusCode, errorType, labels)
        recorder.duration.observe(slot, (performance.now() - startedAt) / 1000, span)
        recorder.timeToHeaders?.observe(slot, (headersAt - startedAt) / 1000, span)
        recorder.responseSize?.observe(slot, responseBytes, span)
      })
    }

    return {
      failed: () => close(true, 500, 'response_aborted'),
      answered(response) {
        headersAt = performance.now()
        const { body, status } = response
        if (body === null) {
          close(true, status)
          return response
        }
        if (streams !== 'duration' && isEventStream(response)) {
          close(streams === 'time-to-headers', status)
          return response
        }
        const watched = watch(body, {
          piece: (bytes) => {
            responseBytes += bytes
          },
          ended: () => close(true, status),
          failed: () => close(true, Math.max(500, status), 'response_aborted'),
          unwanted: () =>
            close(true, status >= 400 ? status : CLIENT_CLOSED_REQUEST, 'client_disconnected'),
        })
        return new Response(watched, response)
      },
    }
  }
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

function isEventStream({ headers }: Response): boolean {
  return /^\s*text\/event-stream\b/i.test(headers.get('content-type') ?? '')
}
