import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramEdges } from './histogram-edges.ts'

const sorted = (values: number[]) => Float64Array.from(values).sort()

test('a few distinct values get a bin each', () => {
  expect(histogramEdges(sorted([0, 1, 1, 2]), sorted([2, 5]))).toEqual([-0.5, 0.5, 1.5, 3.5, 6.5])
})

test('one outlier does not take the axis', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i / 1000)
  const edges = histogramEdges(sorted([...values, 1e9]), sorted(values))
  expect(edges).toHaveLength(31)
  expect(edges.at(-1)).toBeLessThan(1)
})

test('values far from nearly all others are outside: -999 for what nobody knows', () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i % 50 === 0 ? -999 : 20 + i / 100))
  const edges = histogramEdges(sorted(values), sorted(values))
  expect(edges[0]).toBeGreaterThan(9)
  expect(edges.at(-1)).toBeLessThan(31)
})

test('a long tail of positive values has bins of one ratio, not of one width', () => {
  const values = Array.from({ length: 1000 }, (_, i) => 10 ** ((4 * i) / 999))
  const edges = histogramEdges(sorted(values), sorted([1, ...values]))
  expect(edges).toHaveLength(31)
  const ratios = edges.slice(1).map((edge, i) => edge / edges[i]!)
  for (const ratio of ratios) expect(ratio).toBeCloseTo(ratios[0]!, 9)
  const withZero = histogramEdges(sorted([0, ...values]), sorted(values))
  expect(withZero[2]! - withZero[1]!).toBeCloseTo(withZero[1]! - withZero[0]!, 9)
})

test('bins of whole numbers hold as many of them each', () => {
  const ages = Array.from({ length: 580 }, (_, i) => 18 + (i % 58))
  const edges = histogramEdges(sorted(ages), sorted(ages))
  expect(edges[0]).toBe(17.5)
  expect(edges.at(-1)).toBe(75.5)
  for (const [i, edge] of edges.slice(1).entries()) expect(edge - edges[i]!).toBe(2)
  const halves = ages.map((age) => age / 2)
  expect(histogramEdges(sorted(halves), sorted(halves))[0]).toBe(9)
})

test.each([
  ['one constant', [7.5], [7.5]],
  ['one side empty', [], [1, 2]],
  ['the widest range there is', [-Number.MAX_VALUE, Number.MAX_VALUE], [0]],
  ['neighbouring doubles', [1, 1 + Number.EPSILON], [1]],
  ['a huge constant', [1e300], [1e300]],
  ['the largest number', [], [Number.MAX_VALUE]],
  ['the smallest number', [-Number.MAX_VALUE], []],
  ['denormals', [5e-324, 1e-323], [0]],
])('%s still gets edges that rise', (_, a, b) => {
  const edges = histogramEdges(sorted(a), sorted(b))
  expect(edges.length).toBeGreaterThanOrEqual(2)
  for (let i = 1; i < edges.length; i++) expect(edges[i]).toBeGreaterThan(edges[i - 1]!)
})

test('whatever the samples, the edges are finite and rise', () => {
  const sample = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 80 })
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      fc.pre(a.length + b.length > 0)
      const edges = histogramEdges(sorted(a), sorted(b))
      expect(edges.length).toBeGreaterThanOrEqual(2)
      expect(edges.every(Number.isFinite)).toBe(true)
      for (let i = 1; i < edges.length; i++) expect(edges[i]).toBeGreaterThan(edges[i - 1]!)
    }),
    { numRuns: 500 },
  )
})
