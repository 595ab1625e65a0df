import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { testRejections, twoSampleCases } from '../../test/two-samples.ts'
import { eppsSingleton } from './epps-singleton.ts'

test.each(twoSampleCases.filter((entry) => entry.eppsSingleton !== null))(
  'agrees with scipy on $name',
  ({ name, reference, current, eppsSingleton: expected }) => {
    const { statistic, pValue, degreesOfFreedom } = eppsSingleton(reference, current)
    // scipy takes cosines of the values as they are: those of a million have six digits less.
    const gate = name === 'far from zero' ? 1e-7 : 1e-10
    expect(Math.abs(statistic - expected!.statistic) / (1 + statistic)).toBeLessThan(gate)
    expect(relativeError(pValue, expected!.pValue)).toBeLessThan(gate)
    expect(degreesOfFreedom).toBe(4)
  },
)

const sample = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 20,
  maxLength: 60,
})
const spread = Array.from({ length: 30 }, (_, i) => i / 3)

test('neither moving the values nor another unit changes it', () => {
  fc.assert(
    fc.property(sample, (values) => {
      const { statistic } = eppsSingleton(spread, values)
      const moved = eppsSingleton(
        spread.map((x) => 1000 * x - 70),
        values.map((x) => 1000 * x - 70),
      )
      expect(Math.abs(moved.statistic - statistic)).toBeLessThan(1e-6 * (1 + statistic))
    }),
  )
})

test('swapping the samples changes nothing, and a sample is not different from itself', () => {
  fc.assert(
    fc.property(sample, (values) => {
      const { statistic } = eppsSingleton(spread, values)
      const swapped = eppsSingleton(values, spread).statistic
      expect(Math.abs(swapped - statistic)).toBeLessThan(1e-9 * (1 + statistic))
      expect(eppsSingleton(spread, spread.toReversed()).pValue).toBeGreaterThan(0.999999)
    }),
  )
})

test('counts only as many degrees of freedom as the values can show', () => {
  const reference = [0, 0, 0, 1, 1, 1, 0, 1]
  const { degreesOfFreedom } = eppsSingleton(reference, [1, 1, 1, 0, 1])
  expect(degreesOfFreedom).toBe(1)
})

test('an outlier at the end of the doubles leaves it finite', () => {
  const close = spread.map((x) => x * 1e-10)
  const { statistic, pValue } = eppsSingleton(close, [
    ...close,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
  ])
  expect(Number.isFinite(statistic)).toBe(true)
  expect(pValue).toBeGreaterThan(0.1)
})

testRejections(eppsSingleton, 5)

test.each([
  [
    [1, 2, 3, 4],
    [1, 2, 3, 4, 5],
    '"reference" must be an array of at least 5 values, received an array of 4',
  ],
  [
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 7],
    '"current" must be a sample that, together with "reference", has an interquartile range above 0, received 0',
  ],
  [
    [1, 1, 1, 1, 1],
    [2, 2, 2, 2, 2],
    '"current" must be a sample that varies, where "reference" does not, received 2',
  ],
])('rejects %o against %o', (reference, current, message) => {
  expect(() => eppsSingleton(reference, current)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
  )
})
