import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, Response } from 'express'
import { enteringMiddleware, requestSeenBy } from './express/express-app.ts'
import { expressRoute } from './express/express-route.ts'
import { type ExpressApp, expressApp } from './express/express-shapes.ts'
import type { ExchangeNaming } from './observe/exchange-naming.ts'
import { assertObserveOptions, type ObserveOptions } from './observe/observe-options.ts'
import { responseObserver } from './observe/observe-response.ts'

export { expressRoute } from './express/express-route.ts'
export type { ExpressApp } from './express/express-shapes.ts'
export type { ObserveOptions, StreamPolicy } from './observe/observe-options.ts'

/** `ignore` and `labels` are asked with Express' request; what a middleware adds to it, `labels` alone can see. */
export type ExpressOptions = ObserveOptions<Request, Response>

/** Fits `app.use()` of Express 4 and 5. */
export type LatencyMiddleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Time every request that reaches it until the response closes: thrown, aborted and streamed ones too.
 * Put it before everything else.
 *
 * The route is the template with all its mounts (`/org/:org/users/:id`), found as `expressRoute` says.
 * A response that was cut off counts as 499 where the client left, as 500 where the server broke it off,
 * and as the error status that had already been sent, if one had.
 *
 * Where it is the first thing that an app uses, it wraps `app.handle` and leaves the app's stack: the same
 * requests are timed, before Express touches them, for less than an empty middleware costs.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * app.use(latencyMiddleware({ recorder, ignore: (req) => req.path === '/healthz' }))
 */
export function latencyMiddleware(options: ExpressOptions): LatencyMiddleware {
  assertObserveOptions(options)
  // Express makes Node's request its own: `requestSeenBy` where that has not happened yet.
  const { route: asked, ignore, labels } = options as ObserveOptions<never, never> as ObserveOptions
  const observe = responseObserver<IncomingMessage>(options, {
    route: expressRoute,
    asked,
    ignore,
    labels,
  })
  const namings = new WeakMap<ExpressApp, ExchangeNaming<IncomingMessage>>()
  // One per app: an object per request that holds it together with its app costs Express 10 µs.
  const namingIn = (app: ExpressApp | undefined): ExchangeNaming<IncomingMessage> | undefined => {
    let naming = app && namings.get(app)
    if (app !== undefined && naming === undefined) {
      naming = { route: (req) => expressRoute(req, app), asked, ignore, labels }
      namings.set(app, naming)
    }
    return naming
  }
  return enteringMiddleware(
    (req, res, next) => {
      observe(req, res, req, namingIn(expressApp(req)))
      next()
    },
    (app) => {
      const naming = {
        ...namingIn(app)!,
        ignore: ignore && ((req: IncomingMessage) => ignore(requestSeenBy(app, req))),
      }
      return (req, res) => observe(req, res, req, naming)
    },
  )
}
