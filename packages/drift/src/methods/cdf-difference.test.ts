import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cdfDifference } from './cdf-difference.ts'

const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true }))
const sample = fc.array(value, { minLength: 1, maxLength: 40 })
const few = fc.array(value, { minLength: 1, maxLength: 2 })
const many = fc.array(value, { minLength: 16, maxLength: 60 })
const pair = fc.oneof(fc.tuple(sample, sample), fc.tuple(few, many), fc.tuple(many, few))
const sorted = (values: number[]): Float64Array => Float64Array.from(values).sort()

test.each(['two-sided', 'greater', 'less'] as const)(
  'is the first of the largest differences at any value, by definition: %s',
  (alternative) => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const found = cdfDifference(sorted(a), sorted(b), alternative)
        const upTo = (x: number, values: number[]): number => values.filter((y) => y <= x).length
        const at = sorted([...a, ...b])
        const above = [...at].map((x) => upTo(x, a) * b.length - upTo(x, b) * a.length)
        const highest = Math.max(...above)
        const lowest = Math.min(...above)
        const isAbove =
          alternative === 'greater' || (alternative === 'two-sided' && highest >= -lowest)
        const extreme = isAbove ? highest : lowest
        expect(found).toEqual({
          steps: Math.abs(extreme),
          location: at[above.indexOf(extreme)]! + 0,
          sign: isAbove ? 1 : -1,
        })
      }),
      { numRuns: 500 },
    )
  },
)

test('takes zeros of both signs for equal', () => {
  const found = cdfDifference(Float64Array.of(-0, -0), Float64Array.of(0))
  expect(found).toEqual({ steps: 0, location: 0, sign: 1 })
})
