import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { dealings } from '../../test/two-samples.ts'
import { poolSorted } from '../samples/pooled-samples.ts'
import { cramerVonMises } from './cramer-von-mises.ts'
import { tiedMoments, untiedMoments } from './cramer-von-mises-moments.ts'

const range = (n: number, from = 0): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => i + from)

test('mean and variance are those over all dealings of tied values', () => {
  const pooled = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 9 })
  fc.assert(
    fc.property(pooled, fc.integer({ min: 1, max: 6 }), (values, n) => {
      fc.pre(n < values.length)
      const sorted = values.toSorted((a, b) => a - b)
      const all = dealings(sorted, n).map(([a, b]) => cramerVonMises(a, b).statistic)
      const mean = all.reduce((sum, t) => sum + t, 0) / all.length
      const variance = all.reduce((sum, t) => sum + (t - mean) ** 2, 0) / all.length
      const [a, b] = [sorted.slice(0, n), sorted.slice(n)]
      const moments = tiedMoments(poolSorted(Float64Array.from(a), Float64Array.from(b)))
      expect(Math.abs(moments.mean - mean)).toBeLessThan(1e-14)
      expect(Math.abs(moments.variance - variance)).toBeLessThan(1e-14)
    }),
    { numRuns: 60 },
  )
})

test.each([
  [21, 21],
  [5, 400],
  [100_000, 60_000],
])('without ties both formulas agree for %d and %d values', (n, m) => {
  const moments = tiedMoments(poolSorted(range(n), range(m, n)))
  expect(relativeError(moments.mean, untiedMoments(n, m).mean)).toBeLessThan(1e-12)
  expect(relativeError(moments.variance, untiedMoments(n, m).variance)).toBeLessThan(1e-9)
})
