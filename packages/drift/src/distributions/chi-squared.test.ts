import fc from 'fast-check'
import jStat from 'jstat'
import { describe, expect, test } from 'vitest'
import golden from '../../golden/chi-squared-survival.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { chiSquaredSurvival, logChiSquaredSurvival } from './chi-squared.ts'

const degreesOfFreedom = fc.integer({ min: 1, max: 2000 })

describe('chiSquaredSurvival', () => {
  test('stays within 5e-13 of mpmath from 1 down to 1e-300', () => {
    expect(golden.rows.length).toBeGreaterThan(200)
    expect(Math.min(...golden.rows.map(([, , survival]) => survival!))).toBeLessThan(1e-299)
    for (const [x, dof, survival] of golden.rows as Array<[number, number, number]>) {
      const error = relativeError(chiSquaredSurvival(x, dof), survival)
      expect(error, `x ${x}, ${dof} degrees of freedom`).toBeLessThan(5e-13)
    }
  })

  test('is exp(−x/2) for two degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1400, noNaN: true }), (x) => {
        expect(relativeError(chiSquaredSurvival(x, 2), Math.exp(-x / 2))).toBeLessThan(2e-13)
      }),
    )
  })

  test('agrees with jstat to 1e-8 where p is above 1e-6', () => {
    fc.assert(
      fc.property(degreesOfFreedom, fc.double({ min: 0, max: 4, noNaN: true }), (dof, ratio) => {
        const survival = chiSquaredSurvival(ratio * dof, dof)
        fc.pre(survival > 1e-6)
        const oracle = 1 - jStat.chisquare.cdf(ratio * dof, dof)
        expect(Math.abs(survival - oracle)).toBeLessThan(1e-8 * survival + 1e-12)
      }),
    )
  })

  test('never rises with x, and stays in [0, 1]', () => {
    const x = fc.double({ min: 0, max: 5000, noNaN: true })
    fc.assert(
      fc.property(degreesOfFreedom, x, x, (dof, a, b) => {
        const low = chiSquaredSurvival(Math.min(a, b), dof)
        const high = chiSquaredSurvival(Math.max(a, b), dof)
        expect(low).toBeLessThanOrEqual(1)
        expect(high).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(low * (1 + 1e-12))
      }),
    )
  })

  test('runs its series to the end for a million degrees of freedom', () => {
    // Wilson and Hilferty: at the mean, P is ½ − 1/(3 √(π dof)) up to terms of higher order.
    const dof = 1e6
    const survival = chiSquaredSurvival(dof, dof)
    expect(Math.abs(survival - (0.5 - 1 / (3 * Math.sqrt(Math.PI * dof))))).toBeLessThan(1e-8)
  })

  test('is 1 at 0 and 0 at infinity', () => {
    expect(chiSquaredSurvival(0, 3)).toBe(1)
    expect(chiSquaredSurvival(Number.POSITIVE_INFINITY, 3)).toBe(0)
  })

  test.each([
    [Number.NaN, 1, '"x" must be a number of at least 0, received NaN'],
    [-1, 1, '"x" must be a number of at least 0, received -1'],
    [1, 0, '"degreesOfFreedom" must be a positive integer, received 0'],
    [1, 1.5, '"degreesOfFreedom" must be a positive integer, received 1.5'],
    [1, Number.NaN, '"degreesOfFreedom" must be a positive integer, received NaN'],
  ])('rejects x %d with %d degrees of freedom', (x, dof, message) => {
    expect(() => chiSquaredSurvival(x, dof)).toThrow(message)
  })
})

describe('logChiSquaredSurvival', () => {
  test.each([
    // mpmath: log(gammainc(dof / 2, x / 2, regularized=True)) in 40 digits
    [4000, 1, -2004.373066016638],
    [1e5, 7, -49974.15147789107],
    [3000, 1000, -455.4149079932579],
    [5, 3, -1.761440891824306],
  ])('agrees with mpmath for x %d, %d degrees of freedom', (x, dof, expected) => {
    expect(relativeError(logChiSquaredSurvival(x, dof), expected)).toBeLessThan(1e-13)
  })

  test('is the logarithm of the survival function', () => {
    for (const [x, dof, survival] of golden.rows as Array<[number, number, number]>) {
      const error = Math.abs(logChiSquaredSurvival(x, dof) - Math.log(survival))
      expect(error, `x ${x}, ${dof} degrees of freedom`).toBeLessThan(5e-13)
    }
  })

  test('is −∞ at infinity, and rejects what the survival function rejects', () => {
    expect(logChiSquaredSurvival(Number.POSITIVE_INFINITY, 3)).toBe(Number.NEGATIVE_INFINITY)
    expect(() => logChiSquaredSurvival(Number.NaN, 3)).toThrow('"x" must be')
    expect(() => logChiSquaredSurvival(1, 0)).toThrow('"degreesOfFreedom" must be')
  })
})
