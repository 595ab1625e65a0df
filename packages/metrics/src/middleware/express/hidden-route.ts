import type { ExpressApp, ExpressRequest, Route } from './express-shapes.ts'
import { mountName } from './mount-name.ts'
import { UNKNOWN_MOUNT } from './mount-pattern.ts'
import { segmentsOf } from './path-segments.ts'
import { joinPatterns } from './pattern-text.ts'
import { pathsOf } from './request-paths.ts'

/** Of a route in no table, since its router stands behind a function: that function's mount, and its own path. */
export function hiddenName(
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
