import { type CategoricalProfile, categoricalProfile } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { type CategoryChanges, categoryShares, largestMove } from './categories.ts'

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

describe('what moved most', () => {
  const profile = (
    counts: ReadonlyArray<readonly [string, number]>,
    { other = 0 }: { readonly other?: number } = {},
  ) => {
    const counted = categoricalProfile(counts)
    return { ...counted, other, n: counted.n + other }
  }

  const mostOf = (
    reference: CategoricalProfile,
    current: CategoricalProfile,
    { newCategories = [], lostCategories = [] }: Partial<CategoryChanges> = {},
  ) => largestMove({ reference, current, newCategories, lostCategories })

  test('is the rest where that moved more than any category with a name', () => {
    const before = profile([...AIRPORTS, ['DFW', 52]], { other: 10 })
    const after = profile([...AIRPORTS.map(([name]) => [name, 26] as const), ['DFW', 28]], {
      other: 400,
    })
    expect(mostOf(before, after)).toEqual({
      name: null,
      reference: 10 / before.n,
      current: 400 / after.n,
    })
  })

  test('is a new category, marked so', () => {
    const after = profile([...AIRPORTS, ['ZZZ', 300]])
    expect(mostOf(profile(AIRPORTS), after)).toEqual({
      name: 'ZZZ',
      reference: 0,
      current: 300 / after.n,
      change: 'new',
    })
  })

  test('is a category that one side does not name, whose share there is not known, not 0', () => {
    const before = profile(AIRPORTS, { other: 100 })
    const after = profile([...AIRPORTS, ['ZZZ', 300]], { other: 100 })
    expect(mostOf(before, after)).toMatchObject({ name: 'ZZZ', reference: null })
    expect(mostOf(after, before)).toMatchObject({ name: 'ZZZ', current: null })
  })

  test('is a category that the report knows to be new or lost, whatever the rare ones are', () => {
    const before = profile(AIRPORTS, { other: 10 })
    const after = profile([...AIRPORTS, ['ZZZ', 300]], { other: 10 })
    expect(mostOf(before, after, { newCategories: ['ZZZ'] })).toMatchObject({
      name: 'ZZZ',
      reference: 0,
      change: 'new',
    })
    expect(mostOf(after, before, { lostCategories: ['ZZZ'] })).toMatchObject({
      name: 'ZZZ',
      current: 0,
      change: 'lost',
    })
  })

  test('does not call it a move where each side names others of the rare ones', () => {
    const before = profile(
      [
        ['a', 50],
        ['b', 30],
        ['c', 10],
      ],
      { other: 10 },
    )
    const after = profile(
      [
        ['a', 40],
        ['b', 40],
        ['d', 10],
      ],
      { other: 10 },
    )
    expect(mostOf(before, after)).toMatchObject({ name: 'a', reference: 0.5, current: 0.4 })
  })

  test('of two that moved as far is what one asks for: what is true, or the exception', () => {
    const before = profile([
      ['false', 795],
      ['true', 205],
    ])
    const after = profile([
      ['false', 767],
      ['true', 233],
    ])
    expect(mostOf(before, after)?.name).toBe('true')
    expect(mostOf(after, before)?.name).toBe('true')
    const churn = (share: number) =>
      profile([
        ['stayed', 100 - share],
        ['churned', share],
      ])
    expect(mostOf(churn(21), churn(70))?.name).toBe('churned')
    expect(mostOf(churn(70), churn(21))?.name).toBe('stayed')
    expect(
      mostOf(profile([['a', 95]], { other: 5 }), profile([['a', 62]], { other: 38 }))?.name,
    ).toBe('a')
  })

  test('is nothing where nothing has a name', () => {
    const unnamed = { ...categoricalProfile([]), other: 5, n: 5 }
    expect(mostOf(unnamed, unnamed)).toBe(null)
  })
})

const AIRPORTS = Array.from({ length: 20 }, (_, i) => [`airport ${i}`, 40] as const)

test('the shares of two sides are made once, and anew for another side', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => categoricalProfile([[name, 3]]))
  const shares = categoryShares(a!, b!)
  expect(categoryShares(a!, b!)).toBe(shares)
  expect(categoryShares(a!, c!).map(({ name }) => name)).toEqual(['a', 'c'])
  expect(categoryShares(a!, b!)).toEqual(shares)
  expect(categoryShares(b!, a!).map(({ name, change }) => [name, change])).toEqual([
    ['a', 'new'],
    ['b', 'lost'],
  ])
})
