import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { InvalidArgumentError } from '@tidegauge/core'
import type { LatencyRecorder, TimedRequest } from '../latency-recorder.ts'

/** What all middlewares ask for. */
export interface ObserveOptions<Request extends IncomingMessage = IncomingMessage> {
  readonly recorder: LatencyRecorder
  /** true: this request is not counted. Asked when it arrives. */
  readonly ignore?: (req: Request) => boolean
  /** Told of every failure of the metrics. Default: a process warning, once per middleware. */
  readonly onError?: (error: unknown) => void
}

/** Watches one exchange; names its route when the response closes. */
export type ResponseObserver = (
  req: IncomingMessage,
  res: ServerResponse,
  route: (() => string | undefined) | undefined,
) => void

/**
 * The one code path of all middlewares: count each exchange exactly once, when its response closes.
 *
 * - Answered in full: the status code that was sent.
 * - Cut off, and an error status had been sent already: that status.
 * - Cut off by the client, before the headers or in the middle of the body: 499.
 * - Cut off by the server (`res.destroy()`, a stream that failed, a time-out): 500.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 */
export function responseObserver({
  recorder,
  ignore,
  onError,
}: ObserveOptions<never>): ResponseObserver {
  if (typeof recorder?.observe !== 'function' || !(recorder.inFlight instanceof WeakMap)) {
    throw new InvalidArgumentError('recorder', 'a LatencyRecorder', recorder)
  }
  const report = errorReporter(onError)

  return (req, res, route) => {
    if (isIgnored(req)) return
    const earlier = recorder.inFlight.get(res)
    if (earlier !== undefined) {
      // Installed twice: the first one times and counts, the last one that knows routes names it.
      earlier.route = route ?? earlier.route
      return
    }
    const request: TimedRequest = { startedAt: performance.now(), route }
    recorder.inFlight.set(res, request)
    onceClosed(req, res, () => {
      try {
        const seconds = (performance.now() - request.startedAt) / 1000
        recorder.observe(req.method ?? '', routeOf(request), statusCodeOf(req, res), seconds)
      } catch (error) {
        report(error)
      }
    })
  }

  function isIgnored(req: IncomingMessage): boolean {
    try {
      return ignore?.(req as never) === true
    } catch (error) {
      report(error)
      return false
    }
  }

  function routeOf(request: TimedRequest): string | undefined {
    try {
      return request.route?.()
    } catch (error) {
      report(error)
      return undefined
    }
  }
}

function onceClosed(req: IncomingMessage, res: ServerResponse, settle: () => void): void {
  let settled = false
  const close = (): void => {
    if (settled) return
    settled = true
    if (req.socket) queued.get(req.socket)?.delete(close)
    settle()
  }
  res.once('close', close)
  // A pipelined response that waits for an earlier one has no socket yet, and Node never closes it when
  // the client leaves. Its request is closed instead, or was before, when its body had been read.
  req.once('close', () => {
    if (settled || res.socket !== null || res.writableFinished) return
    if (req.errored || req.socket?.destroyed !== false) close()
    else queuedOn(req.socket).add(close)
  })
}

/** Exchanges that wait behind an earlier one: one listener a socket, however many a client pipelines. */
const queued = new WeakMap<Socket, Set<() => void>>()

function queuedOn(socket: Socket): Set<() => void> {
  let waiting = queued.get(socket)
  if (waiting === undefined) {
    waiting = new Set()
    queued.set(socket, waiting)
    socket.once('close', () => {
      for (const close of queued.get(socket)!) close()
    })
  }
  return waiting
}

function statusCodeOf(req: IncomingMessage, res: ServerResponse): number {
  const { socket } = req
  // After a reset in the middle of a large body Node still calls the response finished.
  const complete = res.writableEnded && res.writableFinished && !socket?.errored
  if (complete || (res.headersSent && res.statusCode >= 400)) return res.statusCode
  // From Node 24 on, a response that waited in the pipeline is destroyed with ECONNRESET when the client leaves.
  const serverFailed = res.errored && (res.errored as NodeJS.ErrnoException).code !== 'ECONNRESET'
  const clientLeft = !serverFailed && (socket?.readableEnded || Boolean(socket?.errored))
  return clientLeft ? 499 : 500
}

function errorReporter(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  let warned = false
  const warn = (error: unknown): void => {
    if (warned) return
    warned = true
    const message = error instanceof Error ? error.message : String(error)
    process.emitWarning(`request metrics failed: ${message}`, {
      type: 'TidegaugeWarning',
      code: 'TIDEGAUGE_METRICS_FAILED',
    })
  }
  if (onError === undefined) return warn
  return (error) => {
    try {
      onError(error)
    } catch (failure) {
      warn(failure)
    }
  }
}
