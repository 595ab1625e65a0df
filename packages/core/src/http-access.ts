import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { InvalidArgumentError } from './errors.ts'
import { assertOptions } from './options.ts'

/** Who may ask. */
export interface AccessOptions {
  /** Ask for `Authorization: Bearer …`; others get 401. */
  readonly token?: string
  /**
   * Answer this machine alone, others get 403. So does what came through a proxy, which is a request with a header
   * such as `Forwarded`, `Via`, `X-Forwarded-For` or `X-Real-IP`; what a browser asks for under a foreign name that
   * leads here: its `Host` must be `localhost` or an address of the loopback interface; and what a page of another
   * site asks for, by its `Origin` or `Sec-Fetch-Site`, so that no `cors()` of the app hands it out. A proxy here that
   * adds no such header, as nginx by default, passes for this machine: use `token` behind it.
   */
  readonly loopbackOnly?: boolean
}

/** The part of a request that matters here. */
export interface Approach {
  readonly method: string
  /** @param name - in lower case */
  header(name: string): string | undefined
  /** In lower case. */
  headerNames(): Iterable<string>
  readonly remoteAddress: string | undefined
  /** The value of a parameter in the address; undefined where it has none of that name. */
  parameter(name: string): string | undefined
}

/** A request of `node:http` or `node:http2`. */
export function nodeApproach(request: {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly socket?: { readonly remoteAddress?: string | undefined } | null
}): Approach {
  const { method = '', url = '', headers, socket } = request
  return {
    method,
    remoteAddress: socket?.remoteAddress,
    header(name) {
      // In HTTP/2 `:authority` is what `Host` was.
      const value = headers[name] ?? (name === 'host' ? headers[':authority'] : undefined)
      return value?.toString()
    },
    headerNames: () => Object.keys(headers),
    parameter: (name) => parameterOf(url, name),
  }
}

/** A `Request`, and the address that its server saw. */
export function fetchApproach(
  { method, headers, url }: Pick<Request, 'method' | 'headers' | 'url'>,
  remoteAddress: string | undefined,
): Approach {
  return {
    method,
    remoteAddress,
    // A Request need not carry the name it was asked for beside its address.
    header: (name) => headers.get(name) ?? (name === 'host' ? new URL(url).host : undefined),
    headerNames() {
      const names: string[] = []
      headers.forEach((_, name) => {
        names.push(name)
      })
      return names
    },
    parameter: (name) => parameterOf(url, name),
  }
}

/** Of whatever a client sent as an address. */
function parameterOf(url: string, name: string): string | undefined {
  const [, query] = /^[^?#]*\?([^#]*)/.exec(url) ?? []
  return new URLSearchParams(query).get(name) ?? undefined
}

export interface Refusal {
  readonly status: 401 | 403 | 405
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/**
 * Judges requests: undefined where one may pass.
 *
 * @param methods - others get 405
 * @throws InvalidArgumentError where the token is none
 * @example
 * const refusalOf = accessControl({ loopbackOnly: true }, ['POST'])
 */
export function accessControl(
  options: AccessOptions,
  methods: readonly string[] = ['GET', 'HEAD'],
): (request: Approach) => Refusal | undefined {
  assertOptions('options', options, ACCESS_OPTIONS)
  const { token, loopbackOnly = false } = options
  assertToken(token)
  const expected = token === undefined ? undefined : digest(token)
  const notAllowed: Refusal = {
    status: 405,
    headers: { Allow: methods.join(', ') },
    text: `The method must be ${methods.join(' or ')}.\n`,
  }
  return (request) => {
    if (loopbackOnly && !isFromLoopback(request)) return FORBIDDEN
    if (loopbackOnly && isFromAnotherSite(request)) return FOREIGN
    if (expected !== undefined && !bears(request, expected)) return UNAUTHORIZED
    return methods.includes(request.method) ? undefined : notAllowed
  }
}

const ACCESS_OPTIONS = {
  token: true,
  loopbackOnly: true,
} as const satisfies Record<keyof AccessOptions, true>

const FORBIDDEN: Refusal = {
  status: 403,
  headers: {},
  text: 'This is for this machine alone.\n',
}

const FOREIGN: Refusal = {
  status: 403,
  headers: {},
  text: 'A page of another site asked for this: open the address in a tab of its own.\n',
}

const UNAUTHORIZED: Refusal = {
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer' },
  text: 'A bearer token is needed.\n',
}

function assertToken(token: string | undefined): void {
  if (token === undefined || (typeof token === 'string' && /^[!-~]+$/.test(token))) return
  // Not the token itself, which would end up in a log.
  throw new InvalidArgumentError('token', 'visible ASCII characters', `a ${typeof token}`)
}

function bears(request: Approach, expected: Buffer): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(request.header('authorization') ?? '')?.[1]
  // Digests have one length, so that the comparison tells nothing of the token's.
  return given !== undefined && timingSafeEqual(digest(given), expected)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * What proxies, load balancers, CDNs and tunnels say of themselves, or of whom they ask for. Clients on this
 * machine send none of it, and who writes one by hand shuts himself out alone.
 */
function isOfProxy(header: string): boolean {
  return PROXY_NAMES.has(header) || PROXY_FAMILY.test(header) || CLIENT_ADDRESS.test(header)
}

const PROXY_NAMES = new Set(['forwarded', 'via', 'x-forwarded', 'forwarded-for', 'cdn-loop'])
const PROXY_FAMILY =
  /^(?:x-(?:forwarded|original|envoy|vercel|appengine|azure|amz-cf|nf)|cf|cloudfront|fly|fastly|tailscale|ngrok)-/
/** `X-Real-IP`, `True-Client-IP`, `CF-Connecting-IP`, `X-ProxyUser-Ip` … */
const CLIENT_ADDRESS =
  /(?:client|real|remote|connecting|connection|originating|proxyuser)[-_]?(?:ip(?:v6)?|addr(?:ess)?)$/

function isFromLoopback({ remoteAddress = '', header, headerNames }: Approach): boolean {
  if (!isLoopbackAddress(remoteAddress) || !namesLoopback(header('host'))) return false
  for (const name of headerNames()) if (isOfProxy(name)) return false
  return true
}

/**
 * A browser on this machine asks for every page that is open in it. One of another site reads an answer where
 * the app's `cors()` lets it, and then says its `Origin`, even of another port; `null` is a file or a sandbox.
 * A link from another port (`same-site`, as from Grafana here) brings none, and its page cannot read the answer.
 */
function isFromAnotherSite({ header }: Approach): boolean {
  const origin = header('origin')
  if (origin !== undefined && !isOwnOrigin(origin, header('host'))) return true
  const site = header('sec-fetch-site')
  return site !== undefined && !['same-origin', 'same-site', 'none'].includes(site)
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const scheme = /^https?:\/\//.exec(origin.toLowerCase())?.[0]
  if (scheme === undefined || !URL.canParse(origin) || !URL.canParse(`${scheme}${host}`)) {
    return false
  }
  return new URL(origin).origin === new URL(`${scheme}${host}`).origin
}

// It takes ::ffff:127.0.0.1 as 127.0.0.1.
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

function isLoopbackAddress(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

/**
 * A page of a foreign site that lets its name resolve to 127.0.0.1 asks under that name: DNS rebinding. Who
 * sends no `Host` at all is no browser.
 */
function namesLoopback(host: string | undefined): boolean {
  if (host === undefined) return true
  const name = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return isLoopbackAddress(/^\[(.*)\]$/.exec(name)?.[1] ?? name)
}
