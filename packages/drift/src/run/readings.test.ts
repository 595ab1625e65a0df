import { numericProfile } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { mergeTableProfiles } from '../profile/merge-table-profiles.ts'
import { parseTableProfile, tableProfileOf } from '../profile/parse-table-profile.ts'
import { redactTableProfile } from '../profile/redact-table-profile.ts'
import { profileId, type TableProfile } from '../profile/table-profile.ts'
import type { ColumnReading, ColumnReadings, TableReading } from '../reading/column-reading.ts'
import { detectDrift } from './detect-drift.ts'
import { detectDriftAsync } from './detect-drift-async.ts'
import { type ColumnPairs, detectDriftByColumn } from './detect-drift-by-column.ts'

const N = 200
const integers = Array.from({ length: N }, (_, i) => i)
/** All members: of one that is added, the tests below tell where it is lost. */
const reading: Required<ColumnReading> = {
  sourceType: 'text',
  missing: [
    { text: 'NA', count: 412 },
    { text: 'keine Angabe', count: 3 },
  ],
  decimalSign: ',',
  thousandsSign: '.',
  unit: '€',
  dateOrder: 'day-month-year',
  timeOfDay: true,
  misfits: { count: 2, example: '12abc', line: 1002, file: 'part-2.csv' },
  notes: ['codes with leading zeros were kept as text'],
}
const tableReading: Required<TableReading> = {
  format: 'csv',
  encoding: 'utf-16le',
  delimiter: ';',
  header: false,
  mended: [{ what: 'row with too few cells', count: 2, line: 17, file: 'part-1.csv' }],
}

function pairsOf(
  columns: Readonly<Record<string, { readonly reference?: unknown; readonly current?: unknown }>>,
  readings: ColumnReadings,
): ColumnPairs {
  const names = Object.keys(columns)
  const on = (side: 'reference' | 'current') => names.filter((name) => side in columns[name]!)
  return {
    reference: { rowCount: N, columnNames: on('reference'), reading: tableReading },
    current: { rowCount: N, columnNames: on('current') },
    read: async (name) => ({ ...columns[name], readings }) as never,
    readOne: async (name, side) =>
      ({ values: columns[name]![side], reading: readings[side] }) as never,
  }
}

const misfitting = (count: number): Array<number | null> =>
  integers.map((i) => (i < count ? null : i))
const told = (count: number): ColumnReading => ({ misfits: { count, example: '12abc' } })

describe('how a column was read is told of', () => {
  const both = { reference: reading, current: { sourceType: 'DOUBLE' } }

  test('a column that was judged, failed, had too few values, is gone, new or was left out of a profile', async () => {
    const columns = {
      judged: { reference: integers, current: integers },
      failed: { reference: integers, current: integers.map(() => ({})) },
      few: { reference: integers, current: [1, 2, 3] },
      text: {
        reference: { name: 'text', type: 'text', reason: 'documents are not kept' },
        current: integers.map((i) => `text ${i}`),
      },
      gone: { reference: integers },
      fresh: { current: integers },
    }
    const report = await detectDriftByColumn(pairsOf(columns, both))
    const readings = new Map(report.columns.map((column) => [column.name, column.reading]))
    expect([...readings.keys()]).toEqual(['judged', 'failed', 'few', 'text', 'gone', 'fresh'])
    for (const name of ['judged', 'failed', 'few', 'text']) expect(readings.get(name)).toEqual(both)
    expect(readings.get('gone')).toEqual({ reference: both.reference })
    expect(readings.get('fresh')).toEqual({ current: both.current })
    expect(report.reference.reading).toEqual(tableReading)
    expect(report.current).not.toHaveProperty('reading')
  })

  test('a stored side: what its profile says, here and in worker threads', async () => {
    const profile = numericProfile(integers, [0, 100, 200], { missing: 2 })
    const stored = tableProfileOf({
      rows: N + 2,
      reading: tableReading,
      columns: [{ name: 'x', type: 'numeric', profile, reading }],
    })
    const report = detectDrift(stored, { x: integers })
    expect(report.columns[0]!.reading).toEqual({ reference: reading })
    expect(report.reference.reading).toEqual(tableReading)
    expect(await detectDriftAsync(stored, { x: integers })).toEqual(report)
    const pairs = pairsOf({ x: { reference: stored.columns[0], current: integers } }, {})
    expect((await detectDriftByColumn(pairs)).columns[0]!.reading).toEqual({ reference: reading })
    const told = { reference: { unit: '%' } }
    const other = pairsOf({ x: { reference: stored.columns[0], current: integers } }, told)
    expect((await detectDriftByColumn(other)).columns[0]!.reading).toEqual(told)
  })

  test('nobody where there is nothing to tell', async () => {
    const columns = { x: { reference: integers, current: integers } }
    const report = await detectDriftByColumn(pairsOf(columns, { reference: {}, current: {} }))
    expect(report.columns[0]).not.toHaveProperty('reading')
    expect(detectDrift({ x: integers }, { x: integers }).columns[0]).not.toHaveProperty('reading')
  })

  test('with texts of 80 characters at most, and no member that it does not know', async () => {
    const long = `${'🌊'.repeat(60)}`
    const hostile = {
      missing: [{ text: long, count: 1 }],
      misfits: { count: 1, example: 'x'.repeat(1e6) },
      notes: Array.from({ length: 30 }, () => 'n'.repeat(400)),
      constructor: 'x',
    } as ColumnReading
    const columns = { x: { reference: integers, current: misfitting(1) } }
    const [x] = (await detectDriftByColumn(pairsOf(columns, { current: hostile }))).columns
    const current = x!.reading!.current!
    expect(Object.keys(current).sort()).toEqual(['misfits', 'missing', 'notes'])
    expect(current.missing![0]!.text).toMatch(/^🌊{39}…$/u)
    expect(current.misfits!.example).toBe(`${'x'.repeat(79)}…`)
    expect(current.notes).toEqual(Array.from({ length: 20 }, () => `${'n'.repeat(299)}…`))
  })

  test('under redaction without a text of the data', async () => {
    const columns = { x: { reference: integers, current: misfitting(2) } }
    const blanks = { text: '\t ', count: 1 }
    const missing = [...reading.missing, blanks]
    const pairs = pairsOf(columns, { current: { ...reading, missing } })
    const report = await detectDriftByColumn(pairs, { redact: true })
    const current = report.columns[0]!.reading!.current!
    expect(current.missing).toEqual([{ text: 'NA', count: 412 }, blanks])
    expect(current.misfits).toEqual({ ...reading.misfits, example: '' })
    expect(JSON.stringify(report)).not.toMatch(/12abc|keine Angabe/)
  })

  test.each<[string, unknown]>([
    ['readings.current of "x".missing[0].count', { missing: [{ text: 'NA', count: -1 }] }],
    ['readings.current of "x".missing[0]', { missing: ['NA'] }],
    [
      'readings.current of "x".missing',
      { missing: integers.slice(0, 21).map((i) => ({ text: `${i}`, count: 1 })) },
    ],
    ['readings.current of "x".decimalSign', { decimalSign: ';' }],
    ['readings.current of "x".unit', { unit: 'euros a day' }],
    ['readings.current of "x".dateOrder', { dateOrder: 'year-day-month' }],
    ['readings.current of "x".timeOfDay', { timeOfDay: false }],
    ['readings.current of "x".misfits.example', { misfits: { count: 2 } }],
    ['readings.current of "x".misfits.line', { misfits: { count: 2, example: '', line: 0 } }],
    ['readings.current of "x".misfits.file', { misfits: { count: 2, example: '', file: 1 } }],
    ['readings.current of "x".notes[0]', { notes: [3] }],
  ])('and %s that cannot be is refused by its path', async (path, current) => {
    const columns = { x: { reference: integers, current: integers } }
    const pairs = pairsOf(columns, { current: current as ColumnReading })
    await expect(detectDriftByColumn(pairs)).rejects.toThrow(path)
  })
})

describe('a column of a table that nobody can read', () => {
  const order = 'the order of day and month cannot be told'
  const unreadable = { name: 'at', type: 'datetime', unreadable: order }
  const dates = integers.map((i) => new Date(i * 864e5))
  const stored = tableProfileOf({
    rows: N,
    columns: [
      {
        name: 'at',
        type: 'datetime',
        profile: numericProfile(integers, [0, 100, 200]),
      },
    ],
  }).columns[0]
  const read = async (reference: unknown, current: unknown) => {
    const at = { reference, current }
    return (await detectDriftByColumn(pairsOf({ at }, { current: reading }))).columns[0]!
  }

  test.each<[string, unknown, unknown]>([
    ['reference and the current table', unreadable, unreadable],
    ['current table', stored, unreadable],
    ['reference', unreadable, dates],
  ])('is not judged, and nobody speaks of a profile (%s)', async (where, reference, current) => {
    const column = await read(reference, current)
    expect(column).toMatchObject({ type: 'datetime', verdict: 'insufficient-data', drifted: false })
    expect(column).not.toHaveProperty('finding')
    expect(column.reason).toBe(`not read in the ${where}: ${order}`)
    expect(column.reading).toEqual({ current: reading })
    expect(column.current?.n).toBe(current === dates ? N : undefined)
  })

  test('of which not even the type is known has not changed it', async () => {
    const column = await read(stored, { ...unreadable, type: null })
    expect(column.reason).toBe(`not read in the current table: ${order}`)
  })

  test('is of another type all the same, where that is known', async () => {
    const column = await read(integers, unreadable)
    expect(column).toMatchObject({ verdict: 'error', finding: 'changed-type' })
  })

  test('is no column of times', async () => {
    const pairs = pairsOf({ at: { reference: dates, current: unreadable } }, {})
    await expect(detectDriftByColumn(pairs, { time: 'at' })).rejects.toThrow(
      `"time" must be a column of dates, or of milliseconds since 1970, received a column that is not read: ${order}`,
    )
  })

  test('is not one that was forgotten: the reader is told', async () => {
    const pairs = pairsOf({ at: { reference: dates, current: undefined } }, {})
    await expect(detectDriftByColumn(pairs)).rejects.toThrow(
      'read("at").current" must be its cells',
    )
  })
})

describe('a stored profile', () => {
  const parts = {
    rows: N + 2,
    reading: tableReading,
    columns: [
      {
        name: 'x',
        type: 'numeric' as const,
        profile: numericProfile(integers, [0, 100, 200], { missing: 2 }),
        reading,
      },
    ],
  }
  const stored = tableProfileOf(parts)
  const again = (profile: unknown) => parseTableProfile(JSON.stringify(profile))

  test('keeps how it was read, and the id of what was counted', () => {
    expect(again(stored)).toEqual(stored)
    const columns = stored.columns.map(({ reading: _, ...column }) => column)
    const { reading: _, ...plain } = { ...stored, columns }
    expect(profileId(plain)).toBe(stored.id)
    expect(again(plain).id).toBe(stored.id)
  })

  test.each<[string, object]>([
    ['profile.reading.format', { reading: {} }],
    ['profile.reading.mended[0].what', { reading: { format: 'csv', mended: [{ count: 2 }] } }],
    ['profile.columns[0].reading.missing[0]', { missing: ['NA'] }],
    ['profile.columns[0].reading', 'text' as never],
    [
      'profile.columns[0].reading.misfits.count',
      { misfits: { count: 3, example: 'more than are missing' } },
    ],
  ])('is refused where %s cannot be', (path, changed) => {
    const columns = [{ ...stored.columns[0], reading: changed }]
    const profile =
      'reading' in Object(changed) ? { ...stored, ...changed } : { ...stored, columns }
    expect(() => again(profile)).toThrow(`"${path}"`)
  })

  test('of two parts adds the counts, and tells what both agree on', () => {
    const other = tableProfileOf({
      ...parts,
      columns: [
        {
          ...parts.columns[0]!,
          reading: {
            missing: [
              { text: '-', count: 500 },
              { text: 'NA', count: 1 },
            ],
            decimalSign: '.',
            misfits: { count: 1, example: '?' },
          },
        },
      ],
    })
    const merged = mergeTableProfiles(stored, other)
    const { sourceType, thousandsSign, unit, dateOrder, timeOfDay, notes } = reading
    expect(merged.columns[0]!.reading).toEqual({
      ...{ sourceType, thousandsSign, unit, dateOrder, timeOfDay, notes },
      missing: [
        { text: '-', count: 500 },
        { text: 'NA', count: 413 },
        { text: 'keine Angabe', count: 3 },
      ],
      misfits: { count: 3, example: '12abc' },
    })
    expect(merged.reading).toEqual({
      ...tableReading,
      mended: [{ what: 'row with too few cells', count: 4 }],
    })
    const comma = { ...other, reading: { ...tableReading, delimiter: ',' } }
    expect(mergeTableProfiles(stored, comma)).not.toHaveProperty('reading')
  })

  test('of two parts names 20 spellings at most, and an example that one of them may tell', () => {
    const withReading = (told: ColumnReading) =>
      tableProfileOf({ ...parts, columns: [{ ...parts.columns[0]!, reading: told }] })
    const spelled = (from: number) =>
      Array.from({ length: 15 }, (_, i) => ({ text: `none ${from + i}`, count: i + 1 }))
    const redacted = withReading({ missing: spelled(0), misfits: { count: 1, example: '' } })
    const plain = withReading({ missing: spelled(15), misfits: { count: 1, example: '12abc' } })
    for (const merged of [
      mergeTableProfiles(redacted, plain),
      mergeTableProfiles(plain, redacted),
    ]) {
      const { missing, misfits } = merged.columns[0]!.reading!
      expect(missing!.map(({ count }) => count)).toEqual(
        Array.from({ length: 20 }, (_, i) => 15 - (i >> 1)),
      )
      expect(misfits).toEqual({ count: 2, example: '12abc' })
      expect(again(merged)).toEqual(merged)
    }
  })

  test('of a part that counted what did not fit and one that was told of it has both', () => {
    const [x] = parts.columns
    const { reading: _, ...plain } = x!
    const counted = tableProfileOf({ ...parts, columns: [{ ...plain, invalid: 1 }] })
    expect(mergeTableProfiles(stored, counted).columns[0]!.invalid).toBe(3)
    expect(mergeTableProfiles(counted, stored).columns[0]!.invalid).toBe(3)
    const both = mergeTableProfiles(stored, stored).columns[0]!
    expect(both).not.toHaveProperty('invalid')
    expect(both.reading!.misfits!.count).toBe(4)
    expect(Object.keys(both.reading!)).toEqual(Object.keys(reading))
  })

  test('of a part without a value keeps what that part was read as', () => {
    const profile = numericProfile([], [0, 1], { missing: 5 })
    const column = {
      ...{ name: 'x', type: 'numeric' as const, profile },
      reading: { missing: [{ text: 'NA', count: 5 }] },
    }
    const empty = tableProfileOf({ rows: 5, columns: [column] })
    const ofMerged = (merged: TableProfile) => merged.columns[0]!.reading!.missing![0]
    expect(ofMerged(mergeTableProfiles(stored, empty))).toEqual({ text: 'NA', count: 417 })
    expect(ofMerged(mergeTableProfiles(empty, stored))).toEqual({ text: 'NA', count: 417 })
  })

  test('that is redacted holds no text of the data, also of numbers', () => {
    const redacted = redactTableProfile(stored, 'a key of mine')
    expect(redacted.columns[0]!.reading).toEqual({
      ...reading,
      missing: [{ text: 'NA', count: 412 }],
      misfits: { ...reading.misfits, example: '' },
    })
  })
})

describe('cells that do not fit', () => {
  const judged = async (
    reference: Array<number | null>,
    current: Array<number | null>,
    readings: ColumnReadings,
  ) => {
    const pairs = pairsOf({ x: { reference, current } }, readings)
    return (await detectDriftByColumn(pairs)).columns[0]!
  }

  test('are missing values: that there are more of them is drift', async () => {
    const column = await judged(integers, misfitting(40), { current: told(40) })
    expect(column).toMatchObject({ verdict: 'drifted', missing: { current: 0.2, drifted: true } })
  })

  test('more than a few, as many as on the other side, are not told to be stable', async () => {
    const few = { reference: told(10), current: told(10) }
    expect(await judged(misfitting(10), misfitting(10), few)).toMatchObject({ verdict: 'stable' })
    const many = { reference: told(11), current: told(11) }
    const column = await judged(misfitting(11), misfitting(11), many)
    expect(column).toMatchObject({ verdict: 'insufficient-data', drifted: false })
    expect(column.reason).toMatch(/^too many values of another type to tell: 5.5% of those in the/)
  })

  test('in the place of as many missing ones are not told to be stable', async () => {
    const column = await judged(misfitting(40), misfitting(40), { current: told(40) })
    expect(column).toMatchObject({ verdict: 'insufficient-data', missing: { drifted: false } })
    const was = await judged(misfitting(40), misfitting(40), { reference: told(40) })
    expect(was.reason).toContain('20% of those in the reference')
  })

  test('more than do make it another type; not where they were as many before', async () => {
    const readings = { current: told(101) }
    expect(await judged(integers, misfitting(101), readings)).toMatchObject({
      verdict: 'error',
      finding: 'changed-type',
    })
    const both = { reference: told(101), ...readings }
    expect(await judged(misfitting(101), misfitting(101), both)).toMatchObject({
      verdict: 'insufficient-data',
    })
  })

  test('are no more than are missing among the cells, though all rows had more', async () => {
    const all = { reference: told(1000), current: told(1000) }
    const column = await judged(misfitting(40), misfitting(40), all)
    expect(column.reason).toMatch(/^too many values of another type to tell: 20%/)
    const few = await judged(integers, misfitting(40), { current: told(1000) })
    expect(few).toMatchObject({ verdict: 'drifted', missing: { current: 0.2 } })
  })

  test('alone make it another type', async () => {
    const column = await judged(integers, misfitting(N), { current: told(N) })
    expect(column).toMatchObject({ verdict: 'error', finding: 'changed-type', type: 'numeric' })
  })

  test('of a stored profile count likewise, and a drift that is found stays one', async () => {
    const profile = numericProfile(integers.slice(40), [0, 50, 100, 150, 200], { missing: 40 })
    const stored = (given: object) =>
      tableProfileOf({ rows: N, columns: [{ name: 'x', type: 'numeric', profile, ...given }] })
    const same = { x: misfitting(40) }
    const verdictOf = (given: object, current = same) =>
      detectDrift(stored(given), current).columns[0]!.verdict
    expect(verdictOf({})).toBe('stable')
    expect(verdictOf({ reading: told(40) })).toBe('insufficient-data')
    expect(verdictOf({ invalid: 40 })).toBe('insufficient-data')
    const moved = { x: misfitting(40).map((x) => (x === null ? null : x + 90)) }
    expect(verdictOf({ reading: told(40) }, moved)).toBe('drifted')
  })
})
