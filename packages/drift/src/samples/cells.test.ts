import { categoricalProfile, mergeProfiles, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alignCells } from './cells.ts'

const counts = fc
  .dictionary(
    fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__'),
    fc.integer({ min: 1, max: 9 }),
    {
      minKeys: 1,
    },
  )
  .map((counts) => new Map(Object.entries(counts)))

test('lines categories up by name', () => {
  const reference = categoricalProfile([
    ['a', 5],
    ['b', 3],
  ])
  const current = categoricalProfile([
    ['b', 7],
    ['c', 2],
  ])
  expect(alignCells(reference, current)).toEqual({ reference: [5, 3, 0], current: [0, 7, 2] })
})

test('puts a category into the last cell where the other side may have it under other', () => {
  const reference = categoricalProfile([
    ['a', 50],
    ['b', 30],
    ['c', 20],
  ])
  const current = categoricalProfile(
    [
      ['a', 40],
      ['b', 25],
      ['c', 35],
    ],
    { maxCategories: 1 },
  )
  // The current side names a alone … or c: whichever is most frequent.
  expect(current.categories).toEqual(['a'])
  expect(alignCells(reference, current)).toEqual({
    reference: [50, 50],
    current: [40, 60],
    hasRest: true,
  })
})

test('keeps each side’s total, however the sides bound their categories', () => {
  const bound = fc.integer({ min: 1, max: 6 })
  fc.assert(
    fc.property(counts, counts, bound, bound, (a, b, boundA, boundB) => {
      const reference = categoricalProfile(a, { maxCategories: boundA })
      const current = categoricalProfile(b, { maxCategories: boundB })
      const cells = alignCells(reference, current)
      expect(sum(cells.reference)).toBe(reference.n)
      expect(sum(cells.current)).toBe(current.n)
    }),
  )
})

test('gives every cell the count that it has in the unbounded samples', () => {
  const bound = fc.integer({ min: 1, max: 6 })
  fc.assert(
    fc.property(counts, counts, bound, bound, (a, b, boundA, boundB) => {
      const cells = alignCells(
        categoricalProfile(a, { maxCategories: boundA }),
        categoricalProfile(b, { maxCategories: boundB }),
      )
      // All cells but one are single categories with their true counts; that one holds all others.
      const pairs = [...new Set([...a.keys(), ...b.keys()])].map(
        (name) => `${a.get(name) ?? 0}:${b.get(name) ?? 0}`,
      )
      const foreign = cells.reference
        .map((before, i) => `${before}:${cells.current[i]}`)
        .filter((pair) => {
          const at = pairs.indexOf(pair)
          if (at >= 0) pairs.splice(at, 1)
          return at < 0
        })
      expect(foreign.length).toBeLessThanOrEqual(1)
    }),
  )
})

test('gives numeric profiles a cell per bin and one for each tail, none that is empty on both sides', () => {
  const edges = [0, 1, 2, 3]
  const reference = numericProfile([-5, 0.5, 0.5], edges)
  const current = numericProfile([2.5, 9, 9], edges)
  expect(alignCells(reference, current)).toEqual({
    reference: [1, 2, 0, 0],
    current: [0, 0, 1, 2],
  })
})

test('rejects what cannot be compared', () => {
  const numeric = numericProfile([1], [0, 2])
  const categorical = categoricalProfile([['a', 1]])
  expect(() => alignCells(numeric, categorical)).toThrow(
    'a numeric profile cannot be compared to a categorical one',
  )
  expect(() => alignCells(numeric, numericProfile([1], [0, 3]))).toThrow('different edges')
  expect(() => alignCells(categorical, categoricalProfile([]))).toThrow(
    '"current" must be a profile of at least one value, received none',
  )
  expect(() => alignCells({ ...numeric, overflow: -1 }, numeric)).toThrow(
    '"reference.overflow" must be a non-negative number, received -1',
  )
  expect(() =>
    alignCells(mergeProfiles(categorical, categorical), { ...categorical, other: Number.NaN }),
  ).toThrow('"current.other" must be a non-negative number, received NaN')
})

function sum(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
