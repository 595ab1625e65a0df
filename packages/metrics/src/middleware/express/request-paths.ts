import type { ExpressRequest } from './express-shapes.ts'

/**
 * The path of the request as the routers see it, and as it was sent. A mount moves its part from `req.url` to
 * `req.baseUrl`; a middleware may have taken an ingress' prefix away, or put a version in front.
 */
export function pathsOf({ baseUrl = '', url = '/', originalUrl = url }: ExpressRequest): string[] {
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
