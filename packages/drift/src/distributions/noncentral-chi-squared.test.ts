import { describe, expect, test } from 'vitest'
import golden from '../../golden/noncentral-chi-squared.json' with { type: 'json' }
import { chiSquaredSurvival } from './chi-squared.ts'
import { noncentralChiSquaredSurvival } from './noncentral-chi-squared.ts'

describe('noncentralChiSquaredSurvival', () => {
  test('stays within 1e-12 of mpmath, from 1 to 228 degrees of freedom', () => {
    expect(golden.rows.length).toBe(150)
    for (const [x, k, noncentrality, survival] of golden.rows as Array<
      [number, number, number, number]
    >) {
      const error = Math.abs(noncentralChiSquaredSurvival(x, k, noncentrality) - survival)
      expect(error, `x ${x}, ${k} degrees of freedom, noncentrality ${noncentrality}`).toBeLessThan(
        1e-12,
      )
    }
  })

  test('without noncentrality is the central one', () => {
    for (const x of [0, 0.1, 3, 50]) {
      expect(noncentralChiSquaredSurvival(x, 3, 0)).toBeCloseTo(chiSquaredSurvival(x, 3), 14)
    }
  })

  test('rises with the noncentrality, also where that is ten million', () => {
    const x = 1e7
    const [below, above] = [0.99e7, 1.01e7].map((l) => noncentralChiSquaredSurvival(x, 5, l))
    expect(below).toBeLessThan(1e-10)
    expect(above).toBeGreaterThan(1 - 1e-10)
    expect(noncentralChiSquaredSurvival(x, 5, x)).toBeCloseTo(0.5, 3)
  })

  test.each([
    [Number.NaN, 1, 1, '"x"'],
    [Number.POSITIVE_INFINITY, 1, 1, '"x"'],
    [1, 0.5, 1, '"degreesOfFreedom"'],
    [1, 1, -1, '"noncentrality"'],
  ])('refuses x %d, %d degrees of freedom, noncentrality %d', (x, k, noncentrality, argument) => {
    expect(() => noncentralChiSquaredSurvival(x, k, noncentrality)).toThrow(argument)
  })
})
