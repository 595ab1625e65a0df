import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assertProfile,
  type BinnedProfile,
  type CategoricalProfile,
  type CountedCategory,
  categoricalProfile,
  categoriesLike,
  countedCategories,
  hiddenAtMost,
  mergeProfiles,
  numericProfile,
  parseProfile,
  profileMean,
  profileQuantile,
  sameEdges,
  uncounted,
  withCategories,
} from './binned-profile.ts'
import { rebin } from './rebin.ts'

const edges = fc
  .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 })
  .map((list) => list.sort((a, b) => a - b))
const numbers = fc.array(fc.oneof(fc.integer({ min: -60, max: 60 }), fc.double({ noNaN: true })))
const categories = fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', ''))

/** Of texts that differ. UTF-8 has the order of code points. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const countsOf = (values: string[]) => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

describe('numericProfile', () => {
  test('an edge belongs to the bin below it, the first edge to the first bin', () => {
    const profile = numericProfile([-1, 0, 1, 2, 2.5, 4, 4.1], [0, 2, 4])
    expect(profile).toMatchObject({ underflow: 1, counts: [3, 2], overflow: 1, n: 7 })
  })

  test('counts what a scan over every bin counts', () => {
    fc.assert(
      fc.property(numbers, edges, (values, bounds) => {
        const profile = numericProfile(values, bounds)
        const expected = bounds.slice(1).map((upper, i) => {
          const lower = bounds[i]!
          return values.filter((x) => (x > lower || (i === 0 && x === lower)) && x <= upper).length
        })
        expect(profile.counts).toEqual(expected)
        expect(profile.underflow).toBe(values.filter((x) => x < bounds[0]!).length)
        expect(profile.overflow).toBe(values.filter((x) => x > bounds.at(-1)!).length)
        expect(profile.n).toBe(values.length)
      }),
    )
  })

  test('sets NaN aside as missing, and infinities as what they are', () => {
    const profile = numericProfile([Number.NaN, 1, Number.POSITIVE_INFINITY], [0, 2], {
      missing: 2,
      infinite: 4,
    })
    expect(profile).toMatchObject({ missing: 3, infinite: 5, n: 1, overflow: 0, max: 1, sum: 1 })
    expect(uncounted(profile)).toBe(8)
  })

  test('a sum that no double holds is none, and the minimum is no more than the maximum', () => {
    const large = numericProfile([1e308, 1e308 / 2], [0, 1.7e308])
    expect(mergeProfiles(large, large).sum).toBeNull()
    expect(() => assertProfile({ ...large, min: 2, max: 1 })).toThrow('"profile.max" must be')
  })

  test('one of version 1 is read as today; one of a later version is not', () => {
    const { infinite: _, ...old } = { ...numericProfile([1, 3], [0, 2, 4]), version: 1 }
    expect(assertProfile(old)).toEqual(numericProfile([1, 3], [0, 2, 4]))
    expect(assertProfile({ ...categoricalProfile([['a', 1]]), version: 1 }).version).toBe(2)
    expect(() => assertProfile({ ...old, version: 3 })).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_VERSION' }),
    )
  })

  test.each([
    ['one edge', [1]],
    ['equal edges', [1, 1]],
    ['falling edges', [2, 1]],
    ['an infinite edge', [0, Number.POSITIVE_INFINITY]],
    ['a NaN edge', [0, Number.NaN]],
  ])('refuses %s', (_, bad) => {
    expect(() => numericProfile([1], bad)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    )
  })

  test('keeps both infinities, and only them, out of the extremes and of the sum', () => {
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    expect(numericProfile([low, 1, 3, high], [0, 2])).toMatchObject({
      underflow: 0,
      overflow: 1,
      infinite: 2,
      min: 1,
      max: 3,
      sum: 4,
    })
    expect(numericProfile([high, low], [0, 2])).toMatchObject({ n: 0, infinite: 2, max: null })
    expect(numericProfile([3, 1, 2], [0, 2])).toMatchObject({ min: 1, max: 3, sum: 6, missing: 0 })
    expect(numericProfile([Number.NaN], [0, 2])).toMatchObject({ n: 0, missing: 1, sum: 0 })
  })

  test('says what is wrong with its edges and its options', () => {
    expect(() => numericProfile([1], [1])).toThrow('"edges" must be at least two numbers')
    expect(() => numericProfile([1], [0, Number.NaN])).toThrow('"edges[1]" must be a finite number')
    expect(() => numericProfile([1], [0, 1], { missing: -1 })).toThrow(
      '"missing" must be a non-negative number, received -1',
    )
    expect(() => numericProfile([1], [0, 1], { mising: 1 } as never)).toThrow(
      '"mising" must be an option: "missing", maybe',
    )
    expect(() => numericProfile([1], [0, 1], null as never)).toThrow('"options" must be')
  })

  test('is of a kind and a version, and takes typed arrays', () => {
    const profile = numericProfile(Float64Array.of(1, 2), Float64Array.of(0, 4))
    expect(profile).toEqual({
      kind: 'numeric',
      version: 2,
      edges: [0, 4],
      counts: [2],
      underflow: 0,
      overflow: 0,
      n: 2,
      missing: 0,
      infinite: 0,
      min: 1,
      max: 2,
      sum: 3,
    })
  })
})

describe('categoricalProfile', () => {
  test('keeps the most frequent categories and counts the rest as other', () => {
    const counts = new Map([
      ['a', 1],
      ['b', 5],
      ['c', 3],
      ['d', 1],
    ])
    const profile = categoricalProfile(counts, { maxCategories: 2, missing: 4 })
    expect(profile).toMatchObject({
      categories: ['b', 'c'],
      counts: [5, 3],
      other: 2,
      n: 10,
      missing: 4,
    })
  })

  test('is of a kind and a version, keeps a thousand categories and those that do not occur', () => {
    const many = Array.from({ length: 1001 }, (_, i): CountedCategory => [`c${i}`, i === 0 ? 1 : 2])
    const { kind, version, categories, other, otherAtMost, n } = categoricalProfile(many)
    expect({ kind, version, other, otherAtMost, n }).toEqual({
      kind: 'categorical',
      version: 2,
      other: 1,
      otherAtMost: 1,
      n: 2001,
    })
    expect(categories).toHaveLength(1000)
    expect(categoricalProfile([['a', 0]])).toEqual({
      kind: 'categorical',
      version: 2,
      categories: ['a'],
      counts: [0],
      other: 0,
      otherAtMost: 0,
      n: 0,
      missing: 0,
    })
  })

  test('what was counted together before can have all of it, where nothing else is said', () => {
    expect(categoricalProfile([['a', 5]], { other: 7 })).toMatchObject({ other: 7, otherAtMost: 7 })
    expect(
      categoricalProfile(
        [
          ['a', 5],
          ['b', 3],
        ],
        { other: 7, otherAtMost: 2, maxCategories: 1 },
      ),
    ).toMatchObject({ other: 10, otherAtMost: 3 })
    // One that may have more than its count, and is not named.
    expect(
      categoricalProfile(
        [
          ['a', 5, 5],
          ['b', 3, 4],
        ],
        { maxCategories: 1, other: 2 },
      ),
    ).toMatchObject({ other: 5, otherAtMost: 4 })
  })

  test('where nothing was counted together before, only what is hidden now bounds it', () => {
    const counts: CountedCategory[] = [
      ['a', 5],
      ['b', 2],
      ['c', 1],
    ]
    expect(categoricalProfile(counts, { maxCategories: 1, otherAtMost: 9 })).toMatchObject({
      other: 3,
      otherAtMost: 2,
    })
  })

  test('says what is wrong with its options', () => {
    expect(() => categoricalProfile([], { missing: -1 })).toThrow(
      '"missing" must be a non-negative number, received -1',
    )
    expect(() => categoricalProfile([], { maxCategory: 1 } as never)).toThrow(
      '"maxCategory" must be an option: "maxCategories", maybe',
    )
    const none = categoricalProfile([])
    expect(() => categoricalProfile([], null as never)).toThrow('"options" must be')
    expect(() => mergeProfiles(none, none, null as never)).toThrow('"options" must be')
    expect(() => mergeProfiles(none, none, { maxCategory: 1 } as never)).toThrow(
      '"maxCategory" must be an option: "maxCategories", maybe',
    )
  })

  test('the most that a named one can have is told only where it is in doubt', () => {
    const inDoubt = categoricalProfile(
      [
        ['a', 5, 9],
        ['b', 3, 3],
      ],
      { other: 2 },
    )
    expect(inDoubt.countsAtMost).toEqual([7, 3]) // at most what is hidden
    expect(categoricalProfile([['a', 5, 9]])).not.toHaveProperty('countsAtMost')
    expect(categoricalProfile([['a', 5, 5]], { other: 2 })).not.toHaveProperty('countsAtMost')
  })

  test.each([0, 1.5, Number.NaN, -1])('refuses to keep %d categories', (maxCategories) => {
    expect(() => categoricalProfile([['a', 1]], { maxCategories })).toThrow(
      `"maxCategories" must be a positive integer, received ${maxCategories}`,
    )
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d others', (other) => {
    expect(() => categoricalProfile([['a', 1]], { other })).toThrow(
      `"other" must be a non-negative number, received ${other}`,
    )
  })

  test('does not change what it is given, in order or not', () => {
    const given: CountedCategory[] = [
      ['a', 1],
      ['b', 2],
      ['c', 2, 3],
    ]
    const copy = structuredClone(given)
    categoricalProfile(given)
    expect(given).toEqual(copy)
    const plain = copy.map(([name, count]): CountedCategory => [name, count])
    expect(categoricalProfile(plain)).toMatchObject({ categories: ['b', 'c', 'a'] })
    expect(plain.map(([name]) => name)).toEqual(['a', 'b', 'c'])
  })

  test('refuses a count that is not a number of things', () => {
    expect(() => categoricalProfile([['a', -1]])).toThrow(
      '"counts[a]" must be a non-negative number',
    )
  })

  test('orders by count, then by the code points of the name, whatever else is known of the counts', () => {
    // By UTF-16 units, U+1F600 would come before U+FF41.
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1f600}', '\uff41'), maxLength: 3 })
    const count = fc.constantFrom(0, 0.5, 1, 2, 30)
    const counted = fc.uniqueArray(fc.tuple(name, count), { selector: ([text]) => text })
    fc.assert(
      fc.property(counted, fc.constantFrom(0, 7), (counts, more) => {
        const expected = [...counts].sort(
          ([a, countA], [b, countB]) => countB - countA || byCodePoints(a, b),
        )
        const given = counts.map(([text, n]): CountedCategory => [text, n, n + more])
        const { categories, counts: ordered } = categoricalProfile(given, { other: more })
        expect(categories.map((text, i) => [text, ordered[i]])).toEqual(expected)
      }),
    )
  })
})

describe('mergeProfiles', () => {
  test('the profile of two numeric samples together is the sum of their profiles', () => {
    const integers = fc.array(fc.integer({ min: -60, max: 60 })) // sums of integers are exact
    fc.assert(
      fc.property(integers, integers, edges, (a, b, bounds) => {
        const merged = mergeProfiles(numericProfile(a, bounds), numericProfile(b, bounds))
        expect(merged).toEqual(numericProfile([...a, ...b], bounds))
      }),
    )
  })

  test('the profile of two categorical samples together is the sum of their profiles', () => {
    fc.assert(
      fc.property(categories, categories, (a, b) => {
        const merged = mergeProfiles(
          categoricalProfile(countsOf(a)),
          categoricalProfile(countsOf(b)),
        )
        expect(merged).toEqual(categoricalProfile(countsOf([...a, ...b])))
      }),
    )
  })

  test('loses no value where the categories exceed the bound', () => {
    const a = categoricalProfile(countsOf(['a', 'a', 'b']), { maxCategories: 1 })
    const b = categoricalProfile(countsOf(['b', 'b', 'b', 'c']), { maxCategories: 1 })
    expect(mergeProfiles(a, b, { maxCategories: 1 })).toMatchObject({
      categories: ['b'],
      counts: [3],
      other: 4,
      n: 7,
    })
  })

  test('knows the most that a hidden category can have, and a named one that a side may hide', () => {
    const days = fc.array(categories, { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 4 }), (samples, maxCategories) => {
        const merged = samples
          .map((sample) => categoricalProfile(countsOf(sample), { maxCategories }))
          .reduce((a, b) => mergeProfiles(a, b, { maxCategories }))
        const named = new Map(countedCategories(merged).map(([name, ...count]) => [name, count]))
        for (const [name, count] of countsOf(samples.flat())) {
          const [least, most] = named.get(name) ?? [0, hiddenAtMost(merged)]
          expect(count).toBeGreaterThanOrEqual(least)
          expect(count).toBeLessThanOrEqual(most!)
        }
        expect(merged.otherAtMost).toBeLessThanOrEqual(merged.other)
        expect(parseProfile(JSON.stringify(merged))).toEqual(merged)
      }),
    )
  })

  test('ten days that hide up to 40 of a category each hide 400, whatever they name', () => {
    const day = (kept: string) =>
      categoricalProfile(
        [
          [kept, 41],
          ['hidden', 40],
          ['rare', 3],
        ],
        { maxCategories: 1 },
      )
    const days = Array.from({ length: 10 }, (_, i) => day(`kept ${i}`))
    const merged = days.reduce((a, b) => mergeProfiles(a, b))
    expect(merged).toMatchObject({ other: 430, otherAtMost: 400 })
    expect(merged.counts).toEqual(Array(10).fill(41))
    expect(merged.countsAtMost).toEqual(Array(10).fill(41 + 9 * 40))
  })

  test('an unknown extreme stays unknown', () => {
    const unknown = { ...numericProfile([1], [0, 2]), min: null, max: null }
    expect(mergeProfiles(unknown, numericProfile([1.5], [0, 2]))).toMatchObject({
      min: null,
      max: null,
    })
    expect(mergeProfiles(unknown, numericProfile([], [0, 2]))).toMatchObject({ min: null })
    expect(mergeProfiles(numericProfile([1.5], [0, 2]), unknown)).toMatchObject({
      min: null,
      max: null,
    })
    expect(mergeProfiles(numericProfile([], [0, 2]), numericProfile([1], [0, 2])).min).toBe(1)
    expect(mergeProfiles(numericProfile([1], [0, 2]), numericProfile([], [0, 2])).max).toBe(1)
  })

  test('a sum that one side does not know is not known of both, and is not 0', () => {
    const known = numericProfile([1, 1.5], [0, 2])
    const unknown = { ...known, sum: null }
    expect(mergeProfiles(known, unknown).sum).toBeNull()
    expect(mergeProfiles(unknown, known).sum).toBeNull()
    expect(profileMean(mergeProfiles(unknown, known))).toBeNull()
  })

  test('missing values are added, also where one side has none', () => {
    const numbers = (missing: number) => numericProfile([1], [0, 2], { missing })
    const names = (missing: number) => categoricalProfile([['a', 1]], { missing })
    for (const [a, b] of [
      [3, 5],
      [0, 5],
      [3, 0],
    ] as const) {
      expect(mergeProfiles(numbers(a), numbers(b)).missing).toBe(a + b)
      expect(mergeProfiles(names(a), names(b)).missing).toBe(a + b)
    }
  })

  test('the deciles of one sample are not those of two', () => {
    const marked = { ...numericProfile([1, 3], [0, 2, 4]), deciles: [1] }
    const empty = numericProfile([], [0, 2, 4])
    expect(mergeProfiles(marked, marked)).not.toHaveProperty('deciles')
    expect(mergeProfiles(marked, empty).deciles).toEqual([1])
    expect(mergeProfiles(empty, marked).deciles).toEqual([1])
    expect(parseProfile(JSON.stringify(marked))).toEqual(marked)
  })

  test.each<[string, BinnedProfile, BinnedProfile]>([
    ['other edges', numericProfile([1], [0, 2]), numericProfile([1], [0, 3])],
    [
      'edges that begin as the others do',
      numericProfile([1], [0, 2]),
      numericProfile([1], [0, 2, 3]),
    ],
    [
      'edges of which the others are the first',
      numericProfile([1], [0, 2, 3]),
      numericProfile([1], [0, 2]),
    ],
    ['another kind', numericProfile([1], [0, 2]), categoricalProfile([['a', 1]])],
  ])('refuses %s', (_, a, b) => {
    expect(() => mergeProfiles(a, b)).toThrow(
      expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
    )
    expect(() => mergeProfiles(b, a)).toThrow(
      a.kind === b.kind
        ? 'profiles with different edges cannot be added: count both sides into the same edges'
        : 'a categorical profile cannot be added to a numeric one',
    )
  })

  test('keeps as many categories as a side has, and a thousand at least', () => {
    const of = (count: number, prefix: string, maxCategories = count) =>
      categoricalProfile(
        Array.from({ length: count }, (_, i): CountedCategory => [`${prefix}${i}`, 1]),
        { maxCategories },
      )
    expect(mergeProfiles(of(600, 'a'), of(600, 'b')).categories).toHaveLength(1000)
    expect(mergeProfiles(of(1200, 'a'), of(600, 'b')).categories).toHaveLength(1200)
    expect(mergeProfiles(of(600, 'a'), of(1200, 'b')).categories).toHaveLength(1200)
    expect(mergeProfiles(of(6, 'a'), of(6, 'b'), { maxCategories: 4 })).toMatchObject({
      other: 8,
      otherAtMost: 1,
    })
  })
})

test('edges are the same where there are as many and each is', () => {
  const of = (...edges: number[]) => numericProfile([], edges)
  expect(sameEdges(of(0, 1, 2), of(0, 1, 2))).toBe(true)
  expect(sameEdges(of(0, 1), of(0, 1, 2))).toBe(false)
  expect(sameEdges(of(0, 1, 2), of(0, 1))).toBe(false)
  expect(sameEdges(of(0, 1, 2), of(0, 1, 3))).toBe(false)
  expect(sameEdges(of(0, 1, 2), of(-1, 1, 2))).toBe(false)
})

describe('profileQuantile and profileMean', () => {
  test('the estimate lies in the bin that holds the exact quantile', () => {
    const sample = fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(
        sample,
        edges,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, bounds, q) => {
          const profile = numericProfile(values, bounds)
          const estimate = profileQuantile(profile, q)!
          const sorted = values.toSorted((a, b) => a - b)
          const exact = sorted[Math.ceil(q * values.length) - 1]!
          const upper = bounds.find((edge) => exact <= edge)
          if (exact < bounds[0]!) expect(estimate).toBe(profile.min)
          else if (upper === undefined) expect(estimate).toBe(profile.max)
          else {
            const lower = exact === bounds[0] ? exact : bounds.findLast((edge) => edge < exact)!
            expect(estimate).toBeGreaterThanOrEqual(lower)
            expect(estimate).toBeLessThanOrEqual(exact === bounds[0] ? bounds[1]! : upper)
          }
        },
      ),
    )
  })

  test('an empty profile has neither', () => {
    const empty = numericProfile([], [0, 1])
    expect(profileQuantile(empty, 0.5)).toBeNull()
    expect(profileMean(empty)).toBeNull()
  })

  test('the mean is exact, whatever the bins', () => {
    expect(profileMean(numericProfile([1, 2, 6], [0, 1]))).toBe(3)
  })

  test('below the first edge it is the minimum, and from there on it is not', () => {
    const profile = numericProfile([-5, -3, 1, 2, 3, 4, 5, 6], [0, 4, 8])
    expect([0, 0.1, 0.25].map((q) => profileQuantile(profile, q))).toEqual([-5, -5, -5])
    // Four of eight values lie in the first bin, two in the second.
    expect(profileQuantile(profile, 0.5)).toBe(2)
    expect(profileQuantile(profile, 0.75)).toBe(4)
    expect(profileQuantile(profile, 0.875)).toBe(6)
    expect(profileQuantile(profile, 1)).toBe(8)
    expect(profileQuantile({ ...profile, min: null }, 0.1)).toBe(0)
  })

  test('at 0 it is where the first bin that holds a value begins', () => {
    expect(profileQuantile(numericProfile([1, 2], [0, 4]), 0)).toBe(0)
    expect(profileQuantile(numericProfile([5, 6], [0, 4, 8]), 0)).toBe(4)
    expect(profileQuantile(numericProfile([1, 2, 9, 10], [0, 4, 8, 12]), 0.5)).toBe(4)
  })

  test('above the last edge it is the maximum, or that edge where it is not known', () => {
    const profile = numericProfile([1, 2, 3, 90], [0, 4])
    expect(profileQuantile(profile, 0.75)).toBe(4)
    expect(profileQuantile(profile, 0.9)).toBe(90)
    expect(profileQuantile({ ...profile, max: null }, 0.9)).toBe(4)
  })

  test.each([-1, -Number.MIN_VALUE, 1 + Number.EPSILON, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a q of %d',
    (q) => {
      const profiles = [numericProfile([1], [0, 1]), numericProfile([-1, 1], [0, 1])]
      for (const profile of [...profiles, numericProfile([], [0, 1])]) {
        expect(() => profileQuantile(profile, q)).toThrow(
          `"q" must be a number in [0, 1], received ${q}`,
        )
      }
    },
  )
})

describe('categoriesLike', () => {
  const counted = categoricalProfile(
    [
      ['new', 9],
      ['a', 4],
      ['newer', 3],
      ['newest', 2],
    ],
    { missing: 5 },
  )
  const like = categoricalProfile([
    ['a', 100],
    ['b', 50],
  ])

  test('names what the other names, what does not occur with 0, and the most frequent others', () => {
    expect(categoriesLike(counted, like, 1)).toEqual({
      kind: 'categorical',
      version: 2,
      categories: ['new', 'a', 'b'],
      counts: [9, 4, 0],
      other: 5,
      otherAtMost: 3,
      n: 18,
      missing: 5,
    })
    expect(categoriesLike(counted, like, 9)).toMatchObject({
      categories: ['new', 'a', 'newer', 'newest', 'b'],
      other: 0,
      otherAtMost: 0,
    })
    expect(categoriesLike(counted, like, 0)).toMatchObject({
      categories: ['a', 'b'],
      other: 14,
      otherAtMost: 9,
    })
  })

  test('what was hidden before stays so, and may be the largest that is hidden', () => {
    const hiding = categoricalProfile(countedCategories(counted), { other: 30, otherAtMost: 20 })
    expect(categoriesLike(hiding, like, 1)).toMatchObject({ other: 35, otherAtMost: 20 })
    const few = categoricalProfile(countedCategories(counted), { other: 2, otherAtMost: 1 })
    expect(categoriesLike(few, like, 1)).toMatchObject({ other: 7, otherAtMost: 3 })
    const { otherAtMost: _, ...old } = counted
    expect(categoriesLike(old, like, 1)).toMatchObject({ other: 5, otherAtMost: 3 })
  })

  test('of no categories at all', () => {
    const none = categoricalProfile([])
    expect(categoriesLike(none, none, 0)).toEqual(none)
  })
})

describe('otherAtMost', () => {
  const counts = [
    ['a', 5],
    ['b', 4],
    ['c', 2],
    ['d', 1],
  ] as const

  test('is the largest count without a name, and 0 where every category has one', () => {
    expect(categoricalProfile(counts, { maxCategories: 2 })).toMatchObject({
      other: 3,
      otherAtMost: 2,
    })
    expect(categoricalProfile(counts)).toMatchObject({ other: 0, otherAtMost: 0 })
    const again = { maxCategories: 1, other: 30, otherAtMost: 7 }
    expect(categoricalProfile(counts, again)).toMatchObject({ other: 37, otherAtMost: 7, n: 42 })
  })

  test('of an older profile is the least count with a name, or everything where one is named with 0', () => {
    const { otherAtMost: _, ...old } = categoricalProfile(counts, { maxCategories: 2 })
    expect(hiddenAtMost(assertProfile(old) as CategoricalProfile)).toBe(3)
    expect(hiddenAtMost({ ...old, other: 30, n: 39 })).toBe(4)
    expect(hiddenAtMost({ ...old, counts: [9, 0], other: 30, n: 39 })).toBe(30)
    expect(hiddenAtMost({ ...old, other: 0, n: 9 })).toBe(0)
  })

  test('stays with the values when their names are exchanged, or fewer are kept', () => {
    const profile = categoricalProfile(counts, { maxCategories: 3, missing: 2 })
    const renamed = countedCategories(profile).map(
      ([name, ...count]): CountedCategory => [`${name}!`, ...count],
    )
    expect(withCategories(profile, renamed)).toEqual({
      ...profile,
      categories: ['a!', 'b!', 'c!'],
    })
    const fewer = categoricalProfile(counts, { maxCategories: 1, missing: 2 })
    expect(withCategories(profile, countedCategories(profile), 1)).toEqual(fewer)
  })
})

describe('parseProfile', () => {
  test('reads back what was stored', () => {
    fc.assert(
      fc.property(numbers, edges, categories, (values, bounds, names) => {
        for (const profile of [
          numericProfile(values, bounds),
          categoricalProfile(countsOf(names)),
        ]) {
          // -0 is stored as 0.
          expect(parseProfile(JSON.stringify(profile))).toEqual(JSON.parse(JSON.stringify(profile)))
        }
      }),
    )
  })

  const stored = numericProfile([1, 5], [0, 2, 4])
  const named = categoricalProfile([['a', 1]])

  test('refuses a version it does not know, and says what to do', () => {
    expect(() => parseProfile(JSON.stringify({ ...stored, version: 3 }))).toThrow(
      'the profile has version 3, this release reads version 2: write it again, or install the release that wrote it',
    )
  })

  test.each<[string, object, string]>([
    [
      'kind',
      { ...stored, kind: 'x' },
      `"profile.kind" must be 'numeric' or 'categorical', received x`,
    ],
    ['n', { ...stored, n: 3 }, '"profile.n" must be the sum of all counts (2), received 3'],
    [
      'n of categories',
      { ...named, n: 3 },
      '"profile.n" must be the sum of all counts (1), received 3',
    ],
    ['n at all', { ...stored, n: '2' }, '"profile.n" must be a non-negative number, received 2'],
    [
      'missing',
      { ...stored, missing: -1 },
      '"profile.missing" must be a non-negative number, received -1',
    ],
    ['edges', { ...stored, edges: [1] }, '"profile.edges" must be at least two numbers'],
    [
      'no edges',
      { ...stored, edges: null },
      '"profile.edges" must be at least two numbers, received null',
    ],
    ['edges as text', { ...stored, edges: '12' }, '"profile.edges" must be at least two numbers'],
    [
      'an edge',
      { ...stored, edges: [0, null, 4] },
      '"profile.edges[1]" must be a finite number, received null',
    ],
    [
      'equal edges',
      { ...stored, edges: [0, 2, 2] },
      '"profile.edges[2]" must be above profile.edges[1] (2), received 2',
    ],
    ['counts', { ...stored, counts: 2 }, '"profile.counts" must be an array of 2, received 2'],
    [
      'too many counts',
      { ...stored, counts: [1, 1, 0] },
      '"profile.counts" must be an array of 2, received an array of 3',
    ],
    [
      'a count',
      { ...stored, counts: [1, -1] },
      '"profile.counts[1]" must be a non-negative number, received -1',
    ],
    [
      'a count as text',
      { ...stored, counts: ['1', 0] },
      '"profile.counts[0]" must be a non-negative number, received 1',
    ],
    [
      'underflow',
      { ...stored, underflow: -1 },
      '"profile.underflow" must be a non-negative number, received -1',
    ],
    [
      'overflow',
      { ...stored, overflow: null },
      '"profile.overflow" must be a non-negative number, received null',
    ],
    ['min', { ...stored, min: 'x' }, '"profile.min" must be a finite number or null, received x'],
    [
      'max',
      { ...stored, max: true },
      '"profile.max" must be a finite number or null, received true',
    ],
    ['sum', { ...stored, sum: [] }, '"profile.sum" must be a finite number or null'],
    [
      'a tenth',
      { ...stored, deciles: [-1] },
      '"profile.deciles" must be places in edges, ascending',
    ],
    [
      'half a place',
      { ...stored, deciles: [0.5] },
      '"profile.deciles" must be places in edges, ascending',
    ],
    [
      'categories',
      { ...named, categories: 'a' },
      '"profile.categories" must be an array of strings, received a',
    ],
    [
      'a category',
      { ...named, categories: [1] },
      '"profile.categories" must be an array of strings',
    ],
    [
      'a category twice',
      { ...named, categories: ['a', 'a'], counts: [1, 0] },
      '"profile.categories" must be distinct',
    ],
    [
      'counts of categories',
      { ...named, counts: [1, 2] },
      '"profile.counts" must be an array of 1',
    ],
    [
      'other',
      { ...named, other: -1 },
      '"profile.other" must be a non-negative number, received -1',
    ],
    [
      'otherAtMost',
      { ...named, otherAtMost: -1 },
      '"profile.otherAtMost" must be a non-negative number, received -1',
    ],
    [
      'otherAtMost of none',
      { ...named, otherAtMost: 1 },
      '"profile.otherAtMost" must be 0, as nothing is under other, received 1',
    ],
    [
      'no otherAtMost',
      { ...named, other: 2, n: 3, otherAtMost: 0 },
      '"profile.otherAtMost" must be above 0 and at most 2, received 0',
    ],
    [
      'otherAtMost above all',
      { ...named, other: 2, n: 3, otherAtMost: 3 },
      '"profile.otherAtMost" must be above 0 and at most 2, received 3',
    ],
    [
      'countsAtMost',
      { ...named, countsAtMost: 1 },
      '"profile.countsAtMost" must be an array of 1, received 1',
    ],
    [
      'other countsAtMost',
      { ...named, countsAtMost: [1, 1] },
      '"profile.countsAtMost" must be an array of 1, received an array of 2',
    ],
    [
      'a countAtMost',
      { ...named, countsAtMost: ['1'] },
      '"profile.countsAtMost[0]" must be a non-negative number, received 1',
    ],
    [
      'a countAtMost below',
      { ...named, other: 2, n: 3, otherAtMost: 2, countsAtMost: [0] },
      '"profile.countsAtMost[0]" must be from 1 to 3, received 0',
    ],
    [
      'a countAtMost above',
      { ...named, other: 2, n: 3, otherAtMost: 2, countsAtMost: [4] },
      '"profile.countsAtMost[0]" must be from 1 to 3, received 4',
    ],
  ])('says what is wrong with %s', (_, value, message) => {
    expect(() => parseProfile(JSON.stringify(value))).toThrow(message)
  })

  test('says what is no profile at all', () => {
    expect(() => parseProfile('{')).toThrow('"json" must be the JSON of a profile, received ')
    for (const json of ['null', '7', '"x"']) {
      expect(() => parseProfile(json)).toThrow('"profile" must be an object, received ')
    }
  })

  test('accepts what lies at an end of what it may be', () => {
    for (const profile of [
      numericProfile([], [0, 1]),
      { ...stored, deciles: [0, 1, 2] },
      { ...stored, deciles: [] },
      categoricalProfile([]),
      { ...named, other: 2, n: 3, otherAtMost: 2, countsAtMost: [1] },
      { ...named, other: 2, n: 3, otherAtMost: 1, countsAtMost: [3] },
    ]) {
      expect(assertProfile(profile)).toBe(profile)
    }
  })

  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['an unknown kind', { ...stored, kind: 'x' }],
    ['counts that do not add up', { ...stored, n: 3 }],
    ['a negative count', { ...stored, counts: [-1, 2] }],
    ['a missing bin', { ...stored, counts: [1] }],
    ['falling edges', { ...stored, edges: [4, 2, 0] }],
    ['a NaN stored as text', { ...stored, min: 'NaN' }],
    ['deciles that are no places', { ...stored, deciles: [0, 3] }],
    ['deciles out of order', { ...stored, deciles: [1, 1] }],
    ['deciles that are no list', { ...stored, deciles: 1 }],
    ['a category twice', { ...named, categories: ['a', 'a'], counts: [1, 0] }],
    ['categories that are not text', { ...named, categories: [1] }],
    ['a bound where nothing is hidden', { ...named, otherAtMost: 1 }],
    ['no bound where something is', { ...named, other: 2, n: 3, otherAtMost: 0 }],
    ['a bound above all that is hidden', { ...named, other: 2, n: 3, otherAtMost: 3 }],
    ['a bound that is none', { ...named, other: 2, n: 3, otherAtMost: '2' }],
    ['bounds of other categories', { ...named, countsAtMost: [1, 1] }],
    ['a bound below the count', { ...named, other: 2, n: 3, countsAtMost: [0] }],
    ['a bound above count and hidden', { ...named, other: 2, n: 3, countsAtMost: [4] }],
  ])('refuses %s', (_, value) => {
    const json = typeof value === 'string' ? value : JSON.stringify(value)
    expect(() => parseProfile(json)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    )
  })
})

describe('the unit', () => {
  const inUnit = (unit?: string) => ({
    ...numericProfile([1, 3], [0, 2, 4]),
    ...(unit !== undefined && { unit }),
  })

  test('is kept by a sum and by other edges, and may be known of one side', () => {
    expect(mergeProfiles(inUnit('seconds'), inUnit('seconds')).unit).toBe('seconds')
    expect(mergeProfiles(inUnit(), inUnit('seconds')).unit).toBe('seconds')
    expect(mergeProfiles(inUnit('seconds'), inUnit()).unit).toBe('seconds')
    expect(mergeProfiles(inUnit(), inUnit())).not.toHaveProperty('unit')
    expect(rebin(inUnit('seconds'), [0, 4]).unit).toBe('seconds')
  })

  test('is one: seconds are not added to milliseconds', () => {
    expect(() => mergeProfiles(inUnit('seconds'), inUnit('milliseconds'))).toThrow(
      'a profile in seconds cannot be added to one in milliseconds: give both in one unit',
    )
  })

  test('is a short text', () => {
    expect(assertProfile(inUnit('seconds'))).toMatchObject({ unit: 'seconds' })
    for (const unit of ['', 7, null, 'x'.repeat(41)]) {
      expect(() => assertProfile({ ...inUnit(), unit })).toThrow('"profile.unit" must be a unit')
    }
  })
})
