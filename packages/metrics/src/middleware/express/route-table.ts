import {
  type ExpressApp,
  type Layer,
  type Route,
  type Router,
  routerOf,
  type Stack,
} from './express-shapes.ts'

/** Where a route stands: the layers of its mounts from the outermost in, then its own. */
export interface Place {
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

export interface RouteName {
  readonly text: string
  /** How many segments its mounts take up at most. */
  readonly depth: number
}

/** The places of a route; where it has none, looked for again if any layer was exchanged for another. */
export function placesOf(route: Route, app: ExpressApp): readonly Place[] | undefined {
  const table = tableOf(app)
  const found = table.places.get(route)
  if (found !== undefined || isAsWalked(table, app)) return found
  return walkApp(app).places.get(route)
}

/** Where the names of an app's routes are kept that do not depend on the request; `placesOf` has been asked before. */
export function fixedNamesOf(app: ExpressApp): Map<Route, RouteName> {
  return tables.get(app)!.names
}

/** The app in whose table a route stands, for errors that have left a sub-app. */
export function homeOf(route: Route): ExpressApp | undefined {
  return homes.get(route)
}

const tables = new WeakMap<ExpressApp, RouteTable>()
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

function isAsWalked({ routers, walked }: RouteTable, app: ExpressApp): boolean {
  if (routerOf(app) !== routers[0]?.router) return false
  const now = new Set(
    routers.flatMap(({ stack }) => stack.flatMap((layer) => [layer, layer.handle])),
  )
  const before = new Set(walked)
  return now.size === before.size && [...now].every((one) => before.has(one))
}
