import type { IncomingMessage, ServerResponse } from 'node:http'
import { InvalidArgumentError } from '@tidegauge/core'
import { type ObserveOptions, responseObserver } from './observe-response.ts'

export type { ObserveOptions } from './observe-response.ts'

export interface InstrumentServerOptions extends ObserveOptions {
  /**
   * The route template of a request, never its path. Asked once, when the response closes; undefined
   * where none matched. Behind Express: `route: expressRoute`, from `@tidegauge/metrics/express`.
   */
  readonly route?: (req: IncomingMessage) => string | undefined
}

/** The part of `http.Server` and `https.Server` that is used here. */
export interface RequestServer {
  prependListener(event: 'request', listener: RequestListener): unknown
  off(event: 'request', listener: RequestListener): unknown
}

type RequestListener = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Time every request of a `node:http` or `node:https` server, from before its own listeners run until the
 * response closes: thrown, aborted and streamed ones too.
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
    throw new InvalidArgumentError('server', 'a server of node:http or node:https', server)
  }
  const { route } = options
  const observeResponse = responseObserver(options)
  const listener: RequestListener = (req, res) => {
    observeResponse(req, res, route && (() => route(req)))
  }
  server.prependListener('request', listener)
  return {
    stop() {
      server.off('request', listener)
    },
  }
}
