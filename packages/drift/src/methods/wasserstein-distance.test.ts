import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { anySample, testRejections, twoSampleCases } from '../../test/two-samples.ts'
import { wassersteinDistance, wassersteinDistanceOfSorted } from './wasserstein-distance.ts'

test.each(twoSampleCases)(
  'agrees with scipy on $name',
  ({ name, reference, current, ...expected }) => {
    const { statistic } = wassersteinDistance(reference, current)
    // The digits that a million costs: scipy subtracts the same values in another order.
    const gate = name === 'far from zero' ? 1e-11 : 1e-12
    expect(relativeError(statistic, expected.wassersteinDistance)).toBeLessThan(gate)
  },
)

const perStandardDeviation = { normalise: 'standard-deviation' } as const

test.each(twoSampleCases.filter(({ standardDeviation }) => standardDeviation > 0))(
  'divides by the standard deviation of the reference on $name',
  ({ reference, current, wassersteinDistance: distance, standardDeviation }) => {
    const { statistic } = wassersteinDistance(reference, current, perStandardDeviation)
    expect(relativeError(statistic, distance / standardDeviation)).toBeLessThan(1e-11)
    // As Evidently does.
    const floored = { ...perStandardDeviation, smallestScale: 0.001 }
    const expected = distance / Math.max(standardDeviation, 0.001)
    const evidently = wassersteinDistance(reference, current, floored).statistic
    expect(relativeError(evidently, expected)).toBeLessThan(1e-11)
  },
)

const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 })

describe('W₁', () => {
  test('is the mean distance of the sorted values where there are as many', () => {
    const pairs = fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 1 })
    fc.assert(
      fc.property(pairs, (pairs) => {
        const [a, b] = [0, 1].map((side) => pairs.map((pair) => pair[side]!).sort((x, y) => x - y))
        const mean = a!.reduce((sum, x, i) => sum + Math.abs(x - b![i]!), 0) / a!.length
        expect(relativeError(wassersteinDistance(a!, b!).statistic, mean)).toBeLessThan(1e-12)
      }),
    )
  })

  test('is how far a shifted sample was moved', () => {
    fc.assert(
      fc.property(integers, fc.integer({ min: -500, max: 500 }), (a, shift) => {
        const moved = a.map((x) => x + shift)
        expect(wassersteinDistance(a, moved).statistic).toBeCloseTo(Math.abs(shift), 9)
      }),
    )
  })

  test('grows with the unit; per standard deviation it does not', () => {
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        const inThousandths = [a, b].map((sample) => sample.map((x) => 1000 * x))
        const [distance, finer] = [
          wassersteinDistance(a, b).statistic,
          wassersteinDistance(inThousandths[0]!, inThousandths[1]!).statistic,
        ]
        expect(relativeError(finer, 1000 * distance)).toBeLessThan(1e-12)
        const relative = wassersteinDistance(a, b, perStandardDeviation).statistic
        const same = wassersteinDistance(inThousandths[0]!, inThousandths[1]!, perStandardDeviation)
        expect(relativeError(same.statistic, relative)).toBeLessThan(1e-12)
      }),
    )
  })
})

test('swapping the samples changes nothing, and a sample is at no distance from itself', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      expect(wassersteinDistance(a, b)).toEqual(wassersteinDistance(b, a))
      expect(wassersteinDistance(a, a.toReversed()).statistic).toBe(0)
    }),
  )
})

test.each([
  { reference: [3, 3, 3], current: [3, 3], expected: 0 },
  { reference: [3, 3, 3], current: [5, 5], expected: 1 },
  { reference: [3, 3, 3], current: [3, 3, 3, 5], expected: 0.5 },
])('measures $current against the constant $reference by the root mean square: $expected', (c) => {
  const { statistic } = wassersteinDistance(c.reference, c.current, perStandardDeviation)
  expect(statistic).toBeCloseTo(c.expected, 14)
})

test('stays finite at both ends of the doubles', () => {
  const [low, high] = [[-Number.MAX_VALUE], [Number.MAX_VALUE]]
  expect(wassersteinDistance(low, high).statistic).toBe(Number.MAX_VALUE)
  expect(wassersteinDistance(low, high, perStandardDeviation).statistic).toBe(1)
  const wide = [-Number.MAX_VALUE, Number.MAX_VALUE]
  expect(wassersteinDistance(wide, [0, 0], perStandardDeviation).statistic).toBe(1)
  const tiny = [5e-324, 1.5e-323]
  expect(wassersteinDistance(tiny, [1e-323], perStandardDeviation).statistic).toBe(1)
})

test('of sorted samples is the same distance', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
      const expected = wassersteinDistance(a, b, perStandardDeviation)
      const ofSorted = wassersteinDistanceOfSorted(x, y, perStandardDeviation)
      // The order of −0 and 0 may differ.
      expect(relativeError(ofSorted.statistic, expected.statistic)).toBeLessThan(1e-12)
    }),
  )
})

testRejections(wassersteinDistance, 1)

test.each([
  [{ normalise: 'range' }, `"normalise" must be 'none' or 'standard-deviation', received range`],
  [{ smallestScale: -1 }, '"smallestScale" must be a number of at least 0, received -1'],
  [{ smallestScale: Number.NaN }, '"smallestScale" must be a number of at least 0, received NaN'],
])('rejects %o', (options, message) => {
  expect(() => wassersteinDistance([1], [2], options as never)).toThrow(message)
})
