import { describe, expect, test } from 'vitest'
import { missingShareTest } from '../methods/two-proportion-z.ts'
import { missingShare } from './missing-share.ts'

describe('missingShare', () => {
  test('knows how often rare values are missing together by chance', () => {
    // 3 of 240 where 1 in 1000 is missing. Given 23 missing of 20 240, those among the 240 are hypergeometric:
    // P(X ≥ 3) by direct summation of the terms.
    const rare = { reference: 20, referenceRows: 20_000, current: 3, currentRows: 240 }
    expect(missingShare(rare, 5e-6).pValue).toBeCloseTo(atLeast(3, 240, 20_240, 23), 12)
    expect(missingShareTest(20, 20_000, 3, 240).pValue).toBeLessThan(1e-6)
  })

  test('is the z test where many are missing, at usual levels, and where counts are weights', () => {
    const few = { reference: 4, referenceRows: 400, current: 9, currentRows: 300 }
    expect(missingShare(few, 0.05).pValue).toBe(missingShareTest(4, 400, 9, 300).pValue)
    const many = { reference: 4000, referenceRows: 40_000, current: 2100, currentRows: 20_000 }
    expect(missingShare(many, 5e-6).pValue).toBe(
      missingShareTest(4000, 40_000, 2100, 20_000).pValue,
    )
    const weights = { reference: 4.5, referenceRows: 400, current: 6, currentRows: 300 }
    expect(missingShare(weights, 5e-6).pValue).toBe(missingShareTest(4.5, 400, 6, 300).pValue)
  })

  test('keeps the statistic, which sizes the effect', () => {
    const counts = { reference: 4, referenceRows: 400, current: 9, currentRows: 300 }
    expect(missingShare(counts, 5e-6).statistic).toBe(missingShareTest(4, 400, 9, 300).statistic)
  })
})

/** P(X ≥ k) where `drawn` of `all` are missing and `m` of them are looked at. */
function atLeast(k: number, m: number, all: number, drawn: number): number {
  let none = 1
  for (let i = 0; i < drawn; i++) none *= (all - m - i) / (all - i)
  let term = none
  let below = 0
  for (let x = 0; x < k; x++) {
    below += term
    term *= ((drawn - x) * (m - x)) / ((x + 1) * (all - m - drawn + x + 1))
  }
  return 1 - below
}
