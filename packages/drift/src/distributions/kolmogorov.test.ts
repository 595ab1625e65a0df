import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/kolmogorov-survival.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { kolmogorovSurvival } from './kolmogorov.ts'

test('agrees with scipy to 1e-12, and to 2e-11 for n ≤ 140, where scipy itself is that far off', () => {
  expect(golden.scipyTwoSided.length).toBeGreaterThan(150)
  for (const [n, d, survival] of golden.scipyTwoSided as Array<[number, number, number]>) {
    const error = relativeError(kolmogorovSurvival(n, d), survival)
    expect(error, `n ${n}, d ${d}`).toBeLessThan(n <= 140 ? 2e-11 : 1e-12)
  }
})

test('is exact for n ≤ 140 but for the tail, and within 0.5/n² above', () => {
  for (const [n, d, survival] of golden.exactTwoSided as Array<[number, number, number]>) {
    const isTail = n * d * d > (n <= 140 ? 4 : 2.2)
    const neglected = isTail ? Math.exp(-6 * n * d * d) : 0
    const approximated = n > 140 && !isTail ? 0.5 / n ** 2 : 0
    const error = relativeError(kolmogorovSurvival(n, d), survival)
    expect(error, `n ${n}, d ${d}`).toBeLessThan(2e-11 + neglected + approximated)
  }
})

test('is 2(1 − d) for one value, 1 for d up to 1/(2n), and 0 from 1 on', () => {
  expect(kolmogorovSurvival(1, 0.75)).toBe(0.5)
  expect(kolmogorovSurvival(50, 0.01)).toBe(1)
  expect(kolmogorovSurvival(50, -1)).toBe(1)
  expect(kolmogorovSurvival(50, 1)).toBe(0)
  expect(kolmogorovSurvival(50, Number.POSITIVE_INFINITY)).toBe(0)
})

test('never rises with d by more than the step between its methods', () => {
  const d = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), d, d, (n, a, b) => {
      const low = kolmogorovSurvival(n, Math.min(a, b))
      const high = kolmogorovSurvival(n, Math.max(a, b))
      expect(low).toBeLessThanOrEqual(1)
      expect(high).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(low * (1 + 3e-6))
    }),
  )
})

test.each([
  [0, 0.5, '"n" must be a positive integer, received 0'],
  [1.5, 0.5, '"n" must be a positive integer, received 1.5'],
  [Number.NaN, 0.5, '"n" must be a positive integer, received NaN'],
  [10, Number.NaN, '"d" must be a number, received NaN'],
])('rejects n %d, d %d', (n, d, message) => {
  expect(() => kolmogorovSurvival(n, d)).toThrow(message)
})
