import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/quadratic-forms.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { cramerVonMisesSurvival, logCramerVonMisesSurvival } from './cramer-von-mises.ts'

const rows = golden.cramerVonMises as Array<[x: number, survival: number, log: number]>

test('stays within 5e-13 of mpmath from 1 down to 1e-296', () => {
  expect(Math.min(...rows.map(([, p]) => (p > 0 ? p : 1)))).toBeLessThan(1e-296)
  for (const [x, survival] of rows) {
    expect(relativeError(cramerVonMisesSurvival(x), survival), `x ${x}`).toBeLessThan(5e-13)
  }
})

test('the logarithm stays within 1e-14 of mpmath far beyond the smallest double', () => {
  expect(Math.min(...rows.map(([, , log]) => log))).toBeLessThan(-20000)
  for (const [x, , log] of rows) {
    // Near 1 the logarithm has the absolute error of the probability.
    const error = Math.abs(logCramerVonMisesSurvival(x) - log) / Math.max(0.1, -log)
    expect(error, `x ${x}`).toBeLessThan(1e-14)
  }
})

test('never rises with x, and stays in [0, 1]', () => {
  const x = fc.double({ min: -1, max: 800, noNaN: true })
  fc.assert(
    fc.property(x, x, (a, b) => {
      const low = cramerVonMisesSurvival(Math.min(a, b))
      const high = cramerVonMisesSurvival(Math.max(a, b))
      expect(low).toBeLessThanOrEqual(1)
      expect(high).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(low * (1 + 1e-12) + 1e-15)
    }),
  )
})

test('goes on without a step where its series gives way to its asymptote', () => {
  const slope = (logCramerVonMisesSurvival(100010) - logCramerVonMisesSurvival(99990)) / 20
  const before = (logCramerVonMisesSurvival(99990) - logCramerVonMisesSurvival(99970)) / 20
  expect(Math.abs(slope - before)).toBeLessThan(1e-8)
})

test('is 1 up to 0, and 0 at infinity', () => {
  expect([-1, 0, 1e-9].map((x) => cramerVonMisesSurvival(x))).toEqual([1, 1, 1])
  expect(cramerVonMisesSurvival(Number.POSITIVE_INFINITY)).toBe(0)
  expect(logCramerVonMisesSurvival(Number.POSITIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
})

test('rejects NaN', () => {
  for (const law of [cramerVonMisesSurvival, logCramerVonMisesSurvival]) {
    expect(() => law(Number.NaN)).toThrow('"x" must be a number, received NaN')
  }
})
