import type { IncomingMessage, ServerResponse } from 'node:http'
import { expressApp, expressRoute } from './express-route.ts'
import { type ObserveOptions, responseObserver } from './observe-response.ts'

export { type ExpressApp, expressRoute } from './express-route.ts'
export type { ObserveOptions } from './observe-response.ts'

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
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * app.use(latencyMiddleware({ recorder, ignore: (req) => req.url === '/healthz' }))
 */
export function latencyMiddleware(options: ObserveOptions): LatencyMiddleware {
  const observeResponse = responseObserver(options)
  return (req, res, next) => {
    const app = expressApp(req)
    observeResponse(req, res, () => expressRoute(req, app))
    next()
  }
}
