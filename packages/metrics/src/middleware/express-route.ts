import type { IncomingMessage } from 'node:http'
import { attempt, mountPattern, type PathMatcher, UNKNOWN_MOUNT } from './mount-pattern.ts'

/** An Express application, recognised by structure: of versions 4 and 5 just this is read. */
export interface ExpressApp {
  readonly parent?: ExpressApp
  readonly mountpath?: PathPattern | readonly PathPattern[]
}

type PathPattern = string | RegExp

/**
 * The route template of a request that Express has handled, with all its mounts: `/org/:org/users/:id`.
 *
 * `req.baseUrl` holds the values of this one request (`/org/acme`), and an error that leaves a router
 * takes the prefix away. So the route object is looked up in the app's table of routers instead. One that
 * is mounted at several places is told apart by matching the request's path.
 *
 * A mount that cannot be known is written `*`: a router behind a function of your own,
 * a path rewritten between several mounts of one router, an error that leaves an app mounted with
 * `app.use(path, otherApp)` before any response has ended inside of it. An array of paths on one route is
 * written as the one that matched, a regular expression as its source.
 *
 * @param app - where the look-up begins; default: the app that the request is in
 * @returns undefined where no route matched: a 404, a static file, a middleware that answered
 * @example
 * instrumentServer(server, { recorder, route: expressRoute })
 */
export function expressRoute(
  req: IncomingMessage,
  app: ExpressApp | undefined = expressApp(req),
): string | undefined {
  const { route, baseUrl } = req as ExpressRequest
  if (typeof route !== 'object' || route === null) return undefined
  const name =
    nameOf(route, app, req) ??
    nameOf(route, expressApp(req), req) ??
    nameOf(route, homes.get(route), req)
  if (name !== undefined) return name
  const mounted = app !== undefined || Boolean(baseUrl)
  return joinPatterns(mounted ? [UNKNOWN_MOUNT] : [], route.path)
}

/** The app that a request is in: a sub-app while it is there. */
export function expressApp(req: IncomingMessage): ExpressApp | undefined {
  return (req as ExpressRequest).app
}

interface ExpressRequest extends IncomingMessage {
  readonly app?: ExpressApp
  readonly baseUrl?: string
  readonly originalUrl?: string
  readonly route?: Route
}

interface Route {
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

type Stack = readonly Layer[]

export interface Router {
  stack: Stack
}

const NO_LAYERS: Stack = []

/** Where a route stands: the layers of its mounts from the outermost in, then its own. */
interface Place {
  readonly mounts: readonly Layer[]
  readonly leaf: Layer
}

interface RouteTable {
  readonly router: Router | undefined
  readonly places: ReadonlyMap<Route, readonly Place[]>
  readonly stacks: readonly Stack[]
  readonly layers: number
  /** Names that do not depend on the request, filled as they are asked for. */
  readonly names: Map<Route, string>
}

const tables = new WeakMap<ExpressApp, RouteTable>()
/** The app in whose table a route stands, for errors that have left a sub-app. */
const homes = new WeakMap<Route, ExpressApp>()

/** Walked once, and again when a layer was added anywhere. */
function tableOf(app: ExpressApp): RouteTable {
  const known = tables.get(app)
  if (
    known !== undefined &&
    known.stacks[0] === (known.router?.stack ?? NO_LAYERS) &&
    known.layers === countLayers(known.stacks)
  ) {
    return known
  }
  const router = routerOf(app)
  const places = new Map<Route, Place[]>()
  const stacks = new Set<Stack>()
  walk(router?.stack ?? NO_LAYERS, [], new Set())
  const names = new Map<Route, string>()
  const table = { router, places, stacks: [...stacks], layers: countLayers(stacks), names }
  tables.set(app, table)
  for (const route of places.keys()) homes.set(route, app)
  return table

  function walk(stack: Stack, mounts: readonly Layer[], above: ReadonlySet<Stack>): void {
    if (above.has(stack)) return
    stacks.add(stack)
    for (const layer of stack) {
      if (layer.route) {
        places.set(layer.route, [...(places.get(layer.route) ?? []), { mounts, leaf: layer }])
        continue
      }
      const inner = stackOf(layer.handle)
      if (inner) walk(inner, [...mounts, layer], new Set(above).add(stack))
    }
  }
}

function countLayers(stacks: Iterable<Stack>): number {
  let layers = 0
  for (const stack of stacks) layers += stack.length
  return layers
}

/** The stack of a router, or of an app's router; undefined for any other handler. */
function stackOf(handler: unknown): Stack | undefined {
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

/** undefined where the route is not in the app's table. */
function nameOf(
  route: Route,
  app: ExpressApp | undefined,
  req: ExpressRequest,
): string | undefined {
  if (app === undefined) return undefined
  const { places, names } = tableOf(app)
  const found = places.get(route)
  if (found === undefined) return undefined
  const known = names.get(route)
  if (known !== undefined) return known
  const candidates = mountsOf(app).flatMap((outer) =>
    found.map(({ mounts, leaf }) => ({ mounts: [...outer, ...mounts], leaf })),
  )
  const only = candidates.length === 1 ? fixedName(candidates[0]!) : undefined
  if (only !== undefined) {
    // The parents of a sub-app may still get another one.
    if (app.parent === undefined) names.set(route, only)
    return only
  }
  const path = pathOf(req)
  for (const candidate of candidates) {
    const name = matchedName(candidate, path)
    if (name !== undefined) return name
  }
  return joinPatterns([UNKNOWN_MOUNT], route.path)
}

/**
 * The ways an app may be mounted in its parents. `app.use(path, otherApp)` hides the app behind a function
 * named `mounted_app`, so each of these layers may be it; the one at its `mountpath` comes first.
 */
function mountsOf({ parent, mountpath }: ExpressApp): Layer[][] {
  if (parent === undefined) return [[]]
  const layers = (stackOf(parent) ?? []).filter(({ name }) => name === 'mounted_app')
  const sorted = [
    ...layers.filter(({ rawPath }) => rawPath === mountpath),
    ...layers.filter(({ rawPath }) => rawPath !== mountpath),
  ]
  return mountsOf(parent).flatMap((outer) => sorted.map((layer) => [...outer, layer]))
}

/** The name where no part of it depends on the request. */
function fixedName({ mounts, leaf }: Place): string | undefined {
  const patterns: PathPattern[] = []
  for (const layer of mounts) {
    const pattern = isRootMount(layer) ? '/' : layer.rawPath
    if (!isPattern(pattern)) return undefined
    patterns.push(pattern)
  }
  const { path } = leaf.route!
  return isPattern(path) ? joinPatterns(patterns, path) : undefined
}

/** The name where a request's path leads along these layers, else undefined. */
function matchedName({ mounts, leaf }: Place, path: string): string | undefined {
  const patterns: PathPattern[] = []
  let rest = path
  for (const layer of mounts) {
    if (isRootMount(layer)) continue
    const step = matchLayer(layer, rest)
    if (step === undefined) return undefined
    patterns.push(patternAt(layer.rawPath, step.index) ?? mountPattern(step.match, rest))
    rest = rest.slice(step.consumed.length)
    if (!rest.startsWith('/')) rest = `/${rest}`
  }
  const step = matchLayer(leaf, rest)
  if (step === undefined) return undefined
  const { path: own } = leaf.route!
  // Express 4 compiles an array of paths into one expression that does not tell which of them matched.
  return joinPatterns(patterns, leaf.matchers ? (patternAt(own, step.index) ?? own) : own)
}

function matchLayer(
  layer: Layer,
  path: string,
): { match: PathMatcher; index: number; consumed: string } | undefined {
  const matchers = layer.matchers ?? expressionMatchers(layer)
  for (const [index, match] of matchers.entries()) {
    const matched = attempt(match, path)
    if (matched !== false) return { match, index, consumed: matched.path }
  }
  return undefined
}

const expressionMatcherOf = new WeakMap<RegExp, PathMatcher>()

/** Express 4: an expression, and the names of its groups. Kept, for what is known of a matcher is kept by it. */
function expressionMatchers({ regexp, keys = [] }: Layer): PathMatcher[] {
  if (regexp === undefined) return []
  let match = expressionMatcherOf.get(regexp)
  if (match === undefined) {
    match = (path) => {
      const matched = regexp.exec(path)
      if (matched === null) return false
      const groups = matched.slice(1).map((value, i) => [keys[i]?.name ?? i, value] as const)
      return { path: matched[0], params: Object.fromEntries(groups) }
    }
    expressionMatcherOf.set(regexp, match)
  }
  return [match]
}

export function isRootMount(layer: Layer): boolean {
  return layer.slash === true || layer.regexp?.fast_slash === true
}

function isPattern(path: Layer['rawPath']): path is PathPattern {
  return typeof path === 'string' || path instanceof RegExp
}

function patternAt(path: Layer['rawPath'], index: number): PathPattern | undefined {
  if (path === undefined || isPattern(path)) return path
  return path.flat(Number.POSITIVE_INFINITY)[index] as PathPattern | undefined
}

/** Mounts lose a last slash; so does a route that is nothing else, below a mount. */
function joinPatterns(mounts: readonly PathPattern[], path: Route['path']): string {
  const prefix = mounts.map((mount) =>
    asPath(mount).replace(/\/+$/, mount instanceof RegExp ? '$&' : ''),
  )
  const own = asPath(path)
  return own === '/' ? prefix.join('') || '/' : prefix.join('') + own
}

function asPath(pattern: Route['path']): string {
  const text = String(pattern)
  return text.startsWith('/') ? text : `/${text}`
}

/** The path of the request as it was sent: `req.url` is rewritten by every mount. */
function pathOf(req: ExpressRequest): string {
  const url = (req.originalUrl ?? req.url ?? '/').replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  const end = url.search(/[?#]/)
  const path = end === -1 ? url : url.slice(0, end)
  return path === '' ? '/' : path
}
