import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { subsetsOf } from '../../test/two-samples.ts'
import { mannWhitneySurvival } from './mann-whitney.ts'

test.each([
  [1, 1],
  [1, 5],
  [4, 4],
  [3, 6],
  [6, 3],
  [5, 5],
])('counts the orders of %d and %d values', (n, m) => {
  const statistics = subsetsOf(n + m, n).map((ranks) =>
    ranks.reduce((u, rank, i) => u + rank - i, 0),
  )
  for (let u = -1; u <= n * m; u++) {
    const share = statistics.filter((other) => other >= u).length / statistics.length
    expect(mannWhitneySurvival(n, m, u), `u ${u}`).toBeCloseTo(share, 14)
  }
})

test('keeps its digits in both tails, where counts exceed 2^53', () => {
  // Both extreme orders have the probability 1 / C(3008, 8).
  const orders = [1, 2, 3, 4, 5, 6, 7, 8].reduce((product, i) => (product * (3000 + i)) / i, 1)
  expect(relativeError(mannWhitneySurvival(8, 3000, 24000), 1 / orders)).toBeLessThan(1e-14)
  // The median: half of the rest of an even number of values of U.
  const atLeastHalf = mannWhitneySurvival(8, 3000, 12000)
  const aboveHalf = mannWhitneySurvival(8, 3000, 12001)
  expect(Math.abs(atLeastHalf + aboveHalf - 1)).toBeLessThan(1e-13)
})

test('n and m may change places', () => {
  const size = fc.integer({ min: 1, max: 30 })
  fc.assert(
    fc.property(size, size, fc.nat(900), (n, m, u) => {
      fc.pre(u <= n * m)
      expect(mannWhitneySurvival(n, m, u)).toBe(mannWhitneySurvival(m, n, u))
    }),
  )
})
