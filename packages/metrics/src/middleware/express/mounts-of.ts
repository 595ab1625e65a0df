import { type ExpressApp, type Layer, stackOf } from './express-shapes.ts'

/**
 * The ways an app may be mounted in its parents. `app.use(path, otherApp)` hides the app behind a function
 * named `mounted_app`, so each of these layers may be it; the one at its `mountpath` comes first.
 */
export function mountsOf({ parent, mountpath }: ExpressApp): Layer[][] {
  if (parent === undefined) return [[]]
  const layers = (stackOf(parent) ?? []).filter(({ name }) => name === 'mounted_app')
  const sorted = [
    ...layers.filter(({ rawPath }) => rawPath === mountpath),
    ...layers.filter(({ rawPath }) => rawPath !== mountpath),
  ]
  return mountsOf(parent).flatMap((outer) => sorted.map((layer) => [...outer, layer]))
}
