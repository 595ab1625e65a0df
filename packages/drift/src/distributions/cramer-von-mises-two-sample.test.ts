import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dealings } from '../../test/two-samples.ts'
import { twoSampleCramerVonMisesSurvival } from './cramer-von-mises-two-sample.ts'

/** Σ t_k (h_(k−1)² + h_k²) by its definition. */
function sumOf(a: number[], b: number[]): number {
  const differenceAt = (isBelow: (x: number) => boolean): number =>
    a.filter(isBelow).length * b.length - b.filter(isBelow).length * a.length
  return [...a, ...b].reduce(
    (sum, x) => sum + differenceAt((y) => y < x) ** 2 + differenceAt((y) => y <= x) ** 2,
    0,
  )
}

test('counts the orders, whatever the ties', () => {
  const block = fc.integer({ min: 1, max: 4 })
  const pooledBlocks = fc.array(block, { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(pooledBlocks, fc.integer({ min: 1, max: 5 }), (ties, n) => {
      const pooled = ties.flatMap((size, k) => new Array<number>(size).fill(k))
      const m = pooled.length - n
      fc.pre(m >= 1 && pooled.length <= 11)
      const sums = dealings(pooled, n).map(([a, b]) => sumOf(a, b))
      for (const sum of new Set(sums)) {
        const share = sums.filter((other) => other >= sum).length / sums.length
        expect(twoSampleCramerVonMisesSurvival(n, m, ties, sum)).toBeCloseTo(share, 13)
      }
    }),
    { numRuns: 60 },
  )
})

test('is certain of 0 and of nothing beyond the largest sum', () => {
  const untied = new Array<number>(40).fill(1)
  expect(twoSampleCramerVonMisesSurvival(20, 20, untied, 0)).toBe(1)
  expect(twoSampleCramerVonMisesSurvival(20, 20, untied, 1e9)).toBe(0)
})
