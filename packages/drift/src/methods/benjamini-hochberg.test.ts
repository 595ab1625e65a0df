import { benjaminiHochberg } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/benjamini-hochberg.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'

test.each(golden.cases)('agrees with scipy on $name', ({ pValues, adjusted }) => {
  const found = benjaminiHochberg(pValues)
  expect(found.length).toBe(adjusted.length)
  found.forEach((p, i) => {
    expect(relativeError(p, adjusted[i]!)).toBeLessThan(1e-15)
  })
})

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 })

test('never lowers a p-value, nor raises one above 1, and keeps their order', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      const adjusted = benjaminiHochberg(p)
      for (let i = 0; i < p.length; i++) {
        expect(adjusted[i]!).toBeGreaterThanOrEqual(p[i]!)
        expect(adjusted[i]!).toBeLessThanOrEqual(1)
        for (let j = 0; j < p.length; j++) {
          if (p[i]! <= p[j]!) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!)
        }
      }
    }),
  )
})

test('does not care in which order the tests come', () => {
  fc.assert(
    fc.property(pValues, (p) => {
      expect(benjaminiHochberg(p.toReversed())).toEqual(benjaminiHochberg(p).toReversed())
    }),
  )
})

test('adjusts none where there is none', () => {
  expect(benjaminiHochberg([])).toEqual([])
})

test.each([-0.1, 1.1, Number.NaN])('rejects a p-value of %d', (p) => {
  expect(() => benjaminiHochberg([0.5, p])).toThrow(
    `"pValues[1]" must be a number in [0, 1], received ${p}`,
  )
})
