import { categoricalProfile } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { categoryShares } from './categories.ts'

const reference = categoricalProfile([
  ['a', 6],
  ['b', 4],
])
const current = categoricalProfile([
  ['c', 9],
  ['a', 1],
  ['never', 0],
])

test('pools the shares of both sides and marks what is new and what is lost', () => {
  expect(categoryShares(reference, current)).toEqual([
    { name: 'c', reference: 0, current: 0.9, change: 'new' },
    { name: 'a', reference: 0.6, current: 0.1 },
    { name: 'b', reference: 0.4, current: 0, change: 'lost' },
  ])
})

test('calls nothing new or lost that may be among the rare ones counted together', () => {
  const bounded = categoricalProfile(
    [
      ['a', 6],
      ['b', 4],
      ['rare', 1],
    ],
    { maxCategories: 2 },
  )
  expect(categoryShares(bounded, current).map(({ change }) => change)).toEqual([
    undefined,
    undefined,
    'lost',
  ])
})

test('a side without values has no shares, and nothing is new beside it', () => {
  const [first] = categoryShares(null, current)
  expect(first).toEqual({ name: 'c', reference: null, current: 0.9 })
  expect(categoryShares(categoricalProfile([]), current)[0]).toEqual(first)
})
