import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/normal-survival.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { logNormalSurvival, normalSurvival } from './normal.ts'

test('stays within 5e-15 of mpmath from 1 down to 1e-307', () => {
  const rows = golden.rows as Array<[z: number, survival: number, log: number]>
  expect(Math.min(...rows.map(([, p]) => (p > 0 ? p : 1)))).toBeLessThan(1e-307)
  for (const [z, survival] of rows) {
    // Below 1e-307 a double has fewer digits.
    if (survival > 0 && survival < 2.3e-308) continue
    expect(relativeError(normalSurvival(z), survival), `z ${z}`).toBeLessThan(5e-15)
  }
})

test('the logarithm stays within 2e-14 of mpmath far beyond the smallest double', () => {
  const rows = golden.rows as Array<[z: number, survival: number, log: number]>
  expect(Math.min(...rows.map(([, , log]) => log))).toBeLessThan(-1e199)
  for (const [z, , log] of rows) {
    expect(relativeError(logNormalSurvival(z), log), `z ${z}`).toBeLessThan(2e-14)
  }
})

test('both tails make 1', () => {
  fc.assert(
    fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (z) => {
      expect(Math.abs(normalSurvival(z) + normalSurvival(-z) - 1)).toBeLessThan(1e-15)
    }),
  )
})

test('never rises with z', () => {
  const z = fc.double({ min: -40, max: 40, noNaN: true })
  fc.assert(
    fc.property(z, z, (a, b) => {
      const low = normalSurvival(Math.min(a, b))
      expect(normalSurvival(Math.max(a, b))).toBeLessThanOrEqual(low * (1 + 1e-14))
    }),
  )
})

test('has its limits at the infinities', () => {
  expect(normalSurvival(Number.NEGATIVE_INFINITY)).toBe(1)
  expect(normalSurvival(Number.POSITIVE_INFINITY)).toBe(0)
  expect(logNormalSurvival(Number.POSITIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
})

test('rejects NaN', () => {
  for (const law of [normalSurvival, logNormalSurvival]) {
    expect(() => law(Number.NaN)).toThrow('"z" must be a number, received NaN')
  }
})
