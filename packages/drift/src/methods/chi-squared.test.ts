import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import jStat from 'jstat'
import { expect, test } from 'vitest'
import golden from '../../golden/chi-squared.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { chiSquared } from './chi-squared.ts'

const named = (counts: readonly number[]) =>
  categoricalProfile(counts.map((count, i) => [`category ${i}`, count] as const))

test.each(golden.cases)('agrees with scipy on $name', ({ reference, current, ...expected }) => {
  const result = chiSquared(named(reference), named(current))
  expect(relativeError(result.statistic, expected.statistic)).toBeLessThan(1e-12)
  expect(result.degreesOfFreedom).toBe(expected.degreesOfFreedom)
  expect(relativeError(result.smallestExpectedCount, expected.smallestExpectedCount)).toBeLessThan(
    1e-12,
  )
  // An error of the statistic grows by half of it on its way to p.
  const gate = 5e-13 + (1e-15 * expected.statistic) / 2
  expect(relativeError(result.pValue, expected.pValue)).toBeLessThan(gate)
  expect(relativeError(result.pValue, expected.scipyPValue)).toBeLessThan(1e-12 + gate)
})

const category = fc.constantFrom('a', 'b', 'c', 'd')
const sample = fc.array(category, { minLength: 1, maxLength: 100 })

test('agrees with jstat to 1e-8 where p is above 1e-6', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const { statistic, pValue, degreesOfFreedom } = chiSquared(a, b)
      fc.pre(degreesOfFreedom > 0 && pValue > 1e-6)
      const oracle = 1 - jStat.chisquare.cdf(statistic, degreesOfFreedom)
      expect(Math.abs(pValue - oracle)).toBeLessThan(1e-8 * pValue + 1e-12)
    }),
  )
})

test('swapping the samples changes nothing', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const swapped = chiSquared(b, a)
      const result = chiSquared(a, b)
      expect(Math.abs(result.statistic - swapped.statistic)).toBeLessThan(1e-12)
      expect(result.smallestExpectedCount).toBe(swapped.smallestExpectedCount)
    }),
  )
})

test('samples in one proportion have statistic 0 and p 1', () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: 1, max: 5 }), (a, times) => {
      const repeated = Array.from({ length: times }, () => a).flat()
      expect(chiSquared(a, repeated)).toMatchObject({ statistic: 0, pValue: 1 })
    }),
  )
})

test('one category on both sides has statistic 0, p 1 and no degree of freedom', () => {
  expect(chiSquared(['a', 'a'], ['a'])).toMatchObject({
    statistic: 0,
    pValue: 1,
    degreesOfFreedom: 0,
  })
})

test('categories that are empty on both sides do not count', () => {
  const without = chiSquared(named([20, 30]), named([25, 15]))
  expect(chiSquared(named([20, 30, 0]), named([25, 15, 0]))).toEqual(without)
})

test('takes numbers and booleans as the text they print as', () => {
  expect(chiSquared([1, 2, 2], [1, 1, 2])).toEqual(chiSquared(['1', '2', '2'], ['1', '1', '2']))
  expect(chiSquared([true, false], [true])).toEqual(chiSquared(['true', 'false'], ['true']))
  expect(chiSquared(Uint8Array.of(1, 2), [1n, 1n])).toEqual(chiSquared(['1', '2'], ['1', '1']))
})

test('takes the bins of numeric profiles for its cells', () => {
  const edges = [0, 1, 2]
  const reference = numericProfile([0.5, 0.6, 1.5, 9], edges)
  const current = numericProfile([0.5, 1.5, 1.6, 1.7], edges)
  expect(chiSquared(reference, current)).toEqual(
    chiSquared(['low', 'low', 'high', 'over'], ['low', 'high', 'high', 'high']),
  )
})

test.each([
  [[], ['a'], '"reference" must be an array of at least one value, received an array of 0'],
  [['a'], [], '"current" must be an array of at least one value, received an array of 0'],
  [
    ['a', null as never],
    ['a'],
    '"reference[1]" must be a string, a boolean or a finite number, received null',
  ],
  [
    ['a'],
    [Number.NaN],
    '"current[0]" must be a string, a boolean or a finite number, received NaN',
  ],
])('rejects %o against %o', (reference, current, message) => {
  expect(() => chiSquared(reference, current)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
  )
})

test('pools the cells that expect fewer than it is told, and none where it is told nothing', () => {
  const [reference, current] = [named([50, 40, 6, 4]), named([45, 45, 2, 8])]
  const pooled = chiSquared(named([50, 40, 10]), named([45, 45, 10]))
  expect(chiSquared(reference, current, { minimumExpectedCount: 7 })).toEqual(pooled)
  const unpooled = chiSquared(reference, current)
  expect(unpooled).toMatchObject({ degreesOfFreedom: 3, smallestExpectedCount: 4 })
  expect(chiSquared(reference, current, { minimumExpectedCount: 0 })).toEqual(unpooled)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null])(
  'rejects %j expected values',
  (count) => {
    const minimumExpectedCount = count as number
    expect(() => chiSquared(['a'], ['a'], { minimumExpectedCount })).toThrow(
      `"minimumExpectedCount" must be a non-negative number, received ${count}`,
    )
  },
)

test('rejects profiles of different kinds', () => {
  expect(() => chiSquared(named([1]), numericProfile([1], [0, 2]))).toThrow(
    expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
  )
})
