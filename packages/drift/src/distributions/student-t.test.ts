import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/incomplete-beta.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { normalSurvival } from './normal.ts'
import { logStudentTSurvival, studentTSurvival } from './student-t.ts'

const rows = golden.t as Array<[t: number, dof: number, survival: number, log: number]>

test('stays within 5e-13 of mpmath from ½ down to 1e-300, for 0.7 to a million degrees of freedom', () => {
  expect(rows.length).toBeGreaterThan(80)
  expect(Math.min(...rows.map(([, , p]) => (p > 0 ? p : 1)))).toBeLessThan(1e-238)
  for (const [t, dof, survival] of rows) {
    const error = relativeError(studentTSurvival(t, dof), survival)
    expect(error, `t ${t}, ${dof} degrees of freedom`).toBeLessThan(5e-13)
  }
})

test('the logarithm stays within 5e-15 of mpmath far beyond the smallest double', () => {
  expect(Math.min(...rows.map(([, , , log]) => log))).toBeLessThan(-4e6)
  for (const [t, dof, , log] of rows) {
    const error = relativeError(logStudentTSurvival(t, dof), log)
    expect(error, `t ${t}, ${dof} degrees of freedom`).toBeLessThan(5e-15)
  }
})

const degreesOfFreedom = fc.double({ min: 0.5, max: 1e6, noNaN: true })
const anyT = fc.double({ min: -1e6, max: 1e6, noNaN: true })

test('both tails make 1', () => {
  fc.assert(
    fc.property(anyT, degreesOfFreedom, (t, dof) => {
      const sum = studentTSurvival(t, dof) + studentTSurvival(-t, dof)
      expect(Math.abs(sum - 1)).toBeLessThan(1e-14)
    }),
  )
})

test('is the Cauchy tail for one degree of freedom', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e300, noNaN: true }), (t) => {
      expect(relativeError(studentTSurvival(t, 1), Math.atan(1 / t) / Math.PI)).toBeLessThan(1e-12)
    }),
  )
})

test('approaches the normal tail as the degrees of freedom grow', () => {
  fc.assert(
    fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (t) => {
      expect(relativeError(studentTSurvival(t, 1e12), normalSurvival(t))).toBeLessThan(1e-9)
    }),
  )
})

test('has its limits at the infinities', () => {
  expect(studentTSurvival(Number.POSITIVE_INFINITY, 3)).toBe(0)
  expect(studentTSurvival(Number.NEGATIVE_INFINITY, 3)).toBe(1)
  expect(logStudentTSurvival(Number.POSITIVE_INFINITY, 3)).toBe(Number.NEGATIVE_INFINITY)
})

test.each([
  [Number.NaN, 1, '"t" must be a number, received NaN'],
  [1, 0, '"degreesOfFreedom" must be a positive number, received 0'],
  [1, Number.NaN, '"degreesOfFreedom" must be a positive number, received NaN'],
  [1, Number.POSITIVE_INFINITY, '"degreesOfFreedom" must be a positive number, received Infinity'],
])('rejects t %d with %d degrees of freedom', (t, dof, message) => {
  expect(() => studentTSurvival(t, dof)).toThrow(message)
  expect(() => logStudentTSurvival(t, dof)).toThrow(message)
})
