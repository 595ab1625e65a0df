import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cells, total } from './cells.ts'
import { poolRareCells } from './pool-rare-cells.ts'

const cells = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })), {
    minLength: 2,
    maxLength: 20,
  })
  .map((pairs) => pairs.filter(([a, b]) => a + b > 0))
  .filter((pairs) => pairs.some(([a]) => a > 0) && pairs.some(([, b]) => b > 0))
  .map((pairs) => ({ reference: pairs.map(([a]) => a), current: pairs.map(([, b]) => b) }))

test('keeps each side’s total', () => {
  fc.assert(
    fc.property(cells, (given) => {
      const pooled = poolRareCells(given, 5)
      expect(total(pooled.reference)).toBe(total(given.reference))
      expect(total(pooled.current)).toBe(total(given.current))
      expect(pooled.reference.length).toBe(pooled.current.length)
    }),
  )
})

test('leaves no more than one cell that expects fewer than the minimum, unless two cells remain', () => {
  fc.assert(
    fc.property(cells, (given) => {
      const { reference, current } = poolRareCells(given, 5)
      fc.pre(reference.length > 2)
      const n = total(reference)
      const m = total(current)
      const rare = reference.filter(
        (count, i) => ((count + current[i]!) * Math.min(n, m)) / (n + m) < 5,
      )
      expect(rare.length).toBeLessThanOrEqual(1)
    }),
  )
})

test('pools by what both sides hold together: neither which side has it nor the order matters', () => {
  const sorted = ({ reference, current }: Cells) =>
    reference.map((count, i) => `${count}:${current[i]}`).sort()
  fc.assert(
    fc.property(cells, (given) => {
      const pooled = poolRareCells(given, 5)
      const swapped = poolRareCells({ reference: given.current, current: given.reference }, 5)
      expect(swapped).toEqual({ reference: pooled.current, current: pooled.reference })
      const turned = poolRareCells(
        { reference: given.reference.toReversed(), current: given.current.toReversed() },
        5,
      )
      expect(sorted(turned)).toEqual(sorted(pooled))
    }),
  )
})

test('returns its argument where nothing is rare, where two cells are all, and for a minimum of 0', () => {
  const frequent = { reference: [90, 80, 70], current: [40, 50, 60] }
  expect(poolRareCells(frequent, 5)).toBe(frequent)
  const two = { reference: [90, 1], current: [90, 0] }
  expect(poolRareCells(two, 5)).toBe(two)
  const twoRare = { reference: [2, 1], current: [1, 2] }
  expect(poolRareCells(twoRare, 5)).toBe(twoRare)
  const rare = { reference: [90, 1, 1], current: [90, 0, 1] }
  expect(poolRareCells(rare, 0)).toBe(rare)
})

test('adds the next rarest where the rare ones together are still rare', () => {
  expect(poolRareCells({ reference: [90, 8, 2], current: [92, 5, 3] }, 5)).toEqual({
    reference: [90, 10],
    current: [92, 8],
  })
  expect(poolRareCells({ reference: [1, 60, 30, 9], current: [0, 60, 30, 10] }, 5)).toEqual({
    reference: [60, 30, 10],
    current: [60, 30, 10],
  })
})

test('leaves the most frequent cells out of the pool, unless all are equally rare', () => {
  const frequent = { reference: [40, 40, 1, 1], current: [40, 40, 0, 2] }
  expect(poolRareCells(frequent, 5)).toEqual({ reference: [40, 40, 2], current: [40, 40, 2] })
  const rare = { reference: [1, 1, 1, 0], current: [0, 0, 0, 3] }
  expect(poolRareCells(rare, 5)).toEqual({ reference: [0, 3], current: [3, 0] })
  const unique = { reference: [1, 1, 0, 0], current: [0, 0, 1, 1] }
  expect(poolRareCells(unique, 5)).toEqual({ reference: [2], current: [2] })
})

test('takes in the rest, however large it is, where anything is rare', () => {
  const cells = { reference: [60, 30, 4, 1, 20], current: [60, 30, 0, 1, 40] }
  expect(poolRareCells({ ...cells, hasRest: true }, 5)).toEqual({
    reference: [60, 30, 25],
    current: [60, 30, 41],
    hasRest: true,
  })
  const frequent = { reference: [60, 30, 0], current: [60, 30, 20], hasRest: true } as const
  expect(poolRareCells(frequent, 5)).toBe(frequent)
})
