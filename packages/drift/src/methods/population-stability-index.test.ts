import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import jStat from 'jstat'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/population-stability-index.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { quantileEdges } from '../samples/quantile-edges.ts'
import { populationStabilityIndex, psiNoiseFloor } from './population-stability-index.ts'

test.each(golden.numeric)(
  'agrees with numpy on numbers: $name',
  ({ reference, current, bins, ...expected }) => {
    const result = populationStabilityIndex(reference, current, { bins })
    expect(Math.abs(result.statistic - expected.statistic)).toBeLessThan(
      1e-12 * expected.statistic + 1e-15,
    )
    expect(result.cells).toBe(expected.cells)
  },
)

test.each(golden.counts)(
  'agrees with numpy on counts: $name',
  ({ reference, current, ...expected }) => {
    const named = (counts: number[]) =>
      categoricalProfile(counts.map((count, i) => [`category ${i}`, count] as const))
    const result = populationStabilityIndex(named(reference), named(current))
    expect(relativeError(result.statistic, expected.statistic)).toBeLessThan(1e-12)
    expect(result.cells).toBe(expected.cells)
  },
)

const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 1,
  maxLength: 80,
})
const categories = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 80 })

test('is 0 for a sample against itself and never negative', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(populationStabilityIndex(a, a.toReversed()).statistic).toBe(0)
      expect(populationStabilityIndex(a, b).statistic).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('swapping samples of categories changes nothing', () => {
  fc.assert(
    fc.property(categories, categories, (a, b) => {
      const difference =
        populationStabilityIndex(a, b).statistic - populationStabilityIndex(b, a).statistic
      expect(Math.abs(difference)).toBeLessThan(1e-12)
    }),
  )
})

test('of numbers is that of their profiles over the reference’s quantiles', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 2, max: 20 }), (a, b, bins) => {
      const edges = quantileEdges(Float64Array.from(a).sort(), bins)
      expect(populationStabilityIndex(a, b, { bins })).toEqual(
        populationStabilityIndex(numericProfile(a, edges), numericProfile(b, edges)),
      )
    }),
  )
})

test('counts what lies beyond the bins into the outermost ones', () => {
  const edges = [0, 1, 2]
  const reference = numericProfile([0.5, 1.5, 1.6], edges)
  const outside = numericProfile([-7, -8, 9], edges)
  const inside = numericProfile([0.1, 0.2, 1.9], edges)
  expect(populationStabilityIndex(reference, outside)).toEqual(
    populationStabilityIndex(reference, inside),
  )
})

test('sees a constant that moved, in either direction', () => {
  for (const moved of [4.999999999, 5.000000001]) {
    expect(populationStabilityIndex([5, 5, 5, 5], [moved, moved]).statistic).toBeGreaterThan(1)
  }
})

test('takes booleans and typed arrays, and changes no argument', () => {
  expect(populationStabilityIndex([true, false], [true, true])).toEqual(
    populationStabilityIndex(['true', 'false'], ['true', 'true']),
  )
  const reference = Float32Array.of(3, 1, 2)
  expect(populationStabilityIndex(reference, Int8Array.of(2, 5))).toEqual(
    populationStabilityIndex([3, 1, 2], [2, 5]),
  )
  expect([...reference]).toEqual([3, 1, 2])
})

test.each([
  [[], [1], '"reference" must be an array of at least one value, received an array of 0'],
  [[1], [], '"current" must be an array of at least one value, received an array of 0'],
  [[1, Number.NaN], [1], '"reference[1]" must be a finite number, received NaN'],
  [[1], [Number.NEGATIVE_INFINITY], '"current[0]" must be a finite number, received -Infinity'],
  [[1], ['a' as never], '"current[0]" must be a finite number, received a'],
  [[Number.NaN, 1], [1], '"reference[0]" must be a finite number, received NaN'],
  [null as never, [1], '"reference" must be an array of at least one value, received null'],
  [
    [1],
    numericProfile([1], [0, 2]) as never,
    '"current" must be an array, as "reference" is, received an object of Object',
  ],
  [
    numericProfile([1], [0, 2]) as never,
    [1],
    '"current" must be a profile, as "reference" is, received an array of 1',
  ],
])('rejects %o against %o', (reference, current, message) => {
  expect(() => populationStabilityIndex(reference, current)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
  )
})

test('rejects a missing category by its place', () => {
  expect(() => populationStabilityIndex(['a'], ['a', undefined as never])).toThrow('"current[1]"')
})

test.each([1, 2.5, Number.NaN])('rejects %d bins', (bins) => {
  expect(() => populationStabilityIndex([1, 2], [1, 2], { bins })).toThrow(
    '"bins" must be an integer of at least 2',
  )
})

describe('psiNoiseFloor', () => {
  test('is the chi-squared quantile over nm/(n + m)', () => {
    const floor = jStat.chisquare.inv(0.95, 9) * (1 / 1000 + 1 / 500)
    expect(relativeError(psiNoiseFloor(1000, 500, 10), floor)).toBeLessThan(1e-9)
  })

  test('is exceeded by about alpha of the samples of one distribution', () => {
    // Reproducible uniform numbers: 400 pairs of 500, of which about 20 should lie above.
    let state = 7
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    const sample = () => Float64Array.from({ length: 500 }, uniform)
    const floor = psiNoiseFloor(500, 500, 10, 0.05)
    let above = 0
    for (let i = 0; i < 400; i++) {
      if (populationStabilityIndex(sample(), sample()).statistic > floor) above++
    }
    expect(above).toBeGreaterThan(8)
    expect(above).toBeLessThan(36)
  })

  test('is 0 for one cell', () => {
    expect(psiNoiseFloor(10, 10, 1)).toBe(0)
  })

  test.each([
    [0, 1, 2, 0.05, '"n" must be a positive integer, received 0'],
    [1, 1.5, 2, 0.05, '"m" must be a positive integer, received 1.5'],
    [1, 1, 0, 0.05, '"cells" must be a positive integer, received 0'],
    [1, 1, 2, 0, '"alpha" must be a number in (0, 1], received 0'],
    [1, 1, 2, Number.NaN, '"alpha" must be a number in (0, 1], received NaN'],
  ])('rejects (%d, %d, %d, %d)', (n, m, cells, alpha, message) => {
    expect(() => psiNoiseFloor(n, m, cells, alpha)).toThrow(message)
  })
})
