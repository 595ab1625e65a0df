import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/divergences.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { jensenShannonDistance } from './jensen-shannon-distance.ts'

const named = (counts: readonly number[]) =>
  categoricalProfile(counts.map((count, i) => [`category ${i}`, count] as const))

test.each(golden.counts)(
  'agrees with mpmath on counts: $name',
  ({ reference, current, ...expected }) => {
    const result = jensenShannonDistance(named(reference), named(current))
    expect(relativeError(result.statistic, expected.jensenShannon)).toBeLessThan(1e-14)
    expect(result.cells).toBe(expected.cells)
    if (expected.jensenShannonPValue !== undefined) {
      expect(relativeError(result.pValue, expected.jensenShannonPValue)).toBeLessThan(1e-12)
    }
    const natural = jensenShannonDistance(named(reference), named(current), { base: Math.E })
    expect(relativeError(natural.statistic, expected.jensenShannonNat)).toBeLessThan(1e-14)
  },
)

test.each(golden.numeric)(
  'agrees with mpmath on numbers: $name',
  ({ reference, current, bins, ...expected }) => {
    const result = jensenShannonDistance(reference, current, { bins })
    expect(relativeError(result.statistic, expected.jensenShannon)).toBeLessThan(1e-14)
    expect(result.cells).toBe(expected.cells)
  },
)

test('agrees with scipy where scipy is not lost in rounding', () => {
  const found = golden.counts.filter(({ scipyJensenShannon }) => (scipyJensenShannon ?? 0) > 1e-3)
  expect(found.length).toBeGreaterThan(5)
  for (const { reference, current, scipyJensenShannon } of found) {
    const { statistic } = jensenShannonDistance(named(reference), named(current))
    expect(relativeError(statistic, scipyJensenShannon!)).toBeLessThan(1e-12)
  }
})

const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 1,
  maxLength: 80,
})
const categories = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 80 })

test('is 0 for a sample against itself in any order, and within [0, 1] in base 2', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(jensenShannonDistance(a, a.toReversed())).toMatchObject({ statistic: 0, pValue: 1 })
      const { statistic, pValue } = jensenShannonDistance(a, b)
      expect(statistic).toBeGreaterThanOrEqual(0)
      expect(statistic).toBeLessThanOrEqual(1)
      expect(pValue).toBeGreaterThanOrEqual(0)
      expect(pValue).toBeLessThanOrEqual(1)
    }),
  )
})

test('is symmetric, and no way around a third sample is shorter', () => {
  const distance = (a: string[], b: string[]) => jensenShannonDistance(a, b).statistic
  fc.assert(
    fc.property(categories, categories, categories, (a, b, c) => {
      expect(Math.abs(distance(a, b) - distance(b, a))).toBeLessThan(1e-14)
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 1e-14)
    }),
  )
})

test('is 1 where the samples share no category, √ln 2 in base e', () => {
  expect(jensenShannonDistance(['a', 'a'], ['b', 'c']).statistic).toBe(1)
  expect(jensenShannonDistance(['a'], ['b'], { base: Math.E }).statistic).toBe(Math.sqrt(Math.LN2))
})

test('takes typed arrays and booleans, and changes no argument', () => {
  const reference = Float32Array.of(3, 1, 2)
  expect(jensenShannonDistance(reference, Int8Array.of(2, 5))).toEqual(
    jensenShannonDistance([3, 1, 2], [2, 5]),
  )
  expect([...reference]).toEqual([3, 1, 2])
  expect(jensenShannonDistance([true, false], [true])).toEqual(
    jensenShannonDistance(['true', 'false'], ['true']),
  )
})

describe('pValue', () => {
  test('is up to 5% for about 5% of the samples of one distribution, in bins of equal size', () => {
    // 400 pairs, of which about 20 should lie below: 6 and 40 are more than three standard deviations away.
    const random = seededRandom(11)
    let below = 0
    for (let i = 0; i < 400; i++) {
      const reference = Float64Array.from({ length: 600 }, random)
      const current = Float64Array.from({ length: 200 }, random)
      if (jensenShannonDistance(reference, current).pValue <= 0.05) below++
    }
    expect(below).toBeGreaterThan(6)
    expect(below).toBeLessThan(40)
  })

  test('keeps that level with many rare categories', () => {
    const random = seededRandom(12)
    const sample = (n: number) =>
      Array.from({ length: n }, () => `category ${Math.floor(1 / (random() + 0.01))}`)
    let below = 0
    for (let i = 0; i < 400; i++) {
      if (jensenShannonDistance(sample(300), sample(300)).pValue <= 0.05) below++
    }
    expect(below).toBeGreaterThan(6)
    expect(below).toBeLessThan(40)
  })
})

test.each([1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('rejects base %d', (base) => {
  expect(() => jensenShannonDistance([1], [1], { base })).toThrow(
    `"base" must be a finite number above 1, received ${base}`,
  )
})

test('rejects another binning, a missing value and profiles with other edges', () => {
  expect(() => jensenShannonDistance([1], [1], { binning: 'doane' as never })).toThrow(
    `"binning" must be 'quantile' or 'evidently', received doane`,
  )
  expect(() => jensenShannonDistance(['a'], ['a', null as never])).toThrow('"current[1]"')
  expect(() =>
    jensenShannonDistance(numericProfile([1], [0, 2]), numericProfile([1], [0, 3])),
  ).toThrow(expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }))
})
