import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NumericProfile, numericProfile } from './binned-profile.ts'
import { distanceBracket } from './distance-bracket.ts'

const edges = fc
  .uniqueArray(
    fc.oneof(fc.integer({ min: -2, max: 12 }), fc.double({ min: -2, max: 12, noNaN: true })),
    { minLength: 2, maxLength: 9 },
  )
  // 0 and −0 are one number.
  .map((unsorted) => [...new Set(unsorted.map((x) => x + 0))].sort((a, b) => a - b))
  .filter(({ length }) => length >= 2)
/** Of few different numbers, so that edges are met, or anywhere; some far out. */
const sample = fc.oneof(
  fc.array(fc.integer({ min: -4, max: 14 }), { minLength: 1, maxLength: 40 }),
  fc.array(fc.double({ min: -4, max: 14, noNaN: true }), { minLength: 1, maxLength: 40 }),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 9 }),
)

function exactDistance(a: readonly number[], b: readonly number[]): number {
  const share = (values: readonly number[], x: number) =>
    values.filter((value) => value <= x).length / values.length
  return Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))))
}

test('the distance of the values always lies between its ends', () => {
  const found = { above: 0, below: 0, exact: 0 }
  fc.assert(
    fc.property(sample, edges, sample, edges, fc.boolean(), (a, ofA, b, ofB, knowsExtremes) => {
      const counted = (values: readonly number[], bounds: readonly number[]): NumericProfile => {
        const profile = numericProfile(values, bounds)
        return knowsExtremes ? profile : { ...profile, min: null, max: null }
      }
      const { lower, upper } = distanceBracket(counted(a, ofA), counted(b, ofB))
      const distance = exactDistance(a, b)
      expect(lower).toBeLessThanOrEqual(distance + 1e-12)
      expect(upper).toBeGreaterThanOrEqual(distance - 1e-12)
      expect(upper).toBeLessThanOrEqual(1)
      if (upper - lower < 1e-12) found.exact++
      else if (lower > 0) found.above++
      else found.below++
    }),
    { numRuns: 4000, seed: 7 },
  )
  expect(Math.min(...Object.values(found))).toBeGreaterThan(200)
})

test('both ends can be met', () => {
  const counted = (values: readonly number[], edgesOfIt: readonly number[]) => ({
    ...numericProfile(values, edgesOfIt),
    min: null,
    max: null,
  })
  for (const [a, b, distance] of [
    [[1, 2, 3.5, 4], [1, 2, 3.5, 4], 0],
    [[1, 2, 2.1, 2.2], [2.8, 2.9, 3.5, 4], 1],
  ] as const) {
    const bracket = distanceBracket(counted(a, [0, 2, 4]), counted(b, [0, 3, 6]))
    expect(bracket).toEqual({ lower: 0, upper: 1 })
    expect(exactDistance(a, b)).toBe(distance)
  }
  // Up to 3 there are three quarters of the reference, and of the current values none: those up to 4 may be above 3.
  expect(
    distanceBracket(counted([1, 2, 3, 4], [0, 3, 4]), counted([3.5, 5, 6, 7], [0, 1, 3, 4, 7]))
      .lower,
  ).toBe(0.75)
})

test('a side that lies wholly above the other is as far as can be, which their extremes tell', () => {
  const reference = numericProfile([1, 2], [0, 10])
  const current = numericProfile([3, 4], [0, 20])
  expect(distanceBracket(reference, current)).toEqual({ lower: 1, upper: 1 })
  const { lower } = distanceBracket(
    { ...reference, max: null },
    { ...current, min: null, max: null },
  )
  expect(lower).toBe(0)
})

test('between two neighbouring numbers there is no value', () => {
  // A bin of its own for many equal values, as stored profiles have it.
  const [zero, below] = [0, -Number.MIN_VALUE]
  const reference = numericProfile([0, 0, 0, 5], [2 * below, below, zero, 5])
  const current = numericProfile([0, 0, 0, 7], [2 * below, below, zero, 7])
  const { lower, upper } = distanceBracket(reference, current)
  expect(lower).toBe(0)
  expect(upper).toBe(0.25)
})

test('an extreme that its own counts contradict, or that may have infinite values beyond it, tells nothing', () => {
  const edgesOfBoth = [0, 10, 20]
  const reference = numericProfile([5, 15], edgesOfBoth)
  const current = numericProfile([5, 15], [0, 20])
  const { lower: honest } = distanceBracket(reference, current)
  expect(distanceBracket({ ...reference, min: 18, max: 2 }, current).lower).toBe(honest)
  const infinite = { ...numericProfile([5, 15], edgesOfBoth), underflow: 2, n: 4, min: 5 }
  const { lower } = distanceBracket(infinite, numericProfile([-3, -2, -1, 4], [-10, 4, 10]))
  expect(lower).toBe(0.25)
})

test('the whole range of numbers has no value beyond it', () => {
  const most = Number.MAX_VALUE
  const all = numericProfile([-most, 0, most], [-most, 0, most])
  expect(distanceBracket(all, numericProfile([-most, 0, most], [-most, most]))).toEqual({
    lower: 0,
    upper: 1,
  })
})

test('counts of a rate are compared as shares; a side without a value is refused', () => {
  const rates = { ...numericProfile([], [0, 1, 2]), counts: [0.25, 0.75], n: 1 }
  const current = { ...numericProfile([], [0, 1, 3]), counts: [3, 1], n: 4 }
  expect(distanceBracket(rates, current)).toEqual({ lower: 0.5, upper: 0.75 })
  expect(() => distanceBracket(rates, numericProfile([], [0, 1]))).toThrow(
    '"current" must be a profile of at least one value',
  )
})
