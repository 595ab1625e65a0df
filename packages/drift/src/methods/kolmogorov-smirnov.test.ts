import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/kolmogorov-smirnov.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { kolmogorovSmirnov, kolmogorovSmirnovOfSorted } from './kolmogorov-smirnov.ts'

type Sample = number[] | { start: number; step: number; length: number }

function valuesOf(sample: Sample): ArrayLike<number> {
  if (Array.isArray(sample)) return sample
  return Float64Array.from(sample, (_, i) => sample.start + sample.step * i)
}

test.each(golden.cases)(
  'agrees with scipy on $name',
  ({ name, reference, current, ...expected }) => {
    const result = kolmogorovSmirnov(valuesOf(reference), valuesOf(current))
    expect(relativeError(result.statistic, expected.statistic)).toBeLessThan(1e-12)
    // scipy's D is rounded, which moves a far-tail p by 4 n D dD.
    const gate = name === 'far tail, finite n' ? 2e-11 : 1e-12
    expect(relativeError(result.pValue, expected.pValue)).toBeLessThan(gate)
    expect(result.nullDistribution).toBe(name.endsWith('finite n') ? 'finite-n' : 'exact')
  },
)

const value = fc.double({ noNaN: true, noDefaultInfinity: true })
const sample = fc.array(value, { minLength: 1, maxLength: 60 })
const tiedSample = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 60 })
const anySample = fc.oneof(sample, tiedSample)

describe('D', () => {
  test('is the largest difference of the distribution functions at any value', () => {
    fc.assert(
      fc.property(anySample, anySample, (a, b) => {
        const { statistic } = kolmogorovSmirnov(a, b)
        expect(Math.abs(statistic - distanceByDefinition(a, b))).toBeLessThan(1e-14)
      }),
    )
  })

  function distanceByDefinition(a: number[], b: number[]): number {
    const shareUpTo = (x: number, values: number[]): number =>
      values.filter((value) => value <= x).length / values.length
    return Math.max(...[...a, ...b].map((x) => Math.abs(shareUpTo(x, a) - shareUpTo(x, b))))
  }

  test('depends on ranks alone: a strictly increasing map changes nothing', () => {
    const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 })
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        expect(kolmogorovSmirnov(a.map(Math.cbrt), b.map(Math.cbrt))).toEqual(
          kolmogorovSmirnov(a, b),
        )
      }),
    )
  })
})

test('swapping the samples changes nothing', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const swapped = kolmogorovSmirnov(b, a)
      const { statistic, pValue } = kolmogorovSmirnov(a, b)
      expect(statistic).toBe(swapped.statistic)
      expect(relativeError(pValue, swapped.pValue)).toBeLessThan(1e-12)
    }),
  )
})

test('a sample against itself has D 0 and p 1', () => {
  fc.assert(
    fc.property(anySample, (a) => {
      expect(kolmogorovSmirnov(a, a.toReversed())).toMatchObject({ statistic: 0, pValue: 1 })
    }),
  )
})

test('p and D lie in [0, 1]', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const { statistic, pValue } = kolmogorovSmirnov(a, b)
      for (const x of [statistic, pValue]) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('p is uniform where both samples come from one distribution', () => {
  // Exhaustive: all orders of 4 + 5 values; P(p ≤ alpha) ≤ alpha, with equality at each p that occurs.
  const pValues = subsetsOf(9, 4).map((reference) => {
    const current = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((x) => !reference.includes(x))
    return kolmogorovSmirnov(reference, current).pValue
  })
  expect(pValues.length).toBe(126)
  for (const alpha of pValues) {
    const share = pValues.filter((p) => p <= alpha + 1e-12).length / pValues.length
    expect(share).toBeCloseTo(alpha, 12)
  }
})

function subsetsOf(n: number, size: number): number[][] {
  if (size === 0) return [[]]
  if (n < size) return []
  return [...subsetsOf(n - 1, size), ...subsetsOf(n - 1, size - 1).map((rest) => [...rest, n - 1])]
}

test('goes over to the finite-n law where the exact one would take too long, and says so', () => {
  const reference = Float64Array.from({ length: 10000 }, (_, i) => i)
  const current = Float64Array.from({ length: 9999 }, (_, i) => i + 1500)
  const { nullDistribution, pValue } = kolmogorovSmirnov(reference, current)
  expect(nullDistribution).toBe('finite-n')
  expect(pValue).toBeLessThan(1e-40)
  expect(pValue).toBeGreaterThan(0)
})

test('takes typed arrays, and changes no argument', () => {
  const reference = Float32Array.of(3, 1, 2)
  const current = Int32Array.of(6, 4, 5)
  expect(kolmogorovSmirnov(reference, current)).toEqual(kolmogorovSmirnov([1, 2, 3], [4, 5, 6]))
  expect([...reference, ...current]).toEqual([3, 1, 2, 6, 4, 5])
  const frozen = Object.freeze([2, 1])
  expect(kolmogorovSmirnov(frozen, frozen).statistic).toBe(0)
})

test('of sorted samples is the same test', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const ofSorted = kolmogorovSmirnovOfSorted(
        Float64Array.from(a).sort(),
        Float64Array.from(b).sort(),
      )
      expect(ofSorted).toEqual(kolmogorovSmirnov(a, b))
    }),
  )
})

test.each([
  [[], [1], '"reference" must be an array of at least one value, received an array of 0'],
  [[1], [], '"current" must be an array of at least one value, received an array of 0'],
  [[1, Number.NaN], [1], '"reference[1]" must be a finite number, received NaN'],
  [[1], [2, Number.POSITIVE_INFINITY], '"current[1]" must be a finite number, received Infinity'],
  [[1, null as never], [1], '"reference[1]" must be a finite number, received null'],
  [['1' as never], [1], '"reference[0]" must be a finite number, received 1'],
  [
    undefined as never,
    [1],
    '"reference" must be an array of at least one value, received undefined',
  ],
])('rejects %o against %o', (reference, current, message) => {
  expect(() => kolmogorovSmirnov(reference, current)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
  )
})
