import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { anySample, testRejections, twoSampleCases } from '../../test/two-samples.ts'
import { poolSorted } from '../samples/pooled-samples.ts'
import { mannWhitneyU, mannWhitneyUOfPooled, mannWhitneyUOfSorted } from './mann-whitney-u.ts'

describe.each(twoSampleCases)('agrees with scipy on $name', (entry) => {
  const { reference, current, mannWhitneyU: expected } = entry
  test.each([
    ['two-sided', {}],
    ['less', { alternative: 'less' }],
    ['greater', { alternative: 'greater' }],
    ['without continuity correction', { continuityCorrection: false }],
  ] as const)('%s', (name, options) => {
    const { statistic, pValue } = mannWhitneyU(reference, current, options)
    expect(statistic).toBe(expected[name].statistic)
    expect(relativeError(pValue, expected[name].pValue)).toBeLessThan(1e-12)
  })
})

test('U counts the pairs that the reference wins, and half of the equal ones', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const won = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)))
      const expected = won.reduce<number>((sum, share) => sum + share, 0)
      expect(mannWhitneyU(a, b).statistic).toBe(expected)
    }),
  )
})

test('swapping the samples swaps the alternatives', () => {
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const { statistic, pValue } = mannWhitneyU(a, b, { alternative: 'less' })
      const swapped = mannWhitneyU(b, a, { alternative: 'greater' })
      expect(statistic + swapped.statistic).toBe(a.length * b.length)
      expect(relativeError(swapped.pValue, pValue)).toBeLessThan(1e-12)
      expect(mannWhitneyU(b, a).pValue).toBeCloseTo(mannWhitneyU(a, b).pValue, 12)
    }),
  )
})

test('is exact up to 8 values on a side without ties, and says so', () => {
  const many = Array.from({ length: 30 }, (_, i) => i + 0.5)
  const lawOf = (reference: number[]) => mannWhitneyU(reference, many).nullDistribution
  expect(lawOf([1, 2, 3, 4, 5, 6, 7, 8])).toBe('exact')
  expect(lawOf([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe('normal')
  expect(lawOf([1, 2, 3, 4, 5, 6, 7, 7.5])).toBe('normal')
  const tooMany = Float64Array.from({ length: 2_000_000 }, (_, i) => i)
  expect(mannWhitneyU([0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5], tooMany).nullDistribution).toBe(
    'normal',
  )
})

test.each(['two-sided', 'less', 'greater'] as const)(
  'all values equal: p is 1, %s',
  (alternative) => {
    const result = mannWhitneyU([3, 3, 3], [3, 3], { alternative })
    expect(result).toMatchObject({ statistic: 3, pValue: 1 })
    expect(result.logPValue! + 0).toBe(0)
    const uncorrected = mannWhitneyU([3, 3, 3], [3, 3], {
      alternative,
      continuityCorrection: false,
    })
    expect(uncorrected.pValue).toBe(1)
  },
)

test('says how small where p is 0 as a double', () => {
  const reference = Float64Array.from({ length: 3000 }, (_, i) => i)
  const { pValue, logPValue } = mannWhitneyU(
    reference,
    reference.map((x) => x + 3000),
  )
  expect(pValue).toBe(0)
  // z = 67.07: ln 2 − z²/2 − ln z − ln √2π
  const z = (9e6 / 2 - 0.5) / Math.sqrt((9e6 / 12) * 6001)
  const expected = Math.LN2 - (z * z) / 2 - Math.log(z) - Math.log(2 * Math.PI) / 2
  expect(relativeError(logPValue!, expected)).toBeLessThan(1e-6)
})

test('of sorted and of merged samples is the same test', () => {
  const options = { alternative: 'greater' } as const
  fc.assert(
    fc.property(anySample, anySample, (a, b) => {
      const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
      const expected = mannWhitneyU(a, b, options)
      expect(mannWhitneyUOfSorted(x, y, options)).toEqual(expected)
      expect(mannWhitneyUOfPooled(poolSorted(x, y), options)).toEqual(expected)
    }),
  )
})

testRejections(mannWhitneyU, 1)

test('rejects an unknown alternative', () => {
  expect(() => mannWhitneyU([1], [2], { alternative: 'smaller' as never })).toThrow(
    `"alternative" must be 'two-sided', 'less' or 'greater', received smaller`,
  )
})
