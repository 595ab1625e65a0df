import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlternativeOptions } from '../src/methods/alternative.ts'
import type { HypothesisTest } from '../src/methods/result.ts'
import { relativeError } from './relative-error.ts'
import { testRejections, twoSampleCases } from './two-samples.ts'

type MeanDifference = (
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options?: AlternativeOptions,
) => HypothesisTest & { readonly logPValue?: number }

const ALTERNATIVES = ['two-sided', 'less', 'greater'] as const
const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 60 })

/** What every test of a difference of means must do; `method` is also its name in the golden file. */
export function testMeanDifference(
  method: 'studentT' | 'welchT' | 'zTest',
  compare: MeanDifference,
): void {
  describe.each(twoSampleCases)(
    'agrees with its peer on $name',
    ({ name, reference, current, ...peers }) => {
      const expected = peers[method]
      test.each(ALTERNATIVES)('%s', (alternative) => {
        const result = compare(reference, current, { alternative })
        // A mean of a million leaves the peer six digits less of the difference.
        const gate = name === 'far from zero' ? 1e-8 : 1e-12
        const { statistic, pValue, ...rest } = expected[alternative]
        // Relative, and below 1 absolute: the difference of equal means is rounding alone.
        expect(
          Math.abs(result.statistic - statistic) / Math.max(1, Math.abs(statistic)),
        ).toBeLessThan(gate)
        expect(relativeError(result.pValue, pValue)).toBeLessThan(gate)
        if ('degreesOfFreedom' in rest) {
          const error = relativeError(result.degreesOfFreedom!, rest.degreesOfFreedom)
          expect(error).toBeLessThan(1e-9)
        }
      })
    },
  )

  test('neither moving the values nor another unit changes it', () => {
    fc.assert(
      fc.property(integers, integers, fc.integer({ min: -9, max: 9 }), (a, b, shift) => {
        const { statistic, pValue } = compare(a, b)
        const moved = [a, b].map((sample) => sample.map((x) => 8 * x + shift))
        const other = compare(moved[0]!, moved[1]!)
        expect(Math.abs(other.statistic - statistic)).toBeLessThan(
          1e-11 * (1 + Math.abs(statistic)),
        )
        expect(relativeError(other.pValue, pValue)).toBeLessThan(1e-8)
      }),
    )
  })

  test('swapping the samples turns the sign, and less into greater', () => {
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        const less = compare(a, b, { alternative: 'less' })
        const greater = compare(b, a, { alternative: 'greater' })
        expect(less.statistic + greater.statistic).toBe(0)
        expect(relativeError(greater.pValue, less.pValue)).toBeLessThan(1e-12)
        const twoSided = compare(a, b).pValue
        const smaller = Math.min(less.pValue, compare(a, b, { alternative: 'greater' }).pValue)
        expect(relativeError(twoSided, 2 * smaller)).toBeLessThan(1e-12)
      }),
    )
  })

  describe('without variance', () => {
    const [low, high] = [
      [0.1, 0.1, 0.1],
      [0.7, 0.7, 0.7, 0.7],
    ]

    test('equal constants have statistic 0 and p 1', () => {
      expect(compare(low, [0.1, 0.1])).toMatchObject({ statistic: 0, pValue: 1 })
    })

    test('different constants have the largest double and p 0, which JSON can hold', () => {
      const result = compare(low, high)
      expect(result).toMatchObject({ statistic: -Number.MAX_VALUE, pValue: 0 })
      expect(result).not.toHaveProperty('logPValue')
      expect(JSON.parse(JSON.stringify(result))).toEqual(result)
      expect(compare(high, low).statistic).toBe(Number.MAX_VALUE)
    })

    test.each([
      ['less', 0],
      ['greater', 1],
    ] as const)('against the alternative %s, p is %d', (alternative, pValue) => {
      expect(compare(low, high, { alternative }).pValue).toBe(pValue)
    })
  })

  test('says how small where p is 0 as a double', () => {
    const reference = Float64Array.from({ length: 3000 }, (_, i) => i)
    const { pValue, logPValue } = compare(
      reference,
      reference.map((x) => x + 3000),
    )
    expect(pValue).toBe(0)
    expect(logPValue).toBeLessThan(-750)
    expect(logPValue).toBeGreaterThan(-10_000)
    const near = compare(
      reference,
      reference.map((x) => x + 100),
    )
    expect(Math.abs(near.logPValue! - Math.log(near.pValue))).toBeLessThan(1e-12)
  })

  test('works at both ends of the doubles', () => {
    const huge = compare([1e308, 1.2e308, 1.4e308], [-1e308, -1.1e308, -1.3e308])
    const plain = compare([1, 1.2, 1.4], [-1, -1.1, -1.3])
    expect(relativeError(huge.statistic, plain.statistic)).toBeLessThan(1e-12)
    const tiny = compare([1e-300, 1.2e-300, 1.4e-300], [-1e-300, -1.1e-300, -1.3e-300])
    expect(relativeError(tiny.statistic, plain.statistic)).toBeLessThan(1e-12)
  })

  testRejections(compare, 2)

  test('rejects an unknown alternative', () => {
    expect(() => compare([1, 2], [2, 3], { alternative: 'both' as never })).toThrow(
      `"alternative" must be 'two-sided', 'less' or 'greater', received both`,
    )
  })
}
