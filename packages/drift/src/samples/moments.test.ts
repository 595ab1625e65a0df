import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { momentScale, moments } from './moments.ts'

test('equal values have no deviation, whatever their sum rounds to', () => {
  const value = fc.double({ noNaN: true, min: -1e300, max: 1e300 })
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 5000 }), (x, n) => {
      const scale = momentScale(Math.abs(x))
      const { centre, correction, squaredDeviations } = moments(new Float64Array(n).fill(x), scale)
      expect([centre + correction + 0, squaredDeviations]).toEqual([x * scale + 0, 0])
    }),
  )
})

test('keeps the digits of a variance next to a large mean', () => {
  const values = Float64Array.from({ length: 10001 }, (_, i) => 1e9 + (i % 3))
  const { centre, correction, squaredDeviations } = moments(values)
  // 3334 zeros, 3334 ones, 3333 twos
  const total = 3334 + 2 * 3333
  expect(centre + correction).toBe(1e9 + total / 10001)
  const expected = 3334 + 4 * 3333 - total ** 2 / 10001
  expect(relativeError(squaredDeviations, expected)).toBeLessThan(1e-13)
})

test('the mean of many large values is right to the last place', () => {
  const steps = Float64Array.from({ length: 100_000 }, (_, i) => (i * i) % 1009)
  const total = steps.reduce((sum, x) => sum + BigInt(x), 0n)
  const { centre, correction } = moments(steps.map((x) => 1e9 + x / 1024))
  expect(Math.abs(centre + correction - (1e9 + Number(total) / 1024 / 100_000))).toBeLessThan(2e-7)
})

test.each([1, 1e-100, 1e100, 0])('leaves values of magnitude %d as they are', (largest) => {
  expect(momentScale(largest)).toBe(1)
})

test.each([Number.MAX_VALUE, 1e-200, 1e200, 5e-324])(
  'brings values of magnitude %d near 1',
  (largest) => {
    const scaled = largest * momentScale(largest)
    expect(scaled).toBeGreaterThan(1e-30)
    expect(scaled).toBeLessThanOrEqual(2)
    expect(Number.isInteger(Math.log2(momentScale(largest)))).toBe(true)
  },
)
