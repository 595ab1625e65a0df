import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketBound, bucketIndexer } from './bucket-index.ts'
import { exactBounds } from './native-bounds.ts'
import { ZERO_THRESHOLD } from './native-buckets.ts'

const schemas = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8]

/** x = m · 2^e with m a whole number: base^i < x in whole numbers, whatever the schema. */
function isAbove(x: number, schema: number, index: number): boolean {
  const exponent = Math.floor(Math.log2(x)) - 54
  const m = BigInt(x * 2 ** -exponent)
  if (Number(m) * 2 ** exponent !== x) throw new Error(`${x} was not taken apart`)
  // x > 2^(index / n): m^n · 2^(exponent · n) > 2^index
  const n = schema > 0 ? 2 ** schema : 1
  const power = (schema > 0 ? index : index * 2 ** -schema) - exponent * n
  return power < 0 || m ** BigInt(n) > 1n << BigInt(power)
}

describe.each(schemas)('at schema %i', (schema) => {
  const index = bucketIndexer(schema)

  test('a value lies above the bound below it and not above its own', () => {
    const holds = fc.property(
      fc.double({ min: 2 ** -127, max: 1e300, noNaN: true }).filter((x) => x < 2 ** 900),
      (x) => {
        expect(isAbove(x, schema, index(x))).toBe(false)
        expect(isAbove(x, schema, index(x) - 1)).toBe(true)
      },
    )
    fc.assert(holds, { numRuns: schema > 6 ? 20 : 100 })
  })

  test('agrees with a search through the bounds, all over a doubling', () => {
    const bounds = exactBounds(Math.max(0, schema))
    for (let x = 1; x < 2; x += 2 ** -12) {
      const fine = bounds.findIndex((bound) => bound >= x)
      expect(index(x)).toBe(Math.ceil(fine * 2 ** Math.min(0, schema)))
    }
  })

  test('a bound belongs to the bucket below it, and the next double to the one above', () => {
    const perDoubling = 2 ** Math.max(0, schema)
    for (let i = -3 * perDoubling; i <= 3 * perDoubling; i++) {
      const bound = bucketBound(schema, i)
      if (bound <= ZERO_THRESHOLD) continue
      expect(index(bound)).toBe(i)
      expect(index(nextUp(bound))).toBe(i + 1)
    }
  })
})

test('a power of two is in the bucket whose upper bound it is', () => {
  for (let e = -127; e < 1024; e++) expect(bucketIndexer(3)(2 ** e)).toBe(8 * e)
  expect(bucketIndexer(3)(Number.MAX_VALUE)).toBe(8192)
})

test('the bounds are those of client_golang to the last bit but one', () => {
  // nativeHistogramBounds[3] of prometheus/client_golang, doubled: theirs lie in [0.5, 1).
  const theirs = [
    0.5, 0.5452538663326288, 0.5946035575013605, 0.6484197773255048, 0.7071067811865475,
    0.7711054127039704, 0.8408964152537144, 0.9170040432046711,
  ]
  theirs.forEach((bound, i) => {
    expect(Math.abs(exactBounds(3)[i]! - 2 * bound)).toBeLessThanOrEqual(Number.EPSILON)
  })
})

function nextUp(x: number): number {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)
  bits[0]!++
  return new Float64Array(bits.buffer)[0]!
}
