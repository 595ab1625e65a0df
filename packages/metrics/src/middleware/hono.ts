import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'hono'
import { observeFetch } from './observe/observe-fetch.ts'
import { assertObserveOptions, type ObserveOptions } from './observe/observe-options.ts'
import { responseObserver } from './observe/observe-response.ts'

export type { StreamPolicy } from './observe/observe-options.ts'

/** The part of Hono's context that is read here. */
export interface HonoContext {
  readonly req: {
    readonly raw: Request
    readonly method: string
    readonly routeIndex: number
    readonly matchedRoutes: readonly HonoRoute[]
  }
  readonly env: unknown
  readonly finalized?: boolean
  res: Response
}

interface HonoRoute {
  readonly path: string
  /** `ALL` for `app.all()`, and for middleware. */
  readonly method: string
  readonly handler: unknown
}

export interface HonoOptions extends Omit<ObserveOptions, 'ignore' | 'route' | 'labels'> {
  /** true: this request is not counted. Asked when it arrives. */
  ignore?(c: Context): boolean
  /** The route in your own words: a template, never the path; undefined leaves it to ours. Asked at the end. */
  route?(c: Context): string | undefined
  /** Values of the recorder's `extraLabels`, in their order: from a small set that is yours. Asked at the end. */
  labels?(c: Context): readonly string[]
}

/** Fits `app.use()` of Hono 4. */
// biome-ignore lint/suspicious/noExplicitAny: Hono's Context has type parameters of the app's own
export type LatencyMiddleware = (c: any, next: () => Promise<void>) => Promise<void>

/**
 * Time every request that reaches it until its body has been sent: thrown, aborted and streamed ones too.
 * Put it before everything else.
 *
 * Behind `@hono/node-server` that is when Node's response closes. Behind any other runtime, where there is
 * only `fetch`, it is when a body that streams has been read to its end, or is no longer wanted; any other is
 * counted when it is handed over.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * app.use(latencyMiddleware({ recorder }))
 */
export function latencyMiddleware(options: HonoOptions): LatencyMiddleware {
  assertObserveOptions(options)
  const { route: asked, ignore, labels } = options
  const naming = { route: honoRoute, asked, labels, ignore }
  const observe = responseObserver<Context>(options, naming)
  const start = observeFetch<Context>(options, naming)
  return (c: Context, next) => {
    const { incoming, outgoing } = (c.env ?? {}) as NodeBindings
    if (incoming !== undefined && outgoing !== undefined) {
      observe(incoming, outgoing, c)
      return next()
    }
    const exchange = start(c.req.raw, c)
    return exchange === undefined ? next() : observed(exchange, c, next)
  }
}

/** What `@hono/node-server` hands to an app. */
interface NodeBindings {
  readonly incoming?: IncomingMessage
  readonly outgoing?: ServerResponse
}

async function observed(
  exchange: NonNullable<ReturnType<ReturnType<typeof observeFetch>>>,
  c: HonoContext,
  next: () => Promise<void>,
): Promise<void> {
  try {
    await next()
  } catch (error) {
    // Hono answers errors itself; what is thrown past it is no Error.
    exchange.failed()
    throw error
  }
  const { res } = c
  const watched = exchange.answered(res)
  if (watched !== res) {
    // Or Hono would merge both into a third.
    const context = c as { res: Response | undefined }
    context.res = undefined
    context.res = watched
  }
}

/**
 * The route template of a request that Hono has handled, with the base paths of all apps around it. Where what
 * `app.mount('/graphql', …)` has mounted answered, or a middleware of `app.use('/static/*', …)`, it is that path
 * without its wildcard: `/graphql`.
 *
 * @returns undefined where neither answered: a 404, a middleware for all paths
 */
export function honoRoute(c: HonoContext): string | undefined {
  const { req } = c
  const route = req.matchedRoutes?.[req.routeIndex]
  if (route === undefined) return undefined
  const isMounted = route.method === 'ALL' && route.path.endsWith('*')
  const handler = isHandler(route)
  if (handler && !isMounted) return route.path
  // The last that was asked: a middleware, which has passed on where nothing was found.
  if (!handler && c.finalized === true && c.res.status === 404) return undefined
  return route.path.replace(/\/?\*$/, '') || undefined
}

/** Middleware takes `next`, and answers to all methods; Hono itself tells them apart by that. */
function isHandler({ method, handler }: HonoRoute): boolean {
  return method !== 'ALL' || innermost(handler).length < 2
}

type Composed = { readonly __COMPOSED_HANDLER?: unknown; readonly length: number }

/** The handler of an app that is mounted in another, and has an error handler of its own, is wrapped. */
function innermost(handler: unknown): Composed {
  const { __COMPOSED_HANDLER: inner } = handler as Composed
  return inner === undefined ? (handler as Composed) : innermost(inner)
}
