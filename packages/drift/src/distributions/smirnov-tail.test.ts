import { expect, test } from 'vitest'
import golden from '../../golden/kolmogorov-two-sample.json' with { type: 'json' }
import { logTwoSampleSmirnovTail } from './smirnov-tail.ts'

const rows = golden.oneSided as Array<[number, number, number, number]>

test('is exact where the larger sample is a multiple of the smaller', () => {
  const multiples = rows.filter(([n, m]) => Math.max(n, m) % Math.min(n, m) === 0)
  expect(multiples.length).toBeGreaterThan(15)
  for (const [n, m, steps, survival] of multiples) {
    const error = Math.abs(logTwoSampleSmirnovTail(n, m, steps) - Math.log(survival))
    expect(error, `${n}, ${m}, ${steps}`).toBeLessThan(1e-11)
  }
})

test('is within ½ elsewhere', () => {
  const others = rows.filter(([n, m]) => Math.max(n, m) % Math.min(n, m) > 0)
  expect(others.length).toBeGreaterThan(30)
  for (const [n, m, steps, survival] of others) {
    const error = Math.abs(logTwoSampleSmirnovTail(n, m, steps) - Math.log(survival))
    expect(error, `${n}, ${m}, ${steps}`).toBeLessThan(0.5)
  }
})

test('does not care which sample is the larger', () => {
  expect(logTwoSampleSmirnovTail(700, 300, 90_000)).toBe(logTwoSampleSmirnovTail(300, 700, 90_000))
})

test('is −ln C(n + m, n) for samples that do not overlap, a million values a side too', () => {
  // ln C(2n, n) = 2n ln 2 − ½ ln πn − 1/(8n)
  for (const n of [1000, 1_000_000]) {
    const expected = -(2 * n * Math.LN2 - 0.5 * Math.log(Math.PI * n) - 1 / (8 * n))
    expect(Math.abs(logTwoSampleSmirnovTail(n, n, n * n) / expected - 1)).toBeLessThan(1e-12)
  }
})

test.each([
  [1e8, 1e8, 0.01, -10000.166623025381],
  [4e8, 1e8, 0.2, -6448663.9272461515],
  [1e10, 3e9, 0.01, -461546.90421700507],
])('of counts that nobody adds up one by one is what all terms give: %d, %d', (n, m, d, all) => {
  expect(Math.abs(logTwoSampleSmirnovTail(n, m, d * n * m) / all - 1)).toBeLessThan(1e-12)
})
