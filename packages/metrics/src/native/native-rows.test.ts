import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NativeRow } from '../contract/recorder-reader.ts'
import { NativeBuckets, ZERO_THRESHOLD } from './native-buckets.ts'
import { mergeNativeRows } from './native-rows.ts'

const anyDuration = fc.oneof(
  fc.double({ min: 1e-6, max: 1e4, noNaN: true }),
  fc.double({ min: 2 ** -127, max: Number.MAX_VALUE, noNaN: true }),
  fc.constantFrom(0, 5e-324, ZERO_THRESHOLD),
)

test('rows that are merged are the row that would have observed everything', () => {
  const asOne = fc.property(
    fc.array(fc.array(anyDuration, { minLength: 1, maxLength: 60 }), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.integer({ min: 1, max: 160 }),
    (samples, maxBuckets) => {
      const rows = samples.map((values) => record(values, 3, maxBuckets)!)
      expect(mergeNativeRows(rows, maxBuckets)).toEqual(record(samples.flat(), 3, maxBuckets))
    },
  )
  fc.assert(asOne)
})

function record(values: readonly number[], schema = 3, maxBuckets = 160): NativeRow | null {
  const buckets = new NativeBuckets({ schema, maxBuckets })
  for (const value of values) buckets.add(0, value)
  return buckets.read(0)
}
