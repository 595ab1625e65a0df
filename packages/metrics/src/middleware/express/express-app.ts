import type { IncomingMessage, ServerResponse } from 'node:http'
import { warnOfLateMiddleware } from '../observe/late-middleware.ts'
import {
  type ExpressApp,
  isRootMount,
  type Layer,
  type Router,
  routerOf,
} from './express-shapes.ts'

/** A middleware of Express. */
export type Handler = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * A middleware that sees the requests of an app before the app does, where it is the first that the app uses.
 *
 * Express changes the prototypes of every request and response in `app.handle`. What touches them before that is
 * ten times cheaper than what does after, and even a layer that only calls `next` costs a microsecond. So the
 * middleware looks to `app.use` like an app, is told of being mounted, wraps `app.handle` and leaves the stack.
 *
 * It stays an ordinary middleware where anything of the app's own comes before it, where it is mounted at a path
 * or in a router, and where Express looks other than it is known here.
 *
 * @param ordinary - the middleware as it would be written
 * @param enter - gives what is told of each request of an app, before it is handled
 */
export function enteringMiddleware(
  ordinary: Handler,
  enter: (app: ExpressApp) => (req: IncomingMessage, res: ServerResponse) => void,
): Handler {
  const middleware: Handler = (req, res, next) => ordinary(req, res, next)
  const asApp = {
    handle: ordinary,
    set: () => {},
    emit(event: string, app: HandlingApp): void {
      if (event === 'mount') mounted(app, (middleware as ExpressApp).mountpath)
    },
  }
  for (const [name, value] of Object.entries(asApp)) {
    Object.defineProperty(middleware, name, { value })
  }
  return middleware

  function mounted(app: HandlingApp, path: unknown): void {
    const router = routerOf(app)
    const layer = router?.stack.at(-1) as Writable<Layer> | undefined
    if (router === undefined || layer?.name !== 'mounted_app') return
    layer.name = 'tidegaugeLatency'
    const first = router.stack.every(({ name }) => BUILT_IN.has(name ?? '') || name === layer.name)
    const { handle } = app
    if (!first || path !== '/' || typeof handle !== 'function') {
      layer.handle = path === '/' ? lookingBack(ordinary, layer, router) : ordinary
      return
    }
    layer.handle = ((_req, _res, next) => next()) satisfies Handler
    const entered = enter(app)
    let inStack = true
    app.handle = function (req, res, next) {
      if (inStack) {
        inStack = false
        // Not at once, for others look at the layer that `use` has added; and replaced, for requests under way.
        router.stack = router.stack.filter((other) => other !== layer)
      }
      entered(req, res)
      return handle.call(this, req, res, next)
    }
  }
}

/**
 * A request as Express will show it, with `path`, `query` and `get()`, while it is still Node's own: to change its
 * prototype now would cost every request microseconds.
 */
export function requestSeenBy(app: ExpressApp, req: IncomingMessage): IncomingMessage {
  const { request } = app as HandlingApp
  if (typeof request !== 'object' || request === null) return req
  return new Proxy(req, {
    has: (_, name) => name in req || name in request,
    get: (_, name, seen) =>
      name in req ? Reflect.get(req, name) : Reflect.get(request, name, seen),
  })
}

/** Looks, at the first request that comes so far, whether all routes come before it. */
function lookingBack(ordinary: Handler, layer: Writable<Layer>, router: Router): Handler {
  return (req, res, next) => {
    layer.handle = ordinary
    const at = router.stack.indexOf(layer)
    const [before, after] = [router.stack.slice(0, at), router.stack.slice(at + 1)]
    if (before.some(answers) && !after.some(answers)) warnOfLateMiddleware('its Express app')
    ordinary(req, res, next)
  }
}

function answers(layer: Layer): boolean {
  const { route, handle, name } = layer
  if (route !== undefined || name === 'mounted_app' || routerOf(handle) !== undefined) return true
  return !isRootMount(layer) && typeof handle === 'function' && handle.length < 4
}

interface HandlingApp extends ExpressApp {
  /** The prototype of this app's requests. */
  readonly request?: object
  handle?: (this: unknown, req: IncomingMessage, res: ServerResponse, next: unknown) => unknown
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What Express 4 puts into every app's stack. */
const BUILT_IN: ReadonlySet<string> = new Set(['query', 'expressInit'])
