import type { IncomingMessage, ServerResponse } from 'node:http'
import { nodeApproach } from '@tidegauge/core/http-access'
import type { MetricsHandlerOptions } from './handler-options.ts'
import { scraper } from './scraper.ts'

export type { MetricsRegistry } from '../exposition/registry/registry-page.ts'
export type {
  MetricsHandlerOptions,
  NamedRecorder,
  RecorderSource,
} from './handler-options.ts'
export { type FetchMetricsHandler, fetchMetricsHandler } from './metrics-handler-fetch.ts'

/** Resolves when the response is done, or its scraper gone; never rejects. */
export type MetricsHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/**
 * Answers scrapes: the recorder's metrics as Prometheus asks for them.
 *
 * By the `Accept` header that is text 0.0.4, OpenMetrics 1.0 with exemplars, or protobuf with native
 * histograms; compressed where the scraper accepts gzip. The page is made in slices of a millisecond, so
 * that requests do not wait for it. Each series is consistent in itself; what is recorded during a scrape
 * shows in later series alone. No path is looked at: that is for the router.
 *
 * A failure is answered with 500 and told to `onError`. Where the page has begun already the connection is
 * broken off, so that no scraper takes a part for the whole.
 *
 * A source that fails is left out and told to `onError`, and the rest of the page is shown.
 *
 * @throws InvalidArgumentError where an option is not what it must be, or a source has a name or a value that
 * cannot be shown; and what a source throws that cannot be read now
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 * @example
 * const metrics = metricsHandler({ recorder, sources: [monitor] })
 * app.get('/metrics', metrics) // Express
 * createServer((req, res) => (req.url === '/metrics' ? metrics(req, res) : app(req, res))) // node:http
 */
export function metricsHandler(options: MetricsHandlerOptions): MetricsHandler {
  const respond = scraper(options)
  return async (req, res) => {
    const abort = new AbortController()
    let left = false
    res.once('close', () => {
      left = true
      abort.abort()
    })
    abort.signal.addEventListener('abort', () => {
      if (res.headersSent && !left) res.destroy()
    })
    const { status, headers, body } = await respond({
      ...nodeApproach(req),
      abort,
    })
    if (left) {
      await body.return?.()
      return
    }
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
    res.statusCode = status
    try {
      await send(body, res, req.method === 'HEAD', () => left)
    } catch {
      // The core has told of it; the scraper must not take a part for the whole.
      res.destroy()
    }
  }
}

async function send(
  body: AsyncIterableIterator<Uint8Array>,
  res: ServerResponse,
  headersAlone: boolean,
  hasLeft: () => boolean,
): Promise<void> {
  if (!headersAlone) {
    for await (const piece of body) {
      await settled(res, hasLeft, (done) => res.write(piece, done))
      if (hasLeft()) return
    }
  }
  await settled(res, hasLeft, (done) => res.end(done))
}

/** Resolves when that is written, or nobody is left to write to. */
async function settled(
  res: ServerResponse,
  hasLeft: () => boolean,
  write: (done: () => void) => void,
): Promise<void> {
  if (hasLeft()) return
  await new Promise<void>((resolve) => {
    const settle = () => {
      res.off('close', settle)
      resolve()
    }
    res.on('close', settle)
    write(settle)
  })
}
