import { accessControl } from '@tidegauge/core/http-access'
import { acceptsGzip, type ExpositionFormat, negotiateFormat } from '../exposition/negotiation.ts'
import { registryFormat } from '../exposition/registry/registry-page.ts'
import { failureReporter } from '../report-failures.ts'
import { gzipped } from './gzip.ts'
import { assertHandlerOptions, type MetricsHandlerOptions } from './handler-options.ts'
import { assertShown, pageContent } from './page-content.ts'
import { CONTENT_TYPES, pageRenderer } from './page-renderer.ts'
import { begun, sliced, watched } from './scrape-body.ts'
import { answer, bodyOf, type ScrapeRequest, type ScrapeResponse } from './scrape-response.ts'
import { ScrapeTimeoutError, unlessAborted } from './scrape-timeout.ts'

/**
 * What all handlers do: judge the request, agree on a format, collect, render. It never rejects; a body
 * that fails has been reported.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 */
export function scraper(
  options: MetricsHandlerOptions,
): (request: ScrapeRequest) => Promise<ScrapeResponse> {
  assertHandlerOptions(options)
  assertShown(options)
  const { registry, gzip = true, maxScrapes = 8, timeoutSeconds = 30, onError } = options
  const { classicBuckets = false, token, loopbackOnly = false } = options
  const refusalOf = accessControl({ loopbackOnly, ...(token !== undefined && { token }) })
  const report = failureReporter(onError, 'a scrape of the metrics failed')
  const content = pageContent(options, report)
  const render = pageRenderer({ classicBuckets })
  const level = typeof gzip === 'object' ? gzip.level : 1
  let underWay = 0

  return async (request) => {
    const refusal = refusalOf(request)
    if (refusal !== undefined) return answer(refusal.status, refusal.text, refusal.headers)
    try {
      if (registry !== undefined) registryFormat(registry)
      const format = negotiateFormat(request.header('accept'))
      const zipped = gzip !== false && acceptsGzip(request.header('accept-encoding'))
      const headers = {
        'Content-Type': CONTENT_TYPES[format],
        ...(zipped && { 'Content-Encoding': 'gzip' }),
        Vary: 'Accept, Accept-Encoding',
      }
      if (request.method === 'HEAD') return { status: 200, headers, body: bodyOf() }
      if (underWay >= maxScrapes) {
        return answer(503, 'Too many scrapes at once.\n', { 'Retry-After': '1' })
      }
      return { status: 200, headers, body: await scrape(request, format, zipped) }
    } catch (error) {
      const { aborted } = request.abort.signal
      if (!aborted) report(error)
      const status = aborted ? 503 : 500
      return answer(status, 'The metrics could not be collected; the service was told why.\n')
    }
  }

  async function scrape(
    { abort }: ScrapeRequest,
    format: ExpositionFormat,
    zipped: boolean,
  ): Promise<AsyncIterableIterator<Uint8Array>> {
    const { signal } = abort
    const timer = setTimeout(() => {
      report(new ScrapeTimeoutError(timeoutSeconds))
      abort.abort()
    }, timeoutSeconds * 1000)
    timer.unref()
    const end = once(() => {
      underWay--
      clearTimeout(timer)
    })
    underWay++
    signal.addEventListener('abort', end, { once: true })
    try {
      const collected = await unlessAborted(content.collect(), signal)
      const families = content.families(collected)
      const plain = sliced(render(families, collected.registryPage, format), signal)
      const body = zipped ? gzipped(plain, level) : plain
      return await begun(watched(body, { signal, report, end }))
    } catch (error) {
      end()
      throw error
    }
  }
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}
