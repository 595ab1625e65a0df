import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assertProfile, categoricalProfile, numericProfile } from './binned-profile.ts'
import {
  type CountedSlot,
  type NumericProfileOfCountsOptions,
  numericProfileOfCounts,
} from './numeric-profile-of-counts.ts'

const edges = fc
  .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 })
  .map((list) => list.sort((a, b) => a - b))
const values = fc.array(fc.oneof(fc.integer({ min: -60, max: 60 }), fc.double()))

/** PostgreSQL's: how many of the ascending thresholds are at most x. */
const widthBucket = (x: number, thresholds: readonly number[]) =>
  thresholds.filter((threshold) => threshold <= x).length

/** What the statement in the TSDoc counts, the rest of the row left out. */
function groupedBy(cells: readonly number[], bounds: readonly number[]): Map<number, number> {
  const turned = bounds.map((edge) => -edge).reverse()
  const counts = new Map<number, number>()
  for (const x of cells) {
    const slot = x === bounds[0] ? 1 : bounds.length - widthBucket(-x, turned)
    counts.set(slot, (counts.get(slot) ?? 0) + 1)
  }
  return counts
}

describe('numericProfileOfCounts', () => {
  test('of what a GROUP BY has counted is the profile of the values', () => {
    fc.assert(
      fc.property(values, edges, (cells, bounds) => {
        const expected = numericProfile(cells, bounds)
        const { missing, infinite, min, max, sum } = expected
        const finite = cells.filter(Number.isFinite)
        const options = { missing, infinite, min, max, sum }
        const counted = numericProfileOfCounts(groupedBy(finite, bounds), bounds, options)
        expect(JSON.stringify(counted)).toBe(JSON.stringify(expected))
        expect(assertProfile(counted)).toBe(counted)
      }),
    )
  })

  test('a slot without a row counts 0, and what nobody has told is not known', () => {
    const counted = numericProfileOfCounts([[3, 2]], [0, 2, 4])
    expect(counted).toMatchObject({ underflow: 0, counts: [0, 0], overflow: 2, n: 2, missing: 0 })
    expect(counted).toMatchObject({ min: null, max: null, sum: null })
    expect(numericProfileOfCounts([], [0, 2, 4])).toEqual(numericProfile([], [0, 2, 4]))
  })

  test.each<[rows: unknown, message: string]>([
    [undefined, '"counts" must be pairs of a slot and its count, received undefined'],
    [7, '"counts" must be pairs of a slot and its count, received 7'],
    [[{ slot: 1, count: 2 }], '"counts[0]" must be [slot, count], received an object of Object'],
    [[[4, 1]], '"counts[0][0]" must be a slot from 0 to 3, as a number'],
    [[[-1, 1]], '"counts[0][0]" must be a slot from 0 to 3'],
    [[[null, 1]], '(rows without a value are "missing"), received null'],
    [
      [
        [1, 1],
        [1, 2],
      ],
      '"counts[1][0]" must be a slot of its own, received 1',
    ],
    [[[1, -1]], '"counts[0][1]" must be a non-negative number, received -1'],
    [[[1, Number.NaN]], '"counts[0][1]" must be a non-negative number, received NaN'],
    [
      [[1, 5n]],
      '"counts[0][1]" must be a non-negative number, not a bigint: Number(count) makes one of it, received 5',
    ],
  ])('refuses %o', (rows, message) => {
    expect(() => numericProfileOfCounts(rows as CountedSlot[], [0, 2, 4])).toThrow(message)
  })

  test.each<[NumericProfileOfCountsOptions, string]>([
    [{ min: Number.NaN }, '"min" must be a finite number or null, received NaN'],
    [{ missing: -1 }, '"missing" must be a non-negative number, received -1'],
    [{ infinite: Number.NaN }, '"infinite" must be a non-negative number, received NaN'],
    [{ min: -0.5 }, '"min" must be in the lowest slot that holds a value (slot 1: from 0 to 2)'],
    [{ max: 2 }, '"max" must be in the highest slot that holds a value (slot 2: above 2, up to 4)'],
    [{ max: 4.5 }, '"max" must be in the highest slot'],
    [{ min: 1, max: 3, sum: 2.9 }, '"sum" must be that of 3 values between 1 and 3'],
    [{ min: 1, max: 3, sum: 9.1 }, '"sum" must be that of 3 values between 1 and 3'],
  ])('refuses %o, which no three values have there', (options, message) => {
    const counts: CountedSlot[] = [
      [1, 1],
      [2, 2],
    ]
    expect(() => numericProfileOfCounts(counts, [0, 2, 4], options)).toThrow(message)
  })

  test('the first edge is in the first bin, and no other edge in the bin above it', () => {
    const options = { min: 0, max: 0, sum: 0 }
    expect(numericProfileOfCounts([[1, 2]], [0, 2, 4], options)).toMatchObject(options)
    expect(() => numericProfileOfCounts([[2, 2]], [0, 2, 4], { min: 2 })).toThrow('"min" must be')
  })

  test('of two values in one slot the minimum is not above the maximum', () => {
    const options = { min: 2, max: 1 }
    expect(() => numericProfileOfCounts([[1, 2]], [0, 2, 4], options)).toThrow(
      '"max" must be at least min (2), received 1',
    )
  })

  test.each([{ min: 1 }, { max: 1 }, { sum: 1 }])('of no value there is no %o', (options) => {
    expect(() => numericProfileOfCounts([], [0, 2], options)).toThrow('as nothing is counted')
  })

  test('edges are what they are for values', () => {
    expect(() => numericProfileOfCounts([], [2, 0])).toThrow('"edges[1]" must be above')
  })
})

describe('categoricalProfile of what a driver returns', () => {
  test.each<[rows: unknown, message: string]>([
    [[['UA', 600n]], '"counts[UA]" must be a non-negative number, not a bigint: Number(count)'],
    [[['UA', '600']], '"counts[UA]" must be a non-negative number, not a string: Number(count)'],
    [[['UA', 'many']], '"counts[UA]" must be a non-negative number, received many'],
    [[['UA', '']], '"counts[UA]" must be a non-negative number, received '],
    [[[null, 3]], '"counts[0][0]" must be a text: what is missing is counted by the option'],
    [[[true, 3]], '"counts[0][0]" must be a text: categoryOf(cell) makes one of it, received true'],
    [[{ carrier: 'UA', count: 3 }], '"counts[0]" must be [category, count], received an object'],
    [undefined, '"counts" must be pairs of a category and its count, received undefined'],
  ])('refuses %o', (rows, message) => {
    expect(() => categoricalProfile(rows as Array<[string, number]>)).toThrow(message)
  })
})
