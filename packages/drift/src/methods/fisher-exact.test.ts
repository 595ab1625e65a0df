import { categoricalProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/fisher-exact.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { fisherExact } from './fisher-exact.ts'
import { twoProportionZ } from './two-proportion-z.ts'

const named = ([a, b]: readonly number[]) =>
  categoricalProfile([
    ['a', a!],
    ['b', b!],
  ])

test.each(golden.cases)(
  'agrees with exact arithmetic and scipy on $name',
  ({ reference, current, ...expected }) => {
    const { pValue } = fisherExact(named(reference), named(current))
    expect(relativeError(pValue, expected.pValue)).toBeLessThan(5e-13)
    expect(relativeError(pValue, expected.scipyPValue)).toBeLessThan(1e-10)
  },
)

const count = fc.integer({ min: 0, max: 40 })
const side = fc.tuple(count, count).filter(([a, b]) => a + b > 0)

test('swapping samples or categories changes nothing', () => {
  fc.assert(
    fc.property(side, side, ([a, b], [c, d]) => {
      const { pValue } = fisherExact(named([a, b]), named([c, d]))
      expect(relativeError(fisherExact(named([c, d]), named([a, b])).pValue, pValue)).toBeLessThan(
        1e-13,
      )
      expect(relativeError(fisherExact(named([b, a]), named([d, c])).pValue, pValue)).toBeLessThan(
        1e-13,
      )
    }),
  )
})

test('exceeds no level more often than that, whatever the share: the sum over all tables is exact', () => {
  // P(p ≤ 0.05) over the hypergeometric tables with these margins.
  for (const [n, m, drawn] of [
    [20, 20, 12],
    [15, 40, 9],
    [30, 10, 20],
  ] as const) {
    let rejected = 0
    let all = 0
    for (let k = Math.max(0, drawn - m); k <= Math.min(n, drawn); k++) {
      const weight = binomial(n, k) * binomial(m, drawn - k)
      all += weight
      if (fisherExact(named([k, n - k]), named([drawn - k, m - drawn + k])).pValue <= 0.05) {
        rejected += weight
      }
    }
    expect(rejected / all).toBeLessThanOrEqual(0.05)
    expect(rejected).toBeGreaterThan(0)
  }
})

function binomial(n: number, k: number): number {
  let product = 1
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i
  return product
}

test('the odds ratio is that of the category first by name, 0 and ∞ at its ends', () => {
  expect(fisherExact(['a', 'a', 'b'], ['a', 'b', 'b']).statistic).toBe(4)
  expect(fisherExact(['b', 'b'], ['a', 'b']).statistic).toBe(0)
  expect(fisherExact(['a', 'a'], ['a', 'b']).statistic).toBe(Number.POSITIVE_INFINITY)
})

test('one category alone has p 1 and odds 1', () => {
  expect(fisherExact(['a', 'a'], ['a'])).toMatchObject({ statistic: 1, pValue: 1 })
})

test('comes close to the z test for millions of values', () => {
  const [a, b] = [named([1_000_000, 9_000_000]), named([1_003_000, 8_997_000])]
  const { pValue } = twoProportionZ(a, b)
  expect(relativeError(fisherExact(a, b).pValue, pValue)).toBeLessThan(0.01)
})

test('rejects three categories, counts that are no integers, and an empty sample', () => {
  expect(() => fisherExact(['a', 'b'], ['c'])).toThrow('of at most two categories')
  expect(() => fisherExact(named([1.5, 2]), named([1, 2]))).toThrow(
    '"reference" must be a profile of integer counts, received 1.5',
  )
  expect(() => fisherExact(['a'], [])).toThrow('"current" must be an array of at least one value')
})
