import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExpressApp, isRootMount, type Layer } from './express-route.ts'

/**
 * Lets a listener see the requests of an app before the app does, in place of a middleware that is the first
 * in its stack.
 *
 * Express changes the prototypes of every request and response in `app.handle`. What touches them before is
 * some ten times cheaper than what does after, and a layer that only calls `next` costs a microsecond.
 *
 * Nothing is done where anything of the app's own comes before the middleware, where it is mounted at a path,
 * or where Express looks other than we know it. The stack is replaced, not changed: requests under way keep theirs.
 */
export function enterFirst(
  app: ExpressApp,
  middleware: unknown,
  entered: (req: IncomingMessage, res: ServerResponse) => void,
): void {
  const router = routerOf(app as HandlingApp)
  const { handle } = app as HandlingApp
  if (router === undefined || typeof handle !== 'function') return
  const own = router.stack.find((layer) => !BUILT_IN.has(layer.name ?? ''))
  if (own === undefined || own.handle !== middleware || !isRootMount(own)) return
  ;(app as HandlingApp).handle = function (req, res, ...rest) {
    entered(req, res)
    return handle.call(this, req, res, ...rest)
  }
  router.stack = router.stack.filter((layer) => layer !== own)
}

interface HandlingApp extends ExpressApp {
  handle?: (this: unknown, req: IncomingMessage, res: ServerResponse, ...rest: unknown[]) => unknown
  readonly router?: OwnRouter
  readonly _router?: OwnRouter
}

interface OwnRouter {
  stack: Layer[]
}

/** What Express 4 puts into every app's stack. */
const BUILT_IN: ReadonlySet<string> = new Set(['query', 'expressInit'])

function routerOf(app: HandlingApp): OwnRouter | undefined {
  // Express 4 keeps the router in `_router`, and its `router` throws.
  const router = '_router' in app || 'lazyrouter' in app ? app._router : app.router
  return Array.isArray(router?.stack) ? router : undefined
}
