import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inBatches } from './batches.ts'

test('1001 metrics are two batches, and none is none', () => {
  const metrics = Array.from({ length: 1001 }, (_, value) => ({ key: 'a', value }))
  expect(inBatches(metrics, 1000, 1e6).map(({ length }) => length)).toEqual([1000, 1])
  expect(inBatches([], 1000, 1e6)).toEqual([])
})

test('nothing is lost, and no batch is larger than it may be, in bytes of UTF-8', () => {
  const items = fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 60 })
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 9 }), (texts, most) => {
      const batches = inBatches(texts, most, 300)
      expect(batches.flat()).toEqual(texts)
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(most)
        if (batch.length > 1)
          expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(301)
      }
    }),
  )
})
