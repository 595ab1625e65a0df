import { fetchApproach } from '@tidegauge/core/http-access'
import type { MetricsHandlerOptions } from './handler-options.ts'
import { scraper } from './scraper.ts'

/**
 * @param connection - whose request it is: without it, `loopbackOnly` refuses everybody
 */
export type FetchMetricsHandler = (
  request: Request,
  connection?: { readonly remoteAddress?: string | undefined },
) => Promise<Response>

/**
 * The handler of `metricsHandler` for servers that speak in `Request` and `Response`, as Hono and Next.js do. It
 * compresses with `gzip: true` alone: frameworks differ in what they make of a body that is compressed already.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * const metrics = fetchMetricsHandler({ recorder })
 * app.get('/metrics', (c) => metrics(c.req.raw))
 */
export function fetchMetricsHandler(options: MetricsHandlerOptions): FetchMetricsHandler {
  const respond = scraper({ ...options, gzip: options?.gzip ?? false })
  return async (request, connection = {}) => {
    const abort = new AbortController()
    const leave = () => abort.abort()
    if (request.signal?.aborted) leave()
    else request.signal?.addEventListener('abort', leave, { once: true })
    const { status, headers, body } = await respond({
      ...fetchApproach(request, connection.remoteAddress),
      abort,
    })
    const stream = request.method === 'HEAD' ? null : streamOf(body, abort)
    return new Response(stream, { status, headers })
  }
}

function streamOf(
  body: AsyncIterableIterator<Uint8Array>,
  abort: AbortController,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      abort.signal.addEventListener('abort', () => {
        controller.error(abort.signal.reason)
      })
    },
    async pull(controller) {
      const { done, value } = await body.next()
      if (done) controller.close()
      // A copy: the memory of a piece is used again.
      else controller.enqueue(Uint8Array.from(value))
    },
    async cancel() {
      abort.abort()
      await body.return?.()
    },
  })
}
