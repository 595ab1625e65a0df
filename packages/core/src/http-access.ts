import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { InvalidArgumentError } from './errors.ts'

/** Who may ask. */
export interface AccessOptions {
  /** Ask for `Authorization: Bearer …`; others get 401. */
  readonly token?: string
  /**
   * Answer this machine alone, others get 403. So does what came through a proxy, which is a request with
   * `Forwarded`, `X-Forwarded-For` or `X-Real-IP`, and what a browser asks for under a foreign name that
   * leads here: its `Host` must be `localhost` or an address of the loopback interface. A proxy here that adds no such
   * header, as nginx by default, passes for this machine: use `token` behind it.
   */
  readonly loopbackOnly?: boolean
}

/** The part of a request that matters here. */
export interface Approach {
  readonly method: string
  /** @param name - in lower case */
  header(name: string): string | undefined
  readonly remoteAddress: string | undefined
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
  { token, loopbackOnly = false }: AccessOptions,
  methods: readonly string[] = ['GET', 'HEAD'],
): (request: Approach) => Refusal | undefined {
  assertToken(token)
  const expected = token === undefined ? undefined : digest(token)
  const notAllowed: Refusal = {
    status: 405,
    headers: { Allow: methods.join(', ') },
    text: `The method must be ${methods.join(' or ')}.\n`,
  }
  return (request) => {
    if (loopbackOnly && !isFromLoopback(request)) return FORBIDDEN
    if (expected !== undefined && !bears(request, expected)) return UNAUTHORIZED
    return methods.includes(request.method) ? undefined : notAllowed
  }
}

const FORBIDDEN: Refusal = {
  status: 403,
  headers: {},
  text: 'This is for this machine alone.\n',
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

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip']

function isFromLoopback({ remoteAddress = '', header }: Approach): boolean {
  return (
    isLoopbackAddress(remoteAddress) &&
    PROXY_HEADERS.every((name) => header(name) === undefined) &&
    namesLoopback(header('host'))
  )
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
