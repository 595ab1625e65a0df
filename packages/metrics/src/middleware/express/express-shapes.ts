import type { IncomingMessage } from 'node:http'
import type { PathMatcher } from './mount-pattern.ts'

/** An Express application, recognised by structure: of versions 4 and 5 just this is read. */
export interface ExpressApp {
  readonly parent?: ExpressApp
  readonly mountpath?: PathPattern | readonly PathPattern[]
}

export type PathPattern = string | RegExp

export interface ExpressRequest extends IncomingMessage {
  readonly app?: ExpressApp
  readonly baseUrl?: string
  readonly originalUrl?: string
  readonly route?: Route
  readonly res?: { readonly statusCode: number }
}

export interface Route {
  readonly path: PathPattern | readonly PathPattern[]
}

/** One entry of a router's stack, in the shapes of Express 4, router 2.0 and router 2.3. */
export interface Layer {
  readonly name?: string
  readonly handle?: unknown
  readonly route?: Route
  /** router 2.3: the pattern as it was written. */
  readonly rawPath?: PathPattern | readonly PathPattern[]
  /** router 2: one matcher for each path of the layer. */
  readonly matchers?: readonly PathMatcher[]
  /** router 2: mounted at "/". */
  readonly slash?: boolean
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
}

export type Stack = readonly Layer[]

export interface Router {
  stack: Stack
}

/** The app that a request is in: a sub-app while it is there. */
export function expressApp(req: IncomingMessage): ExpressApp | undefined {
  return (req as ExpressRequest).app
}

/** The stack of a router, or of an app's router; undefined for any other handler. */
export function stackOf(handler: unknown): Stack | undefined {
  return routerOf(handler)?.stack
}

/** A router itself, or that of an app. */
export function routerOf(handler: unknown): Router | undefined {
  if ((typeof handler !== 'function' && typeof handler !== 'object') || handler === null) {
    return undefined
  }
  if (Array.isArray((handler as Partial<Router>).stack)) return handler as unknown as Router
  if (!('mountpath' in handler)) return undefined
  // Express 4 keeps the router in `_router`, and its `router` throws.
  const key = '_router' in handler || 'lazyrouter' in handler ? '_router' : 'router'
  const router = (handler as Record<string, Router | undefined>)[key]
  return Array.isArray(router?.stack) ? router : undefined
}

export function isRootMount(layer: Layer): boolean {
  return layer.slash === true || layer.regexp?.fast_slash === true
}

export function isPattern(path: Layer['rawPath']): path is PathPattern {
  return typeof path === 'string' || path instanceof RegExp
}
