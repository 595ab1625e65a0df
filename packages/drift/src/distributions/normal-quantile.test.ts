import fc from 'fast-check'
import jStat from 'jstat'
import { expect, test } from 'vitest'
import golden from '../../golden/quantiles.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { normalSurvival } from './normal.ts'
import { normalQuantile } from './normal-quantile.ts'

test('stays within 1e-14 of mpmath from p of 1e-300 up to 1 − 1e-16, next to ½ too', () => {
  expect(golden.normal.length).toBeGreaterThan(30)
  for (const [p, quantile] of golden.normal as Array<[number, number]>) {
    expect(relativeError(normalQuantile(p), quantile), `p ${p}`).toBeLessThan(1e-14)
  }
})

const open = fc.double({ min: 1e-300, max: 1 - 2 ** -53, noNaN: true })

test('is where the survival function leaves 1 − p, of the smaller of both sides', () => {
  fc.assert(
    fc.property(open, (p) => {
      const survival = normalSurvival(Math.abs(normalQuantile(p)))
      expect(relativeError(survival, Math.min(p, 1 - p))).toBeLessThan(1e-12)
    }),
  )
})

test('agrees with jstat, where that is good', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (p) => {
      fc.pre(Math.abs(p - 0.5) > 0.001)
      expect(relativeError(normalQuantile(p), jStat.normal.inv(p, 0, 1))).toBeLessThan(1e-12)
    }),
  )
})

test('is odd around ½, and never falls', () => {
  fc.assert(
    fc.property(open, open, (a, b) => {
      fc.pre(1 - (1 - a) === a)
      expect(normalQuantile(1 - a)).toBe(-normalQuantile(a) + 0)
      const [low, high] = [normalQuantile(Math.min(a, b)), normalQuantile(Math.max(a, b))]
      expect(low).toBeLessThanOrEqual(high + 1e-14 * Math.abs(high))
    }),
  )
})

test('is 0 in the middle and infinite at the ends', () => {
  expect(normalQuantile(0.5)).toBe(0)
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
  expect(normalQuantile(Number.MIN_VALUE)).toBeCloseTo(-38.47, 1)
})

test.each([Number.NaN, -0.1, 1.1])('rejects p %d', (p) => {
  expect(() => normalQuantile(p)).toThrow(`"p" must be a number in [0, 1], received ${p}`)
})
