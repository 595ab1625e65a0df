import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/kolmogorov-survival.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { smirnovSurvival } from './smirnov.ts'

test.each(golden.exactOneSided)('agrees with the exact sum for n %d, d %d', (n, d, survival) => {
  expect(relativeError(smirnovSurvival(n!, d!), survival!)).toBeLessThan(1e-13)
})

test.each(golden.scipyOneSided)('agrees with scipy for n %d, d %d', (n, d, survival) => {
  expect(relativeError(smirnovSurvival(n!, d!), survival!)).toBeLessThan(1e-12)
})

test('is 1 − d for one value', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (d) => {
      expect(Math.abs(smirnovSurvival(1, d) - (1 - d))).toBeLessThan(1e-15)
    }),
  )
})

test('never rises with d, and stays in [0, 1]', () => {
  const d = fc.double({ min: -0.1, max: 1.1, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), d, d, (n, a, b) => {
      const low = smirnovSurvival(n, Math.min(a, b))
      const high = smirnovSurvival(n, Math.max(a, b))
      expect(low).toBeLessThanOrEqual(1)
      expect(high).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(low * (1 + 1e-11))
    }),
  )
})
