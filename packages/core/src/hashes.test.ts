import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { contentId, hmacSha256 } from './hashes.ts'

test('hmacSha256 is what Node computes, for any key and text', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 })
  fc.assert(
    fc.property(text, text, (key, message) => {
      expect(hmacSha256(key)(message)).toBe(createHmac('sha256', key).update(message).digest('hex'))
    }),
  )
})

test('contentId is the SHA-256 of the JSON with sorted keys, whoever wrote it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sorted = JSON.stringify(value, (_key, inner: unknown) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
      )
      // Keys that are whole numbers cannot be sorted as texts in an object.
      fc.pre(!/"\d+":/.test(sorted) && !sorted.includes('__proto__'))
      expect(contentId(value)).toBe(createHash('sha256').update(sorted).digest('hex').slice(0, 12))
    }),
  )
  expect(contentId({ b: 1, a: [2, 'x'] })).toBe(contentId({ a: [2, 'x'], c: undefined, b: 1 }))
  expect(contentId({ a: [1, 2] })).not.toBe(contentId({ a: [2, 1] }))
})

test('where there is no Node the ids are the same', () => {
  const values = [
    '',
    'naïve',
    '\ud800',
    'x'.repeat(10_000),
    [1, 'two', null],
    { é: { '\u{1f600}': [] } },
  ]
  const here = values.map(contentId)
  const spy = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  expect(values.map(contentId)).toEqual(here)
  expect(spy).toHaveBeenCalledTimes(values.length)
  spy.mockRestore()
})
