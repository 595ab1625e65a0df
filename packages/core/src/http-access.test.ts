import { describe, expect, test } from 'vitest'
import { type Approach, accessControl, fetchApproach, nodeApproach } from './http-access.ts'

function approach(
  headers: Readonly<Record<string, string>> = {},
  remoteAddress: string | undefined = '127.0.0.1',
  method = 'GET',
): Approach {
  return {
    method,
    remoteAddress,
    parameter: () => undefined,
    header: (name) => headers[name],
    headerNames: () => Object.keys(headers),
  }
}

describe('loopbackOnly', () => {
  const refusalOf = accessControl({ loopbackOnly: true })

  test.each([
    [undefined, '127.0.0.1'],
    [undefined, '127.8.9.10'],
    [undefined, '::1'],
    [undefined, '::ffff:127.0.0.1'],
    [403, '::ffff:10.0.0.1'],
    [403, '10.0.0.1'],
    [403, '::2'],
    [403, 'localhost'],
    [403, ''],
  ])('is %s for the address %s', (status, address) => {
    expect(refusalOf(approach({}, address))?.status).toBe(status)
  })

  test.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST.',
    'app.localhost:80',
    '127.0.0.1',
    '127.0.0.1:9090',
    '127.1.2.3:',
    '[::1]',
    '[::1]:3000',
    '[::ffff:127.0.0.1]:3000',
  ])('passes under the name %s', (host) => {
    expect(refusalOf(approach({ host }))).toBeUndefined()
  })

  test.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    '10.0.0.1',
    '[::2]',
    '::1',
    '0.0.0.0',
    '2130706433',
    '',
    ':80',
  ])('is 403 under the foreign name %s: a page that rebinds its name', (host) => {
    expect(refusalOf(approach({ host }))?.status).toBe(403)
  })

  test.each([
    'forwarded',
    'via',
    'x-forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-client-cert',
    'x-original-forwarded-for',
    'x-real-ip',
    'x-client-ip',
    'client-ip',
    'x-cluster-client-ip',
    'wl-proxy-client-ip',
    'x-remote-addr',
    'x-originating-ip',
    'x-proxyuser-ip',
    'cf-connecting-ip',
    'cf-connecting-ipv6',
    'cf-ray',
    'cdn-loop',
    'true-client-ip',
    'fly-client-ip',
    'fastly-client-ip',
    'do-connecting-ip',
    'x-nf-client-connection-ip',
    'x-envoy-external-address',
    'x-azure-clientip',
    'x-appengine-user-ip',
    'x-amz-cf-id',
    'tailscale-user-login',
  ])('is 403 behind a proxy, by %s', (name) => {
    expect(refusalOf(approach({ [name]: '127.0.0.1' }))?.status).toBe(403)
    expect(refusalOf(approach({ [name]: '' }))?.status).toBe(403)
  })

  test.each([
    'user-agent',
    'x-request-id',
    'traceparent',
    'x-prometheus-scrape-timeout-seconds',
    'x-requested-with',
    'authorization',
    'x-my-recipe',
    'connection',
    'x-city-via-zip',
  ])('passes with %s, which clients on this machine send', (name) => {
    expect(refusalOf(approach({ [name]: '1' }))).toBeUndefined()
  })

  test.each([
    [undefined, { host: 'localhost:3000', origin: 'http://localhost:3000' }],
    [undefined, { host: 'localhost', origin: 'http://localhost' }],
    [undefined, { host: 'localhost:80', origin: 'http://localhost' }],
    [undefined, { host: '[::1]:3000', origin: 'http://[::1]:3000' }],
    [undefined, { host: 'LOCALHOST:3000', origin: 'http://localhost:3000' }],
    [undefined, { host: 'localhost:3000', 'sec-fetch-site': 'none' }],
    [undefined, { host: 'localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [undefined, { host: 'localhost:3000', 'sec-fetch-site': 'same-site' }],
    [403, { host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }],
    [403, { host: 'localhost:3000', 'sec-fetch-site': 'whatever' }],
    [403, { host: 'localhost:3000', origin: 'https://evil.example' }],
    [403, { host: 'localhost:3000', origin: 'http://localhost:3001' }],
    [403, { host: 'localhost:3000', origin: 'http://localhost:3000.evil.example' }],
    [403, { host: 'localhost:3000', origin: 'http://evil.example@localhost:3000, x' }],
    [403, { host: 'localhost:3000', origin: 'http://127.0.0.1:3000' }],
    [403, { host: 'localhost:3000', origin: 'null' }],
    [403, { host: 'localhost:3000', origin: '' }],
    [403, { host: 'localhost:3000', origin: 'file://' }],
    [403, { host: 'localhost:3000', origin: 'chrome-extension://localhost:3000' }],
    [403, { origin: 'http://localhost:3000' }],
  ])('is %s for the page that sends %j', (status, headers) => {
    expect(refusalOf(approach(headers))?.status).toBe(status)
  })

  test('tells a page of another site, and who followed its link, what to do', () => {
    const headers = { host: 'localhost', 'sec-fetch-site': 'cross-site' }
    expect(refusalOf(approach(headers))?.text).toContain('open the address in a tab of its own')
  })
})

describe('a request', () => {
  test('of HTTP/2 has its name in :authority', () => {
    const request = { method: 'GET', headers: { ':authority': 'evil.example' } }
    const socket = { remoteAddress: '127.0.0.1' }
    const refusalOf = accessControl({ loopbackOnly: true })
    expect(refusalOf(nodeApproach({ ...request, socket }))?.status).toBe(403)
    const own = { ...request, headers: { ':authority': 'localhost:3000' } }
    expect(refusalOf(nodeApproach({ ...own, socket }))).toBeUndefined()
    expect(refusalOf(nodeApproach(own))?.status).toBe(403)
  })

  test('of fetch has its name in its address where no header says it', () => {
    const refusalOf = accessControl({ loopbackOnly: true })
    const of = (url: string, headers = {}) =>
      refusalOf(fetchApproach(new Request(url, { headers }), '127.0.0.1'))?.status
    expect(of('http://localhost:3000/drift')).toBeUndefined()
    expect(of('http://evil.example/drift')).toBe(403)
    expect(of('http://localhost:3000/drift', { host: 'evil.example' })).toBe(403)
    expect(of('http://localhost:3000/drift', { 'CF-Ray': '1' })).toBe(403)
  })
})

test('a foreign address, name or page is no matter where a token alone is asked for', () => {
  const headers = {
    host: 'monitor.example',
    authorization: 'Bearer s3cret',
    origin: 'https://ops.example',
    'sec-fetch-site': 'cross-site',
    'x-forwarded-for': '10.0.0.2',
  }
  expect(accessControl({ token: 's3cret' })(approach(headers, '10.0.0.1'))).toBeUndefined()
})

test('with both, a token is asked of this machine', () => {
  const refusalOf = accessControl({ token: 's3cret', loopbackOnly: true })
  const headers = { authorization: 'Bearer s3cret' }
  expect(refusalOf(approach(headers))).toBeUndefined()
  expect(refusalOf(approach(headers, '10.0.0.1'))?.status).toBe(403)
  expect(refusalOf(approach())).toMatchObject({
    status: 401,
    headers: { 'WWW-Authenticate': 'Bearer' },
  })
})

test('the methods are those that were named, and who may not ask does not learn them', () => {
  const refusalOf = accessControl({ token: 's3cret' }, ['POST'])
  const headers = { authorization: 'Bearer s3cret' }
  expect(refusalOf(approach(headers, '10.0.0.1', 'POST'))).toBeUndefined()
  expect(refusalOf(approach(headers))).toEqual({
    status: 405,
    headers: { Allow: 'POST' },
    text: 'The method must be POST.\n',
  })
  expect(refusalOf(approach())?.status).toBe(401)
})

test.each(['', 'two words', 'späť', 7, null])('the token %j is refused, and not told', (token) => {
  expect(() => accessControl({ token: token as never })).toThrow(
    `"token" must be visible ASCII characters, received a ${typeof token}`,
  )
})

test.each<[string, string | undefined]>([
  ['/drift?format=json', 'json'],
  ['/drift?a=1&format=json&format=html', 'json'],
  ['/drift?format=j%73on#format=html', 'json'],
  ['?format=', ''],
  ['/drift?formats=json', undefined],
  ['/drift#?format=json', undefined],
  ['/drift?%', undefined],
  ['/format=json', undefined],
  ['', undefined],
])('the parameter "format" of %s is %s', (url, value) => {
  expect(nodeApproach({ url, headers: {} }).parameter('format')).toBe(value)
  const request = new Request(new URL(url, 'http://localhost/'))
  expect(fetchApproach(request, undefined).parameter('format')).toBe(value)
})

test('a request without an address has no parameter', () => {
  expect(nodeApproach({ headers: {} }).parameter('format')).toBeUndefined()
})
