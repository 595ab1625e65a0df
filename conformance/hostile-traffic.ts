import { METHODS } from 'node:http'

/** One request of a client that means no good, or of one that does. */
export interface HostileRequest {
  readonly method: string
  readonly url: string
  /** Sent as `x-tenant`: a value that the client chooses. */
  readonly tenant: string
  readonly body?: string
  /** Closes the connection as soon as the answer begins. */
  readonly leaves?: boolean
  /** The series that must count it, as `countsOf` writes it: the same on every stack. Absent: it may be any. */
  readonly series?: string
}

/** Of real users, of scanners on paths that nobody serves, of methods that few have heard of. */
export type Traffic = () => HostileRequest

const TENANTS = 10_000

/**
 * Half real routes under ever new parameters, three tenths paths that nobody serves, two tenths odd methods.
 *
 * Nothing is in it that Node's parser refuses, or that a framework answers before the app sees it.
 */
export function hostileTraffic(seed: number): Traffic {
  const random = seededRandom(seed)
  return () => {
    const kind = random()
    if (kind < 0.5) return realRequest(random)
    return kind < 0.8 ? scan(random) : oddMethod(random)
  }
}

/** Real routes alone; the tenants of `x-tenant` are these few, where given. */
export function realTraffic(seed: number, tenants?: readonly string[]): Traffic {
  const random = seededRandom(seed)
  return () => {
    const request = realRequest(random)
    return tenants === undefined ? request : { ...request, tenant: pick(random, tenants) }
  }
}

/** Paths that nobody serves alone. */
export function scannerTraffic(seed: number): Traffic {
  const random = seededRandom(seed)
  return () => scan(random)
}

/** mulberry32: uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Random = () => number

const STATUSES = [200, 204, 304, 404, 503]

function realRequest(random: Random): HostileRequest {
  const kind = random()
  const tenant = `t${whole(random, TENANTS)}`
  const get = (url: string, series: string): HostileRequest => ({
    method: 'GET',
    url,
    tenant,
    series: `GET ${series}`,
  })
  if (kind < 0.4) {
    return get(`/org/${tenant}/users/${word(random)}`, '/org/:org/users/:id 200')
  }
  if (kind < 0.6) return get(`/users/${word(random)}%20${word(random)}`, '/users/:id 200')
  if (kind < 0.8) return get(`/hello?token=${word(random)}`, '/hello 200')
  if (kind < 0.84) return { method: 'HEAD', url: '/hello', tenant, series: 'HEAD /hello 200' }
  if (kind < 0.88) {
    return { method: 'POST', url: '/echo', tenant, body: word(random), series: 'POST /echo 201' }
  }
  if (kind < 0.94) {
    const status = pick(random, STATUSES)
    return get(`/status/${status}`, `/status/:status ${status}`)
  }
  if (kind < 0.97) {
    const method = pick(random, ['PUT', 'DELETE'])
    return { method, url: '/any', tenant, series: `${method} /any 200` }
  }
  if (kind < 0.98) return get('/throw', '/throw 500')
  return { ...get('/raw/endless', '/raw/:name 499 client_disconnected'), leaves: true }
}

/** What scanners ask for; none of it is a route of any stack. */
const SCANS: ReadonlyArray<(random: Random) => string> = [
  (random) => `/wp-admin/${word(random)}.php`,
  (random) => `/${word(random)}/${word(random)}/${word(random)}`,
  (random) => `/.git/${word(random)}`,
  (random) => `/org/t${whole(random, TENANTS)}/${word(random)}`,
  (random) => `/denied-${word(random)}`,
  (random) => `/${word(random)}/%E0%A4%A`,
  (random) => `/${word(random)}/..%2f..%2fetc%2fpasswd`,
  (random) => `/__proto__/${word(random)}`,
  (random) => `/:org/*${word(random)}`,
  (random) => `/${word(random).repeat(100)}`,
  (random) => `/search/${word(random)}?q=${'%27%20OR%201=1'.repeat(1 + whole(random, 20))}`,
]

function scan(random: Random): HostileRequest {
  const method = pick(random, ['GET', 'GET', 'GET', 'POST', 'HEAD'])
  return { method, url: pick(random, SCANS)(random), tenant: word(random) }
}

/** Without those that real requests have, and CONNECT, which Node tells by an event of its own. */
const ODD_METHODS = METHODS.filter(
  (method) => !['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT'].includes(method),
)

function oddMethod(random: Random): HostileRequest {
  const method = pick(random, ODD_METHODS)
  const url = pick(random, ['/any', '/hello', `/org/t${whole(random, TENANTS)}/users/1`, '/x'])
  return { method, url: url === '/x' ? scan(random).url : url, tenant: word(random) }
}

function word(random: Random): string {
  return whole(random, 2 ** 32).toString(36) + whole(random, 2 ** 20).toString(36)
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below)
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[whole(random, list.length)]!
}
