import fc from 'fast-check'
import jStat from 'jstat'
import { expect, test } from 'vitest'
import golden from '../../golden/quantiles.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { chiSquaredSurvival } from './chi-squared.ts'
import { chiSquaredQuantile } from './chi-squared-quantile.ts'

const rows = golden.chiSquared as Array<[p: number, dof: number, quantile: number]>

test('stays within 2e-13 of mpmath from p of 1e-300 up to 1 − 1e-16', () => {
  expect(rows.length).toBeGreaterThan(300)
  for (const [p, dof, quantile] of rows) {
    const error = relativeError(chiSquaredQuantile(p, dof), quantile)
    expect(error, `p ${p}, ${dof} degrees of freedom`).toBeLessThan(2e-13)
  }
})

test('is where the survival function leaves 1 − p', () => {
  const p = fc.double({ min: 0.001, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(p, fc.integer({ min: 1, max: 200 }), (p, dof) => {
      const survival = chiSquaredSurvival(chiSquaredQuantile(p, dof), dof)
      expect(Math.abs(survival - (1 - p))).toBeLessThan(1e-13)
    }),
  )
})

test('agrees with jstat, where that is good', () => {
  const p = fc.double({ min: 0.001, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(p, fc.integer({ min: 1, max: 200 }), (p, dof) => {
      expect(relativeError(chiSquaredQuantile(p, dof), jStat.chisquare.inv(p, dof))).toBeLessThan(
        1e-7,
      )
    }),
  )
})

test('never falls as p rises', () => {
  const p = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(p, p, fc.integer({ min: 1, max: 5000 }), (a, b, dof) => {
      const low = chiSquaredQuantile(Math.min(a, b), dof)
      const high = chiSquaredQuantile(Math.max(a, b), dof)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(low).toBeLessThanOrEqual(high * (1 + 1e-12))
      expect(high).toBeLessThan(Number.POSITIVE_INFINITY)
    }),
  )
})

test('is 0 for p = 0, and where it is smaller than any double', () => {
  for (const dof of [1, 2, 3]) expect(chiSquaredQuantile(0, dof)).toBe(0)
  expect(chiSquaredQuantile(1e-200, 1)).toBe(0)
})

test.each([
  [1, 1, '"p" must be a number in [0, 1), received 1'],
  [Number.NaN, 1, '"p" must be a number in [0, 1), received NaN'],
  [0.5, -1, '"degreesOfFreedom" must be a positive integer, received -1'],
])('rejects p %d with %d degrees of freedom', (p, dof, message) => {
  expect(() => chiSquaredQuantile(p, dof)).toThrow(message)
})
