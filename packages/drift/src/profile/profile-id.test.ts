import { readFileSync } from 'node:fs'
import { categoricalProfile, type NumericProfile, numericProfile, uncounted } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  detectDrift,
  mergeTableProfiles,
  parseTableProfile,
  profile,
  redactTableProfile,
  type TableProfile,
  tableProfileOf,
} from '../index.ts'

const table = { age: [31, 45, 28, 45], carrier: ['UA', 'AA', 'UA', null] }
const stored = profile(table)
const again = (changed: object) => parseTableProfile(JSON.stringify(changed))

describe('the id of a profile', () => {
  test('is the same after storing and reading, whatever the order of keys, with a sample or without', () => {
    expect(stored.id).toMatch(/^[0-9a-f]{12}$/)
    expect(again(stored)).toEqual(stored)
    expect(again(reversed(stored) as object).id).toBe(stored.id)
    expect(profile(table, { keepSample: true }).id).toBe(stored.id)
    expect(profile(table, { origin: { source: 'crew.csv' } }).id).toBe(stored.id)
  })

  test('is that of the rows in any order: no sum is in it', () => {
    const number = fc.double({ noNaN: true })
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), (x) => {
        const sorted = [...x].sort((a, b) => a - b)
        expect(profile({ x: sorted.reverse() }).id).toBe(profile({ x }).id)
      }),
    )
  })

  test('is another for other counts, another type, another key and other columns', () => {
    const others = [
      profile({ ...table, age: [31, 45, 29, 45] }),
      profile({ ...table, age: [31, 45, 28, Number.NaN] }),
      profile({ ...table, age: [31, 45, 28, Number.POSITIVE_INFINITY] }),
      profile(table, { columns: ['age'] }),
      profile(table, { redact: 'a secret key' }),
      profile(table, { types: { age: 'datetime' } }),
      profile({
        ...table,
        note: Array.from({ length: 4 }, (_, i) => `a long note ${i} of some words`),
      }),
    ]
    expect(new Set([stored, ...others].map(({ id }) => id)).size).toBe(others.length + 1)
  })

  test('is refused where the counts say another, and made where there is none', () => {
    const [age, carrier] = stored.columns
    const { id: _, ...without } = stored
    expect(again(without).id).toBe(stored.id)
    const changed = { ...stored, columns: [age] }
    expect(() => again(changed)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARGUMENT',
        message: expect.stringContaining('leave it out of a profile that was changed'),
      }),
    )
    expect(again({ ...changed, id: undefined }).id).toBe(profile({ age: table.age }).id)
    expect(tableProfileOf({ rows: 4, columns: [age!, carrier!] })).toEqual(stored)
  })

  test('follows a merge and a redaction', () => {
    const twice = mergeTableProfiles(stored, stored)
    expect(twice.id).toBe(again({ ...twice, id: undefined }).id)
    expect(twice.id).not.toBe(stored.id)
    const key = 'a secret key'
    expect(redactTableProfile(stored, key).id).toBe(profile(table, { redact: key }).id)
  })
})

describe('a profile of columns that were counted elsewhere', () => {
  const x = { name: 'x', type: 'numeric', profile: numericProfile([1, 2], [0, 2]) } as const

  test.each<[string, object, string]>([
    ['a mistyped part', { row: 2, columns: [x] }, 'rows'],
    ['rows that are a text', { rows: '2', columns: [x] }, 'parts.rows'],
    ['fewer rows than values', { rows: 1, columns: [x] }, 'parts.rows'],
    [
      'counts that do not add up',
      { rows: 2, columns: [{ ...x, profile: { ...x.profile, n: 3 } }] },
      'n',
    ],
    ['another type', { rows: 2, columns: [{ ...x, type: 'number' }] }, 'parts.columns[0].type'],
    ['two of one name', { rows: 2, columns: [x, x] }, 'parts.columns[1].name'],
    ['no columns', { rows: 2 }, 'parts.columns'],
  ])('is refused with %s', (_, parts, path) => {
    expect(() => tableProfileOf(parts as never)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARGUMENT',
        message: expect.stringContaining(path),
      }),
    )
  })

  test('may be a whole one that was changed', () => {
    const fewer = tableProfileOf({ ...stored, columns: [stored.columns[0]!] })
    expect(fewer).toEqual(again(fewer))
    expect(fewer.id).toBe(profile({ age: table.age }).id)
  })
})

test('a merge of different bins names the column and the cure', () => {
  expect(() => mergeTableProfiles(profile({ x: [1, 2] }), profile({ x: [1, 3] }))).toThrow(
    'column "x" has bins of its own in each: count the tables into those of one, by profile(table, { like })',
  )
})

test('a profile like another has a column of it at least', () => {
  expect(() => profile({ other: [1] }, { like: stored })).toThrow(
    '"like" must be a profile of one of its columns',
  )
  expect(profile([], { like: stored }).columns).toEqual([])
  const chosen = profile({ other: [1] }, { like: stored, columns: ['other'] })
  expect(chosen.columns).toMatchObject([{ name: 'other', type: 'numeric' }])
})

test('who needs the values is told which side was stored without', () => {
  const kept = profile({ x: [1, 2, 3] }, { keepSample: true })
  const bare = profile({ x: [1, 2, 3] }, { like: kept })
  const reasonOf = (a: TableProfile, b: TableProfile) =>
    detectDrift(a, b, { method: 'wasserstein' }).columns[0]!.reason
  expect(reasonOf(bare, kept)).toContain('store the reference with keepSample')
  expect(reasonOf(kept, bare)).toContain('store the current table with keepSample')
  expect(reasonOf(bare, bare)).toContain('store both sides with keepSample')
})

describe('a profile of version 1', () => {
  const file = new URL('../../golden/table-profile-version-1.json', import.meta.url)
  const old = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly id: string
    readonly profile: TableProfile
  }

  test('is read as one of version 2, under the id that it had', () => {
    const read = again(old.profile)
    expect(read).toMatchObject({ version: 2, id: old.id, rows: 400 })
    expect(again(read)).toEqual(read)
    for (const { profile } of read.columns) {
      expect(profile.version).toBe(2)
      expect(profile.n + uncounted(profile)).toBe(400)
    }
  })

  test('is compared as it is, too, and merged with one of today', () => {
    const read = again(old.profile)
    expect(detectDrift(old.profile, read)).toEqual(detectDrift(read, read))
    const [fare] = old.profile.columns
    expect(detectDrift({ fare: fare!.profile }, read)).toMatchObject({
      columns: [{ name: 'fare', statistic: 0 }, {}, {}, {}],
    })
    const today = profile(
      { fare: [1, 2], city: ['Oslo', null], day: [new Date(0), new Date(9)] },
      { like: old.profile },
    )
    expect(mergeTableProfiles(old.profile, today).rows).toBe(400 + today.rows)
  })

  test('of a later version is refused, whether it was parsed or not', () => {
    const later = { ...stored, version: 3 } as unknown as TableProfile
    const refused = expect.objectContaining({ code: 'ERR_UNSUPPORTED_VERSION' })
    expect(() => again(later)).toThrow(refused)
    expect(() => detectDrift(later, table)).toThrow(refused)
    expect(() => profile(table, { like: later })).toThrow(refused)
    expect(() => mergeTableProfiles(stored, later)).toThrow(refused)
  })
})

describe('infinite values', () => {
  const infinity = Number.POSITIVE_INFINITY
  const x = [1, 2, 3, infinity, -infinity, Number.NaN, null, 4]

  test('have a count of their own, in the profile of a table as in that of values', () => {
    const [column] = profile({ x }).columns
    expect(column!.profile).toMatchObject({ n: 4, missing: 2, infinite: 2 })
    const edges = (column!.profile as NumericProfile).edges
    const values = x.map((one) => one ?? Number.NaN)
    const { deciles: _, ...counts } = column!.profile as NumericProfile
    expect(numericProfile(values, edges)).toEqual(counts)
  })

  test('count as missing in a report, and are told, from cells as from a profile', () => {
    const many = (cell: (i: number) => number) => ({
      x: Array.from({ length: 400 }, (_, i) => cell(i)),
    })
    const before = many((i) => i % 50)
    const after = many((i) => (i % 5 === 0 ? infinity : i % 50))
    const ways = [
      detectDrift(before, after),
      detectDrift(profile(before), after),
      detectDrift(profile(before), profile(after, { like: profile(before) })),
    ]
    for (const { columns } of ways) {
      expect(columns[0]).toMatchObject({
        missing: { reference: 0, current: 0.2, drifted: true },
        current: { n: 320, missing: 0, infinite: 80 },
      })
      expect(columns[0]!.warnings).toContain(
        'infinite values counted as missing: 0 in the reference, 80 in the current table',
      )
    }
  })

  test('are numbers, from a profile as from cells, where there is nothing else', () => {
    const all = { x: Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? infinity : -infinity)) }
    const texts = { x: Array.from({ length: 60 }, (_, i) => `t${i % 3}`) }
    const numbers = { x: Array.from({ length: 60 }, (_, i) => i) }
    for (const other of [texts, numbers, all]) {
      const [cells] = detectDrift(all, other).columns
      const [stored] = detectDrift(profile(all), other).columns
      const [both] = detectDrift(profile(all), profile(other)).columns
      for (const { type, verdict, finding, warnings } of [stored!, both!]) {
        expect({ type, verdict, finding, warnings }).toEqual({
          type: cells!.type,
          verdict: cells!.verdict,
          finding: cells!.finding,
          warnings: cells!.warnings,
        })
      }
    }
    const [none, some] = [profile({ x: Array.from({ length: 60 }, () => null) }), profile(all)]
    expect(mergeTableProfiles(none, some).id).toBe(mergeTableProfiles(some, none).id)
  })

  test('stay where a column without values is merged', () => {
    const none = profile({ x: [infinity, null] })
    const some = profile({ x: [1, 2] })
    expect(mergeTableProfiles(none, some).columns[0]!.profile).toMatchObject({
      n: 2,
      missing: 1,
      infinite: 1,
    })
  })
})

describe('a sample that is a part of the values', () => {
  const cells = (isMissing: (i: number) => boolean) =>
    Array.from({ length: 4000 }, (_, i) => (isMissing(i) ? null : (i * 7919) % 1000))
  const before = { x: cells((i) => i % 4 === 0) }
  const [whole] = profile(before, { keepSample: true }).columns
  const sample = Array.from(whole!.sample!).filter((_, i) => i % 20 === 0)
  const part = tableProfileOf({ rows: 4000, columns: [{ ...whole!, sample }] })

  test('is no sample of a merge: beside all values of another, they would weigh too little', () => {
    const moved = { x: before.x.map((x) => x && x + 500) }
    const other = profile(moved, { like: part, keepSample: true })
    expect(mergeTableProfiles(part, other).columns[0]).not.toHaveProperty('sample')
    expect(mergeTableProfiles(other, other).columns[0]!.sample).toHaveLength(6000)
  })

  test('leaves the share of missing values as it was counted', () => {
    const [same] = detectDrift(part, before).columns
    expect(same).toMatchObject({ verdict: 'stable', missing: { reference: 0.25, current: 0.25 } })
    const { missing, n } = same!.reference!
    expect(missing / (n + missing)).toBeCloseTo(0.25, 12)
    const [none] = detectDrift(part, { x: cells(() => false) }).columns
    expect(none).toMatchObject({ verdict: 'drifted', missing: { reference: 0.25, current: 0 } })
  })
})

describe('what attackers hand in', () => {
  const v1 = {
    kind: 'numeric',
    version: 1,
    edges: [0, 1, 2],
    counts: [20, 20],
    underflow: 0,
    overflow: 0,
    n: 40,
    missing: 2,
    min: 0.5,
    max: 2,
    sum: 50,
  } as unknown as NumericProfile

  test('a column of version 1 in a table of today is read, merged and stored anew', () => {
    const made = tableProfileOf({
      rows: 42,
      columns: [{ name: 'a', type: 'numeric', profile: v1 }],
    })
    expect(again(made)).toEqual(made)
    const merged = mergeTableProfiles(made, made)
    expect(merged.columns[0]!.profile).toMatchObject({ n: 80, missing: 4, infinite: 0 })
  })

  test.each([
    [
      '{"format":"tidegauge.table-profile","version":1,"rows":1,"columns":[{"name":"a","type":"numeric"}]}',
    ],
    ['{"format":"tidegauge.table-profile","version":1,"rows":1,"columns":[5]}'],
    [
      '{"format":"tidegauge.table-profile","version":2,"rows":1,"columns":[{"name":"a","type":"numeric","profile":null}]}',
    ],
    ['{"format":"tidegauge.table-profile","version":2,"rows":1}'],
  ])('is refused with its path: %s', (json) => {
    const refused = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' })
    expect(() => parseTableProfile(json)).toThrow(refused)
  })

  test('rows in which nothing was counted are missing after a merge, as they were before', () => {
    const empty = tableProfileOf({
      rows: 100,
      columns: [{ name: 'c', type: 'categorical', profile: categoricalProfile([]) }],
    })
    const full = profile({ c: Array.from({ length: 100 }, (_, i) => `a${i % 2}`) })
    expect(mergeTableProfiles(full, empty).columns[0]!.profile).toMatchObject({
      n: 100,
      missing: 100,
    })
    expect(mergeTableProfiles(empty, full).columns[0]!.profile).toMatchObject({
      n: 100,
      missing: 100,
    })
  })

  test('a column named twice is profiled once', () => {
    expect(profile(table, { columns: ['age', 'age'] })).toEqual(
      profile(table, { columns: ['age'] }),
    )
  })

  test('extremes and deciles are in the id: verdicts rest on them', () => {
    const [age] = stored.columns
    const { id: _, ...rest } = stored
    const bins = age!.profile as NumericProfile
    const changed = { ...age!, profile: { ...bins, max: bins.max! - 0.5 } }
    expect(again({ ...rest, columns: [changed, stored.columns[1]] }).id).not.toBe(stored.id)
  })
})

describe('what is kept beside the counts', () => {
  test('mean, squared deviations and distinct values; of a merge, those of all rows', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const values = fc.array(value, { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(values, values, (a, b) => {
        const first = profile({ x: a })
        const second = profile({ x: b }, { like: first })
        const all = profile({ x: [...a, ...b] }, { like: first })
        const [merged] = mergeTableProfiles(first, second).columns
        const [whole] = all.columns
        const { mean, squaredDeviations } = whole!.moments!
        const scale = Math.max(...[...a, ...b].map(Math.abs), 1e-300)
        expect(Math.abs(merged!.moments!.mean - mean)).toBeLessThanOrEqual(1e-13 * scale)
        expect(
          Math.abs(merged!.moments!.squaredDeviations - squaredDeviations),
        ).toBeLessThanOrEqual(1e-12 * scale ** 2 * all.rows)
        expect(whole!.distinct).toBe(new Set([...a, ...b].map((x) => x + 0)).size)
        expect(merged!.distinct).toBeUndefined()
      }),
    )
  })

  test('are right where a sum of squares would lose all digits', () => {
    const [column] = profile({ x: [1e9 + 1, 1e9 + 2, 1e9 + 3] }).columns
    expect(column).toMatchObject({ moments: { mean: 1e9 + 2, squaredDeviations: 2 }, distinct: 3 })
    const [huge] = profile({ x: [1e300, -1e300] }).columns
    expect(huge!.moments).toBeUndefined()
  })

  test('the times of the rows: of the column that is named, else of the only one of dates', () => {
    const day = [new Date(3000), null, new Date(1000)]
    expect(profile({ day, n: [5, 6, 7] }).timeRange).toEqual([1000, 3000])
    expect(profile({ day, n: [5, 6, 7] }, { time: 'n' }).timeRange).toEqual([5, 7])
    expect(profile({ day, other: day }).timeRange).toBeUndefined()
    expect(() => profile({ day }, { time: 'nix' })).toThrow('"time" must be')
    expect(profile({ day, n: [null, null, null] }, { time: 'n' }).timeRange).toBeUndefined()
    const none = profile([], { like: profile({ day }) })
    expect(none.timeRange).toBeUndefined()
    const [a, b] = [profile({ day }), profile({ day: [new Date(2000), new Date(9000)] })]
    const like = profile({ day: [new Date(2000), new Date(9000)] }, { like: a })
    expect(mergeTableProfiles(a, like).timeRange).toEqual([1000, 9000])
    expect(detectDrift(a, b).reference).toMatchObject({ timeRange: [1000, 3000], profileId: a.id })
  })

  test('where the rows come from', () => {
    const origin = { source: 'january.csv', at: 1.7e12 }
    const made = profile(table, { origin })
    expect(again(made).origin).toEqual(origin)
    const later = profile(table, { origin: { ...origin, at: 1.8e12 } })
    expect(mergeTableProfiles(made, later).origin).toEqual({ ...origin, at: 1.8e12 })
    expect(mergeTableProfiles(made, stored).origin).toBeUndefined()
    expect(() => profile(table, { origin: {} as never })).toThrow('origin.source')
    expect(() => again({ ...made, origin: { source: 'x', at: 'now' } })).toThrow(
      'profile.origin.at',
    )
  })

  test.each([
    ['timeRange', { timeRange: [3, 1] }],
    [
      'moments',
      { columns: [{ ...stored.columns[0], moments: { mean: 1, squaredDeviations: -1 } }] },
    ],
    ['distinct', { columns: [{ ...stored.columns[0], distinct: 5 }] }],
    ['reading', { columns: [{ ...stored.columns[0], reading: { decimalSign: ';' } }] }],
  ])('a %s that cannot be is refused', (name, changed) => {
    expect(() => again({ ...stored, ...changed, id: undefined })).toThrow(name)
  })

  test('a reading that can be is read', () => {
    const reading = {
      sourceType: 'VARCHAR',
      missing: [{ text: 'NA', count: 3 }],
      decimalSign: ',',
      dateOrder: 'day-month-year',
    }
    const columns = stored.columns.map((column) => ({ ...column, reading }))
    expect(again({ ...stored, columns }).columns[0]!.reading).toEqual(reading)
  })
})

test('equally frequent categories stand in the order of their code points', () => {
  // U+1F600 has the smaller UTF-16 unit, U+FF01 the smaller code point.
  const names = ['\u{1f600}', '\uff01', 'b', 'a', '\u{1f600}a']
  const sorted = ['a', 'b', '\uff01', '\u{1f600}', '\u{1f600}a']
  expect(categoricalProfile(names.map((name) => [name, 1])).categories).toEqual(sorted)
  const doubtful = names.map((name) => [name, 1, 2] as const)
  expect(categoricalProfile(doubtful, { other: 3 }).categories).toEqual(sorted)
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, part]) => [key, reversed(part)])
  return Object.fromEntries(entries.reverse())
}
