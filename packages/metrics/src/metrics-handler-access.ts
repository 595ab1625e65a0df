import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIP } from 'node:net'

/** Who may read the metrics. */
export interface AccessOptions {
  /** Ask for `Authorization: Bearer …`; others get 401. */
  readonly token?: string
  /**
   * Answer this machine alone, others get 403. So does what came through a proxy, which is a request with
   * `Forwarded`, `X-Forwarded-For` or `X-Real-IP`.
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

/** Judges requests: undefined where one may pass. */
export function accessControl({
  token,
  loopbackOnly = false,
}: AccessOptions): (request: Approach) => Refusal | undefined {
  const expected = token === undefined ? undefined : digest(token)
  return (request) => {
    if (loopbackOnly && !isFromLoopback(request)) return FORBIDDEN
    if (expected !== undefined && !bears(request, expected)) return UNAUTHORIZED
    return request.method === 'GET' || request.method === 'HEAD' ? undefined : NOT_ALLOWED
  }
}

const FORBIDDEN: Refusal = {
  status: 403,
  headers: {},
  text: 'Metrics are for this machine alone.\n',
}

const UNAUTHORIZED: Refusal = {
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer' },
  text: 'A bearer token is needed.\n',
}

const NOT_ALLOWED: Refusal = {
  status: 405,
  headers: { Allow: 'GET, HEAD' },
  text: 'Metrics can be read with GET or HEAD.\n',
}

function bears(request: Approach, expected: Buffer): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(request.header('authorization') ?? '')?.[1]
  // Digests have one length, so that the comparison tells nothing of the token's.
  return given !== undefined && timingSafeEqual(digest(given), expected)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

// It takes ::ffff:127.0.0.1 as 127.0.0.1.
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip']

function isFromLoopback({ remoteAddress = '', header }: Approach): boolean {
  const version = isIP(remoteAddress)
  return (
    version !== 0 &&
    LOOPBACK.check(remoteAddress, version === 6 ? 'ipv6' : 'ipv4') &&
    PROXY_HEADERS.every((name) => header(name) === undefined)
  )
}
