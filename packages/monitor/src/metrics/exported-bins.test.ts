import { categoricalProfile } from '@tidegauge/core'
import { populationStabilityIndex, profile, type StoredColumn } from '@tidegauge/drift'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CategoricalFeature } from '../features/categorical-feature.ts'
import { NumericFeature } from '../features/numeric-feature.ts'
import { type ExportedBin, exportedBins, OTHER } from './exported-bins.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const numbers = fc.array(fc.oneof(finite, fc.integer({ min: 0, max: 5 })), { maxLength: 600 })
const words = fc.array(fc.constantFrom(...'abcdefghijklmnop'), { maxLength: 200 })
const maxBins = fc.integer({ min: 2, max: 99 })

test('bins follow each other without a gap, are few enough, and hold the whole reference', () => {
  fc.assert(
    fc.property(fc.oneof(numbers, words), maxBins, (values, most) => {
      const { bins, cells } = binsOf(values, most)
      expect(bins.length).toBeLessThanOrEqual(most)
      expect(bins.map(({ from }) => from)).toEqual([0, ...bins.slice(0, -1).map(({ to }) => to)])
      expect(bins.at(-1)!.to).toBe(cells)
      expect(new Set(bins.map(({ range }) => range)).size).toBe(bins.length)
      const mass = bins.reduce((sum, { referenceRatio }) => sum + referenceRatio, 0)
      expect(mass).toBeCloseTo(values.length === 0 ? 0 : 1, 12)
    }),
  )
})

test('numbers that differ are cut into parts of nearly the same size', () => {
  const values = Array.from({ length: 10_000 }, (_, i) => Math.exp(((i * 7919) % 10_000) / 1000))
  const { bins } = binsOf(values, 10)
  expect(bins).toHaveLength(10)
  for (const { referenceRatio } of bins) expect(referenceRatio).toBeCloseTo(0.1, 2)
})

test('PSI over ten bins is that of the values themselves', () => {
  const draw = (n: number, at: number) =>
    Array.from({ length: n }, (_, i) => Math.max(0, Math.sin(i * i + at) + at / 9))
  const { bins, feature } = binsOf(draw(3000, 1), 10)
  const current = draw(2000, 2)
  const slice = { counts: new Float64Array(feature.cells + 2), moments: new Float64Array(3) }
  for (const x of current) feature.count(x, slice as never)
  const columnOf = (counts: readonly number[]) =>
    categoricalProfile(counts.map((count, i) => [String(i), count]))
  const { statistic } = populationStabilityIndex(
    columnOf(bins.map(({ referenceRatio }) => Math.round(3000 * referenceRatio))),
    columnOf(bins.map(({ from, to }) => slice.counts.slice(from, to).reduce((a, b) => a + b))),
  )
  const expected = populationStabilityIndex(draw(3000, 1), current)
  expect(statistic).toBeCloseTo(expected.statistic, 9)
})

test('a heavy value has a bin of its own, and the rest is still cut into equal parts', () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i < 600 ? 0 : i))
  const ratios = binsOf(values, 5).bins.map(({ referenceRatio }) => referenceRatio)
  expect(ratios[0]).toBe(0.6)
  for (const ratio of ratios.slice(1)) expect(ratio).toBeCloseTo(0.1, 2)
})

test('what differs from the only value of a reference is seen', () => {
  const { bins } = binsOf([5, 5, 5], 10)
  expect(bins.map(({ range, referenceRatio }) => [range, referenceRatio])).toEqual([
    ['(-Inf, 4.999999999999999]', 0],
    ['(4.999999999999999, 5]', 1],
    ['(5, +Inf)', 0],
  ])
})

test('categories keep the order of the reference, the tail and the unseen ones come last', () => {
  const { bins } = binsOf(['b', 'b', 'b', 'a', 'a', 'c'], 3)
  expect(bins.map(({ range, referenceRatio }) => [range, referenceRatio])).toEqual([
    ['b', 1 / 2],
    ['a', 1 / 3],
    [OTHER, 1 / 6],
  ])
})

test('dates are called by their time', () => {
  const { bins } = binsOf([new Date(0), new Date(1000)], 2)
  expect(bins.map(({ range }) => range)).toEqual([
    '(-Inf, 1970-01-01T00:00:00.003Z]',
    '(1970-01-01T00:00:00.003Z, +Inf)',
  ])
})

function binsOf(
  values: readonly unknown[],
  most: number,
): {
  bins: readonly ExportedBin[]
  cells: number
  feature: NumericFeature | CategoricalFeature
} {
  const column = profile({ x: values }).columns[0] as StoredColumn
  const feature =
    column.profile.kind === 'numeric'
      ? new NumericFeature(column, column.profile, 'feature', 0, 0)
      : new CategoricalFeature(column, column.profile, 'feature', 0)
  return { bins: exportedBins(feature, most), cells: feature.cells, feature }
}
