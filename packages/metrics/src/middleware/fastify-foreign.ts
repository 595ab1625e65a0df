import type { IncomingMessage } from 'node:http'
import { expressRoute } from './express/express-route.ts'
import { segmentsOf } from './express/path-segments.ts'

/** What handlers of other frameworks leave on a request that runs through Fastify. */
interface ForeignRequest extends IncomingMessage {
  /** Set by `@fastify/middie` and `@fastify/express`, which run handlers that are not Fastify's. */
  readonly originalUrl?: string
  readonly baseUrl?: string
  /** Express: there while a request is in an app of its own. */
  readonly next?: unknown
  readonly app?: object
}

/** What runs before the routes of a Fastify instance: `@fastify/middie` keeps it for instances inside. */
type Mounted = readonly (readonly [path: unknown, handler: unknown])[]

/**
 * The route of a request that Express or a mounted handler answered inside of Fastify.
 *
 * @param server - the instance that the request is in
 * @returns undefined where neither has a route
 */
export function foreignRoute(raw: IncomingMessage, server: object | undefined): string | undefined {
  const own = isInExpress(raw) ? expressRoute(raw) : undefined
  // What a mount of middie has taken off the front.
  const consumed = consumedOf(raw)
  const prefix = segmentsOf(consumed).length === 0 ? undefined : mountOf(consumed, server)
  if (prefix === undefined) return own
  return own === undefined || own === '/' ? prefix : prefix + own
}

/** Whether something that is not Fastify's had the last word: it has not handed the request on. */
export function isForeign(raw: IncomingMessage): boolean {
  const { originalUrl, url } = raw as ForeignRequest
  return isInExpress(raw) || (originalUrl !== undefined && originalUrl !== url && hasTaken(raw))
}

/** Express puts back what it found there when it passes a request on. */
function isInExpress(raw: IncomingMessage): boolean {
  const { next, app } = raw as ForeignRequest
  return typeof next === 'function' && app !== undefined
}

/** A mount takes segments off the front; `@fastify/express` may also decode or tidy the path. */
function hasTaken(raw: IncomingMessage): boolean {
  return segmentsOf(consumedOf(raw)).length > 0
}

/** What is missing at the front of the path that the handler saw; nothing where it is another path. */
function consumedOf(raw: IncomingMessage): string {
  const { originalUrl = '', baseUrl = '', url = '' } = raw as ForeignRequest
  const path = pathOf(url)
  const seen = baseUrl + (path === '/' ? '' : path)
  const sent = pathOf(originalUrl)
  return sent.endsWith(seen) ? sent.slice(0, sent.length - seen.length) : ''
}

/** The most literal of the mounts of an instance that takes just this. */
function mountOf(consumed: string, server: object | undefined): string | undefined {
  const taken = segmentsOf(consumed)
  const fitting = mountsOf(server).filter((path) => fits(segmentsOf(path), taken))
  fitting.sort((a, b) => variables(a) - variables(b))
  const [best] = fitting
  return best === undefined ? undefined : `/${segmentsOf(best).join('/')}`
}

function mountsOf(server: object | undefined): string[] {
  const paths: string[] = []
  for (let at: object | null | undefined = server; at; at = Object.getPrototypeOf(at)) {
    for (const key of Object.getOwnPropertySymbols(at)) {
      if (key.description !== 'fastify-middie-middlewares') continue
      const mounted = (at as Record<symbol, Mounted>)[key] ?? []
      paths.push(...mounted.flatMap(([path]) => path).filter((path) => typeof path === 'string'))
    }
  }
  return paths
}

function fits(pattern: readonly string[], taken: readonly string[]): boolean {
  return (
    pattern.length === taken.length &&
    pattern.every(
      (text, i) => text.startsWith(':') || text.toLowerCase() === taken[i]!.toLowerCase(),
    )
  )
}

function variables(path: string): number {
  return path.split('/:').length
}

function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}
