import { describe, expect, test } from 'vitest'
import { type Approach, accessControl } from './http-access.ts'

function approach(
  headers: Readonly<Record<string, string>> = {},
  remoteAddress: string | undefined = '127.0.0.1',
  method = 'GET',
): Approach {
  return { method, remoteAddress, header: (name) => headers[name] }
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

  test.each(['forwarded', 'x-forwarded-for', 'x-real-ip'])(
    'is 403 behind a proxy, by %s',
    (name) => {
      expect(refusalOf(approach({ [name]: '127.0.0.1' }))?.status).toBe(403)
    },
  )
})

test('a foreign address or name is no matter where a token alone is asked for', () => {
  const headers = { host: 'monitor.example', authorization: 'Bearer s3cret' }
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
