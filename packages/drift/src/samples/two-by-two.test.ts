import { categoricalProfile, numericProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { twoByTwo } from './two-by-two.ts'

test('puts categories in the order of their names, whichever is more frequent or comes first', () => {
  const expected = { reference: [1, 2], current: [3, 0] }
  expect(twoByTwo(['b', 'b', 'a'], ['a', 'a', 'a'])).toEqual(expected)
  expect(twoByTwo([true, false, true], [false, false, false])).toEqual(expected)
  expect(twoByTwo([1, 0, 1], [0, 0, 0])).toEqual(expected)
  expect(twoByTwo(['b'], ['a'])).toEqual({ reference: [0, 1], current: [1, 0] })
})

test('counts 0 of a second category where there is one alone', () => {
  expect(twoByTwo(['a', 'a'], ['a'])).toEqual({ reference: [2, 0], current: [1, 0] })
})

test('leaves out categories that no value has', () => {
  const reference = categoricalProfile([
    ['a', 0],
    ['b', 2],
    ['c', 1],
  ])
  expect(twoByTwo(reference, categoricalProfile([['c', 4]]))).toEqual({
    reference: [2, 1],
    current: [0, 4],
  })
})

test('takes the filled bins of numeric profiles in their order', () => {
  const edges = [0, 1, 2]
  expect(twoByTwo(numericProfile([1.5, 1.6, 0.5], edges), numericProfile([0.5], edges))).toEqual({
    reference: [1, 2],
    current: [1, 0],
  })
})

test('takes what a profile counts as other for the second category', () => {
  const bounded = categoricalProfile(
    [
      ['z', 5],
      ['a', 2],
    ],
    { maxCategories: 1 },
  )
  expect(twoByTwo(bounded, bounded)).toEqual({ reference: [5, 2], current: [5, 2] })
})

test('rejects three categories, and a profile against an array', () => {
  expect(() => twoByTwo(['a', 'b'], ['c'])).toThrow(
    '"current" must be of at most two categories together with "reference", received 3',
  )
  expect(() => twoByTwo(categoricalProfile([['a', 1]]), ['a'] as never)).toThrow(
    '"current" must be a profile',
  )
})
