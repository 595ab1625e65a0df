import { numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { profileOfSorted, quantilesOfSorted } from './sorted-profile.ts'

const values = fc.array(fc.integer({ min: -20, max: 20 }))
const edges = fc
  .uniqueArray(fc.integer({ min: -15, max: 15 }), { minLength: 2, maxLength: 9 })
  .map((list) => list.sort((a, b) => a - b))

test('counts what numericProfile counts, values on an edge and beyond both ends among them', () => {
  fc.assert(
    fc.property(values, edges, (list, bounds) => {
      const sorted = Float64Array.from(list).sort()
      expect(profileOfSorted(sorted, bounds, { missing: 3 })).toEqual(
        numericProfile(sorted, bounds, { missing: 3 }),
      )
    }),
  )
})

test('takes over a sum that is known, and has none where it is not finite', () => {
  const sorted = Float64Array.of(1e308, 1.1e308)
  expect(profileOfSorted(sorted, [0, 1], { missing: 0 }).sum).toBeNull()
  expect(profileOfSorted(sorted, [0, 1], { missing: 0, sum: 7 }).sum).toBe(7)
  expect(profileOfSorted(sorted, [0, 1], { missing: 0, sum: null }).sum).toBeNull()
})

test('gives the smallest value up to which at least such a share of the values lies', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 250 }),
      (list) => {
        const sorted = Float64Array.from(list).sort()
        const { levels, reference, current } = quantilesOfSorted(sorted, Float64Array.of(7))
        expect(current).toEqual(levels.map(() => 7))
        levels.forEach((level, i) => {
          const upTo = sorted.filter((value) => value <= reference[i]!).length
          const below = sorted.filter((value) => value < reference[i]!).length
          const needed = Math.round(100 * level) * sorted.length
          expect(100 * upTo).toBeGreaterThanOrEqual(needed)
          if (level > 0) expect(100 * below).toBeLessThan(needed)
          else expect(below).toBe(0)
        })
      },
    ),
  )
})
