import { createRequire } from 'node:module'
import type express from 'express'
import { describe, expect, test } from 'vitest'
import { expressionPaths } from './express4-pattern.ts'

const express4 = createRequire(import.meta.url)('express4') as typeof express

interface Compiled {
  readonly regexp: RegExp
  readonly keys: readonly { readonly name: string | number }[]
}

function mounted(path: string | RegExp | (string | RegExp)[]): Compiled {
  const router = express4.Router()
  router.use(path, () => {})
  return router.stack[0] as unknown as Compiled
}

function routed(path: string | string[]): Compiled {
  const router = express4.Router()
  router.get(path, () => {})
  return router.stack[0] as unknown as Compiled
}

const patterns = ({ regexp, keys }: Compiled): string[] | undefined =>
  expressionPaths(
    regexp,
    keys.map(({ name }) => name),
  )?.map(({ pattern }) => pattern)

describe('the path of a layer of Express 4 is read back from its expression', () => {
  test.each([
    '/api',
    '/org/:org',
    '/:a/:b',
    '/org/:org/sub/:sub',
    '/v:version',
    '/files.json',
    '/n/:num(\\d+)',
    '/x/:kind(a|b)',
    '/:locale?/shop',
    '/file.:ext',
    '/a-b_c~d/:e-:f',
    '/any/*',
    '*',
  ])('%s', (path) => {
    expect(patterns(mounted(path))).toEqual([path])
    expect(patterns(routed(path))).toEqual([path])
  })

  test('a list gives each of its paths, with an expression that takes it alone', () => {
    const { regexp, keys } = mounted(['/v1', '/v2', '/org/:org', '/v10'])
    const names = keys.map(({ name }) => name)
    const paths = expressionPaths(regexp, names)!
    expect(paths.map(({ pattern }) => pattern)).toEqual(['/v1', '/v2', '/org/:org', '/v10'])
    const taken = (path: string) => paths.filter(({ expression }) => expression.test(path)).length
    expect(['/v1/c', '/v2', '/V10/x', '/org/acme', '/v3'].map(taken)).toEqual([1, 1, 1, 1, 0])
    expect(patterns(routed(['/a/:x', '/b/:y']))).toEqual(['/a/:x', '/b/:y'])
  })

  test('as path-to-regexp wrote it before 0.1.10', () => {
    const old = /^\/org\/(?:([^/]+?))\/?(?=\/|$)/i
    expect(expressionPaths(old, ['org'])?.[0]?.pattern).toBe('/org/:org')
    const list = /(?:^\/v1\/?(?=\/|$)|^\/v2\/?(?=\/|$))/i
    expect(expressionPaths(list, [])?.map(({ pattern }) => pattern)).toEqual(['/v1', '/v2'])
  })

  test.each([
    ['alternatives', /^\/(?:acme|globex)/],
    ['a group', /^\/(acme|globex)/],
    ['a class', /^\/zone[0-9]\/?(?=\/|$)/],
    ['a word', /^\/tenant-\w+/],
    ['no anchor', /\/api\/?(?=\/|$)/],
    ['no end', /^\/api/],
    ['a quantifier', /^\/ab+\/?(?=\/|$)/],
    ['a bar', '/a|b'],
    ['a group in a parameter', /^\/x(?:\/((\d+)-\d+))\/?(?=\/|$)/],
  ])('an expression with %s is none of a path, and left alone', (_, expression) => {
    expect(patterns(mounted(expression))).toBeUndefined()
  })
})
