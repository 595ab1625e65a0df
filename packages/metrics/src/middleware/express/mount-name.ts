import {
  type ExpressApp,
  type ExpressRequest,
  expressApp,
  isRootMount,
  type Layer,
  type PathPattern,
  type Router,
  routerOf,
} from './express-shapes.ts'
import { matchLayer, patternIn } from './match-layer.ts'
import { UNKNOWN_MOUNT } from './mount-pattern.ts'
import { mountsOf } from './mounts-of.ts'
import { joinMounts } from './pattern-text.ts'
import { pathsOf } from './request-paths.ts'

/**
 * The pattern of the mounts that a request has been led through, by what they took of its path.
 *
 * @param consumed - all that they took: `req.baseUrl`
 * @param past - a route has passed on: undefined where an error handler may have answered in its place
 */
export function mountName(
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

/** Where what is mounted at a path has failed, as far as that path tells. */
export function failedMountName(
  req: ExpressRequest,
  app: ExpressApp | undefined,
): string | undefined {
  if (app === undefined) return undefined
  const led = bestOf(
    pathsOf(req)
      .flatMap((path) => ledBy(path, app))
      .filter(({ end }) => isMounted(end)),
  )
  return led && mountText(led.patterns)
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
