import {
  type ExpressApp,
  type ExpressRequest,
  isPattern,
  isRootMount,
  type PathPattern,
  type Route,
} from './express-shapes.ts'
import { matchLayer, onlyPattern, patternIn } from './match-layer.ts'
import { UNKNOWN_MOUNT } from './mount-pattern.ts'
import { mountsOf } from './mounts-of.ts'
import { segmentCount } from './path-segments.ts'
import { joinPatterns } from './pattern-text.ts'
import { pathsOf } from './request-paths.ts'
import { fixedNamesOf, type Place, placesOf, type RouteName } from './route-table.ts'

/** undefined where the route is not in the app's table. */
export function nameOf(
  route: Route,
  app: ExpressApp | undefined,
  req: ExpressRequest,
): RouteName | undefined {
  if (app === undefined) return undefined
  const found = placesOf(route, app)
  if (found === undefined) return undefined
  const names = fixedNamesOf(app)
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
