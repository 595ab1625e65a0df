import type { IncomingMessage, ServerResponse } from 'node:http'
import { brokenOffBy, isServed } from '@tidegauge/core/http-exchange'
import type { ErrorType, SpanIds } from '../../contract/recorder-reader.ts'
import type { LatencyRecorder } from '../../recorder/latency-recorder.ts'
import { failureReporter } from '../../report-failures.ts'
import { type AnswerChecks, answerChecks } from './answer-checks.ts'
import { type ExchangeNaming, routeOf } from './exchange-naming.ts'
import { assertObserveOptions, type ObserveOptions } from './observe-options.ts'
import { watchQueued } from './queued-response.ts'
import { isEventStream, onBody, onFirstPiece, onHeaders, onRequestBody } from './response-hooks.ts'
import { statusCodeOf } from './response-status.ts'

/** Watches one exchange; `naming` in place of the observer's own. */
export type ResponseObserver<Source> = (
  req: IncomingMessage,
  res: ServerResponse,
  source: Source,
  naming?: ExchangeNaming<Source>,
) => void

/**
 * The one code path of all middlewares: count each exchange exactly once, when its response closes, or finishes
 * where no server of Node has the connection.
 *
 * - Answered in full: the status code that was sent.
 * - Cut off by the client, before the headers or in the middle of the body: 499, `client_disconnected`.
 * - Cut off by the server (`res.destroy()`, a stream that failed, a time-out): 500, `response_aborted`.
 * - Cut off, and an error status had been sent already: that status.
 *
 * An upgraded request (WebSocket) is none: it has no response.
 *
 * @throws InvalidArgumentError where `recorder` is not one, `streams` is no policy, `route` is no function, or something is no option
 */
export function responseObserver<Source>(
  options: ObserveOptions<never, never>,
  ownNaming: ExchangeNaming<Source>,
): ResponseObserver<Source> {
  assertObserveOptions(options)
  const { recorder, streams = 'time-to-headers', onError } = options
  const report = failureReporter(onError, 'request metrics failed')
  const checks = answerChecks(recorder, report)
  const observer: Observer = {
    recorder,
    report,
    checks,
    streams: streams === 'duration' ? null : streams,
    instruments: Boolean(recorder.timeToHeaders ?? recorder.requestSize ?? recorder.responseSize),
    latest: null,
  }
  return (req, res, source, naming = ownNaming) => {
    if ((req as { upgrade?: boolean }).upgrade === true) return
    const ignored = naming.ignore !== undefined && isIgnored(naming.ignore, source, observer)
    // A naming is called with the source that came with it, whatever that is.
    const named = naming as ExchangeNaming<unknown>
    if (!foundEarlier(observer, res, source, named, ignored) && !ignored) {
      start(observer, req, res, source, named)
    }
  }
}

interface Observer {
  readonly recorder: LatencyRecorder
  readonly report: (error: unknown) => void
  readonly checks: AnswerChecks
  readonly streams: 'time-to-headers' | 'ignore' | null
  /** Whether the recorder has more than durations. */
  readonly instruments: boolean
  /** The last one begun that is still open. */
  latest: Exchange | null
}

/**
 * Listens to a response's `close`, and is what a second middleware on the same recorder finds there: it then
 * calls the listener with itself. A mark on the response, or in a `WeakMap`, would cost Express 3–10 µs a request.
 */
type CloseListener = (
  claimant?: Observer,
  source?: unknown,
  naming?: ExchangeNaming<unknown>,
  ignored?: boolean,
) => boolean

/** A property's name, since a bundler may shorten a function's. */
type Named = { readonly tidegaugeResponseClosed: CloseListener }
const LISTENER_NAME = 'tidegaugeResponseClosed' satisfies keyof Named

/**
 * Installed twice: the first one times and counts, the last one that knows routes names it, and it
 * may ignore what the first has begun.
 */
function foundEarlier(
  observer: Observer,
  res: ServerResponse,
  source: unknown,
  naming: ExchangeNaming<unknown>,
  ignored: boolean,
): boolean {
  const { latest } = observer
  if (latest !== null && latest.res === res) {
    latest.claim(naming, source, ignored)
    return true
  }
  if (res.listenerCount('close') === 0) return false
  for (const listener of res.listeners('close') as CloseListener[]) {
    if (listener.name === LISTENER_NAME && listener(observer, source, naming, ignored) === true)
      return true
  }
  return false
}

function start(
  observer: Observer,
  req: IncomingMessage,
  res: ServerResponse,
  source: unknown,
  naming: ExchangeNaming<unknown>,
): void {
  const exchange = new Exchange(observer, req, res, source, naming)
  observer.latest = exchange
  observer.recorder.requestStarted()
  const { tidegaugeResponseClosed }: Named = {
    tidegaugeResponseClosed: (claimant, other, otherNaming, ignored) => {
      if (claimant?.recorder === undefined) exchange.close()
      else if (claimant.recorder === observer.recorder) {
        exchange.claim(otherNaming!, other, ignored === true)
        return true
      }
      return false
    },
  }
  res.on('close', tidegaugeResponseClosed)
  if (!isServed(req)) res.on('finish', () => exchange.close(true))
  else if (res.socket === null) watchQueued(req, res, tidegaugeResponseClosed)
  if (observer.instruments) exchange.measure()
  else if (observer.streams !== null) onFirstPiece(req, res, () => exchange.begun())
}

const OPEN = 0
/** An event stream that has been counted, or left out, and is still open. */
const STREAMING = 1
const IGNORED = 2
const CLOSED = 3

/** One request and its response, from their arrival until the response is closed. */
class Exchange {
  readonly res: ServerResponse
  private readonly observer: Observer
  private readonly req: IncomingMessage
  private readonly startedAt: number
  private readonly span: SpanIds | null
  private naming: ExchangeNaming<unknown>
  private source: unknown
  private labels: ExchangeNaming<unknown>['labels']
  private labelSource: unknown
  private state = OPEN
  private headersAt = -1
  private requestBytes = 0
  private responseBytes = 0

  constructor(
    observer: Observer,
    req: IncomingMessage,
    res: ServerResponse,
    source: unknown,
    naming: ExchangeNaming<unknown>,
  ) {
    this.startedAt = performance.now()
    this.observer = observer
    this.req = req
    this.res = res
    this.naming = naming
    this.source = source
    this.labels = naming.labels
    this.labelSource = source
    this.span = observer.recorder.exemplars === null ? null : activeSpan(observer.recorder)
  }

  claim(naming: ExchangeNaming<unknown>, source: unknown, ignored: boolean): void {
    if (ignored) {
      // One that streams has been counted, or left out, and is under way until it is closed.
      if (this.state !== OPEN) return
      this.state = IGNORED
      this.observer.recorder.requestEnded()
      return
    }
    if (naming.route !== undefined || naming.asked !== undefined) {
      this.naming = naming
      this.source = source
    }
    if (naming.labels !== undefined) {
      this.labels = naming.labels
      this.labelSource = source
    }
  }

  /** For recorders that have more than durations. */
  measure(): void {
    const { req, res, observer } = this
    const { timeToHeaders, requestSize, responseSize } = observer.recorder
    if (timeToHeaders !== null) onHeaders(res, () => this.begun())
    else if (observer.streams !== null) onFirstPiece(req, res, () => this.begun())
    if (requestSize !== null) {
      const { 'content-length': length, 'transfer-encoding': coding } = req.headers
      if (length !== undefined) this.requestBytes = Number(length)
      else if (coding !== undefined || req.httpVersionMajor === 2) {
        onRequestBody(req, (bytes) => {
          this.requestBytes += bytes
        })
      }
    }
    if (responseSize !== null) {
      onBody(res, (bytes) => {
        this.responseBytes += bytes
      })
    }
  }

  /** The headers are sent, or written at least. */
  begun(): void {
    if (this.headersAt < 0) this.headersAt = performance.now()
    const { observer, res } = this
    if (this.state !== OPEN || observer.streams === null) return
    try {
      if (!isEventStream(res)) return
      this.state = STREAMING
      if (observer.streams === 'ignore') return
      this.observeTimes(this.slot(res.statusCode, undefined), this.headersAt)
    } catch (error) {
      observer.report(error)
    }
  }

  /** @param answered - in full, it is known; else it is looked up who broke it off, if anyone */
  close(answered = false): void {
    const { state, observer, req, res } = this
    if (state === CLOSED) return
    this.state = CLOSED
    if (observer.latest === this) observer.latest = null
    if (state === IGNORED) return
    observer.recorder.requestEnded()
    if (state === STREAMING) return
    try {
      const closedAt = performance.now()
      const broken = answered ? undefined : brokenOffBy(req, res)
      const slot = this.slot(statusCodeOf(res, broken), broken)
      this.observeTimes(slot, closedAt)
      if (observer.instruments) this.observeSizes(slot)
    } catch (error) {
      observer.report(error)
    }
  }

  private slot(statusCode: number, errorType: ErrorType | undefined): number {
    const { observer, req, res } = this
    let route: string | undefined
    let labels: readonly string[] | undefined
    try {
      route = routeOf(this.naming, this.source, observer.report)
    } catch (error) {
      observer.report(error)
    }
    try {
      if (this.labels !== undefined) {
        labels = observer.checks.labels(this.labels(this.labelSource, res))
      }
    } catch (error) {
      observer.report(error)
    }
    return observer.recorder.slot(req.method ?? '', route, statusCode, errorType, labels)
  }

  private observeTimes(slot: number, endedAt: number): void {
    const { observer, startedAt, headersAt, span } = this
    const { duration, timeToHeaders } = observer.recorder
    duration.observe(slot, (endedAt - startedAt) / 1000, span)
    if (timeToHeaders !== null && headersAt >= 0) {
      timeToHeaders.observe(slot, (headersAt - startedAt) / 1000, span)
    }
  }

  private observeSizes(slot: number): void {
    const { observer, req, res, span } = this
    const { requestSize, responseSize } = observer.recorder
    requestSize?.observe(slot, this.requestBytes, span)
    const bodiless = req.method === 'HEAD' || res.statusCode === 204 || res.statusCode === 304
    responseSize?.observe(slot, bodiless ? 0 : this.responseBytes, span)
  }
}

function isIgnored<Source>(
  ignore: (source: Source) => boolean,
  source: Source,
  { checks, report }: Observer,
): boolean {
  try {
    return checks.ignore(ignore(source))
  } catch (error) {
    report(error)
    return false
  }
}

/** A source that fails costs an exemplar, never the observation. */
function activeSpan({ exemplars }: LatencyRecorder): SpanIds | null {
  try {
    return exemplars?.() ?? null
  } catch {
    return null
  }
}
