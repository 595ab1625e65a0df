import type { IncomingMessage, ServerResponse } from 'node:http'
import { InvalidArgumentError } from '@tidegauge/core'
import { assertObserveOptions, type ObserveOptions } from './observe/observe-options.ts'
import { responseObserver } from './observe/observe-response.ts'

export type { ObserveOptions, StreamPolicy } from './observe/observe-options.ts'

/**
 * There is no framework here that knows routes: without `route` a request has none. Behind Express:
 * `route: expressRoute`, from `@tidegauge/metrics/express`.
 */
export interface InstrumentServerOptions extends ObserveOptions {}

/** The part of a server of `node:http`, `node:https` or `node:http2` that is used here. */
export interface RequestServer {
  // biome-ignore lint/suspicious/noExplicitAny: the listeners of http and http2 have no common type
  prependListener(event: 'request', listener: (req: any, res: any) => void): unknown
  // biome-ignore lint/suspicious/noExplicitAny: as above
  off(event: 'request', listener: (req: any, res: any) => void): unknown
}

/** Fits a request listener of one's own, and `use()` of connect, polka and restify. */
export type NodeMiddleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Time every request of a server of `node:http`, `node:https` or `node:http2` (its compatibility API), from
 * before its own listeners run until the response closes: thrown, aborted and streamed ones too.
 *
 * A response that was cut off counts as 499 where the client left, as 500 where the server broke it off,
 * and as the error status that had already been sent, if one had.
 *
 * @returns `stop()` leaves new requests alone; those under way are still counted
 * @throws InvalidArgumentError where `server` or `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * instrumentServer(server, { recorder, route: (req) => routes.find(req.url)?.template })
 */
export function instrumentServer(
  server: RequestServer,
  options: InstrumentServerOptions,
): { stop(): void } {
  if (typeof server?.prependListener !== 'function' || typeof server.off !== 'function') {
    throw new InvalidArgumentError('server', 'a server of node:http, https or http2', server)
  }
  const observe = observerOf(options)
  const listener = (req: IncomingMessage, res: ServerResponse): void => observe(req, res, req)
  server.prependListener('request', listener)
  return {
    stop() {
      server.off('request', listener)
    },
  }
}

/**
 * The same for one request listener: what is timed is what reaches it. Call it first, or `use()` it first.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const measure = latencyMiddleware({ recorder, route })
 * createServer((req, res) => {
 *   measure(req, res)
 *   res.end('hello')
 * })
 */
export function latencyMiddleware(options: InstrumentServerOptions): NodeMiddleware {
  const observe = observerOf(options)
  return (req, res, next) => {
    observe(req, res, req)
    next?.()
  }
}

function observerOf(options: InstrumentServerOptions) {
  assertObserveOptions(options)
  const { route: asked, ignore, labels } = options
  return responseObserver<IncomingMessage>(options, { route: undefined, asked, ignore, labels })
}
