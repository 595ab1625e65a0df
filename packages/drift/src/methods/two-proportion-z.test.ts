import { categoricalProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/two-proportion-z.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { chiSquared } from './chi-squared.ts'
import { studentT } from './student-t.ts'
import { missingShareTest, twoProportionZ } from './two-proportion-z.ts'
import { welchT } from './welch-t.ts'
import { zTest } from './z-test.ts'

test.each(golden.cases)(
  'agrees with mpmath and statsmodels on $name',
  ({ counts, ...expected }) => {
    const [countN, n, countM, m] = counts as [number, number, number, number]
    const profile = (successes: number, all: number) =>
      categoricalProfile([
        ['0', all - successes],
        ['1', successes],
      ])
    const { statistic, pValue } = twoProportionZ(profile(countN, n), profile(countM, m))
    expect(relativeError(statistic, expected.statistic)).toBeLessThan(1e-15)
    // An error of z grows by z² on its way to p.
    expect(relativeError(pValue, expected.pValue)).toBeLessThan(1e-13 + 1e-15 * statistic ** 2)
    expect(Math.abs(statistic - expected.statsmodelsStatistic)).toBeLessThan(1e-11)
    expect(missingShareTest(countN, n, countM, m)).toMatchObject({ statistic, pValue })
  },
)

const binary = fc.array(fc.boolean(), { minLength: 1, maxLength: 100 })

test('z² and p are those of the chi-squared test', () => {
  fc.assert(
    fc.property(binary, binary, (a, b) => {
      const z = twoProportionZ(a, b)
      const expected = chiSquared(a, b)
      expect(Math.abs(z.statistic ** 2 - expected.statistic)).toBeLessThan(1e-12)
      expect(Math.abs(z.pValue - expected.pValue)).toBeLessThan(1e-12)
      if (expected.degreesOfFreedom > 0) {
        expect(z.smallestExpectedCount).toBeCloseTo(expected.smallestExpectedCount, 12)
      }
    }),
  )
})

test('swapping the samples turns the sign', () => {
  fc.assert(
    fc.property(binary, binary, (a, b) => {
      expect(twoProportionZ(a, b).statistic + twoProportionZ(b, a).statistic).toBe(0)
    }),
  )
})

test('z is positive where the second category by name became rarer', () => {
  expect(twoProportionZ(['no', 'no', 'yes'], ['yes', 'yes', 'no']).statistic).toBeLessThan(0)
  expect(twoProportionZ([1, 1, 0], [0, 0, 1]).statistic).toBeGreaterThan(0)
})

test('of zeros and ones it has the sign of the other tests of two means', () => {
  const enough = fc.array(fc.constantFrom(0, 1), { minLength: 3, maxLength: 50 })
  fc.assert(
    fc.property(enough, enough, (a, b) => {
      const { statistic } = twoProportionZ(a, b)
      fc.pre(statistic !== 0)
      for (const test of [zTest, welchT, studentT]) {
        expect(Math.sign(test(a, b).statistic)).toBe(Math.sign(statistic))
      }
    }),
  )
})

test('nothing missing on either side, or all of it, is no change', () => {
  expect(missingShareTest(0, 10, 0, 20)).toMatchObject({ statistic: 0, pValue: 1 })
  expect(missingShareTest(10, 10, 20, 20)).toMatchObject({ statistic: 0, pValue: 1 })
  expect(twoProportionZ(['a'], ['a', 'a'])).toMatchObject({ statistic: 0, pValue: 1 })
})

test.each([
  [1, 0, 1, 2, '"n" must be a positive number, received 0'],
  [3, 2, 1, 2, '"missingN" must be a number in [0, 2], received 3'],
  [1, 2, Number.NaN, 2, '"missingM" must be a number in [0, 2], received NaN'],
  [1, 2, 1, Number.NaN, '"m" must be a positive number, received NaN'],
])('rejects shares %d of %d and %d of %d', (missingN, n, missingM, m, message) => {
  expect(() => missingShareTest(missingN, n, missingM, m)).toThrow(message)
})

test('rejects three categories', () => {
  expect(() => twoProportionZ(['a', 'b'], ['c'])).toThrow('of at most two categories')
})
