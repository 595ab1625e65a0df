import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/kolmogorov-two-sample.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import {
  twoSampleKolmogorovCost,
  twoSampleKolmogorovSurvival,
  twoSampleSmirnovSurvival,
} from './kolmogorov-two-sample.ts'

test.each(golden.oneSided)(
  'one-sided, agrees with the count of paths for %d and %d values, nmD %d',
  (n, m, steps, survival) => {
    expect(relativeError(twoSampleSmirnovSurvival(n!, m!, steps!), survival!)).toBeLessThan(1e-14)
  },
)

test.each(golden.exact)(
  'agrees with the count of paths for %d and %d values, nmD %d',
  (n, m, steps, survival) => {
    expect(relativeError(twoSampleKolmogorovSurvival(n!, m!, steps!), survival!)).toBeLessThan(
      1e-14,
    )
  },
)

test.each(golden.scipy)(
  'agrees with scipy for %d and %d values, nmD %d',
  (n, m, steps, survival) => {
    expect(relativeError(twoSampleKolmogorovSurvival(n!, m!, steps!), survival!)).toBeLessThan(
      1e-12,
    )
  },
)

const size = fc.integer({ min: 1, max: 60 })

test('does not care which sample is the reference', () => {
  fc.assert(
    fc.property(size, size, fc.double({ min: 0, max: 1, noNaN: true }), (n, m, d) => {
      const steps = Math.ceil(d * n * m)
      const swapped = twoSampleKolmogorovSurvival(m, n, steps)
      expect(relativeError(twoSampleKolmogorovSurvival(n, m, steps), swapped)).toBeLessThan(1e-13)
    }),
  )
})

test('is 2/C(n + m, n) for samples that do not overlap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: 25 }), (n, m) => {
      let orders = 1
      for (let i = 1; i <= n; i++) orders *= (m + i) / i
      const expected = 2 / orders
      expect(relativeError(twoSampleKolmogorovSurvival(n, m, n * m), expected)).toBeLessThan(1e-13)
    }),
  )
})

test('answers 0 at once where p is below the smallest double', () => {
  expect(twoSampleKolmogorovSurvival(10000, 9999, 0.28 * 10000 * 9999)).toBe(0)
  expect(twoSampleKolmogorovCost(10000, 9999, 0.28 * 10000 * 9999)).toBeLessThan(1e5)
})

test('announces a cost no smaller than the cells of the band', () => {
  fc.assert(
    fc.property(size, size, fc.double({ min: 0, max: 0.9, noNaN: true }), (n, m, d) => {
      fc.pre(n !== m)
      const steps = Math.ceil(d * n * m)
      let cells = 0
      for (let i = 0; i <= n; i++) {
        for (let j = 0; j <= m; j++) if (Math.abs(i * m - j * n) < steps) cells++
      }
      const room = 1.3 * (n + m + 1)
      expect(cells).toBeLessThanOrEqual(twoSampleKolmogorovCost(n, m, steps) + room)
    }),
  )
})
