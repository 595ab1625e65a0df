import fc from 'fast-check'
import jStat from 'jstat'
import { expect, test } from 'vitest'
import golden from '../../golden/quantiles.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { studentTSurvival } from './student-t.ts'
import { studentTQuantile } from './student-t-quantile.ts'

const rows = golden.studentT as Array<[p: number, dof: number, quantile: number]>

test('stays within 2e-13 of mpmath from p of 1e-300 up to 1 − 1e-16, next to ½ too', () => {
  expect(rows.length).toBeGreaterThan(300)
  for (const [p, dof, quantile] of rows) {
    const error = relativeError(studentTQuantile(p, dof), quantile)
    expect(error, `p ${p}, ${dof} degrees of freedom`).toBeLessThan(2e-13)
  }
})

test('is where the survival function leaves 1 − p, also where jstat has no start to give', () => {
  const p = fc.double({ min: 1e-100, max: 1 - 2 ** -53, noNaN: true })
  fc.assert(
    fc.property(p, fc.double({ min: 0.6, max: 1e5, noNaN: true }), (p, dof) => {
      const survival = studentTSurvival(Math.abs(studentTQuantile(p, dof)), dof)
      expect(relativeError(survival, Math.min(p, 1 - p))).toBeLessThan(1e-11)
    }),
  )
})

test('agrees with jstat, where that is good', () => {
  const p = fc.double({ min: 0.001, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(p, fc.integer({ min: 1, max: 200 }), (p, dof) => {
      fc.pre(Math.abs(p - 0.5) > 0.01)
      expect(relativeError(studentTQuantile(p, dof), jStat.studentt.inv(p, dof))).toBeLessThan(1e-4)
    }),
  )
})

test('is 0 in the middle, infinite at the ends and where no double is large enough', () => {
  expect(studentTQuantile(0.5, 3)).toBe(0)
  expect(studentTQuantile(0, 3)).toBe(Number.NEGATIVE_INFINITY)
  expect(studentTQuantile(1, 3)).toBe(Number.POSITIVE_INFINITY)
  expect(studentTQuantile(1e-300, 0.5)).toBe(Number.NEGATIVE_INFINITY)
})

test.each([
  [Number.NaN, 1, '"p" must be a number in [0, 1], received NaN'],
  [1.5, 1, '"p" must be a number in [0, 1], received 1.5'],
  [0.5, 0, '"degreesOfFreedom" must be a positive number, received 0'],
  [0.5, Number.POSITIVE_INFINITY, '"degreesOfFreedom" must be a positive number'],
])('rejects p %d with %d degrees of freedom', (p, dof, message) => {
  expect(() => studentTQuantile(p, dof)).toThrow(message)
})
