import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/g-test.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { chiSquared } from './chi-squared.ts'
import { gTest } from './g-test.ts'

const named = (counts: readonly number[]) =>
  categoricalProfile(counts.map((count, i) => [`category ${i}`, count] as const))
const unpooled = { minimumExpectedCount: 0 }

test.each(golden.cases)(
  'agrees with mpmath and scipy on $name',
  ({ reference, current, ...expected }) => {
    const result = gTest(named(reference), named(current), unpooled)
    expect(relativeError(result.statistic, expected.statistic)).toBeLessThan(1e-14)
    expect(result.degreesOfFreedom).toBe(expected.degreesOfFreedom)
    expect(
      relativeError(result.smallestExpectedCount, expected.smallestExpectedCount),
    ).toBeLessThan(1e-12)
    // An error of the statistic grows by half of it on its way to p.
    const gate = 5e-13 + (1e-14 * expected.statistic) / 2
    expect(relativeError(result.pValue, expected.pValue)).toBeLessThan(gate)
    // scipy's terms cancel: it is that far off itself, in the tables of a billion and of equal shares.
    const isLargeSum = Math.max(...reference, ...current) > 1e5
    expect(Math.abs(result.statistic - expected.scipyStatistic)).toBeLessThan(
      isLargeSum ? 1e-5 : 1e-12 * expected.scipyStatistic + 1e-12,
    )
  },
)

const sample = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 100 })

test('swapping the samples changes nothing', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const result = gTest(a, b)
      const swapped = gTest(b, a)
      expect(Math.abs(result.statistic - swapped.statistic)).toBeLessThan(1e-12)
      expect(result.degreesOfFreedom).toBe(swapped.degreesOfFreedom)
    }),
  )
})

test('samples in one proportion have statistic 0 and p 1', () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: 1, max: 5 }), (a, times) => {
      const repeated = Array.from({ length: times }, () => a).flat()
      expect(gTest(a, repeated)).toMatchObject({ statistic: 0, pValue: 1 })
    }),
  )
})

test('comes close to chi-squared where both samples are large', () => {
  const [a, b] = [named([50_000, 30_000, 20_000]), named([50_400, 29_900, 19_700])]
  expect(relativeError(gTest(a, b).statistic, chiSquared(a, b).statistic)).toBeLessThan(1e-4)
})

test('pools rare cells by default: no false alarm more than the level promises', () => {
  // 400 pairs, of which about 20 should lie below: 6 and 40 are more than three standard deviations away.
  const random = seededRandom(61)
  const draw = (n: number) =>
    Array.from({ length: n }, () => `category ${Math.floor(1 / (random() + 0.01))}`)
  let pooled = 0
  let raw = 0
  for (let i = 0; i < 400; i++) {
    const [a, b] = [draw(200), draw(200)]
    if (gTest(a, b).pValue <= 0.05) pooled++
    if (gTest(a, b, unpooled).pValue <= 0.05) raw++
  }
  expect(pooled).toBeGreaterThan(6)
  expect(pooled).toBeLessThan(40)
  expect(raw).toBeGreaterThan(60)
})

test('takes the bins of numeric profiles for its cells', () => {
  const edges = [0, 1, 2]
  const reference = numericProfile([0.5, 0.6, 1.5, 9], edges)
  const current = numericProfile([0.5, 1.5, 1.6, 1.7], edges)
  expect(gTest(reference, current)).toEqual(
    gTest(['low', 'low', 'high', 'over'], ['low', 'high', 'high', 'high']),
  )
})

test.each([
  [[], ['a'], '"reference" must be an array of at least one value, received an array of 0'],
  [
    ['a'],
    [Number.NaN],
    '"current[0]" must be a string, a boolean or a finite number, received NaN',
  ],
])('rejects %o against %o', (reference, current, message) => {
  expect(() => gTest(reference, current)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
  )
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
  'rejects %d expected values',
  (minimumExpectedCount) => {
    expect(() => gTest(['a'], ['a'], { minimumExpectedCount })).toThrow(
      `"minimumExpectedCount" must be a non-negative number, received ${minimumExpectedCount}`,
    )
  },
)
