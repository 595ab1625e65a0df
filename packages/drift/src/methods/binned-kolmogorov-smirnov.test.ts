import { type NumericProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binnedKolmogorovSmirnov } from './binned-kolmogorov-smirnov.ts'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'

const value = fc.oneof(
  fc.integer({ min: -5, max: 25 }),
  fc.double({ min: -5, max: 25, noNaN: true }),
)
const sample = fc.array(value, { minLength: 1, maxLength: 80 })
const edges = fc
  .uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 12 })
  .map((edges) => edges.sort((a, b) => a - b))

test('holds the exact D between its bounds, whatever the bins', () => {
  fc.assert(
    fc.property(sample, sample, edges, (a, b, edges) => {
      const exact = kolmogorovSmirnov(a, b).statistic
      const bounds = binnedKolmogorovSmirnov(numericProfile(a, edges), numericProfile(b, edges))
      expect(bounds.statistic).toBeLessThanOrEqual(exact)
      expect(bounds.upperBound).toBeGreaterThanOrEqual(exact)
      expect(bounds.upperBound).toBeLessThanOrEqual(1)
    }),
    { numRuns: 500 },
  )
})

test('is no wider than the fullest bin', () => {
  fc.assert(
    fc.property(sample, sample, edges, (a, b, edges) => {
      const [before, after] = [numericProfile(a, edges), numericProfile(b, edges)]
      const { statistic, upperBound } = binnedKolmogorovSmirnov(before, after)
      const fullest = Math.max(largestShare(before), largestShare(after))
      expect(upperBound - statistic).toBeLessThanOrEqual(fullest + 1e-12)
    }),
  )
})

function largestShare({ counts, underflow, overflow, n }: NumericProfile): number {
  return Math.max(underflow, ...counts, overflow) / n
}

test('both bounds are D where every value is an edge', () => {
  const valuesAtEdges = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
  const integers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  fc.assert(
    fc.property(valuesAtEdges, valuesAtEdges, (a, b) => {
      const exact = kolmogorovSmirnov(a, b).statistic
      const [before, after] = [numericProfile(a, integers), numericProfile(b, integers)]
      expect(binnedKolmogorovSmirnov(before, after).statistic).toBe(exact)
    }),
  )
})

test('sees what left the range of the bins at either end', () => {
  const edges = [0, 1, 2]
  const inside = numericProfile([0.5, 1.5], edges)
  const below = numericProfile([-1, Number.NEGATIVE_INFINITY], edges)
  const above = numericProfile([9, Number.POSITIVE_INFINITY], edges)
  expect(binnedKolmogorovSmirnov(inside, below)).toMatchObject({ statistic: 1, upperBound: 1 })
  expect(binnedKolmogorovSmirnov(inside, above)).toMatchObject({ statistic: 1, upperBound: 1 })
  expect(binnedKolmogorovSmirnov(below, below)).toMatchObject({ statistic: 0, upperBound: 1 })
})

test('is what its example says', () => {
  const edges = [0, 1, 2, 3]
  const before = numericProfile([0.5, 1.5, 2.5, 2.5], edges)
  const after = numericProfile([0.5, 0.5, 1.5, 2.5], edges)
  expect(binnedKolmogorovSmirnov(before, after)).toEqual({
    kind: 'divergence',
    statistic: 0.25,
    upperBound: 0.5,
  })
})

test('rejects profiles with different edges, and one that counted nothing', () => {
  const profile = numericProfile([1], [0, 2])
  expect(() => binnedKolmogorovSmirnov(profile, numericProfile([1], [0, 3]))).toThrow(
    expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
  )
  expect(() => binnedKolmogorovSmirnov(profile, numericProfile([], [0, 2]))).toThrow(
    '"current" must be a profile of at least one value, received none',
  )
  expect(() => binnedKolmogorovSmirnov({ ...profile, counts: [Number.NaN] }, profile)).toThrow(
    '"reference.counts[0]" must be a non-negative number, received NaN',
  )
})
