import { numericProfile } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { binCounts } from './bin-counts.ts'
import { orderStatistics } from './order-statistics.ts'
import { quantileBins, quantileEdges } from './quantile-edges.ts'

/** Numbers in (0, 1) of low discrepancy, in no order. */
const scattered = (i: number): number => (i * 0.6180339887498949 + 0.123) % 1

const SHAPES: Array<[string, (x: number, i: number) => number]> = [
  ['a unit interval', (x) => x],
  ['both signs', (x) => x - 0.5],
  ['many magnitudes', (x, i) => (i % 2 === 0 ? -1 : 1) * 10 ** (40 * x - 20)],
  ['few integers', (x) => Math.floor(7 * x * x) - 2],
  ['zeros of both signs', (x, i) => (x < 0.6 ? (i % 2 === 0 ? -0 : 0) : x - 0.8)],
  ['mostly the smallest', (x) => Math.max(0.7, x)],
  ['mostly the largest', (x) => Math.min(0.3, x)],
  ['one value', () => -3],
  ['crowded far from 0', (x) => 1e6 + x],
  ['timestamps', (x) => 1.7e12 + Math.floor(8.64e7 * x)],
  ['crowded below 0', (x) => -5e9 - x],
  ['a crowd and an outlier', (x, i) => (i === 17 ? -1e300 : 1e6 + x)],
]

describe.each(SHAPES)('%s', (_, shape) => {
  describe.each([50, 19_999, 20_000, 30_001])('of %d values', (n) => {
    const values = Float64Array.from({ length: n }, (_, i) => shape(scattered(i), i))
    const sorted = values.slice().sort()

    test('order statistics are those of the sorted values', () => {
      const ranks = [0, 1, 7, Math.floor(n / 3), Math.floor(n / 2), n - 2, n - 1]
      const sample = orderStatistics(values, ranks)
      for (const rank of ranks) expect(sample.valueAt(rank) + 0).toBe(sorted[rank]! + 0)
    })

    test.each([1, 2, 10, 37])('%d bins have the edges and counts of a sorted sample', (bins) => {
      const { edges, counts } = quantileBins(values, bins)
      const expected = quantileEdges(sorted, bins)
      expect(edges.map((edge) => edge + 0)).toEqual(expected.map((edge) => edge + 0))
      expect(counts).toEqual(numericProfile(values, edges).counts)
    })

    test('bins between inner edges count as a profile with open ends does', () => {
      const inner = quantileEdges(sorted, 10).slice(1, -1)
      const others = values.map((x, i) => (i % 5 === 0 ? 1.01 * x : x))
      const outer = [-Number.MAX_VALUE, ...inner, Number.MAX_VALUE]
      expect(binCounts(others, inner)).toEqual(numericProfile(others, outer).counts)
    })
  })
})

test('without an inner edge there is one bin', () => {
  expect(binCounts(new Float64Array(30_000), [])).toEqual([30_000])
})

test('an edge at −0 takes the values at 0', () => {
  const values = Float64Array.from({ length: 30_000 }, (_, i) => (i % 3) - 1)
  expect(binCounts(values, [-0])).toEqual([20_000, 10_000])
})
