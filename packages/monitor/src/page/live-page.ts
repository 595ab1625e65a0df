import { validateHeaderName, validateHeaderValue } from 'node:http'
import { InvalidArgumentError, type LiveState } from '@tidegauge/core'
import { type AccessOptions, type Approach, accessControl } from '@tidegauge/core/http-access'
import { assertLinks, failureReporter } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { DriftReport } from '@tidegauge/drift'
import type { LiveWatch } from '../feature-monitor.ts'
import { negotiatePageFormat, type PageFormat } from './page-format.ts'

/** What the reporter of an HTML page gets besides the report. */
export interface PageContext {
  /** Tells it from the tabs of other models. */
  readonly title: string
  /** Whose window it is, when it was looked at, and what came before; left out where the monitor does not tell. */
  readonly live?: LiveState
}

/** A report in, a page out, such as `htmlReport` and `jsonReport` of `@tidegauge/reporters`. */
export type PageReporter = (report: DriftReport, page?: PageContext) => string

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
  /**
   * A page that was made is shown again for so long, or until the next look, so that reloads cost nothing. Default 1; 0: not
   * at all.
   */
  readonly cacheSeconds?: number
  /**
   * The HTML page is loaded anew every so many seconds, 1 to 86 400. Default: no. `htmlReport` does it by its script, keeps
   * what was opened and lets its reader pause it; of another page the browser is told by the header `Refresh`.
   */
  readonly refreshSeconds?: number
  /** Tells this process from others that serve the same model, on the HTML page. */
  readonly replica?: string
  /**
   * Where the HTML page leads, by name: `{ Grafana: 'https://…', Runbook: '/runbook' }`. Each is an address of http: or
   * https:, or relative to the page. The JSON has a link of its own.
   */
  readonly links?: Readonly<Record<string, string>>
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
  /** What its timer has seen; without it the page compares whenever it is asked for, and tells no more than the report. */
  live?(): LiveWatch
}

/**
 * What both handlers do: judge the request, agree on a format, take the last look, render. Where there is no look yet
 * against the reference of now, the window is compared for the page, once in `cacheSeconds` at most. It never throws.
 *
 * @throws InvalidArgumentError where an argument is not what it must be
 */
export function livePage(
  monitor: WatchedMonitor,
  options: MonitorHandlerOptions,
): (request: Approach) => PageResponse {
  assertArguments(monitor, options)
  const { reporters, token, cacheSeconds = 1, refreshSeconds, replica, links, onError } = options
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
  let shown: ShownWindow | undefined

  return (request) => {
    const refusal = refusalOf(request)
    if (refusal !== undefined) {
      return answer(request, refusal.status, TEXT, refusal.text, refusal.headers)
    }
    const format =
      request.parameter(FORMAT) === 'json' && pages.has(JSON_FORMAT)
        ? JSON_FORMAT
        : negotiatePageFormat(request.header('accept'), offered)
    if (format === undefined) {
      return answer(request, 406, TEXT, `There is ${offered.join(' and ')}.\n`, VARIES)
    }
    try {
      const { bytes, refreshesItself } = bodyAs(format)
      const { headers } = pages.get(format)!
      return answer(request, 200, `${format}; charset=utf-8`, bytes, {
        ...VARIES,
        ...(format === 'text/html' &&
          refreshSeconds !== undefined &&
          !refreshesItself && { Refresh: String(refreshSeconds) }),
        ...headers,
      })
    } catch (error) {
      report(error)
      const text = 'The window could not be checked; the service was told why.\n'
      return answer(request, 500, TEXT, text, VARIES)
    }
  }

  function bodyAs(format: PageFormat): PageBody {
    const window = latestWindow()
    let body = window.bodies.get(format)
    if (body === undefined) {
      const { render } = pages.get(format)!
      const { report, page } = window
      const text = format === 'text/html' ? render(report, page) : render(report)
      if (typeof text !== 'string') {
        throw new InvalidArgumentError(`reporters' ${format}`, 'a function that gives text', text)
      }
      body = { bytes: Buffer.from(text), refreshesItself: text.includes(REFRESHES_ITSELF) }
      window.bodies.set(format, body)
    }
    return body
  }

  /** Made anew where it is too old, or of another reference, or there was a look since. */
  function latestWindow(): ShownWindow {
    const { referenceId } = monitor
    const live = monitor.live?.()
    const look = live?.report ?? null
    if (
      shown === undefined ||
      shown.referenceId !== referenceId ||
      shown.look !== look ||
      performance.now() - shown.at >= cacheSeconds * 1000
    ) {
      shown = undefined
      const report = look ?? monitor.check()
      const { model = 'a model' } = monitor
      const title = `Live drift of ${model}, reference ${referenceId}`
      const page = { title, ...(live !== undefined && { live: stateOf(live) }) }
      const at = performance.now()
      shown = { report, referenceId, look, page, at, bodies: new Map() }
    }
    return shown
  }

  function stateOf({ state }: LiveWatch): LiveState {
    return {
      ...state,
      ...(replica !== undefined && { replica }),
      links: { ...links, ...(pages.has(JSON_FORMAT) && { JSON: `?${FORMAT}=json` }) },
      ...(refreshSeconds !== undefined && { refreshSeconds }),
    }
  }
}

interface PageBody {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly refreshesItself: boolean
}

interface ShownWindow {
  readonly report: DriftReport
  readonly referenceId: string
  /** The report of the look that it shows; null where it was compared for the page. */
  readonly look: DriftReport | null
  readonly page: PageContext
  /** By the clock of `performance.now()`. */
  readonly at: number
  readonly bodies: Map<PageFormat, PageBody>
}

/** The parameter of the address by which a link asks for the JSON, since it has no headers. */
const FORMAT = 'format'
const JSON_FORMAT: PageFormat = 'application/json'
/** What `htmlReport` writes where its script sees to it; a header could not be paused. */
const REFRESHES_ITSELF = ' data-refresh-seconds="'
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
  replica: true,
  links: true,
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
  const { reporters, cacheSeconds, refreshSeconds, replica, links } = options
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
  if (replica !== undefined && (typeof replica !== 'string' || replica === '')) {
    throw new InvalidArgumentError('replica', 'a name that is not empty', replica)
  }
  if (links !== undefined) assertLinks('links', links)
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
