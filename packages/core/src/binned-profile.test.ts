import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assertProfile,
  type BinnedProfile,
  type CategoricalProfile,
  type CountedCategory,
  categoricalProfile,
  countedCategories,
  hiddenAtMost,
  mergeProfiles,
  numericProfile,
  parseProfile,
  profileMean,
  profileQuantile,
  sameEdges,
  withCategories,
} from './binned-profile.ts'

const edges = fc
  .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 })
  .map((list) => list.sort((a, b) => a - b))
const numbers = fc.array(fc.oneof(fc.integer({ min: -60, max: 60 }), fc.double({ noNaN: true })))
const categories = fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', ''))

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

  test('sets NaN aside as missing and keeps infinities out of the extremes', () => {
    const profile = numericProfile([Number.NaN, 1, Number.POSITIVE_INFINITY], [0, 2], {
      missing: 2,
    })
    expect(profile).toMatchObject({ missing: 3, n: 2, overflow: 1, min: 1, max: 1, sum: null })
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

  test('refuses a count that is not a number of things', () => {
    expect(() => categoricalProfile([['a', -1]])).toThrow(
      '"counts[a]" must be a non-negative number',
    )
  })

  test('orders by count, then by the code units of the name, whatever else is known of the counts', () => {
    // By code points, U+1F600 would come last.
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1f600}', '\uff41'), maxLength: 3 })
    const count = fc.constantFrom(0, 0.5, 1, 2, 30)
    const counted = fc.uniqueArray(fc.tuple(name, count), { selector: ([text]) => text })
    fc.assert(
      fc.property(counted, fc.constantFrom(0, 7), (counts, more) => {
        const expected = [...counts].sort(
          ([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1),
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
    expect(mergeProfiles(numericProfile([], [0, 2]), numericProfile([1], [0, 2])).min).toBe(1)
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
    expect(() => parseProfile(JSON.stringify({ ...stored, version: 2 }))).toThrow(
      'the profile has version 2, this release reads version 1: write it again, or install the release that wrote it',
    )
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
