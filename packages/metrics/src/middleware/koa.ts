import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'koa'
import { type ObserveOptions, responseObserver } from './observe-response.ts'

export type { StreamPolicy } from './observe-response.ts'

/** The part of Koa's context that is read here, and what `@koa/router` leaves on it. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly _matchedRoute?: string | RegExp
  readonly matched?: readonly RouterLayer[]
}

interface RouterLayer {
  readonly path: string | RegExp
  readonly methods: readonly string[]
}

export interface KoaOptions extends Omit<ObserveOptions, 'ignore' | 'route' | 'labels'> {
  /** true: this request is not counted. Asked when it arrives. */
  ignore?(ctx: Context): boolean
  /** The route in your own words: a template, never the path; undefined leaves it to ours. Asked at the end. */
  route?(ctx: Context): string | undefined
  /** Values of the recorder's `extraLabels`, in their order: from a small set that is yours. Asked at the end. */
  labels?(ctx: Context): readonly string[]
}

/** Fits `app.use()` of Koa 2 and 3. */
export type LatencyMiddleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

/**
 * Time every request that reaches it until the response closes: thrown, aborted and streamed ones too.
 * Put it before everything else.
 *
 * The route is the template that `@koa/router` matched, with the prefixes of all routers around it.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * app.use(latencyMiddleware({ recorder }))
 */
export function latencyMiddleware(options: KoaOptions): LatencyMiddleware {
  const { route: asked, ignore, labels } = options
  const observe = responseObserver<Context>(options, { route: koaRoute, asked, labels, ignore })
  return (ctx, next) => {
    observe(ctx.req, ctx.res, ctx as Context)
    return next()
  }
}

/**
 * The route template of a request that `@koa/router` has handled.
 *
 * @returns undefined where no route answered: a 404, a static file, a middleware of the app or a router
 */
export function koaRoute({ matched, _matchedRoute: path }: KoaContext): string | undefined {
  const isRoute = matched?.some((layer) => layer.path === path && layer.methods.length > 0)
  return isRoute === true ? String(path) : undefined
}
