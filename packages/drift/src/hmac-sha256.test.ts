import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hmacSha256 } from './hmac-sha256.ts'

test('is what Node computes, for any key and text', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 })
  fc.assert(
    fc.property(text, text, (key, message) => {
      expect(hmacSha256(key)(message)).toBe(createHmac('sha256', key).update(message).digest('hex'))
    }),
  )
})
