import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawMembers } from '../../../test/drawing.ts'
import { quoteLiteral } from '../sql.ts'
import { isTimeText, likelyDates, secondsSql } from './date-texts.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run("SET TimeZone = 'UTC'")
})
afterAll(() => connection.closeSync())

/** What each text is, in SQL. */
async function valuesOf(texts: readonly string[], sql: (text: string) => string) {
  const rows = texts.map((text, i) => `(${i}, ${quoteLiteral(text)})`).join(', ')
  const result = await connection.runAndReadAll(
    `SELECT ${sql('t')} FROM (VALUES ${rows}) AS v(i, t) ORDER BY i`,
  )
  return result.getRows().map(([value]) => value)
}

async function datesOf(texts: readonly string[], order?: string): Promise<(string | null)[]> {
  const dates = likelyDates([texts])
  const formats = order === undefined ? dates[0] : dates.find((date) => date.order === order)
  if (formats === undefined) return texts.map(() => null)
  const micros = await valuesOf(texts, (text) => `epoch_us(${formats.sql(text)})::DOUBLE`)
  return micros.map((us) =>
    us === null ? null : new Date(Number(us) / 1000).toISOString().replace('.000Z', 'Z'),
  )
}

const DAY = '2024-03-04'
const MORNING = `${DAY}T08:05:00Z`

test.each([
  ['2024-03-04', `${DAY}T00:00:00Z`],
  ['2024/3/4', `${DAY}T00:00:00Z`],
  [' 2024-03-04 ', `${DAY}T00:00:00Z`],
  ['2024-03-04T08:05', MORNING],
  ['2024-03-04 8:05', MORNING],
  ['2024-03-04 08:05:00', MORNING],
  ['2024-03-04, 08:05', MORNING],
  ['2024-03-04T08:05:00Z', MORNING],
  ['2024-03-04t08:05:00z', MORNING],
  ['2024-03-04T08:05Z', MORNING],
  ['2024-03-04 08:05:00 UTC', MORNING],
  ['2024-03-04 08:05 UTC', MORNING],
  ['2024-03-04 10:05:00+02', MORNING],
  ['2024-03-04 10:05:00 +02:00', MORNING],
  ['2024-03-04T10:05:00+0200', MORNING],
  ['2024-03-04T10:05+0200', MORNING],
  ['2024-03-04T03:35:00-0430', MORNING],
  ['2024-03-04 08:05:00.250', `${DAY}T08:05:00.250Z`],
  ['2024-03-04 08:05:00,250', `${DAY}T08:05:00.250Z`],
  ['2024-03-04T08:05:00.250123Z', `${DAY}T08:05:00.250Z`],
  ['2024-03-04 8:05 AM', MORNING],
  ['2024-03-04 08:05:00 pm', `${DAY}T20:05:00Z`],
  ['4 Mar 2024', `${DAY}T00:00:00Z`],
  ['04-MAR-2024', `${DAY}T00:00:00Z`],
  ['04-Mar-24', `${DAY}T00:00:00Z`],
  ['4 March 2024 08:05', MORNING],
  ['March 4, 2024', `${DAY}T00:00:00Z`],
  ['Mar 4, 2024 8:05 AM', MORNING],
])('%s is one moment, whatever stands about it', async (text, moment) => {
  expect(await datesOf([text])).toEqual([moment])
})

test.each([
  ['04.03.2024', '04.03.24', '4/3/2024', '04-03-2024', '4.3.2024 00:00', '04/03/24 00:00:00'],
  ['04.03.2024, 0:00', '04/03/2024 12:00 AM', '4/3/2024 0:00Z', '04.03.2024 02:00:00+0200'],
])('days first: %s …', async (...texts) => {
  expect(new Set(await datesOf(texts, 'day-month-year'))).toEqual(new Set([`${DAY}T00:00:00Z`]))
})

test.each([['03/04/2024', '03-04-2024', '3/4/24', '03/04/2024 12:00:00 AM', '3/4/2024 0:00']])(
  'months first: %s …',
  async (...texts) => {
    expect(new Set(await datesOf(texts, 'month-day-year'))).toEqual(new Set([`${DAY}T00:00:00Z`]))
  },
)

test.each([
  ...['2024-02-30', '2024-13-01', '20240304', '2024-03', '2024-W10', 'epoch', 'infinity', 'now'],
  ...['today', '2024 03 04', '2024-03/04', '24-3', '2024-03-04 25:00', '2024-03-04 08:05 CET'],
  ...['12024-03-04', '-2024-03-04', '024-03-04', '2024-03-04 08:05:00 Europe/Berlin', '1.2.3'],
])('%s is none', async (text) => {
  expect(await datesOf([DAY, DAY, DAY, text])).toEqual([...Array(3).fill(`${DAY}T00:00:00Z`), null])
})

describe('the pattern of JavaScript and the SQL agree', () => {
  const draw = drawMembers(7)
  const blank = () => draw(['', '', '', ' ', '\t'])
  const two = (n: number, isPadded: boolean) => (isPadded ? String(n).padStart(2, '0') : String(n))
  /** Hours, minutes and milliseconds; undefined: no such time. */
  const clocks = [
    ['', 0],
    ...([' 08:05', 'T8:05', ', 08:05', ' 8:05 am'] as const).map(
      (text) => [text, 29_100_000] as const,
    ),
    [' 23:59:59', 86_399_000],
    ['T23:59:59.5', 86_399_500],
    ['  23:59:59,5', 86_399_500],
    [' 12:30 AM', 1_800_000],
    [' 12:30:01 PM', 45_001_000],
    [' 25:00', undefined],
    [' 8:60', undefined],
    [' 13:00 PM', undefined],
    [' 8', undefined],
  ] as const
  const zones = [
    ...([
      ['', 0],
      ['Z', 0],
      [' UTC', 0],
      ['+02', 120],
      ['+0200', 120],
      [' -09:30', -570],
    ] as const),
    ...([
      ['+2', undefined],
      [' CET', undefined],
    ] as const),
  ]
  const dated = (order: 'ymd' | 'dmy' | 'mdy') => {
    const [y, m, d] = [
      draw([1969, 1999, 2024]),
      1 + draw([...Array(14).keys()]),
      draw([1, 9, 12, 28, 29, 30, 31, 32]),
    ]
    const isPadded = draw([true, false])
    const sign = draw(order === 'mdy' ? ['/', '-'] : ['/', '-', '.'])
    const parts = { y: String(y), m: two(m, isPadded), d: two(d, isPadded) }
    const [clock, time] = draw(clocks)
    const [zone, offset] = /[0-9]$/.test(clock) ? draw(zones) : (['', 0] as const)
    const date = [...order].map((part) => parts[part as 'y']).join(sign)
    const text = `${blank()}${date}${clock}${zone}${blank()}`
    const day = Date.UTC(y, m - 1, d)
    const isDay = m <= 12 && new Date(day).getUTCDate() === d
    // With an AM a year in front has no points.
    const isKnown = !(sign === '.' && /m$/i.test(clock) && order === 'ymd')
    const isMoment = isDay && time !== undefined && offset !== undefined && isKnown
    return { text, moment: isMoment ? day + time - offset * 60_000 : null }
  }

  test.each([
    ['ymd', 'year-month-day'],
    ['dmy', 'day-month-year'],
    ['mdy', 'month-day-year'],
  ] as const)('on dates in the order %s', async (letters, order) => {
    const all = Array.from({ length: 3000 }, () => dated(letters))
    const usual = letters === 'ymd' ? '2024-03-31' : letters === 'dmy' ? '31/03/2024' : '03/31/2024'
    const texts = [...all.map(({ text }) => text), ...Array<string>(6000).fill(usual)]
    const read = await datesOf(texts, order)
    for (const [i, { text, moment }] of all.entries()) {
      const at = read[i] === null ? null : Date.parse(read[i]!)
      expect([text, at]).toEqual([text, moment])
      // Of one text alone, the pattern of JavaScript has to fit for anything to be tried.
      if (moment !== null) expect([text, likelyDates([[text]]).length > 0]).toEqual([text, true])
    }
  })

  test('on times of the day', async () => {
    const times = Array.from(
      { length: 2000 },
      () =>
        `${blank()}${draw(['0', '8', '08', '12', '23', '24', '25', '100'])}:${draw(['00', '5', '59', '60'])}${draw(['', ':00', ':59.5', ':7', ':61'])}${draw(['', '', ' AM', 'pm', ' XM'])}${blank()}`,
    )
    const seconds = await valuesOf(times, secondsSql)
    for (const [i, text] of times.entries()) {
      if (seconds[i] !== null) expect([text, isTimeText(text)]).toEqual([text, true])
      const [, h, m, s = 0, half] =
        /^\s*(\d+):(\d\d)(?::(\d\d(?:\.\d)?))? ?([ap]m)?\s*$/i.exec(text) ?? []
      const isTime =
        h !== undefined &&
        Number(m) < 60 &&
        Number(s) < 60 &&
        (half === undefined
          ? Number(h) < 24
          : Number(h) >= 1 && Number(h) <= 12 && !String(s).includes('.'))
      const hours = half === undefined ? Number(h) : (Number(h) % 12) + (/p/i.test(half) ? 12 : 0)
      // DuckDB has 24:00 as the end of a day.
      if (Number(h) === 24 && half === undefined) continue
      expect([text, seconds[i]]).toEqual([
        text,
        isTime ? hours * 3600 + Number(m) * 60 + Number(s) : null,
      ])
    }
  })
})
