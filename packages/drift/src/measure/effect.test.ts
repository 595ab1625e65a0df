import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalSample } from '../../test/normal-sample.ts'
import { noncentralChiSquaredSurvival } from '../distributions/noncentral-chi-squared.ts'
import { normalSurvival } from '../distributions/normal.ts'
import { chiSquared, chiSquaredOfCells } from '../methods/chi-squared.ts'
import { kolmogorovSmirnov } from '../methods/kolmogorov-smirnov.ts'
import { mannWhitneyU } from '../methods/mann-whitney-u.ts'
import { seededRandom } from '../samples/seeded-random.ts'
import {
  effectOfAuc,
  effectOfChiSquared,
  effectOfDistance,
  kolmogorovMargin,
  LARGEST_SHIFT,
  shiftOfChiSquared,
  shiftOfDistance,
  smallestDetectableShift,
} from './effect.ts'

const normalCdf = (z: number): number => normalSurvival(-z)

/** Of N(shift, 1). */
const normals = (count: number, seed: number, shift = 0): number[] =>
  normalSample(count, seed).map((x) => x + shift)

/** How many of 1000 seeded simulations hold what they should, as a share. */
function shareThat(holds: (seed: number) => boolean): number {
  const seeds = Array.from({ length: 1000 }, (_, seed) => seed)
  return seeds.filter(holds).length / seeds.length
}

/** Of 1000 intervals at 95 %, three standard errors: as few or as many as chance gives once in 700 times. */
const CHANCE = 3 * Math.sqrt((0.95 * 0.05) / 1000)

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

  test('95 % of its intervals hold the true shift, and none ends four times its reach above it', () => {
    const [n, m, shift] = [400, 300, 0.3]
    const distance = 2 * normalCdf(shift / 2) - 1
    const far = shiftOfDistance(distance + 4 * kolmogorovMargin(n, m, 0.05))
    let held = 0
    let heldFar = 0
    for (let seed = 0; seed < 1000; seed++) {
      const { statistic } = kolmogorovSmirnov(normals(n, seed), normals(m, seed + 1e6, shift))
      const [low, high] = effectOfDistance(statistic, n, m, 0.05).interval
      if (low <= shift && shift <= high) held++
      if (high >= far) heldFar++
    }
    // Valid for any distribution, and so wider than need be for this one.
    expect(held).toBeGreaterThanOrEqual(950)
    expect(heldFar).toBe(0)
  })

  test('its interval is D give or take what chance exceeds with probability alpha', () => {
    for (const alpha of [0.001, 0.01, 0.05]) {
      const reach = kolmogorovMargin(400, 300, alpha)
      const x = reach ** 2 * ((400 * 300) / (400 + 300))
      const survival = 2 * (Math.exp(-2 * x) - Math.exp(-8 * x) + Math.exp(-18 * x))
      expect(survival / alpha).toBeCloseTo(1, 4)
      expect(effectOfDistance(0.3, 400, 300, alpha).interval).toEqual([
        shiftOfDistance(0.3 - reach),
        shiftOfDistance(0.3 + reach),
      ])
    }
    expect(effectOfDistance(0.95, 400, 300, 0.05).interval[1]).toBe(LARGEST_SHIFT)
    expect(effectOfDistance(0.05, 400, 300, 0.05).interval[0]).toBe(0)
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

  test.each([
    ['two categories', [0.2, 0.8], [0.3, 0.7]],
    ['four categories', [0.1, 0.2, 0.3, 0.4], [0.15, 0.25, 0.25, 0.35]],
  ])('of %s, 95 % of its intervals hold the true change, and no more', (_, p, q) => {
    const [n, m] = [400, 300]
    // χ² of the shares themselves, and √(χ² (1/n + 1/m)).
    const expected = chiSquaredOfCells({
      reference: p.map((x) => x * n),
      current: q.map((x) => x * m),
    })
    const change = Math.sqrt(expected.statistic * (1 / n + 1 / m))
    const held = shareThat((seed) => {
      const random = seededRandom(seed)
      const draw = (shares: readonly number[], size: number) => {
        const bounds = shares.map((_, i) => shares.slice(0, i + 1).reduce((a, b) => a + b))
        const counts = shares.map(() => 0)
        for (let k = 0; k < size; k++) {
          const x = random()
          counts[bounds.findIndex((bound) => x < bound)]!++
        }
        return counts
      }
      const cells = { reference: draw(p, n), current: draw(q, m) }
      const { statistic, degreesOfFreedom } = chiSquaredOfCells(cells)
      const [low, high] = effectOfChiSquared(statistic, degreesOfFreedom, n, m, 0.05).interval
      return low <= change && change <= high
    })
    expect(Math.abs(held - 0.95)).toBeLessThan(CHANCE)
  })

  test('its value is that of the statistic less its degrees of freedom, and nothing where it is below them', () => {
    const { value, interval } = effectOfChiSquared(9, 4, 100, 50, 0.05)
    expect(value).toBeCloseTo(Math.sqrt(5 * (1 / 100 + 1 / 50)), 12)
    expect(interval[0]).toBe(0) // p is 0.06
    expect(shiftOfChiSquared(9, 4, 100, 50)).toBe(value)
    expect(effectOfChiSquared(3, 4, 100, 50, 0.05).value).toBe(0)
    expect(shiftOfChiSquared(5000, 1, 30, 30)).toBe(LARGEST_SHIFT)
  })

  test('its ends are what the statistic is as unlikely under as alpha says', () => {
    const [n, m] = [100, 50]
    const { interval } = effectOfChiSquared(40, 4, n, m, 0.1)
    const [low, high] = interval.map((shift) => shift ** 2 / (1 / n + 1 / m))
    expect(noncentralChiSquaredSurvival(40, 4, low!)).toBeCloseTo(0.05, 8)
    expect(noncentralChiSquaredSurvival(40, 4, high!)).toBeCloseTo(0.95, 8)
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

describe('the effect of an area under the curve', () => {
  test('is the shift that two normal distributions have which are told apart so well', () => {
    for (const shift of [0.1, 0.5, 1, 3]) {
      expect(effectOfAuc(normalCdf(shift / Math.SQRT2), 500, 400, 0.05).value).toBeCloseTo(
        shift,
        10,
      )
    }
    expect(effectOfAuc(0.76, 500, 500, 0.05).value).toBeCloseTo(1, 2) // as its documentation says
  })

  test('is nothing from a half downwards, and the largest shift where all are told apart', () => {
    for (const auc of [0, 0.3, 0.5]) expect(effectOfAuc(auc, 500, 400, 0.05).value).toBe(0)
    expect(effectOfAuc(1, 500, 400, 0.05).value).toBe(LARGEST_SHIFT)
    expect(effectOfAuc(1 - 2 ** -53, 500, 400, 0.05).value).toBe(LARGEST_SHIFT)
  })

  test('its interval is the area give or take its standard errors where nothing changed', () => {
    const [n, m, auc] = [50, 40, 0.7]
    for (const [alpha, z] of [
      [0.05, 1.959963984540054],
      [0.01, 2.5758293035489004],
    ] as const) {
      const reach = z * Math.sqrt((n + m + 1) / (12 * n * m))
      const [low, high] = effectOfAuc(auc, n, m, alpha).interval
      expect(normalCdf(low / Math.SQRT2)).toBeCloseTo(auc - reach, 10)
      expect(normalCdf(high / Math.SQRT2)).toBeCloseTo(auc + reach, 10)
    }
    expect(effectOfAuc(0.52, n, m, 0.05).interval[0]).toBe(0)
    expect(effectOfAuc(0.98, n, m, 0.05).interval[1]).toBe(LARGEST_SHIFT)
  })

  test('95 % of its intervals hold the true shift', () => {
    const [n, m, shift] = [120, 80, 0.3]
    const held = shareThat((seed) => {
      const [a, b] = [normals(n, seed), normals(m, seed + 1e6, shift)]
      const auc = mannWhitneyU(b, a).statistic / (n * m)
      const [low, high] = effectOfAuc(auc, n, m, 0.05).interval
      return low <= shift && shift <= high
    })
    expect(Math.abs(held - 0.95)).toBeLessThan(CHANCE)
  })
})

test('thirty values a side show a shift of nine tenths, a million one of a few thousandths', () => {
  expect(smallestDetectableShift(30, 30, 0.05)).toBeCloseTo(0.909, 3)
  expect(smallestDetectableShift(1e6, 1e6, 0.05)).toBeCloseTo(0.0048, 4)
  expect(smallestDetectableShift(0, 5, 0.05)).toBe(LARGEST_SHIFT)
  expect(smallestDetectableShift(5, 0, 0.05)).toBe(LARGEST_SHIFT)
  expect(smallestDetectableShift(0, 0, 0.05)).toBe(LARGEST_SHIFT)
})
