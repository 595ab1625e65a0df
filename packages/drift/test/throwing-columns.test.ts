import { numericProfile, type TableInput } from '@tidegauge/core'
import * as aq from 'arquero'
import { describe, expect, test } from 'vitest'
import { detectDrift, detectDriftAsync, type Profiles, profile } from '../src/index.ts'

const fine = Array.from({ length: 100 }, (_, i) => (i * 37) % 100)

function no(): never {
  throw new RangeError('no value today')
}

const throwingOn = (member: string) =>
  new Proxy([...fine], { get: (cells, key) => (key === member ? no() : Reflect.get(cells, key)) })

function revoked(): number[] {
  const { proxy, revoke } = Proxy.revocable([...fine], {})
  revoke()
  return proxy
}

const arqueroTable = (column: (name: string) => unknown) => {
  const table = aq.table({ fine, broken: fine })
  return new Proxy(table, {
    get: (_, key) => (key === 'column' ? column : Reflect.get(table, key, table)),
  })
}

const arrowTable = (getChild: (name: string) => unknown) => ({
  numRows: fine.length,
  names: ['fine', 'broken'],
  getChild,
})

const readable = aq.table({ fine }).column('fine')
const column = {
  length: fine.length,
  nullCount: 1,
  at: (i: number) => fine[i],
  toArray: () => fine,
}

/** Each with a column `fine`, and a column `broken` that throws when it is asked for, or looked at. */
const TABLES: Record<string, object> = {
  'a getter': {
    fine,
    get broken() {
      return no()
    },
  },
  'a getter before the others': {
    get broken() {
      return no()
    },
    fine,
  },
  'a length that throws': { fine, broken: throwingOn('length') },
  'a cell that throws': { fine, broken: throwingOn('7') },
  'a proxy that was revoked': { fine, broken: revoked() },
  'codes that throw': {
    fine,
    broken: {
      categories: ['a'],
      get codes() {
        return no()
      },
    },
  },
  'a code that throws': {
    fine,
    broken: { categories: ['a'], codes: throwingOn('7').fill(0, 0, 7) },
  },
  'a column of arquero': arqueroTable((name) => (name === 'broken' ? no() : readable)),
  'a column that arquero has not': arqueroTable((name) =>
    name === 'broken' ? undefined : readable,
  ),
  'a column of Arrow': arrowTable((name) => (name === 'broken' ? no() : column)),
  'a column that Arrow has not': arrowTable((name) => (name === 'broken' ? null : column)),
}

const whole = { fine, broken: fine }

describe.each(Object.entries(TABLES))('%s ends its own column alone:', (_, input) => {
  const table = input as TableInput

  test.each<[string, TableInput, TableInput]>([
    ['of the reference', table, whole],
    ['of the current table', whole, table],
    ['of both', table, table],
    ['where the other side has no such column', table, { fine }],
  ])('%s', async (_, reference, current) => {
    const report = detectDrift(reference, current)
    const verdicts = new Map(report.columns.map(({ name, verdict }) => [name, verdict]))
    expect(verdicts).toEqual(
      new Map([
        ['fine', 'stable'],
        ['broken', 'error'],
      ]),
    )
    expect(await detectDriftAsync(reference, current)).toEqual(report)
  })

  test('in a profile', () => {
    const { columns, unprofiled } = profile(table)
    expect(columns.map(({ name }) => name)).toEqual(['fine'])
    expect(unprofiled).toMatchObject([{ name: 'broken', reason: expect.any(String) }])
  })
})

test('says what was thrown, and hides it where the report is redacted', () => {
  const { columns } = detectDrift(whole, TABLES['a getter'] as TableInput)
  expect(columns[1]!.reason).toBe('no value today')
  const redacted = detectDrift(whole, TABLES['a getter'] as TableInput, { redact: true })
  expect(redacted.columns[1]!.reason).toBe('the column could not be compared')
})

test.each(['format', 'columnNames', 'column', 'indices', 'numRows', 'getChild'])(
  'a column named "%s" that throws is a column like any other',
  (name) => {
    const table = Object.defineProperty({ fine }, name, { enumerable: true, get: no })
    const { columns } = detectDrift({ fine, [name]: fine }, table)
    expect(columns.map(({ verdict }) => verdict)).toEqual(['stable', 'error'])
    expect(profile(table).unprofiled).toMatchObject([{ name }])
  },
)

test('one of several histograms that throws is an error of that column alone', async () => {
  const histogram = numericProfile(Float64Array.from(fine), [0, 25, 50, 75, 100])
  const profiles: Profiles = { fine: histogram, broken: histogram }
  const throwing = Object.defineProperty({ fine: histogram }, 'broken', {
    enumerable: true,
    get: no,
  }) as unknown as Profiles
  const report = detectDrift(profiles, throwing)
  expect(report.columns.map(({ verdict }) => verdict)).toEqual(['stable', 'error'])
  expect(await detectDriftAsync(profiles, throwing)).toEqual(report)
})

test('the column that `time` names is told apart: what it is to be cannot be had', async () => {
  const table = TABLES['a getter'] as TableInput
  const message = '"time" must be a column of dates, or of milliseconds since 1970'
  expect(() => detectDrift(table, table, { time: 'broken' })).toThrow(message)
  await expect(detectDriftAsync(table, table, { time: 'broken' })).rejects.toThrow(message)
})
