import type { PathPattern, Route } from './express-shapes.ts'

/** Mounts lose a last slash; so does a route that is nothing else, below a mount. */
export function joinPatterns(mounts: readonly PathPattern[], path: Route['path']): string {
  const prefix = joinMounts(mounts)
  const own = asPath(path)
  return own === '/' ? prefix || '/' : prefix + own
}

export function joinMounts(mounts: readonly PathPattern[]): string {
  return mounts
    .map((mount) => asPath(mount).replace(/\/+$/, mount instanceof RegExp ? '$&' : ''))
    .join('')
}

function asPath(pattern: Route['path']): string {
  const text = String(pattern)
  return text.startsWith('/') ? text : `/${text}`
}
