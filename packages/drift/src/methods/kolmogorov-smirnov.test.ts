import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/kolmogorov-smirnov.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import {
  type KolmogorovSmirnovOptions,
  kolmogorovSmirnov,
  kolmogorovSmirnovOfSorted,
} from './kolmogorov-smirnov.ts'

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

test.each(golden.options)(
  'agrees with scipy on $name',
  ({ reference, current, options, ...expected }) => {
    const result = kolmogorovSmirnov(reference, current, options as KolmogorovSmirnovOptions)
    expect(relativeError(result.statistic, expected.statistic)).toBeLessThan(1e-12)
    // Exact one-sided p-values of scipy are quotients of rounded counts; below n = 140, see kolmogorovSurvival.
    expect(relativeError(result.pValue, expected.pValue)).toBeLessThan(2e-11)
    if (expected.pValue > 0) {
      expect(result.logPValue).toBeCloseTo(Math.log(expected.pValue), 10)
    }
    // Where D is 0, every end of a sample is a place of the largest difference.
    if (expected.statistic > 0) {
      expect([result.location, result.sign]).toEqual([expected.location, expected.sign])
    }
  },
)

test.each(golden.tiesInR)(
  'given ties, agrees with R on $name',
  ({ reference, current, pValue }) => {
    const result = kolmogorovSmirnov(reference, current, { ties: 'conditional' })
    expect(Math.abs(result.pValue - pValue)).toBeLessThan(1e-11)
    expect(result.nullDistribution).toBe('exact')
  },
)

describe('given ties', () => {
  test('p is the share of rearrangements with a D as large, for each alternative', () => {
    const values = [1, 1, 2, 2, 2, 3, 3, 4, 5]
    for (const alternative of ['two-sided', 'less', 'greater'] as const) {
      const tests = subsetsOf(9, 4).map((chosen) => {
        const reference = chosen.map((i) => values[i]!)
        const current = values.filter((_, i) => !chosen.includes(i))
        return kolmogorovSmirnov(reference, current, { alternative, ties: 'conditional' })
      })
      for (const { statistic, pValue } of tests) {
        const asLarge = tests.filter((other) => other.statistic >= statistic - 1e-12).length
        expect(pValue).toBeCloseTo(asLarge / tests.length, 12)
      }
    }
  })

  test('large samples get the limit, of the side that counts, and say so', () => {
    const reference = Float64Array.from({ length: 30_000 }, (_, i) => (i % 100 < 80 ? 0 : i % 7))
    const current = reference.map((x, i) => (i % 150 === 0 && x === 0 ? 1 : x))
    const options = { ties: 'conditional' } as const
    const ignored = kolmogorovSmirnov(reference, current)
    const given = kolmogorovSmirnov(reference, current, options)
    expect(given.nullDistribution).toBe('limit')
    expect(given.statistic).toBe(ignored.statistic)
    expect(given.pValue).toBeLessThan(ignored.pValue / 2)
    // The reference has more zeros: its distribution function is above.
    const greater = kolmogorovSmirnov(reference, current, { ...options, alternative: 'greater' })
    const less = kolmogorovSmirnov(reference, current, { ...options, alternative: 'less' })
    expect(greater.pValue).toBeCloseTo(given.pValue / 2, 6)
    expect(less.pValue).toBe(1)
    const mirrored = kolmogorovSmirnov(current, reference, { ...options, alternative: 'less' })
    expect(relativeError(mirrored.pValue, greater.pValue)).toBeLessThan(1e-9)
  })

  test('nothing changes where there is none', () => {
    const reference = [0.1, 0.4, 0.7, 0.9]
    const current = [0.2, 0.3, 0.8]
    const large = Float64Array.from({ length: 12_000 }, (_, i) => i)
    const others = Float64Array.from({ length: 11_000 }, (_, i) => 1.1 * i + 0.05)
    for (const [a, b] of [
      [reference, current],
      [large, others],
    ] as const) {
      const ignored = kolmogorovSmirnov(a, b)
      expect(kolmogorovSmirnov(a, b, { ties: 'conditional' })).toEqual(ignored)
    }
  })
})

test('p = 0 as a double still has a logarithm', () => {
  const reference = Float64Array.from({ length: 30_000 }, (_, i) => i)
  const { pValue, logPValue } = kolmogorovSmirnov(
    reference,
    reference.map((x) => x + 1e6),
  )
  expect(pValue).toBe(0)
  // 2 / C(60 000, 30 000)
  const expected = Math.LN2 - (60_000 * Math.LN2 - 0.5 * Math.log(Math.PI * 30_000))
  expect(logPValue).toBeCloseTo(expected, 4)
})

test('large samples are measured without a sort, to the same result', () => {
  const reference = Float64Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 30_011)
  const current = Float64Array.from({ length: 25_000 }, (_, i) => ((i * 104_729) % 25_013) * 1.19)
  for (const alternative of ['two-sided', 'less', 'greater'] as const) {
    expect(kolmogorovSmirnov(reference, current, { alternative })).toEqual(
      kolmogorovSmirnovOfSorted(reference.slice().sort(), current.slice().sort(), { alternative }),
    )
  }
  expect(() => kolmogorovSmirnov(reference, current.with(24_999, Number.NaN))).toThrow(
    '"current[24999]" must be a finite number, received NaN',
  )
})

test.each([
  [{ alternative: 'larger' }, '"alternative" must be one of two-sided, less, greater'],
  [{ method: 'asymp' }, '"method" must be one of auto, exact, asymptotic'],
  [{ ties: 'scipy' }, '"ties" must be one of ignore, conditional'],
])('rejects the options %o', (options, message) => {
  expect(() => kolmogorovSmirnov([1], [2], options as never)).toThrow(message)
})

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
        const expected = kolmogorovSmirnov(a, b)
        expect(kolmogorovSmirnov(a.map(Math.cbrt), b.map(Math.cbrt))).toEqual({
          ...expected,
          location: Math.cbrt(expected.location),
        })
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
