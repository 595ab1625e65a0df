import express from 'express'
import { describe, expect, test } from 'vitest'
import { mountPattern, type PathMatcher } from './mount-pattern.ts'

/** The compiled matcher of a real mount, without the pattern it came from. */
function compiled(pattern: string | RegExp, caseSensitive = false): PathMatcher {
  const router = express.Router({ caseSensitive })
  router.use(pattern, () => {})
  const [layer] = router.stack as unknown as { matchers: PathMatcher[] }[]
  return layer!.matchers[0]!
}

describe('the pattern of a mount is told from its matcher alone', () => {
  test.each([
    ['/api', '/api/users', '/api'],
    ['/org/:org', '/org/acme/users', '/org/:org'],
    ['/org/:org', '/org/org', '/org/:org'],
    ['/:a/:b', '/x/x', '/:a/:b'],
    ['/org/:org', '/org/a%20b/users', '/org/:org'],
    ['/org/:org', '/ORG/Acme', '/org/:org'],
    ['/files/*path/raw', '/files/a/b/c/raw', '/files/*path/raw'],
    ['/files/*path/raw', '/files/a/raw', '/files/*path/raw'],
    ['{/:locale}/shop', '/shop/7', '/shop'],
    ['{/:locale}/shop', '/en/shop/7', '/:locale/shop'],
  ])('%s, from %s', (pattern, sample, expected) => {
    const match = compiled(pattern)
    expect(mountPattern(match, sample)).toBe(expected)
    expect(mountPattern(match, sample)).toBe(expected)
  })

  test('the case of a literal is kept where it matters', () => {
    expect(mountPattern(compiled('/Org/:org', true), '/Org/acme')).toBe('/Org/:org')
  })

  test('Express 4: an expression with named groups', () => {
    // As path-to-regexp 0.1 compiles `/org/:org` and `/n/:num(\\d+)` for a mount.
    const organisation = expressionMatcher(/^\/org\/(?:([^/]+?))\/?(?=\/|$)/i, ['org'])
    const number = expressionMatcher(/^\/n\/(?:(\d+))\/?(?=\/|$)/i, ['num'])
    expect(mountPattern(organisation, '/org/acme/users')).toBe('/org/:org')
    expect(mountPattern(number, '/n/42/users')).toBe('/n/:num')
  })
})

describe('what cannot be told is * and never a value of the request', () => {
  test.each([
    ['text and a parameter in one segment', '/v:version', '/v1/x', '/*'],
    ['an expression without groups', /^\/tenant-\w+/, '/tenant-acme/x', '/*'],
    ['an expression with a group', /^\/(acme|globex)/, '/acme/x', '/*'],
    ['a range of digits', /^\/zone[0-9]/, '/zone7', '/*'],
    ['a path that does not match', '/api', '/other', '/*'],
    ['more segments than anyone mounts', '/f/*path', `/f${'/a'.repeat(100)}`, '/*'],
  ])('%s', (_, pattern, sample, expected) => {
    expect(mountPattern(compiled(pattern), sample)).toBe(expected)
  })

  test('alternatives of an expression are told apart, whichever came first', () => {
    const match = compiled(/^\/(?:acme|globex)/)
    const patterns = ['/acme/x', '/globex/x', '/acme/y'].map((path) => mountPattern(match, path))
    expect(patterns).toEqual(['/acme', '/globex', '/acme'])
  })

  test('a thousand samples make no more patterns than one', () => {
    for (const pattern of ['/org/:org', '/files/*path', '/v:version', /^\/t-\w+/]) {
      const match = compiled(pattern)
      const front = { '/org/:org': '/ORG/', '/files/*path': '/files/x/', '/v:version': '/v' }
      const patterns = new Set(
        Array.from({ length: 1000 }, (_, i) =>
          mountPattern(match, `${front[String(pattern) as keyof typeof front] ?? '/t-'}${i}%zz`),
        ),
      )
      expect(patterns.size).toBe(1)
    }
  })
})

function expressionMatcher(expression: RegExp, names: readonly string[]): PathMatcher {
  return (path) => {
    const matched = expression.exec(path)
    if (matched === null) return false
    const params = Object.fromEntries(names.map((name, i) => [name, matched[i + 1]]))
    return { path: matched[0], params }
  }
}
