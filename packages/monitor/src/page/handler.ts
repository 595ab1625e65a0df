import type { IncomingMessage, ServerResponse } from 'node:http'
import { fetchApproach, nodeApproach } from '@tidegauge/core/http-access'
import { livePage, type MonitorHandlerOptions, type WatchedMonitor } from './live-page.ts'

export type {
  MonitorHandlerOptions,
  PageContext,
  PageReporter,
  PageWithHeaders,
} from './live-page.ts'

/** Answers at once; never throws. */
export type MonitorHandler = (req: IncomingMessage, res: ServerResponse) => void

/**
 * @param connection - whose request it is: without it, `loopbackOnly` refuses everybody
 */
export type FetchMonitorHandler = (
  request: Request,
  connection?: { readonly remoteAddress?: string | undefined },
) => Response

/**
 * Shows the live window: the page one looks at where there is no Grafana.
 *
 * By the `Accept` header that is HTML, for a browser, or JSON, which `?format=json` asks for too. It shows the last look of
 * the monitor's timer, so that a reader costs no comparison; until the first one, or where the timer was not started, the
 * window is compared for the page. It answers this machine alone, or those who bear
 * the `token`: the report holds categories and extremes of what was asked. No path is looked at: that is for
 * the router. A check that fails is answered with 500 and told to `onError`.
 *
 * @throws InvalidArgumentError where an argument is not what it must be
 * @example
 * const live = monitorHandler(monitor, {
 *   reporters: {
 *     html: { render: htmlReport, headers: { 'Content-Security-Policy': reportPolicy() } },
 *     json: jsonReport,
 *   },
 *   refreshSeconds: 30,
 *   replica: 'service-a',
 *   links: { Grafana: 'https://grafana.example/d/drift', Runbook: '/runbook' },
 * })
 * app.get('/drift', live) // Express
 * createServer((req, res) => (req.url === '/drift' ? live(req, res) : app(req, res))) // node:http
 */
export function monitorHandler(
  monitor: WatchedMonitor,
  options: MonitorHandlerOptions,
): MonitorHandler {
  const respond = livePage(monitor, options)
  return (req, res) => {
    const { status, headers, body } = respond(nodeApproach(req))
    // What came before may have answered already, or the client have left.
    if (res.headersSent || res.destroyed) return
    res.writeHead(status, headers)
    res.end(body)
  }
}

/**
 * The handler of `monitorHandler` for servers that speak in `Request` and `Response`, as Hono does.
 *
 * @throws InvalidArgumentError where an argument is not what it must be
 * @example
 * const live = fetchMonitorHandler(monitor, { reporters: { html: htmlReport }, token })
 * app.get('/drift', (c) => live(c.req.raw))
 */
export function fetchMonitorHandler(
  monitor: WatchedMonitor,
  options: MonitorHandlerOptions,
): FetchMonitorHandler {
  const respond = livePage(monitor, options)
  return (request, { remoteAddress } = {}) => {
    const { status, headers, body } = respond(fetchApproach(request, remoteAddress))
    return new Response(request.method === 'HEAD' ? null : body, { status, headers })
  }
}
