import { mergeProfiles, numericProfile } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { mergeTableProfiles, parseTableProfile, profile, tableProfileOf } from '../index.ts'
import type { StoredColumn, StoredMoments } from '../measure/measured-column.ts'
import { detectDrift } from '../run/detect-drift.ts'

const rows = Array.from({ length: 2000 }, (_, i) => i)
const january = {
  age: rows.map((i) => (i * 7919) % 1000),
  city: rows.map((i) => (i % 10 === 0 ? null : ['Bern', 'Oslo', 'Rome'][i % 3])),
  day: rows.map((i) => new Date(Date.UTC(2001, 0, 1 + (i % 31)))),
}
const february = {
  ...january,
  age: january.age.map((age) => age + 150),
  city: rows.map((i) => ['Bern', 'Oslo', 'Kiel'][i % 3]),
}

describe('a stored reference', () => {
  test('with its sample gives the very same report as the table', () => {
    const stored = parseTableProfile(JSON.stringify(profile(january, { keepSample: true })))
    const { id: _, reference, ...report } = detectDrift(stored, february)
    const { id: __, ...expected } = detectDrift(january, february)
    const { profileId, ...table } = reference
    expect(profileId).toBe(stored.id)
    expect({ ...report, reference: table }).toEqual(expected)
  })

  test('without it gives the same verdicts, and statistics within a bin of the exact ones', () => {
    const stored = parseTableProfile(JSON.stringify(profile(january)))
    const [exact, binned] = [detectDrift(january, february), detectDrift(stored, february)]
    expect(binned.columns.map(({ verdict }) => verdict)).toEqual(
      exact.columns.map(({ verdict }) => verdict),
    )
    binned.columns.forEach((column, i) => {
      const { statistic } = exact.columns[i]!
      if (column.type === 'categorical') expect(column.statistic).toBe(statistic)
      else expect(statistic! - column.statistic!).toBeLessThan(1 / 200)
    })
  })

  test('holds no value of a numeric column but its edges and extremes, unless asked to', () => {
    const [age] = profile(january, { bins: 4 }).columns
    expect(age).not.toHaveProperty('sample')
    expect(age!.profile).toMatchObject({ edges: [0, 249.75, 499.5, 749.25, 999], n: 2000 })
  })

  test('names at most so many categories', () => {
    const [, city] = profile(january, { maxCategories: 2 }).columns
    expect(city!.profile).toMatchObject({ categories: ['Bern', 'Oslo'], other: 600, missing: 200 })
  })

  test('refuses a method that needs the values, for that column alone', () => {
    const values = {
      name: 'of-values',
      compare: { values: () => ({ kind: 'divergence', statistic: 0 }) as const },
    }
    const { columns } = detectDrift(profile(january), february, { methods: { age: values } })
    expect(columns[0]).toMatchObject({
      verdict: 'error',
      reason: 'of-values needs the values themselves: store the reference with keepSample',
    })
    expect(columns[1]!.verdict).toBe('drifted')
  })

  test('counts infinities among the missing values, on both sides', () => {
    const x = Array.from({ length: 200 }, (_, i) => (i % 5 === 0 ? Number.POSITIVE_INFINITY : i))
    for (const keepSample of [false, true]) {
      const [column] = detectDrift(profile({ x }, { keepSample }), { x }).columns
      expect(column).toMatchObject({
        verdict: 'stable',
        missing: { reference: 0.2, current: 0.2 },
        warnings: [
          'infinite values counted as missing: 40 in the reference, 40 in the current table',
          ...(keepSample ? [] : [expect.stringContaining('is a lower bound')]),
        ],
      })
    }
  })

  test('a column that was empty then and is empty now is insufficient data', () => {
    const empty = { x: [null, null] }
    expect(detectDrift(profile(empty), empty).columns[0]!.verdict).toBe('insufficient-data')
  })
})

describe('a profile like another', () => {
  test('has its bins and categories, its own new ones, and is compared as the table is', () => {
    const stored = profile(january)
    const like = profile(february, { like: stored })
    const [direct, counted] = [detectDrift(stored, february), detectDrift(stored, like)]
    expect(counted.columns.map(({ verdict }) => verdict)).toEqual(
      direct.columns.map(({ verdict }) => verdict),
    )
    expect(counted.columns[0]!.statistic).toBe(direct.columns[0]!.statistic)
    expect(like.columns[1]!.profile).toMatchObject({ other: 0, otherAtMost: 0 })
    expect(mergeTableProfiles(stored, like).rows).toBe(4000)
  })

  test('keeps the categories of the other, and names the most frequent of its own', () => {
    const like = profile({ x: ['a', 'a', 'b', 'rare'] }, { maxCategories: 2 })
    const x = [...Array(9).fill('NEW'), ...Array(4).fill('n2'), 'n3', 'n3', 'a', null]
    expect(profile({ x, y: x }, { like, maxCategories: 1 }).columns).toMatchObject([
      {
        name: 'x',
        profile: {
          categories: ['NEW', 'a', 'b'],
          counts: [9, 1, 0],
          other: 6,
          otherAtMost: 4,
          missing: 1,
        },
      },
    ])
  })

  test('has its codes, under its key alone', () => {
    const like = profile(january, { redact: 'a long enough key' })
    const same = profile(february, { like, redact: 'a long enough key' })
    expect(detectDrift(like, same).columns[1]!.verdict).toBe('drifted')
    expect(() => profile(february, { like })).toThrow('"redact" must be the key of')
    expect(() =>
      profile(february, { like: profile(january), redact: 'a long enough key' }),
    ).toThrow('"redact" must be left out')
  })

  test('refuses another type, and what is no profile', () => {
    const like = profile(january)
    expect(() => profile(january, { like, types: { age: 'categorical' } })).toThrow(
      '"types.age" must be of the kind that',
    )
    expect(() => profile(january, { like: {} as typeof like })).toThrow('"like"')
  })
})

describe('mergeTableProfiles', () => {
  test('two profiles in the same bins add up', () => {
    const stored = profile(january)
    const [age] = stored.columns
    const twice = mergeTableProfiles(stored, stored)
    expect(twice.rows).toBe(4000)
    expect(twice.columns[0]!.profile).toEqual(mergeProfiles(age!.profile, age!.profile))
    expect(twice.columns[0]!.profile.n).toBe(4000)
  })

  test('other edges and other columns are refused', () => {
    expect(() => mergeTableProfiles(profile(january), profile(february))).toThrow(
      expect.objectContaining({ code: 'ERR_INCOMPATIBLE_PROFILES' }),
    )
    expect(() => mergeTableProfiles(profile({ a: [1] }), profile({ b: [1] }))).toThrow(
      '"b" must be a profile of the columns a, received b',
    )
  })
})

describe('parseTableProfile', () => {
  const stored = profile(january, { keepSample: true })
  const storedSample = () => Array.from(stored.columns[0]!.sample!)

  test('reads an even part of the values, as large files have it', () => {
    const [age] = stored.columns
    const part = storedSample().filter((_, i) => i % 3 === 0)
    const table = tableProfileOf({ rows: stored.rows, columns: [{ ...age!, sample: part }] })
    expect(parseTableProfile(JSON.stringify(table))).toEqual(JSON.parse(JSON.stringify(table)))
  })

  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'ERR_INVALID_ARGUMENT'],
    ['something else', {}, 'ERR_INVALID_ARGUMENT'],
    ['an unknown version', { ...stored, version: 9 }, 'ERR_UNSUPPORTED_VERSION'],
    ['columns that are none', { ...stored, columns: 3 }, 'ERR_INVALID_ARGUMENT'],
    [
      'a type that does not fit',
      { ...stored, columns: [{ ...stored.columns[0], type: 'categorical' }] },
      'ERR_INVALID_ARGUMENT',
    ],
    ['a column that is null', { ...stored, columns: [null] }, 'ERR_INVALID_ARGUMENT'],
    ['a column that is a list', { ...stored, columns: [[]] }, 'ERR_INVALID_ARGUMENT'],
    ['a column that is a text', { ...stored, columns: ['age'] }, 'ERR_INVALID_ARGUMENT'],
    [
      'a column twice',
      { ...stored, columns: [stored.columns[0], stored.columns[0]] },
      'ERR_INVALID_ARGUMENT',
    ],
    ['fewer rows than its columns have', { ...stored, rows: 1999 }, 'ERR_INVALID_ARGUMENT'],
    ['more rows than its columns have', { ...stored, rows: 2001 }, 'ERR_INVALID_ARGUMENT'],
    ['no number of rows', { ...stored, rows: undefined }, 'ERR_INVALID_ARGUMENT'],
    ['rows below zero', { ...stored, rows: -1, columns: [] }, 'ERR_INVALID_ARGUMENT'],
    ...(
      [
        ['a sample that is no list', 7],
        ['a sample that is null', null],
        ['a sample of more values than were counted', [...storedSample(), 999]],
        ['a sample of other values', storedSample().map((x) => x / 2)],
        ['a part of other values', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
      ] as const
    ).map(([name, sample]): [string, unknown, string] => [
      name,
      { ...stored, columns: [{ ...stored.columns[0], sample }] },
      'ERR_INVALID_ARGUMENT',
    ]),
    [
      'a sample of categories',
      { ...stored, columns: [{ ...stored.columns[1], sample: [1] }] },
      'ERR_INVALID_ARGUMENT',
    ],
    [
      'a sample out of order',
      { ...stored, columns: [{ ...stored.columns[0], sample: [2, 1] }] },
      'ERR_INVALID_ARGUMENT',
    ],
  ])('refuses %s', (_, value, code) => {
    const json = typeof value === 'string' ? value : JSON.stringify(value)
    expect(() => parseTableProfile(json)).toThrow(expect.objectContaining({ code }))
  })
})

describe('what is told beside the counts', () => {
  // 0 to 999, each twice, and 200 rows without a city.
  const { format: _, version: __, id: ___, ...parts } = profile(january)
  const [age, city] = parts.columns as [StoredColumn, StoredColumn]
  const withAge = (told: Partial<StoredColumn>) => ({ columns: [{ ...age, ...told }] })
  const moments = (told: Partial<StoredMoments>) =>
    withAge({ moments: { ...age.moments!, ...told } })
  const empty = { ...age, profile: numericProfile([], [0, 1], { missing: 2000 }) }
  const { distinct: ____, moments: _____, ...blank } = empty

  test.each<[string, object, string]>([
    ['more of another type than are missing', withAge({ invalid: 1 }), 'columns[0].invalid'],
    [
      'more categories of another type than are missing',
      { columns: [{ ...city, invalid: 201 }] },
      'columns[0].invalid" must be at most its missing values (200), received 201',
    ],
    ['no different values', withAge({ distinct: 0 }), 'distinct" must be a whole number from 1'],
    ['more of them than values', withAge({ distinct: 2001 }), 'distinct" must be a whole number'],
    ['a different value of none', { columns: [{ ...blank, distinct: 1 }] }, 'distinct" must be 0'],
    ['no moments', withAge({ moments: null as never }), 'columns[0].moments'],
    ['negative squares', moments({ squaredDeviations: -1 }), 'columns[0].moments'],
    ['more deviation than there is room for', moments({ squaredDeviations: 5e8 }), '.moments'],
    ['a mean below the minimum', moments({ mean: -0.1 }), 'columns[0].moments'],
    ['a mean above the maximum', moments({ mean: 999.1 }), 'columns[0].moments'],
    ['moments of no value', { columns: [{ ...blank, moments: age.moments }] }, '.moments'],
    ['moments of categories', { columns: [{ ...city, moments: age.moments }] }, '.moments'],
    ['three times', { timeRange: [1, 2, 3] }, 'timeRange" must be two times, the earlier one'],
    ['one time', { timeRange: [1] }, 'timeRange" must be two times'],
    ['the later time first', { timeRange: [2, 1] }, 'timeRange" must be two times'],
    ['an origin without a source', { origin: { at: 1 } }, 'origin.source" must be a text'],
  ])('is refused where it is %s', (_name, told, message) => {
    const changed = { ...parts, ...told } as Parameters<typeof tableProfileOf>[0]
    expect(() => tableProfileOf(changed)).toThrow(message)
    const stored = { format: 'tidegauge.table-profile', version: 2, ...changed }
    expect(() => parseTableProfile(JSON.stringify(stored))).toThrow(message)
  })

  test('values of another type may have been counted beside all', () => {
    const beside = { rows: 2002, columns: [{ ...age, invalid: 2 }] }
    expect(tableProfileOf(beside).columns[0]).toMatchObject({ invalid: 2 })
  })

  test('an origin of one’s own has no other fields; of a stored one those of later releases are kept', () => {
    const origin = { source: 'january.csv', size: 7 }
    expect(() => tableProfileOf({ ...parts, origin })).toThrow('"parts.origin.size" must be an')
    const stored = { ...profile(january), origin }
    expect(parseTableProfile(JSON.stringify(stored)).origin).toEqual(origin)
  })

  test('what rounding leaves of equal values is no contradiction', () => {
    const rate = Array.from({ length: 1000 }, () => 0.1)
    const [column] = profile({ rate }).columns
    const moments = { mean: 0.1 + 1e-15, squaredDeviations: 1e-14 }
    expect(() => tableProfileOf({ rows: 1000, columns: [{ ...column!, moments }] })).not.toThrow()
  })
})

test('latency histograms are compared by the same call', () => {
  const bounds = [0, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1]
  const week = (slower: number) =>
    numericProfile(
      rows.map((i) => 0.002 * slower * Math.exp(Math.sin(i))),
      bounds,
    )
  const { columns } = detectDrift({ '/predict': week(1) }, { '/predict': week(3) })
  expect(columns[0]).toMatchObject({
    name: '/predict',
    verdict: 'drifted',
    method: 'kolmogorov-smirnov',
  })
  expect(detectDrift({ '/predict': week(1) }, { '/predict': week(1) }).columns[0]!.verdict).toBe(
    'stable',
  )
})

test('a histogram of no requests is too few of them, and no column that has lost its values', () => {
  const requests = (n: number) => numericProfile(rows.slice(0, n), [0, 500, 1000])
  const others = { '/predict': requests(800), '/health': requests(900) }
  const busy = { '/train': requests(400), ...others }
  const quiet = { '/train': requests(0), ...others }
  for (const [before, after] of [
    [busy, quiet],
    [quiet, busy],
  ] as const) {
    const { columns, decision } = detectDrift(before, after)
    expect(columns[0]).toMatchObject({ name: '/train', verdict: 'insufficient-data' })
    expect(columns[0]!.finding).toBeUndefined()
    expect(decision.action).toBe('NO_ACTION')
  }
  // Where all others have as many, they are columns of one table.
  const counted = { age: requests(800), fare: requests(800) }
  const { columns } = detectDrift(counted, { ...counted, fare: requests(0) })
  expect(columns[1]).toMatchObject({ name: 'fare', finding: 'gone' })
})
