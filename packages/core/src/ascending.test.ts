import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countBelow, countUpTo } from './ascending.ts'

test('counts what is below, and what is at most as large', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }))
  fc.assert(
    fc.property(fc.array(value), value, (values, x) => {
      const ascending = Float64Array.from(values).sort()
      expect(countBelow(ascending, x)).toBe(values.filter((one) => one < x).length)
      expect(countUpTo(ascending, x)).toBe(values.filter((one) => one <= x).length)
    }),
  )
})
