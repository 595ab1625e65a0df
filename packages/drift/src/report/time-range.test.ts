import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DetectDriftOptions } from '../plan/options.ts'
import { profile } from '../profile/profile-table.ts'
import { detectDrift } from '../run/detect-drift.ts'
import { type ColumnPairs, detectDriftByColumn } from '../run/detect-drift-by-column.ts'
import type { DriftReport } from './drift-report.ts'

const DAY = 86_400_000
const at = (day: number) => Date.UTC(2026, 2, day)
const each = <T>(cell: (i: number) => T): T[] => Array.from({ length: 100 }, (_, i) => cell(i))
const tableFrom = (day: number) => ({
  // Not in order, and one is missing.
  booked: each((i) => (i === 7 ? null : new Date(at(day) + ((i * 37) % 100) * DAY))),
  born: each((i) => new Date(Date.UTC(1950 + (i % 50), 0))),
  amount: each((i) => i),
})
const [march, july] = [tableFrom(1), tableFrom(120)]
const rangesOf = ({ reference, current, settings }: DriftReport) => ({
  column: settings.timeColumn,
  reference: reference.timeRange,
  current: current.timeRange,
})
// 7 * 37 % 100 = 59: the missing one is neither the first nor the last.
const BOOKED = {
  column: 'booked',
  reference: [at(1), at(1) + 99 * DAY],
  current: [at(120), at(120) + 99 * DAY],
}

describe('the time range of both tables', () => {
  test('is that of the column which `time` names, and that column is not judged', () => {
    const report = detectDrift(march, july, { time: 'booked' })
    expect(rangesOf(report)).toEqual(BOOKED)
    expect(report.columns.map(({ name }) => name)).toEqual(['born', 'amount'])
    const { booked: _, ...rest } = march
    const { booked: __, ...others } = july
    // The other columns are judged as if it were not there: one test less to correct for.
    expect(report.columns).toEqual(detectDrift(rest, others).columns)
  })

  test('is that of the only column of dates, which is judged all the same', () => {
    const { born: _, ...before } = march
    const { born: __, ...after } = july
    const report = detectDrift(before, after)
    expect(rangesOf(report)).toEqual(BOOKED)
    expect(report.columns.map(({ name }) => name)).toEqual(['booked', 'amount'])
  })

  test('is left out where two columns of dates could be meant, or none', () => {
    for (const report of [
      detectDrift(march, july),
      detectDrift(march, july, { columns: ['amount'] }),
    ]) {
      expect(report.reference).toEqual({ name: 'reference', rows: 100 })
      expect(report.settings).not.toHaveProperty('timeColumn')
    }
  })

  test('may come from a stored profile, from milliseconds and under a preset', () => {
    const numbers = {
      ...july,
      booked: Float64Array.from(july.booked, (time) => Number(time ?? NaN)),
    }
    const time = 'booked'
    expect(rangesOf(detectDrift(profile(march), numbers, { time }))).toEqual(BOOKED)
    const preset = { time, preset: 'evidently-0.7' } as const
    expect(rangesOf(detectDrift(march, july, preset))).toEqual(BOOKED)
  })

  test('is left out on a side that has no time', () => {
    const report = detectDrift({ ...march, booked: each(() => null) }, july, { time: 'booked' })
    expect(rangesOf(report)).toEqual({ ...BOOKED, reference: undefined })
  })

  test('takes a column as it is, not as `columns` lists it', () => {
    const options = { time: 'booked', columns: ['booked', 'amount'] }
    expect(detectDrift(march, july, options).columns.map(({ name }) => name)).toEqual(['amount'])
  })

  test('goes from the smallest to the largest, whatever the times', () => {
    const time = fc.integer({ min: -1e15, max: 1e15 })
    const sides = fc.tuple(fc.array(time, { minLength: 1 }), fc.array(time, { minLength: 1 }))
    const extremes = (times: readonly number[]) => [Math.min(...times), Math.max(...times)]
    fc.assert(
      fc.property(sides, ([before, after]) => {
        const dates = (times: readonly number[]) => ({ at: times.map((ms) => new Date(ms)) })
        const expected = {
          column: 'at',
          reference: extremes(before),
          current: extremes(after),
        }
        expect(rangesOf(detectDrift(dates(before), dates(after), { time: 'at' }))).toEqual(expected)
        expect(rangesOf(detectDrift(dates(before), dates(after)))).toEqual(expected)
      }),
    )
  })
})

describe('a wrong `time` is refused, by its name', () => {
  test.each<[string, DetectDriftOptions, RegExp]>([
    [
      'no such column',
      { time: 'bookd' },
      /a column of both tables \(booked, born, amount\).*bookd/,
    ],
    ['a target', { time: 'born', target: 'born' }, /another column than the target/],
  ])('%s', (_, options, message) => {
    expect(() => detectDrift(march, july, options)).toThrow(message)
  })

  test.each<[string, unknown[], string]>([
    ['texts', each((i) => `patient ${i}`), 'a value that is a string'],
    ['truths', each((i) => i > 3), 'a value that is a boolean'],
  ])('%s, without naming a value', (_, cells, received) => {
    const message = `"time" must be a column of dates, or of milliseconds since 1970, received ${received}`
    expect(() => detectDrift({ t: cells }, { t: cells }, { time: 't' })).toThrow(message)
  })

  test('categories, as codes and as a stored profile', () => {
    const codes = { t: { codes: [0, 1], categories: ['a', 'b'] } }
    expect(() => detectDrift(codes, codes, { time: 't' })).toThrow('received categories')
    const stored = profile(codes)
    expect(() => detectDrift(stored, codes, { time: 't' })).toThrow('a profile that counts')
  })
})

test('column by column it is read first, once, and never compared', async () => {
  const read: string[] = []
  const pairs: ColumnPairs = {
    reference: { rowCount: 100, columnNames: Object.keys(march) },
    current: { rowCount: 100, columnNames: Object.keys(july) },
    read: async (name, { type, takesBins }) => {
      read.push(`${name} ${type} ${takesBins}`)
      return { reference: march[name as 'born'], current: july[name as 'born'] }
    },
  }
  const options = { time: 'booked' }
  expect(await detectDriftByColumn(pairs, options)).toEqual(detectDrift(march, july, options))
  expect(read).toEqual(['booked datetime true', 'born undefined true', 'amount undefined true'])
})

test('a report names what measured it, with the version of this package', () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  expect(detectDrift({}, {}).producer).toBe(`@tidegauge/drift ${version}`)
})
