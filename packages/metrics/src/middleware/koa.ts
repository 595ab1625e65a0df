import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'koa'
import { type KoaMount, koaMounts, pathWithin, watchKoaMounts } from './koa-mounts.ts'
import { warnOfLateMiddleware } from './observe/late-middleware.ts'
import { assertObserveOptions, type ObserveOptions } from './observe/observe-options.ts'
import { responseObserver } from './observe/observe-response.ts'

export type { StreamPolicy } from './observe/observe-options.ts'

/** The part of Koa's context that is read here, and what `@koa/router` leaves on it. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly app?: { readonly context: object; readonly middleware?: readonly unknown[] }
  readonly method?: string
  readonly path?: string
  readonly body?: unknown
  readonly _matchedRoute?: string | RegExp
  readonly matched?: readonly RouterLayer[]
  readonly routerPath?: unknown
  readonly captures?: readonly (string | undefined)[]
  readonly params?: Readonly<Record<string, unknown>>
}

interface RouterLayer {
  readonly path: string | RegExp
  readonly methods: readonly string[]
  readonly paramNames?: readonly { readonly name: string | number }[]
  match?(path: string): boolean
  captures?(path: string): readonly (string | undefined)[]
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
 * The route is the template that `@koa/router` matched, with the prefixes of all routers around it and the paths
 * of `koa-mount`; where what is mounted answers itself, the path of its mount.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * app.use(latencyMiddleware({ recorder }))
 */
export function latencyMiddleware(options: KoaOptions): LatencyMiddleware {
  assertObserveOptions(options)
  const { route: asked, ignore, labels } = options
  const observe = responseObserver<Context>(options, { route: koaRoute, asked, labels, ignore })
  let context: object | undefined
  const middleware: LatencyMiddleware = (ctx, next) => {
    if (ctx.app !== undefined && ctx.app.context !== context) {
      context = ctx.app.context
      watchKoaMounts(context)
      if (comesLast(ctx.app.middleware, middleware)) warnOfLateMiddleware('its Koa app')
    }
    observe(ctx.req, ctx.res, ctx as Context)
    return next()
  }
  return middleware
}

/** Whether an app has its routers before this middleware, and none behind it. */
function comesLast(all: readonly unknown[] | undefined, middleware: unknown): boolean {
  const at = all?.indexOf(middleware) ?? -1
  const isRouter = (one: unknown) => (one as { router?: unknown } | null)?.router !== undefined
  return at > 0 && all!.slice(0, at).some(isRouter) && !all!.slice(at + 1).some(isRouter)
}

/**
 * The route template of a request that `@koa/router` has handled, or the path of what answered that is mounted:
 * with `koa-mount`, or with `router.use()`.
 *
 * @returns undefined where neither answered: a 404, a static file, a middleware of the app
 */
export function koaRoute(ctx: KoaContext): string | undefined {
  const mounts = koaMounts(ctx)
  const layer = answeringLayer(ctx, mounts)
  if (layer !== undefined) return prefixOf(mounts, layer) + templateOf(layer) || undefined
  if (mounts.length === 0 || wasNotFound(ctx)) return undefined
  return joined(mounts) || undefined
}

/** The one of a router that had the last word. */
function answeringLayer(ctx: KoaContext, mounts: readonly KoaMount[]): RouterLayer | undefined {
  const { matched, _matchedRoute: path } = ctx
  if (matched === undefined || path === undefined) return undefined
  // Up to version 7 that is the last that matched, whichever answered; what it has left behind tells.
  if (ctx.routerPath === undefined) return lastEntered(ctx, matched, mounts) ?? undefined
  const layers = matched.filter((layer) => layer.path === path)
  return layers.find(({ methods }) => methods.length > 0) ?? layers[0]
}

/** The last one whose captures and parameters are those of the context. */
function lastEntered(
  { method = '', path = '/', captures, params }: KoaContext,
  matched: readonly RouterLayer[],
  mounts: readonly KoaMount[],
): RouterLayer | undefined {
  if (captures === undefined) return undefined
  const paths = [...mounts.map(pathWithin), mounts[0]?.path ?? path]
  return matched.findLast(
    (layer) =>
      (layer.methods.length === 0 || layer.methods.includes(method)) &&
      (captures.length === 0 || hasParams(layer, params)) &&
      paths.some((one) => layer.match?.(one) && sameTexts(layer.captures?.(one) ?? [], captures)),
  )
}

function hasParams({ paramNames = [] }: RouterLayer, params: KoaContext['params'] = {}): boolean {
  return paramNames.every(({ name }) => Object.hasOwn(params, name))
}

function sameTexts(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** The mounts that the router is in: those inside of which its layer matches what is left of the path. */
function prefixOf(mounts: readonly KoaMount[], layer: RouterLayer): string {
  for (let depth = mounts.length; depth > 0; depth--) {
    if (layer.match?.(pathWithin(mounts[depth - 1]!))) return joined(mounts.slice(0, depth))
  }
  return ''
}

function joined(mounts: readonly KoaMount[]): string {
  return mounts.map(({ prefix }) => prefix.replace(/\/$/, '')).join('')
}

/** A middleware of a router is called by its mount alone: nothing where that is the root. */
function templateOf({ path, methods }: RouterLayer): string {
  if (methods.length > 0) return String(path)
  return typeof path === 'string' ? path.replace(ANYTHING, '') : ''
}

/** What the versions of the router put behind the path of a middleware, or for none. */
const ANYTHING = /(?:\{\/\*\w+\}|\/?\(\.\*\)|\/?\(\[\^\/\]\*\)|\(\?:\\\/\|\$\)|\/)$/

/** What Koa answers where nobody has. */
function wasNotFound({ res, body }: KoaContext): boolean {
  return res.statusCode === 404 && (body === undefined || body === null)
}
