import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/quantiles.json' with { type: 'json' }
import { normalSample } from '../../test/normal-sample.ts'
import { relativeError } from '../../test/relative-error.ts'
import { welchT } from '../methods/welch-t.ts'
import { meanDifferenceInterval } from './mean-difference-interval.ts'

test.each(golden.meanDifferences)('agrees with scipy, case %#', (example) => {
  const { reference, current, confidence } = example
  const { low, high } = meanDifferenceInterval(reference, current, { confidence })
  expect(relativeError(low, example.low)).toBeLessThan(1e-11)
  expect(relativeError(high, example.high)).toBeLessThan(1e-11)
})

const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 2,
  maxLength: 30,
})

test('holds 0 just where the test of Welch does not reject', () => {
  fc.assert(
    fc.property(
      sample,
      sample,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (a, b, confidence) => {
        const { pValue } = welchT(a, b)
        fc.pre(Math.abs(pValue - (1 - confidence)) > 1e-9)
        const { low, difference, high } = meanDifferenceInterval(a, b, { confidence })
        expect(low).toBeLessThanOrEqual(difference)
        expect(difference).toBeLessThanOrEqual(high)
        expect(low <= 0 && 0 <= high).toBe(pValue > 1 - confidence)
      },
    ),
  )
})

test('holds the true difference as often as it says', () => {
  let held = 0
  for (let seed = 0; seed < 1000; seed++) {
    const reference = normalSample(8, 2 * seed)
    const current = normalSample(12, 2 * seed + 1).map((x) => 3 * x + 5)
    const { low, high } = meanDifferenceInterval(reference, current, { confidence: 0.9 })
    if (low <= 5 && 5 <= high) held++
  }
  // 900 ± 3 standard deviations
  expect(held).toBeGreaterThan(870)
  expect(held).toBeLessThan(930)
})

test('has the unit of the values, however small or large', () => {
  const [a, b] = [normalSample(20, 1), normalSample(30, 2).map((x) => x + 1)]
  const plain = meanDifferenceInterval(a, b)
  for (const unit of [1e-300, 1e-5, 1e300]) {
    const times = (values: number[]) => values.map((x) => x * unit)
    const { low, difference, high } = meanDifferenceInterval(times(a), times(b))
    expect(relativeError(low / unit, plain.low)).toBeLessThan(1e-12)
    expect(relativeError(difference / unit, plain.difference)).toBeLessThan(1e-12)
    expect(relativeError(high / unit, plain.high)).toBeLessThan(1e-12)
  }
  expect(meanDifferenceInterval([-1e308, -1.5e308], [1e308, 1.5e308])).toMatchObject({
    difference: Number.MAX_VALUE,
    high: Number.MAX_VALUE,
  })
})

test('is one point where no value differs from another of its side', () => {
  expect(meanDifferenceInterval([1, 1, 1], [4, 4])).toMatchObject({
    difference: 3,
    low: 3,
    high: 3,
  })
})

test.each([0, 1, -1, 95, Number.NaN])('rejects a confidence of %d', (confidence) => {
  expect(() => meanDifferenceInterval([1, 2], [3, 4], { confidence })).toThrow(
    `"confidence" must be a number in (0, 1), received ${confidence}`,
  )
})

test('rejects what has no variance to be estimated from', () => {
  expect(() => meanDifferenceInterval([1], [2, 3])).toThrow('"reference" must be')
  expect(() => meanDifferenceInterval([1, 2], [3])).toThrow('"current" must be')
  expect(() => meanDifferenceInterval([1, Number.NaN], [3, 4])).toThrow('"reference[1]" must be')
})

test('refuses what is no option, by the nearest name', () => {
  const misspelt = { confidense: 0.9 } as object
  expect(() => meanDifferenceInterval([1, 2], [3, 4], misspelt)).toThrow('"confidence", maybe')
})
