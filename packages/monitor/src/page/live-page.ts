import { validateHeaderName, validateHeaderValue } from 'node:http'
import { InvalidArgumentError } from '@tidegauge/core'
import { type AccessOptions, type Approach, accessControl } from '@tidegauge/core/http-access'
import { failureReporter } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { DriftReport } from '@tidegauge/drift'
import { negotiatePageFormat, type PageFormat } from './page-format.ts'

/**
 * A report in, a page out, such as `htmlReport` and `jsonReport` of `@tidegauge/reporters`. That of an HTML page is also
 * handed the title that tells it from the tabs of other models.
 */
export type PageReporter = (report: DriftReport, page?: { readonly title: string }) => string

/** A reporter, and headers that its page needs: a `Content-Security-Policy`, say. */
export interface PageWithHeaders {
  readonly render: PageReporter
  readonly headers: Readonly<Record<string, string>>
}

export interface MonitorHandlerOptions extends AccessOptions {
  /** What makes the page; one of them will do. */
  readonly reporters: {
    readonly html?: PageReporter | PageWithHeaders
    readonly json?: PageReporter | PageWithHeaders
  }
  /** Default: true, unless a `token` is asked for. */
  readonly loopbackOnly?: boolean
  /** A page that was made is shown again for so long, so that reloads cost nothing. Default 1; 0: not at all. */
  readonly cacheSeconds?: number
  /** Tell the browser to load the HTML page anew every so many seconds, 1 to 86 400. Default: no. */
  readonly refreshSeconds?: number
  /** Told of every failure. Default: a process warning, once per handler. */
  readonly onError?: (error: unknown) => void
}

export interface PageResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Empty for HEAD. */
  readonly body: Uint8Array<ArrayBuffer>
}

/** The part of a feature monitor that is shown. */
export interface WatchedMonitor {
  readonly model?: string
  readonly referenceId: string
  check(): DriftReport
}

/**
 * What both handlers do: judge the request, agree on a format, check the window, render. It never throws.
 *
 * @throws InvalidArgumentError where an argument is not what it must be
 */
export function livePage(
  monitor: WatchedMonitor,
  options: MonitorHandlerOptions,
): (request: Approach) => PageResponse {
  assertArguments(monitor, options)
  const { reporters, token, cacheSeconds = 1, refreshSeconds, onError } = options
  const { loopbackOnly = token === undefined } = options
  const refusalOf = accessControl({ loopbackOnly, ...(token !== undefined && { token }) })
  const report = failureReporter(
    onError,
    'the live report could not be shown',
    'TIDEGAUGE_MONITOR_FAILED',
  )
  const pages = new Map<PageFormat, PageWithHeaders>()
  if (reporters.html !== undefined) pages.set('text/html', pageOf(reporters.html))
  if (reporters.json !== undefined) pages.set('application/json', pageOf(reporters.json))
  const offered = [...pages.keys()]
  let checked: CheckedWindow | undefined

  return (request) => {
    const refusal = refusalOf(request)
    if (refusal !== undefined) {
      return answer(request, refusal.status, TEXT, refusal.text, refusal.headers)
    }
    const format = negotiatePageFormat(request.header('accept'), offered)
    if (format === undefined) {
      return answer(request, 406, TEXT, `There is ${offered.join(' and ')}.\n`, VARIES)
    }
    try {
      const body = bodyAs(format)
      const { headers } = pages.get(format)!
      return answer(request, 200, `${format}; charset=utf-8`, body, {
        ...VARIES,
        ...(format === 'text/html' &&
          refreshSeconds !== undefined && { Refresh: String(refreshSeconds) }),
        ...headers,
      })
    } catch (error) {
      report(error)
      const text = 'The window could not be checked; the service was told why.\n'
      return answer(request, 500, TEXT, text, VARIES)
    }
  }

  function bodyAs(format: PageFormat): Uint8Array<ArrayBuffer> {
    const window = latestWindow()
    let body = window.bodies.get(format)
    if (body === undefined) {
      const { render } = pages.get(format)!
      const text =
        format === 'text/html'
          ? render(window.report, { title: window.title })
          : render(window.report)
      if (typeof text !== 'string') {
        throw new InvalidArgumentError(`reporters' ${format}`, 'a function that gives text', text)
      }
      body = Buffer.from(text)
      window.bodies.set(format, body)
    }
    return body
  }

  /** Checked anew where the last check is too old, or was held against another reference. */
  function latestWindow(): CheckedWindow {
    const { referenceId } = monitor
    if (
      checked === undefined ||
      checked.referenceId !== referenceId ||
      performance.now() - checked.at >= cacheSeconds * 1000
    ) {
      checked = undefined
      const report = monitor.check()
      const { model = 'a model' } = monitor
      const title = `Live drift of ${model}, reference ${referenceId}`
      checked = { report, referenceId, title, at: performance.now(), bodies: new Map() }
    }
    return checked
  }
}

interface CheckedWindow {
  readonly report: DriftReport
  readonly referenceId: string
  readonly title: string
  /** By the clock of `performance.now()`. */
  readonly at: number
  readonly bodies: Map<PageFormat, Uint8Array<ArrayBuffer>>
}

const TEXT = 'text/plain; charset=utf-8'
const VARIES = { Vary: 'Accept' }

function pageOf(reporter: PageReporter | PageWithHeaders): PageWithHeaders {
  return typeof reporter === 'function' ? { render: reporter, headers: {} } : reporter
}

function answer(
  { method }: Approach,
  status: number,
  contentType: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): PageResponse {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return {
    status,
    headers: {
      'Content-Type': contentType,
      'Content-Length': String(bytes.byteLength),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
    body: method === 'HEAD' ? new Uint8Array() : bytes,
  }
}

const HANDLER_OPTIONS: Readonly<Record<keyof MonitorHandlerOptions, true>> = {
  reporters: true,
  token: true,
  loopbackOnly: true,
  cacheSeconds: true,
  refreshSeconds: true,
  onError: true,
}

const REPORTERS: Readonly<Record<keyof MonitorHandlerOptions['reporters'], true>> = {
  html: true,
  json: true,
}

const PAGE: Readonly<Record<keyof PageWithHeaders, true>> = { render: true, headers: true }

function assertArguments(monitor: WatchedMonitor, options: MonitorHandlerOptions): void {
  if (typeof monitor?.check !== 'function') {
    throw new InvalidArgumentError('monitor', 'a FeatureMonitor', monitor)
  }
  assertOptions('options', options, HANDLER_OPTIONS)
  const { reporters, cacheSeconds, refreshSeconds } = options
  assertOptions('reporters', reporters ?? {}, REPORTERS)
  if (reporters?.html === undefined && reporters?.json === undefined) {
    throw new InvalidArgumentError('reporters', '{ html, json }, or one of them', reporters)
  }
  for (const name of ['html', 'json'] as const) assertReporter(name, reporters[name])
  if (cacheSeconds !== undefined && !(cacheSeconds >= 0 && cacheSeconds <= LONGEST)) {
    throw new InvalidArgumentError('cacheSeconds', `from 0 to ${LONGEST}`, cacheSeconds)
  }
  if (
    refreshSeconds !== undefined &&
    !(Number.isInteger(refreshSeconds) && refreshSeconds >= 1 && refreshSeconds <= LONGEST)
  ) {
    throw new InvalidArgumentError(
      'refreshSeconds',
      `a whole number from 1 to ${LONGEST}`,
      refreshSeconds,
    )
  }
}

/** A day, in seconds. */
const LONGEST = 86_400

function assertReporter(name: string, reporter: PageReporter | PageWithHeaders | undefined): void {
  if (reporter === undefined || typeof reporter === 'function') return
  if (typeof reporter?.render !== 'function') {
    const expected = 'a function of a DriftReport, or { render, headers }'
    throw new InvalidArgumentError(`reporters.${name}`, expected, reporter)
  }
  assertOptions(`reporters.${name}`, reporter, PAGE)
  for (const [header, value] of Object.entries(reporter.headers ?? {})) {
    if (isHeader(header, value)) continue
    const expected = 'a header of text without line breaks'
    throw new InvalidArgumentError(`reporters.${name}.headers.${header}`, expected, value)
  }
}

/** As `writeHead` sees it: what it refuses would end the process at the first request. */
function isHeader(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
