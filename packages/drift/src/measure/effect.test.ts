import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chiSquared } from '../methods/chi-squared.ts'
import { kolmogorovSmirnov } from '../methods/kolmogorov-smirnov.ts'
import {
  effectOfChiSquared,
  effectOfDistance,
  LARGEST_SHIFT,
  shiftOfDistance,
  smallestDetectableShift,
} from './effect.ts'

/** Seeded normal deviates by Box and Muller over mulberry32. */
function normals(count: number, seed: number, shift = 0): Float64Array {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
  return Float64Array.from({ length: count }, () => {
    return shift + Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  })
}

describe('the effect of a distance', () => {
  test.each([
    [0, 0],
    [0.05, 0.1254],
    [0.3829249225480262, 1],
    [1, LARGEST_SHIFT],
  ])('D = %d is a shift by %d standard deviations', (distance, shift) => {
    expect(shiftOfDistance(distance)).toBeCloseTo(shift, 4)
  })

  test('recovers the shift of a normal distribution', () => {
    for (const shift of [0.1, 0.3, 1]) {
      const { statistic } = kolmogorovSmirnov(normals(50_000, 1), normals(50_000, 2, shift))
      expect(effectOfDistance(statistic, 50_000, 50_000, 0.05).value).toBeCloseTo(shift, 1)
    }
  })

  test('its interval holds the true shift at least as often as it says', () => {
    let held = 0
    for (let seed = 0; seed < 300; seed++) {
      const { statistic } = kolmogorovSmirnov(normals(400, seed), normals(300, seed + 1e6, 0.3))
      const [low, high] = effectOfDistance(statistic, 400, 300, 0.05).interval
      if (low <= 0.3 && 0.3 <= high) held++
    }
    expect(held / 300).toBeGreaterThanOrEqual(0.95)
  })

  test('is nothing where chance alone explains the distance', () => {
    const { value, interval } = effectOfDistance(0.02, 1000, 1000, 0.05)
    expect(value).toBe(0)
    expect(interval[0]).toBe(0)
    expect(interval[1]).toBeGreaterThan(0.1)
  })
})

describe('the effect of a chi-squared statistic', () => {
  test('of two categories is the change of the share in its standard deviations', () => {
    const sample = (ones: number, n: number) => Array.from({ length: n }, (_, i) => i < ones)
    const { statistic } = chiSquared(sample(20_000, 100_000), sample(24_000, 100_000))
    const pooled = 0.22
    const expected = 0.04 / Math.sqrt(pooled * (1 - pooled))
    const { value, interval } = effectOfChiSquared(statistic, 1, 1e5, 1e5, 0.05)
    expect(value).toBeCloseTo(expected, 3)
    expect(interval[0]).toBeLessThan(expected)
    expect(interval[1]).toBeGreaterThan(expected)
    // ± 1.96 standard errors of the difference, in the same unit.
    expect(interval[1] - interval[0]).toBeCloseTo(2 * 1.96 * Math.sqrt(2e-5), 3)
  })

  test('with one cell left there is nothing to change', () => {
    expect(effectOfChiSquared(0, 0, 10, 10, 0.05)).toEqual({ value: 0, interval: [0, 0] })
  })

  test('the value lies inside the interval, and both stay in [0, the largest shift]', () => {
    const size = fc.integer({ min: 30, max: 100_000 })
    const statistic = fc.double({ min: 0, max: 5000, noNaN: true })
    fc.assert(
      fc.property(statistic, fc.integer({ min: 1, max: 60 }), size, size, (x, dof, n, m) => {
        const { value, interval } = effectOfChiSquared(x, dof, n, m, 0.05)
        const [low, high] = interval
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(LARGEST_SHIFT)
        expect(low).toBeLessThanOrEqual(high)
        if (x > dof + 2) expect(value).toBeGreaterThanOrEqual(low)
        if (x > dof + 2) expect(value).toBeLessThanOrEqual(high)
      }),
      { numRuns: 200 },
    )
  })
})

test('thirty values a side show a shift of nine tenths, a million one of a few thousandths', () => {
  expect(smallestDetectableShift(30, 30, 0.05)).toBeCloseTo(0.909, 3)
  expect(smallestDetectableShift(1e6, 1e6, 0.05)).toBeCloseTo(0.0048, 4)
  expect(smallestDetectableShift(0, 5, 0.05)).toBe(LARGEST_SHIFT)
})
