import { numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/population-stability-index.json' with { type: 'json' }
import { quantileEdges, quantileOfSorted } from './quantile-edges.ts'

test.each(golden.numeric)('agrees with numpy.quantile on $name', ({ reference, bins, edges }) => {
  const found = quantileEdges(Float64Array.from(reference).sort(), bins)
  expect(found.length).toBe(edges.length)
  found.forEach((edge, i) => {
    expect(Math.abs(edge - edges[i]!)).toBeLessThanOrEqual(1e-15 * Math.abs(edges[i]!))
  })
})

const sorted = fc
  .array(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((values) => Float64Array.from(values).sort())
const bins = fc.integer({ min: 1, max: 30 })

test('are finite and strictly increasing, at least two, whatever the sample', () => {
  fc.assert(
    fc.property(sorted, bins, (sample, bins) => {
      const edges = quantileEdges(sample, bins)
      expect(edges.length).toBeGreaterThanOrEqual(2)
      expect(edges.every(Number.isFinite)).toBe(true)
      expect(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!)).toBe(true)
    }),
  )
})

test('leave no value of the sample outside', () => {
  fc.assert(
    fc.property(sorted, bins, (sample, bins) => {
      const { underflow, overflow } = numericProfile(sample, quantileEdges(sample, bins))
      expect(underflow + overflow).toBe(0)
    }),
  )
})

test('give an outermost value that fills a bin that bin to itself, with an empty one beyond', () => {
  const lowest = Float64Array.of(0, 0, 0, 0, 0, 0, 1, 2, 3, 4)
  expect(numericProfile(lowest, quantileEdges(lowest, 5)).counts.slice(0, 2)).toEqual([0, 6])
  const highest = Float64Array.of(1, 2, 3, 4, 9, 9, 9, 9, 9, 9)
  expect(numericProfile(highest, quantileEdges(highest, 5)).counts.slice(-2)).toEqual([6, 0])
})

test('quantiles lie between the values around them, at both ends of the doubles too', () => {
  const sample = Float64Array.of(-1.7e308, 1.7e308)
  expect(quantileOfSorted(sample, 0)).toBe(-1.7e308)
  expect(quantileOfSorted(sample, 0.5)).toBe(0)
  expect(quantileOfSorted(sample, 1)).toBe(1.7e308)
})
