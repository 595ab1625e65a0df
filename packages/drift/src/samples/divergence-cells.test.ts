import { categoricalProfile, numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { divergenceCells } from './divergence-cells.ts'

const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1 })

test('counts every value of both sides', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 2, max: 20 }), (a, b, bins) => {
      const { reference, current } = divergenceCells(a, b, bins)
      expect(reference.reduce((sum, count) => sum + count)).toBe(a.length)
      expect(current.reduce((sum, count) => sum + count)).toBe(b.length)
    }),
  )
})

test('counts what lies beyond the bins into the outermost ones', () => {
  const edges = [0, 1, 2]
  expect(
    divergenceCells(numericProfile([0.5, 1.5, 1.6], edges), numericProfile([-7, -8, 9], edges)),
  ).toEqual({ reference: [1, 2], current: [2, 1] })
  expect(divergenceCells([1, 2, 3, 4], [-9, 9], 2)).toEqual({ reference: [2, 2], current: [1, 1] })
})

test('lines categories and booleans up by name', () => {
  expect(divergenceCells([true, true, false], [false, false])).toEqual({
    reference: [2, 1],
    current: [0, 2],
  })
})

test.each([
  [[], [1], '"reference" must be an array of at least one value, received an array of 0'],
  [[1], [], '"current" must be an array of at least one value, received an array of 0'],
  [[1, Number.NaN], [1], '"reference[1]" must be a finite number, received NaN'],
  [[1], [Number.POSITIVE_INFINITY], '"current[0]" must be a finite number, received Infinity'],
  [[1], ['a' as never], '"current[0]" must be a finite number, received a'],
  [null as never, [1], '"reference" must be an array of at least one value, received null'],
  [
    [1],
    numericProfile([1], [0, 2]) as never,
    '"current" must be an array, as "reference" is, received an object of Object',
  ],
  [
    categoricalProfile([['a', 1]]) as never,
    [1],
    '"current" must be a profile, as "reference" is, received an array of 1',
  ],
])('rejects %o against %o', (reference, current, message) => {
  expect(() => divergenceCells(reference, current)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message }),
  )
})

test.each([1, 2.5, Number.NaN])('rejects %d bins', (bins) => {
  expect(() => divergenceCells([1, 2], [1, 2], bins)).toThrow(
    '"bins" must be an integer of at least 2',
  )
})
