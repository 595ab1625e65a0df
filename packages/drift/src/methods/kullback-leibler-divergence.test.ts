import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/divergences.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import { kullbackLeiblerDivergence } from './kullback-leibler-divergence.ts'
import { populationStabilityIndex } from './population-stability-index.ts'

const named = (counts: readonly number[]) =>
  categoricalProfile(counts.map((count, i) => [`category ${i}`, count] as const))

test.each(golden.counts)(
  'agrees with mpmath on counts: $name',
  ({ reference, current, ...expected }) => {
    const result = kullbackLeiblerDivergence(named(reference), named(current))
    expect(relativeError(result.statistic, expected.kullbackLeibler)).toBeLessThan(1e-13)
    expect(result.cells).toBe(expected.cells)
    if (expected.kullbackLeiblerPValue !== undefined) {
      expect(relativeError(result.pValue!, expected.kullbackLeiblerPValue)).toBeLessThan(1e-12)
    }
  },
)

test.each(golden.numeric)(
  'agrees with mpmath on numbers: $name',
  ({ reference, current, bins, ...expected }) => {
    const result = kullbackLeiblerDivergence(reference, current, { bins })
    expect(relativeError(result.statistic, expected.kullbackLeibler)).toBeLessThan(1e-13)
    expect(result.cells).toBe(expected.cells)
  },
)

const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 1,
  maxLength: 80,
})
const categories = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 80 })

test('is 0 for a sample against itself, else neither negative nor infinite', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(kullbackLeiblerDivergence(a, a.toReversed())).toMatchObject({
        statistic: 0,
        pValue: 1,
      })
      const { statistic } = kullbackLeiblerDivergence(a, b)
      expect(statistic).toBeGreaterThanOrEqual(0)
      expect(statistic).toBeLessThan(Number.POSITIVE_INFINITY)
    }),
  )
})

test('of both directions adds up to the population stability index', () => {
  fc.assert(
    fc.property(categories, categories, (a, b) => {
      const both =
        kullbackLeiblerDivergence(a, b).statistic + kullbackLeiblerDivergence(b, a).statistic
      expect(Math.abs(both - populationStabilityIndex(a, b).statistic)).toBeLessThan(1e-14)
    }),
  )
})

test('measures the reference by the current sample, not the other way round', () => {
  // What the current sample lacks costs the reference much more than what it has in excess.
  const lost = kullbackLeiblerDivergence(named([500, 500]), named([1000, 0]))
  const gained = kullbackLeiblerDivergence(named([1000, 0]), named([500, 500]))
  expect(lost.statistic).toBeGreaterThan(3)
  expect(gained.statistic).toBeLessThan(1)
})

test('pValue is up to 5% for about 5% of the samples of one distribution', () => {
  // 400 pairs, of which about 20 should lie below: 6 and 40 are more than three standard deviations away.
  const random = seededRandom(21)
  let below = 0
  for (let i = 0; i < 400; i++) {
    const reference = Float64Array.from({ length: 600 }, random)
    const current = Float64Array.from({ length: 200 }, random)
    if (kullbackLeiblerDivergence(reference, current).pValue! <= 0.05) below++
  }
  expect(below).toBeGreaterThan(6)
  expect(below).toBeLessThan(40)
})

test("has no p-value with Evidently's zero fill", () => {
  expect(kullbackLeiblerDivergence(['a'], ['a'], { binning: 'evidently' })).toEqual({
    kind: 'divergence',
    statistic: 0,
    cells: 1,
  })
})

test('rejects another binning, too few bins, a missing value and profiles of other kinds', () => {
  expect(() => kullbackLeiblerDivergence([1], [1], { binning: 'doane' as never })).toThrow(
    `"binning" must be 'quantile' or 'evidently', received doane`,
  )
  expect(() => kullbackLeiblerDivergence([1], [1], { bins: 1 })).toThrow('"bins"')
  expect(() => kullbackLeiblerDivergence([1, Number.NaN], [1])).toThrow('"reference[1]"')
  expect(() => kullbackLeiblerDivergence(named([1]), numericProfile([1], [0, 2]))).toThrow(
    expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
  )
})
