import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/divergences.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { hellingerDistance } from './hellinger-distance.ts'

const named = (counts: readonly number[]) =>
  categoricalProfile(counts.map((count, i) => [`category ${i}`, count] as const))

test.each(golden.counts)(
  'agrees with mpmath on counts: $name',
  ({ reference, current, ...expected }) => {
    const result = hellingerDistance(named(reference), named(current))
    expect(relativeError(result.statistic, expected.hellinger)).toBeLessThan(1e-14)
    expect(result.cells).toBe(expected.cells)
    if (expected.hellingerPValue !== undefined) {
      expect(relativeError(result.pValue, expected.hellingerPValue)).toBeLessThan(1e-12)
    }
  },
)

test.each(golden.numeric)(
  'agrees with mpmath on numbers: $name',
  ({ reference, current, bins, ...expected }) => {
    const result = hellingerDistance(reference, current, { bins })
    expect(relativeError(result.statistic, expected.hellinger)).toBeLessThan(1e-14)
    expect(result.cells).toBe(expected.cells)
  },
)

const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 1,
  maxLength: 80,
})
const categories = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 80 })

test('is 0 for a sample against itself in any order, and within [0, 1]', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(hellingerDistance(a, a.toReversed())).toMatchObject({ statistic: 0, pValue: 1 })
      const { statistic } = hellingerDistance(a, b)
      expect(statistic).toBeGreaterThanOrEqual(0)
      expect(statistic).toBeLessThanOrEqual(1)
    }),
  )
})

test('is symmetric, and no way around a third sample is shorter', () => {
  const distance = (a: string[], b: string[]) => hellingerDistance(a, b).statistic
  fc.assert(
    fc.property(categories, categories, categories, (a, b, c) => {
      expect(Math.abs(distance(a, b) - distance(b, a))).toBeLessThan(1e-14)
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 1e-14)
    }),
  )
})

test('is 1 where the samples share no category', () => {
  expect(hellingerDistance(['a', 'a'], ['b', 'c']).statistic).toBe(1)
})

test('pValue is up to 5% for about 5% of the samples of one distribution, rare categories included', () => {
  // 400 pairs, of which about 20 should lie below: 6 and 40 are more than three standard deviations away.
  const random = seededRandom(31)
  const sample = (n: number) =>
    Array.from({ length: n }, () => `category ${Math.floor(1 / (random() + 0.01))}`)
  let below = 0
  for (let i = 0; i < 400; i++) {
    if (hellingerDistance(sample(300), sample(500)).pValue <= 0.05) below++
  }
  expect(below).toBeGreaterThan(6)
  expect(below).toBeLessThan(40)
})

test('rejects another binning, too few bins, a missing value and profiles of other kinds', () => {
  expect(() => hellingerDistance([1], [1], { binning: 'doane' as never })).toThrow(
    `"binning" must be 'quantile' or 'evidently', received doane`,
  )
  expect(() => hellingerDistance([1], [1], { bins: 1 })).toThrow('"bins"')
  expect(() => hellingerDistance([1], [Number.NaN])).toThrow('"current[0]"')
  expect(() => hellingerDistance(named([1]), numericProfile([1], [0, 2]))).toThrow(
    expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
  )
})
