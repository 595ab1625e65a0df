import { adjustPValues, benjaminiHochberg, bonferroni, holm } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/multiple-testing.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'

test.each(golden.cases)('agrees with statsmodels on $name', ({ pValues, ...expected }) => {
  for (const method of ['holm', 'bonferroni'] as const) {
    const found = adjustPValues(pValues, method)
    expect(found.length).toBe(pValues.length)
    found.forEach((p, i) => {
      expect(relativeError(p, expected[method][i]!), method).toBeLessThan(1e-15)
    })
  }
})

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 })

test('none ≤ Benjamini–Hochberg ≤ Holm ≤ Bonferroni ≤ 1, for each test', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      const strictness = [p, benjaminiHochberg(p), holm(p), bonferroni(p), p.map(() => 1)]
      for (let k = 1; k < strictness.length; k++) {
        strictness[k]!.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(strictness[k - 1]![i]! * (1 - 1e-15))
        })
      }
    }),
  )
})

test('does not care in which order the tests come, and keeps the order of their p-values', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      for (const adjust of [holm, bonferroni]) {
        expect(adjust(p.toReversed())).toEqual(adjust(p).toReversed())
        const adjusted = adjust(p)
        p.forEach((x, i) => {
          p.forEach((y, j) => {
            if (x <= y) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!)
          })
        })
      }
    }),
  )
})

test('benjamini-hochberg is that of its own file; none is a copy', () => {
  const p = [0.01, 0.04, 0.03]
  expect(adjustPValues(p, 'benjamini-hochberg')).toEqual(benjaminiHochberg(p))
  expect(adjustPValues(p, 'none')).toEqual(p)
  expect(adjustPValues(p, 'none')).not.toBe(p)
})

test('rejects a p-value outside [0, 1] whatever the correction, and an unknown one', () => {
  for (const correction of ['benjamini-hochberg', 'holm', 'bonferroni', 'none'] as const) {
    for (const p of [-0.1, 1.1, Number.NaN]) {
      expect(() => adjustPValues([0.5, p], correction)).toThrow(
        `"pValues[1]" must be a number in [0, 1], received ${p}`,
      )
    }
  }
  expect(() => adjustPValues([0.5], 'sidak' as never)).toThrow('"correction" must be')
})
