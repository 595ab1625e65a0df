import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/divergences.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { hellingerDistance } from './hellinger-distance.ts'
import { totalVariationDistance } from './total-variation-distance.ts'

const named = (counts: readonly number[]) =>
  categoricalProfile(counts.map((count, i) => [`category ${i}`, count] as const))

test.each(golden.counts)(
  'agrees with mpmath on counts: $name',
  ({ reference, current, ...expected }) => {
    const result = totalVariationDistance(named(reference), named(current))
    expect(relativeError(result.statistic, expected.totalVariation)).toBeLessThan(1e-15)
    expect(result.cells).toBe(expected.cells)
  },
)

test.each(golden.numeric)(
  'agrees with mpmath on numbers: $name',
  ({ reference, current, bins, ...expected }) => {
    const result = totalVariationDistance(reference, current, { bins })
    expect(relativeError(result.statistic, expected.totalVariation)).toBeLessThan(1e-15)
    expect(result.cells).toBe(expected.cells)
  },
)

const categories = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 80 })

test('is 0 for a sample against itself, symmetric, and no way around a third sample is shorter', () => {
  const distance = (a: string[], b: string[]) => totalVariationDistance(a, b).statistic
  fc.assert(
    fc.property(categories, categories, categories, (a, b, c) => {
      expect(distance(a, a.toReversed())).toBe(0)
      expect(distance(a, b)).toBe(distance(b, a))
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 1e-15)
    }),
  )
})

test('lies between H² and √2 H of the Hellinger distance H', () => {
  fc.assert(
    fc.property(categories, categories, (a, b) => {
      const { statistic } = totalVariationDistance(a, b)
      const hellinger = hellingerDistance(a, b).statistic
      expect(statistic).toBeGreaterThanOrEqual(hellinger ** 2 - 1e-14)
      expect(statistic).toBeLessThanOrEqual(Math.SQRT2 * hellinger + 1e-14)
    }),
  )
})

test('by chance alone is about Σ √(p (1 − p) (1/n + 1/m) / 2π)', () => {
  const random = seededRandom(41)
  const sample = (n: number) => Float64Array.from({ length: n }, random)
  let sum = 0
  for (let i = 0; i < 200; i++) sum += totalVariationDistance(sample(1000), sample(500)).statistic
  const expected = 10 * Math.sqrt((0.1 * 0.9 * (1 / 1000 + 1 / 500)) / (2 * Math.PI))
  expect(relativeError(sum / 200, expected)).toBeLessThan(0.06)
})

test('rejects too few bins, a missing value and profiles of other kinds', () => {
  expect(() => totalVariationDistance([1], [1], { bins: 1 })).toThrow('"bins"')
  expect(() => totalVariationDistance([Number.NaN], [1])).toThrow('"reference[0]"')
  expect(() => totalVariationDistance(named([1]), numericProfile([1], [0, 2]))).toThrow(
    expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
  )
})
