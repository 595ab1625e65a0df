import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/quadratic-forms.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { andersonDarlingSurvival, logAndersonDarlingSurvival } from './anderson-darling.ts'

const rows = golden.andersonDarling as Array<[x: number, survival: number, log: number]>

test('stays within 5e-13 of mpmath from 1 down to 1e-296', () => {
  expect(Math.min(...rows.map(([, p]) => (p > 0 ? p : 1)))).toBeLessThan(1e-296)
  for (const [x, survival] of rows) {
    expect(relativeError(andersonDarlingSurvival(x), survival), `x ${x}`).toBeLessThan(5e-13)
  }
})

test('the logarithm stays within 1e-14 of mpmath far beyond the smallest double', () => {
  expect(Math.min(...rows.map(([, , log]) => log))).toBeLessThan(-20000)
  for (const [x, , log] of rows) {
    // Near 1 the logarithm has the absolute error of the probability.
    const error = Math.abs(logAndersonDarlingSurvival(x) - log) / Math.max(0.1, -log)
    expect(error, `x ${x}`).toBeLessThan(1e-14)
  }
})

test('never rises with x, and stays in [0, 1]', () => {
  const x = fc.double({ min: -1, max: 800, noNaN: true })
  fc.assert(
    fc.property(x, x, (a, b) => {
      const low = andersonDarlingSurvival(Math.min(a, b))
      const high = andersonDarlingSurvival(Math.max(a, b))
      expect(low).toBeLessThanOrEqual(1)
      expect(high).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(low * (1 + 1e-12) + 1e-15)
    }),
  )
})

test('goes on without a step where its series gives way to its asymptote', () => {
  const slope = (logAndersonDarlingSurvival(100010) - logAndersonDarlingSurvival(99990)) / 20
  const before = (logAndersonDarlingSurvival(99990) - logAndersonDarlingSurvival(99970)) / 20
  expect(Math.abs(slope - before)).toBeLessThan(1e-8)
})

test('is 1 up to 0, and 0 at infinity', () => {
  expect([-1, 0, 1e-9].map((x) => andersonDarlingSurvival(x))).toEqual([1, 1, 1])
  expect(andersonDarlingSurvival(Number.POSITIVE_INFINITY)).toBe(0)
  expect(logAndersonDarlingSurvival(Number.POSITIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
})

test('rejects NaN', () => {
  for (const law of [andersonDarlingSurvival, logAndersonDarlingSurvival]) {
    expect(() => law(Number.NaN)).toThrow('"x" must be a number, received NaN')
  }
})
