import type { IncomingMessage } from 'node:http'
import { expressionPaths } from './express4-pattern.ts'
import { attempt, mountPattern, type PathMatcher, UNKNOWN_MOUNT } from './mount-pattern.ts'

/** An Express application, recognised by structure: of versions 4 and 5 just this is read. */
export interface ExpressApp {
  readonly parent?: ExpressApp
  readonly mountpath?: PathPattern | readonly PathPattern[]
}

type PathPattern = string | RegExp

/**
 * The route template of a request that Express has handled, with all its mounts: `/org/:org/users/:id`. Where a
 * middleware answered that is mounted at a path, as a GraphQL server, a proxy or static files are, it is that of
 * its mount: `/graphql`. What is mounted at `/` has none.
 *
 * `req.baseUrl` holds the values of this one request (`/org/acme`), and an error that leaves a router
 * takes the prefix away. So the route object is looked up in the app's table of routers instead. One that
 * is mounted at several places is told apart by matching the path that the routers saw, else the one that was sent.
 *
 * A mount that cannot be known is written `*`: a router inside of another that stands behind a function of your
 * own, an error that leaves an app mounted with `app.use(path, otherApp)` before any response has ended inside of
 * it. An array of paths is written as the one that matched, a regular expression as its source.
 *
 * @param app - where the look-up begins; default: the app that the request is in
 * @returns undefined where neither a route nor what is mounted at a path answered: a 404, a middleware of the app
 * @example
 * instrumentServer(server, { recorder, route: expressRoute })
 */
export function expressRoute(
  req: IncomingMessage,
  app: ExpressApp | undefined = expressApp(req),
): string | undefined {
  const { route, baseUrl = '' } = req as ExpressRequest
  if (typeof route !== 'object' || route === null) {
    if (baseUrl !== '') return mountName(req, baseUrl, app)
    return hasFailed(req) ? failedMountName(req, app) : undefined
  }
  const found =
    nameOf(route, app, req) ??
    nameOf(route, expressApp(req), req) ??
    nameOf(route, homes.get(route), req)
  if (found === undefined) return hiddenName(route, req, app)
  if (baseUrl === '' || segmentCount(baseUrl) <= found.depth) return found.text
  // A route that passed on, and deeper than it something answered that is mounted.
  return mountName(req, baseUrl, app, true) ?? found.text
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
  readonly res?: { readonly statusCode: number }
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

/** Where a route stands: the layers of its mounts from the outermost in, then its own. */
interface Place {
  readonly mounts: readonly Layer[]
  readonly leaf: Layer
}

interface RouteTable {
  readonly places: ReadonlyMap<Route, readonly Place[]>
  /** Each router below the app, and its stack as it was when it was walked. */
  readonly routers: readonly WalkedRouter[]
  /** What each handler in a stack was, to find those that were put in the place of another. */
  readonly walked: readonly unknown[]
  /** Names that do not depend on the request, filled as they are asked for. */
  readonly names: Map<Route, RouteName>
}

interface WalkedRouter {
  readonly router: Router
  readonly stack: Stack
  readonly length: number
  readonly last: Layer | undefined
}

interface RouteName {
  readonly text: string
  /** How many segments its mounts take up at most. */
  readonly depth: number
}

const tables = new WeakMap<ExpressApp, RouteTable>()
/** The app in whose table a route stands, for errors that have left a sub-app. */
const homes = new WeakMap<Route, ExpressApp>()

/** Walked once, and again when a stack was replaced or has another length anywhere. */
function tableOf(app: ExpressApp): RouteTable {
  const known = tables.get(app)
  if (known !== undefined && isCurrent(known, app)) return known
  return walkApp(app)
}

function isCurrent({ routers }: RouteTable, app: ExpressApp): boolean {
  if (routers.length === 0) return routerOf(app) === undefined
  for (const { router, stack, length, last } of routers) {
    if (router.stack !== stack || stack.length !== length || stack[length - 1] !== last)
      return false
  }
  return true
}

function walkApp(app: ExpressApp): RouteTable {
  const places = new Map<Route, Place[]>()
  const routers = new Map<Router, WalkedRouter>()
  const walked: unknown[] = []
  walk(routerOf(app), [], new Set())
  const table = { places, routers: [...routers.values()], walked, names: new Map() }
  tables.set(app, table)
  for (const route of places.keys()) homes.set(route, app)
  return table

  function walk(
    router: Router | undefined,
    mounts: readonly Layer[],
    above: ReadonlySet<Router>,
  ): void {
    if (router === undefined || above.has(router)) return
    const { stack } = router
    routers.set(router, { router, stack, length: stack.length, last: stack.at(-1) })
    for (const layer of stack) {
      walked.push(layer, layer.handle)
      if (layer.route) {
        places.set(layer.route, [...(places.get(layer.route) ?? []), { mounts, leaf: layer }])
        continue
      }
      walk(routerOf(layer.handle), [...mounts, layer], new Set(above).add(router))
    }
  }
}

/** The places of a route; where it has none, looked for again if any layer was exchanged for another. */
function placesOf(route: Route, app: ExpressApp): readonly Place[] | undefined {
  const table = tableOf(app)
  const found = table.places.get(route)
  if (found !== undefined || isAsWalked(table, app)) return found
  return walkApp(app).places.get(route)
}

function isAsWalked({ routers, walked }: RouteTable, app: ExpressApp): boolean {
  if (routerOf(app) !== routers[0]?.router) return false
  const now = new Set(
    routers.flatMap(({ stack }) => stack.flatMap((layer) => [layer, layer.handle])),
  )
  const before = new Set(walked)
  return now.size === before.size && [...now].every((one) => before.has(one))
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
): RouteName | undefined {
  if (app === undefined) return undefined
  const found = placesOf(route, app)
  if (found === undefined) return undefined
  const { names } = tables.get(app)!
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
  for (const path of pathsOf(req)) {
    for (const candidate of candidates) {
      const name = matchedName(candidate, path)
      if (name !== undefined) return name
    }
  }
  return { text: joinPatterns([UNKNOWN_MOUNT], route.path), depth: Number.POSITIVE_INFINITY }
}

/** Of a route in no table, since its router stands behind a function: that function's mount, and its own path. */
function hiddenName(
  route: Route,
  req: ExpressRequest,
  app: ExpressApp | undefined,
): string | undefined {
  const { path } = route
  for (const sent of pathsOf(req)) {
    const segments = segmentsOf(sent)
    const own = typeof path === 'string' ? segmentsOf(path) : undefined
    if (own === undefined || !endsLike(segments, own)) continue
    const prefix = segments.slice(0, segments.length - own.length)
    if (prefix.length === 0) return joinPatterns([], path)
    const mount = mountName(req, `/${prefix.join('/')}`, app)
    if (mount !== undefined) return joinPatterns([mount], path)
  }
  return joinPatterns(app !== undefined || req.baseUrl ? [UNKNOWN_MOUNT] : [], path)
}

/** Whether the last segments may be these: text, or whole parameters. */
function endsLike(segments: readonly string[], own: readonly string[]): boolean {
  const from = segments.length - own.length
  return (
    from >= 0 &&
    own.every((pattern, i) => {
      if (/^:\w+$/.test(pattern)) return true
      const isText = !/[:*?(){}[\]+\\]/.test(pattern)
      return isText && pattern.toLowerCase() === segments[from + i]!.toLowerCase()
    })
  )
}

/** An error that no route had, and that took the prefix away when it left what is mounted. */
function hasFailed({ res }: ExpressRequest): boolean {
  return res !== undefined && res.statusCode >= 500
}

/** Where what is mounted at a path has failed, as far as that path tells. */
function failedMountName(req: ExpressRequest, app: ExpressApp | undefined): string | undefined {
  if (app === undefined) return undefined
  const led = bestOf(
    pathsOf(req)
      .flatMap((path) => ledBy(path, app))
      .filter(({ end }) => isMounted(end)),
  )
  return led && mountText(led.patterns)
}

/**
 * The pattern of the mounts that a request has been led through, by what they took of its path.
 *
 * @param consumed - all that they took: `req.baseUrl`
 * @param past - a route has passed on: undefined where an error handler may have answered in its place
 */
function mountName(
  req: ExpressRequest,
  consumed: string,
  app: ExpressApp | undefined,
  past = false,
): string | undefined {
  const inner = expressApp(req)
  for (const start of inner === app || inner === undefined ? [app] : [inner, app]) {
    if (start === undefined) continue
    const known = literalMounts.get(start)?.get(consumed)
    if (known !== undefined && !past) return known
    const ways = ledBy(consumed, start)
    const whole = ways.filter(({ rest }) => rest === '')
    if (past && whole.some(({ end }) => isErrorHandler(end))) return undefined
    const best = bestOf(whole.filter(({ end }) => !isErrorHandler(end))) ?? bestOf(ways)
    if (best === undefined) continue
    const text = mountText(best.rest === '' ? best.patterns : [...best.patterns, UNKNOWN_MOUNT])
    // A text that is no pattern: there are as many as there are mounts.
    if (text === consumed && !past) rememberLiteral(start, text)
    return text
  }
  return undefined
}

/** Of each app, the mounts that were written as they were asked for. */
const literalMounts = new WeakMap<ExpressApp, Map<string, string>>()
const MOST_LITERALS = 1000

function rememberLiteral(app: ExpressApp, text: string): void {
  const known = literalMounts.get(app) ?? new Map<string, string>()
  if (known.size < MOST_LITERALS) literalMounts.set(app, known.set(text, text))
}

/** A way along the mounts of routers to a layer that is no route. */
interface Way {
  readonly patterns: readonly PathPattern[]
  readonly end: Layer
  /** What is left of the path. */
  readonly rest: string
}

function ledBy(path: string, app: ExpressApp): Way[] {
  const ways: Way[] = []
  for (const outer of mountsOf(app)) {
    let state: { patterns: PathPattern[]; rest: string } | undefined = { patterns: [], rest: path }
    for (const layer of outer) state = state && stepInto(layer, state)
    if (state !== undefined) follow(routerOf(app), state, new Set())
  }
  return ways

  function follow(
    router: Router | undefined,
    state: { patterns: PathPattern[]; rest: string },
    above: ReadonlySet<Router>,
  ): void {
    if (router === undefined || above.has(router)) return
    const inside = new Set(above).add(router)
    for (const layer of router.stack) {
      if (layer.route) continue
      const next = stepInto(layer, state)
      if (next === undefined) continue
      if (next.patterns.length > 0) ways.push({ ...next, end: layer })
      if (next.rest !== '' || isRootMount(layer)) follow(routerOf(layer.handle), next, inside)
    }
  }
}

function stepInto(
  layer: Layer,
  { patterns, rest }: { patterns: PathPattern[]; rest: string },
): { patterns: PathPattern[]; rest: string } | undefined {
  if (isRootMount(layer)) return { patterns, rest }
  const step = matchLayer(layer, rest === '' ? '/' : rest)
  if (step === undefined || step.consumed === '') return undefined
  const left = rest.slice(step.consumed.length).replace(/^\/+$/, '')
  return { patterns: [...patterns, patternIn(layer, step, rest)], rest: left }
}

/** The one that leaves the least, and of those the one with the fewest parameters. */
function bestOf(ways: readonly Way[]): Way | undefined {
  let best: Way | undefined
  for (const way of ways) {
    if (best === undefined || isBetter(way, best)) best = way
  }
  return best
}

function isBetter(way: Way, best: Way): boolean {
  if (way.rest.length !== best.rest.length) return way.rest.length < best.rest.length
  return variables(way) < variables(best)
}

function variables({ patterns }: Way): number {
  return patterns.reduce(
    (sum: number, pattern) =>
      sum + (typeof pattern === 'string' ? (pattern.match(/[:*]/g)?.length ?? 0) : 1),
    0,
  )
}

/** A middleware of its own: no router, whose routes and mounts are looked at themselves. */
function isMounted({ handle }: Layer): boolean {
  return typeof handle === 'function' && handle.length < 4 && routerOf(handle) === undefined
}

function isErrorHandler({ handle }: Layer): boolean {
  return typeof handle === 'function' && handle.length === 4
}

function mountText(patterns: readonly PathPattern[]): string | undefined {
  const text = joinMounts(patterns)
  return text === '' ? undefined : text
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
function fixedName({ mounts, leaf }: Place): RouteName | undefined {
  const patterns: PathPattern[] = []
  for (const layer of mounts) {
    const pattern = isRootMount(layer) ? '/' : onlyPattern(layer)
    if (!isPattern(pattern)) return undefined
    patterns.push(pattern)
  }
  const { path } = leaf.route!
  if (!isPattern(path)) return undefined
  return { text: joinPatterns(patterns, path), depth: depthOf(patterns) }
}

/** The name where a request's path leads along these layers, else undefined. */
function matchedName({ mounts, leaf }: Place, path: string): RouteName | undefined {
  const patterns: PathPattern[] = []
  let rest = path
  for (const layer of mounts) {
    if (isRootMount(layer)) continue
    const step = matchLayer(layer, rest)
    if (step === undefined) return undefined
    patterns.push(patternIn(layer, step, rest))
    rest = rest.slice(step.consumed.length)
    if (!rest.startsWith('/')) rest = `/${rest}`
  }
  const step = matchLayer(leaf, rest)
  if (step === undefined) return undefined
  const { path: own } = leaf.route!
  return {
    text: joinPatterns(patterns, isPattern(own) ? own : patternIn(leaf, step, rest)),
    depth: depthOf(patterns),
  }
}

/** How many segments these mounts may take up. */
function depthOf(patterns: readonly PathPattern[]): number {
  let depth = 0
  for (const pattern of patterns) {
    if (typeof pattern !== 'string' || pattern.includes('*')) return Number.POSITIVE_INFINITY
    depth += segmentCount(pattern)
  }
  return depth
}

function segmentCount(path: string): number {
  let segments = 0
  for (let i = 0; i < path.length; i++) {
    if (path.charCodeAt(i) === SLASH && i + 1 < path.length) segments++
  }
  return segments
}

const SLASH = 47

interface Step {
  readonly match: PathMatcher
  /** Which of the layer's paths it was. */
  readonly index: number
  readonly consumed: string
}

function matchLayer(layer: Layer, path: string): Step | undefined {
  const matchers = layer.matchers ?? compiledOf(layer).matchers
  for (const [index, match] of matchers.entries()) {
    const matched = attempt(match, path)
    if (matched !== false) return { match, index, consumed: matched.path }
  }
  return undefined
}

/** As it was written, where that is known; else as far as the matcher tells. */
function patternIn(layer: Layer, { match, index }: Step, path: string): PathPattern {
  return (
    patternAt(layer.rawPath, index) ??
    compiledOf(layer).patterns?.[index] ??
    mountPattern(match, path)
  )
}

/** Where a layer has one path alone. */
function onlyPattern(layer: Layer): Layer['rawPath'] {
  if (layer.rawPath !== undefined) return layer.rawPath
  const { patterns } = compiledOf(layer)
  return patterns?.length === 1 ? patterns[0] : undefined
}

interface Compiled {
  readonly matchers: readonly PathMatcher[]
  /** One for each matcher; undefined where they cannot be read back. */
  readonly patterns: readonly string[] | undefined
}

const NOT_COMPILED: Compiled = { matchers: [], patterns: undefined }
/** Kept, for what is known of a matcher is kept by it. */
const compiled = new WeakMap<RegExp, Compiled>()

/** Express 4: an expression, and the names of its groups. */
function compiledOf({ regexp, keys = [] }: Layer): Compiled {
  if (regexp === undefined) return NOT_COMPILED
  let known = compiled.get(regexp)
  if (known === undefined) {
    const names = keys.map(({ name }) => name)
    const paths = expressionPaths(regexp, names)
    known = {
      matchers: (paths ?? [{ expression: regexp }]).map(({ expression }) =>
        expressionMatcher(expression, paths === undefined ? names : []),
      ),
      patterns: paths?.map(({ pattern }) => pattern),
    }
    compiled.set(regexp, known)
  }
  return known
}

function expressionMatcher(expression: RegExp, names: readonly (string | number)[]): PathMatcher {
  return (path) => {
    const matched = expression.exec(path)
    if (matched === null) return false
    const groups = matched.slice(1).map((value, i) => [names[i] ?? i, value] as const)
    return { path: matched[0], params: Object.fromEntries(groups) }
  }
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
  const prefix = joinMounts(mounts)
  const own = asPath(path)
  return own === '/' ? prefix || '/' : prefix + own
}

function joinMounts(mounts: readonly PathPattern[]): string {
  return mounts
    .map((mount) => asPath(mount).replace(/\/+$/, mount instanceof RegExp ? '$&' : ''))
    .join('')
}

function asPath(pattern: Route['path']): string {
  const text = String(pattern)
  return text.startsWith('/') ? text : `/${text}`
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

/**
 * The path of the request as the routers see it, and as it was sent. A mount moves its part from `req.url` to
 * `req.baseUrl`; a middleware may have taken an ingress' prefix away, or put a version in front.
 */
function pathsOf({ baseUrl = '', url = '/', originalUrl = url }: ExpressRequest): string[] {
  const seen = baseUrl + pathIn(url)
  const sent = pathIn(originalUrl)
  return seen === sent ? [seen] : [seen, sent]
}

function pathIn(url: string): string {
  const local = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  const end = local.search(/[?#]/)
  const path = end === -1 ? local : local.slice(0, end)
  return path === '' ? '/' : path
}
