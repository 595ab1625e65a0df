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
