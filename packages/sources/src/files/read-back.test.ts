import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type ColumnReading, type ColumnType, profile } from '@tidegauge/drift'
import { afterAll, describe, expect, test } from 'vitest'
import { type Draw, drawMembers } from '../../test/drawing.ts'
import type { DataTable } from './data-table.ts'
import { isData, locate, type TableRequest } from './locate.ts'
import { loadTables, type OpenOptions, openTables } from './open-tables.ts'
import { categoryReading, numberExpression, readNumbers } from './read-values.ts'
import { makeScratch } from './scratch.ts'
import { openSession, type Session } from './session.ts'

/** Tables that are drawn, each side written in a locale of its own, and read back. */
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-read-back-'))
afterAll(() => rmSync(directory, { recursive: true }))

interface Locale {
  readonly delimiter: string
  readonly decimal: '.' | ','
  readonly thousands: string
  readonly order: 'ymd' | 'dmy' | 'mdy'
  readonly clock: '' | ' ' | 'T'
  readonly missing: string
  readonly unit: string
  readonly words: readonly [no: string, yes: string]
  readonly quotesAll: boolean
  readonly lineEnd: '\n' | '\r\n'
  /** Some lines have no empty cells at their end, others one too many. */
  readonly isRagged: boolean
  readonly header: readonly string[]
}

const COLUMNS = ['amount', 'count', 'price', 'day', 'paid', 'code', 'kind'] as const
type Name = (typeof COLUMNS)[number]
type Value = number | string | boolean | null
type Row = Readonly<Record<Name, Value>>

const DAY = 86_400_000

const numbersTo = (n: number) => Array.from({ length: n }, (_, i) => i)

function someLocale(draw: Draw): Locale {
  const decimal = draw(['.', ','] as const)
  const header: string[] = [...COLUMNS]
  for (const i of COLUMNS.keys()) header.push(...header.splice(draw(numbersTo(7 - i)), 1))
  return {
    decimal,
    thousands: draw(['', ' ', "'", '\u202f', decimal === '.' ? ',' : '.']),
    order: draw(['ymd', 'dmy', 'mdy'] as const),
    clock: draw(['', ' ', 'T'] as const),
    missing: draw(['', 'NA', 'null', 'N/A', 'None', '\\N', 'NaN']),
    unit: draw(['', '$', '€']),
    words: draw([
      ['false', 'true'],
      ['FALSE', 'TRUE'],
      ['False', 'True'],
    ] as const),
    quotesAll: draw([true, false]),
    lineEnd: draw(['\n', '\r\n'] as const),
    delimiter: draw([',', ';', '\t', '|']),
    isRagged: draw([true, false]),
    header,
  }
}

const KIND_NAMES = ['a', 'b;c', 'd,e', 'f"g', 'two\nlines', ' blank ', 'Ärger', '-', '?']

/** Some rows leave no doubt about the order of a date, or the sign of a number. */
function someRows(draw: Draw): Row[] {
  const digits = (n: number) =>
    Number(Array.from({ length: n }, () => draw(numbersTo(10))).join(''))
  return Array.from({ length: 100 + draw(numbersTo(40)) }, (_, i): Row => {
    const isCertain = i % 10 === 0
    const or = (value: Value, certain: Value = value): Value =>
      isCertain ? certain : draw(numbersTo(20)) === 0 ? null : value
    return {
      amount: or((draw([1, -1]) * digits(7)) / 100, 12_345.25),
      count: or(draw([1, -1]) * digits(4)),
      price: or(digits(5) / 100, 0.5),
      day: or(digits(4) * DAY, (i + 30) * 365 * DAY + 19 * DAY),
      paid: or(draw([true, false])),
      code: or(String(digits(2)).padStart(4, '0')),
      kind: or(draw(KIND_NAMES)),
    }
  })
}

function someMisfits(draw: Draw, rows: number): ReadonlyMap<number, string> {
  const texts = ['broken', 'n. d.', 'see note'].slice(0, draw([0, 0, 1, 2, 3]))
  return new Map(texts.map((text) => [draw(numbersTo(rows)), text] as const))
}

function numberText(x: number, digits: number, { decimal, thousands, unit }: Locale): string {
  const [whole, fraction] = Math.abs(x).toFixed(digits).split('.') as [string, string?]
  const grouped = whole.replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, thousands)
  const text = fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`
  return `${x < 0 ? '-' : ''}${unit === '$' ? unit : ''}${text}${unit === '€' ? ' €' : ''}`
}

function dateText(moment: number, { order, clock }: Locale): string {
  const [year, month, day] = new Date(moment).toISOString().slice(0, 10).split('-')
  const parts = { y: year, m: month, d: day }
  const sign = { ymd: '-', dmy: '.', mdy: '/' }[order]
  const date = [...order].map((part) => parts[part as 'y']).join(sign)
  return clock === '' ? date : `${date}${clock}00:00:00`
}

function cellText(name: Name, value: Value, locale: Locale): string {
  if (value === null) return locale.missing
  switch (name) {
    case 'amount':
      return numberText(value as number, 2, { ...locale, unit: '' })
    case 'price':
      return numberText(value as number, 2, locale)
    case 'count':
      return String(value)
    case 'day':
      return dateText(value as number, locale)
    case 'paid':
      return locale.words[value ? 1 : 0]
    default:
      return String(value)
  }
}

/** @returns the text, the line on which each row begins, and the lines that are mended as it is read */
function written(rows: readonly Row[], locale: Locale, misfits: ReadonlyMap<number, string>) {
  const { delimiter, lineEnd, quotesAll, isRagged, header } = locale
  const mended = { short: [] as number[], long: [] as number[] }
  const quoted = (text: string) =>
    quotesAll || /[\s"]/.test(text) || text.includes(delimiter)
      ? `"${text.replaceAll('"', '""')}"`
      : text
  const lines: number[] = []
  let line = 2
  const records = rows.map((one, i) => {
    lines.push(line)
    const cells = (header as readonly Name[]).map((name) => {
      const misfit = name === 'amount' ? misfits.get(i) : undefined
      return quoted(misfit ?? cellText(name, one[name], locale))
    })
    const end = 1 + cells.findLastIndex((cell, at) => at === 0 || cell !== '')
    if (isRagged && i % 11 === 5) {
      mended.long.push(line)
      cells.push('')
    } else if (isRagged && end < cells.length) {
      mended.short.push(line)
      cells.length = end
    }
    const record = cells.join(delimiter)
    line += 1 + record.split('\n').length - 1
    return record
  })
  return { text: `${[header.join(delimiter), ...records].join(lineEnd)}${lineEnd}`, lines, mended }
}

/** What is said of both sides, and of the comparison. */
type More = Partial<OpenOptions & Pick<TableRequest, 'where' | 'columns' | 'texts'>>

async function opened<T>(
  texts: readonly string[],
  /** Undefined: the texts are paths. */
  extension: string | undefined,
  read: (tables: readonly DataTable[], session: Session) => Promise<T>,
  more: More = {},
  threads?: number,
): Promise<T> {
  const scratch = makeScratch()
  const session = await openSession(scratch, threads)
  try {
    const requests: TableRequest[] = []
    for (const [i, text] of texts.entries()) {
      const path = extension === undefined ? text : join(directory, `side-${i}.${extension}`)
      if (extension !== undefined) writeFileSync(path, text)
      const located = await locate(path, session, undefined)
      const { where, columns, texts = {} } = more
      if (isData(located)) requests.push({ side: `side${i}`, located, where, columns, texts })
    }
    const loaded = await loadTables(requests, session)
    return await read(await openTables(loaded, session, { types: {}, ...more }), session)
  } finally {
    session.close()
    scratch.remove()
  }
}

async function valuesOf(table: DataTable, name: Name, session: Session): Promise<Value[]> {
  const column = table.columns.get(name)!
  const isNumber = ['numeric', 'whole', 'datetime'].includes(column.kind)
  const sql = isNumber ? numberExpression(column) : categoryReading(column).expression
  const result = await session.connection.runAndReadAll(`SELECT ${sql} FROM ${column.from}`)
  return result.getRows().map(([value]) => {
    if (typeof value === 'number' && Number.isNaN(value)) return null
    if (column.kind === 'boolean') return value === null ? null : value === 'true'
    return value as Value
  })
}

const MENDED = {
  short: 'line with too few cells, filled up',
  long: 'line with too many cells, empty ones cut',
} as const

const KINDS: Readonly<Record<Name, readonly string[]>> = {
  amount: ['numeric'],
  count: ['whole', 'numeric'],
  price: ['numeric'],
  day: ['datetime'],
  paid: ['boolean'],
  code: ['text'],
  kind: ['text'],
}

test.each(numbersTo(40))(
  'what is written in one locale and another is read back, with the misfits and their lines: %i',
  async (seed) => {
    const draw = drawMembers(seed)
    const sides = [0, 1].map(() => {
      const rows = someRows(draw)
      return { rows, locale: someLocale(draw), misfits: someMisfits(draw, rows.length) }
    })
    const files = sides.map(({ rows, locale, misfits }) => written(rows, locale, misfits))
    await opened(
      files.map(({ text }) => text),
      'csv',
      async (read, session) => {
        for (const [i, table] of read.entries()) {
          const { rows, misfits } = sides[i]!
          expect(table.rowCount).toBe(rows.length)
          const mended = new Map(table.reading?.mended?.map((one) => [one.what, one]))
          for (const [kind, what] of Object.entries(MENDED)) {
            const lines = files[i]!.mended[kind as keyof typeof MENDED]
            const told =
              lines.length > 0 ? { what, count: lines.length, line: lines[0] } : undefined
            expect(mended.get(what)).toEqual(told)
            mended.delete(what)
          }
          expect([...mended]).toEqual([])
          for (const name of COLUMNS) {
            // More than a cell in a hundred fits on neither side: no numbers, then.
            if (name === 'amount' && sides.every(({ misfits }) => misfits.size > 0)) continue
            const column = table.columns.get(name)!
            expect([name, KINDS[name].includes(column.kind)]).toEqual([name, true])
            expect(column.undecided).toBeUndefined()
            const truth = rows.map((one, at) => {
              return name === 'amount' && misfits.has(at) ? null : one[name]
            })
            expect([name, await valuesOf(table, name, session)]).toEqual([name, truth])
            const told = column.reading?.misfits
            if (name !== 'amount' || misfits.size === 0) {
              expect(told).toBeUndefined()
              continue
            }
            const first = Math.min(...misfits.keys())
            expect(told).toEqual({
              count: misfits.size,
              example: misfits.get(first),
              line: files[i]!.lines[first],
            })
          }
        }
      },
    )
  },
)

/** Of a stored profile of the other side, what the reading of a column needs. */
function storedWith(reading: ColumnReading, isDate: boolean): More {
  const values = isDate ? [new Date(0), new Date(DAY)] : [1, 2]
  const [column] = profile({ x: values }).columns
  return { storedColumn: () => ({ ...column!, reading }) }
}

test.each([
  ['in points, NA among them', ['1.5', '2.25', 'NA'], [1.5, 2.25, null]],
  ['in points', ['1.5', '2.25'], [1.5, 2.25]],
  ['in commas', ['1,5', '2,25'], [1.5, 2.25]],
  ['in doubt: as it is stored', ['1,234', '5,678'], [1.234, 5.678]],
  ['in doubt, NA among them', ['1,234', 'NA'], [1.234, null]],
])('numbers whose stored profile was of decimal commas: %s', async (_, cells, expected) => {
  const text = ['x', ...Array.from({ length: 60 }, (_, i) => cells[i % cells.length])].join('\n')
  const stored = storedWith({ sourceType: 'text', decimalSign: ',' }, false)
  const read = (tables: readonly DataTable[], session: Session) =>
    valuesOf(tables[0]!, 'x' as Name, session)
  const texts = { delimiter: '|' }
  const values = await opened([text], 'csv', read, { ...stored, texts })
  expect([...new Set(values)]).toEqual(expected)
})

test.each([
  ['days first, for certain', ['01/02/2024', '31/01/2024'], ['2024-02-01', '2024-01-31']],
  ['months first, for certain', ['01/02/2024', '01/31/2024'], ['2024-01-02', '2024-01-31']],
  ['in doubt: as it is stored', ['01/02/2024', '03/04/2024'], ['2024-02-01', '2024-04-03']],
  ['years first', ['2024-02-01'], ['2024-02-01']],
])('dates whose stored profile had days first: %s', async (_, cells, expected) => {
  const text = ['x', ...Array.from({ length: 60 }, (_, i) => cells[i % cells.length])].join('\n')
  const stored = storedWith({ sourceType: 'text', dateOrder: 'day-month-year' }, true)
  const read = (tables: readonly DataTable[], session: Session) =>
    valuesOf(tables[0]!, 'x' as Name, session)
  const values = await opened([text], 'csv', read, stored)
  const days = values.map((value) => new Date(Number(value)).toISOString().slice(0, 10))
  expect([...new Set(days)]).toEqual(expected)
})

test('what a stored profile counted as missing is missing in that column alone', async () => {
  const text = [
    'a,b',
    ...Array.from({ length: 60 }, (_, i) => ['x,red', 'unknown,unknown'][i % 2]!),
  ]
  const missing = [{ text: 'unknown', count: 3 }]
  const [column] = profile({ b: ['red', 'blue'] }).columns
  const storedColumn: OpenOptions['storedColumn'] = (name) =>
    name === 'b' ? { ...column!, reading: { sourceType: 'text', missing } } : undefined
  const read = async ([table]: readonly DataTable[], session: Session) => [
    new Set(await valuesOf(table!, 'a' as Name, session)),
    new Set(await valuesOf(table!, 'b' as Name, session)),
    table!.columns.get('b')!.reading?.missing,
  ]
  expect(await opened([text.join('\n')], 'csv', read, { storedColumn })).toEqual([
    new Set(['x', 'unknown']),
    new Set(['red', null]),
    [{ text: 'unknown', count: 30 }],
  ])
})

/** The values that occur, of dates their days; and how the column was read. */
async function distinct(cells: readonly string[], more: More = {}) {
  const texts = { delimiter: '|', header: true, ...more.texts }
  return opened(
    [['x', ...cells].join('\n')],
    'csv',
    async ([table], session) => {
      const { kind, undecided, reading } = table!.columns.get('x')!
      const values = [...new Set(await valuesOf(table!, 'x' as Name, session))]
      const isDate = kind === 'datetime'
      const shown = values.map((value) => {
        return isDate && value !== null ? new Date(Number(value)).toISOString().slice(0, 16) : value
      })
      return { kind, values: shown, isUndecided: undecided !== undefined, reading }
    },
    { ...more, texts },
  )
}

const repeated = (cells: readonly string[], n: number) =>
  Array.from({ length: n }, (_, i) => cells[i % cells.length]!)

test.each([
  ['words, then numbers', 'off', '1.5', ['off', '1.5'], /^97% of its cells are numbers/],
  ['words, then dates', 'off', '2024-01-05', ['off', '2024-01-05'], /^97% of its cells are dates/],
  [
    'dates, then other dates',
    '2024-01-05',
    '16 Jan 2024',
    ['2024-01-05T00:00', '2024-01-16T00:00'],
  ],
  ['dates, then days first', '2024-01-05', '16/01/2024', ['2024-01-05T00:00', '2024-01-16T00:00']],
  [
    'times, then an AM',
    '2024-01-05 08:00',
    '2024-01-05 8:00 PM',
    ['2024-01-05T08:00', '2024-01-05T20:00'],
  ],
  ['times of the day, then a PM', '08:00', '8:00 PM', [28_800, 72_000]],
  ['whole numbers, then a currency', '1', '$1.5', [1, 1.5]],
  ['whole numbers, then commas', '1', '1,5', [1, 1.5]],
  ['whole numbers, then thousands', '1', '1,234.5', [1, 1234.5]],
  ['commas, then thousands', '1,5', '1.234,5', [1.5, 1234.5]],
  ['commas, then a currency', '1,5', '2,5 €', [1.5, 2.5]],
] as const)('of a column that begins otherwise: %s', async (_, early, late, values, note?) => {
  const found = await distinct([...repeated([early], 1200), ...repeated([late], 38_800)])
  expect(found.values).toEqual(values)
  const notes = found.reading?.notes ?? []
  expect(notes).toEqual(note === undefined ? [] : [expect.stringMatching(note)])
  expect(found.reading?.misfits).toBeUndefined()
})

const said = (type: ColumnType) => ({ types: { x: type } })

test.each([
  ['types numeric', ['1.5', 'abc'], said('numeric'), [1.5, null]],
  ['types numeric on codes', ['007', '8'], said('numeric'), [7, 8]],
  ['types datetime', ['2024-01-05', 'abc', 'def'], said('datetime'), ['2024-01-05T00:00', null]],
  [
    'types datetime with a format of digits',
    ['20240105', '20240116'],
    { ...said('datetime'), texts: { dateFormat: '%Y%m%d' } },
    ['2024-01-05T00:00', '2024-01-16T00:00'],
  ],
  ['types categorical on versions', ['1.1', '1.10'], said('categorical'), ['1.1', '1.10']],
  ['types categorical on floats', ['1.0', '2.0'], said('categorical'), [1, 2]],
  [
    'types categorical on dates of an order that nobody can tell',
    ['01/02/2024', '03/04/2024'],
    said('categorical'),
    ['01/02/2024', '03/04/2024'],
  ],
  [
    'types categorical on codes of 40 digits',
    ['1'.repeat(40), `${'1'.repeat(39)}2`],
    said('categorical'),
    ['1'.repeat(40), `${'1'.repeat(39)}2`],
  ],
  ['thousands . on points', ['1.234', '2.345'], { texts: { thousands: '.' } }, [1234, 2345]],
  ['decimal , on points', ['1.234', '2.345'], { texts: { decimal: ',' } }, [1234, 2345]],
  [
    'missing on dates',
    ['1900-01-01', '2024-01-05'],
    { texts: { missing: ['1900-01-01'] } },
    [null, '2024-01-05T00:00'],
  ],
  ['missing on numbers', ['-999', '-999.0', '5.5'], { texts: { missing: ['-999'] } }, [null, 5.5]],
  ['missing on commas', ['-999,0', '5,5'], { texts: { missing: ['-999'] } }, [null, 5.5]],
  ['missing on true and false', ['false', 'true'], { texts: { missing: ['false'] } }, [null, true]],
  ['missing on times', ['00:00', '08:00'], { texts: { missing: ['00:00'] } }, [null, 28_800]],
  ["missing ''", ['NA', 'DE'], { texts: { missing: [''] } }, ['NA', 'DE']],
] as readonly (readonly [string, string[], More, unknown[]])[])(
  'what the user says: %s',
  async (_, cells, more, values) => {
    const found = await distinct(repeated(cells, 120), more)
    expect(found.values).toEqual(values)
    expect(found.isUndecided).toBe(false)
  },
)

test('beside dates that can be meant in one way alone, the order of others may still be open', async () => {
  const file = (cells: readonly string[]) => ['x', ...repeated(cells, 90)].join('\n')
  const texts = [file(['2024-01-13', '2024-01-02']), file(['03/01/2024', '02/01/2024'])]
  await opened(texts, 'csv', async (read) => {
    const columns = read.map((table) => table.columns.get('x')!)
    expect(columns.map(({ undecided }) => undecided !== undefined)).toEqual([false, true])
    expect(columns.map(({ reading }) => reading?.dateOrder)).toEqual([undefined, undefined])
  })
})

test.each(['csv', 'ndjson'])(
  'several %s files, their columns in another order or missing: rows, misfits and missing cells',
  async (extension) => {
    const parts = [
      { names: ['a', 'b'], rows: repeated(['1', '2', 'NA'], 90).map((a, i) => [a, String(i)]) },
      { names: ['b', 'a'], rows: repeated(['3'], 50).map((a, i) => [String(i), a]) },
      { names: ['a', 'c'], rows: repeated(['4'], 60).map((a, i) => [i === 40 ? 'bad' : a, 'x']) },
    ]
    const folder = mkdtempSync(join(directory, 'parts-'))
    for (const [i, { names, rows }] of parts.entries()) {
      const records = rows.map((cells) =>
        extension === 'csv'
          ? cells.join(i === 1 ? ';' : ',')
          : `{${cells.map((cell, at) => `"${names[at]}":${/^[0-9]/.test(cell) ? cell : `"${cell}"`}`).join(',')}}`,
      )
      const header = extension === 'csv' ? [names.join(i === 1 ? ';' : ',')] : []
      writeFileSync(join(folder, `p${i}.${extension}`), [...header, ...records].join('\n'))
    }
    for (const where of [undefined, 'a IS NULL OR a >= 3']) {
      await opened(
        [join(folder, `p*.${extension}`)],
        undefined,
        async ([table], session) => {
          expect(table!.rowCount).toBe(where === undefined ? 200 : 140)
          expect([...table!.columns.keys()]).toEqual(['a', 'b', 'c'])
          const a = table!.columns.get('a')!
          expect(a.reading).toMatchObject({
            missing: [{ text: 'NA', count: 30 }],
            misfits: {
              count: 1,
              example: 'bad',
              line: extension === 'csv' ? 42 : 41,
              file: `p2.${extension}`,
            },
          })
          const values = await valuesOf(table!, 'a' as Name, session)
          expect(values.filter((value) => value === 4)).toHaveLength(59)
          const c = await valuesOf(table!, 'c' as Name, session)
          expect(c.filter((value) => value === 'x')).toHaveLength(60)
        },
        { where },
      )
    }
  },
)

test('lines of several files that were mended are counted together, with the first one’s file', async () => {
  const folder = mkdtempSync(join(directory, 'mended-'))
  const parts = [
    ['1,2', '3,4'],
    ['1,2', '3', '5,6'],
    ['7', '8', '9,1'],
  ]
  for (const [i, rows] of parts.entries()) {
    const lines = ['a,b', ...rows, ...repeated(['1,2'], 20)]
    writeFileSync(join(folder, `p${i}.csv`), lines.join('\n'))
  }
  await opened([join(folder, 'p*.csv')], undefined, async ([table]) => {
    const told = { what: MENDED.short, count: 3, line: 3, file: 'p1.csv' }
    expect(table!.reading!.mended).toEqual([told])
  })
})

test.each([
  ['in one slice', 3],
  ['in several', 230],
])('the rows that where keeps are whole, and in their order: %s', async (_, columns) => {
  const ROWS_A_FILE = 40_000
  const names = Array.from({ length: columns }, (_, i) => `k${i}`)
  const folder = mkdtempSync(join(directory, 'where-'))
  for (const part of [0, 1]) {
    const line = (row: number) => names.map((_, i) => (i % 115 === 0 ? row : '')).join(',')
    const rows = Array.from({ length: ROWS_A_FILE }, (_, i) => line(part * ROWS_A_FILE + i))
    writeFileSync(join(folder, `p${part}.csv`), [names.join(','), ...rows].join('\n'))
  }
  const kept = Array.from({ length: 2 * ROWS_A_FILE }, (_, i) => i).filter((i) => i % 3 === 0)
  await opened(
    [join(folder, 'p*.csv')],
    undefined,
    async ([table], session) => {
      expect(table!.rowCount).toBe(kept.length)
      for (const name of names.filter((_, i) => i % 115 === 0)) {
        const values = await valuesOf(table!, name as Name, session)
        expect([name, values.every((value, i) => value === kept[i])]).toEqual([name, true])
      }
    },
    // DuckDB makes a join of a long list, which returns rows in any order.
    { where: `k0 % 3 = 0 AND k0::VARCHAR NOT IN (${numbersTo(30).map((i) => `'-${i + 1}'`)})` },
  )
})

test('files are loaded by one thread: what is put side by side there stays so', async () => {
  await opened(['a\n1\n2'], 'csv', async (_, session) => {
    const connection = await session.loading()
    const threads = await connection.runAndReadAll(`SELECT current_setting('threads')::INTEGER`)
    connection.closeSync()
    expect(threads.getRows()).toEqual([[1]])
  })
})

test.each(['csv', 'ndjson'])(
  'four threads read more rows than they hold within the memory of DuckDB: %s',
  async (extension) => {
    const ROWS = 260_000
    const names = Array.from({ length: 20 }, (_, i) => `x${i}`)
    const path = join(mkdtempSync(join(directory, 'threads-')), `x.${extension}`)
    const file = openSync(path, 'w')
    if (extension === 'csv') writeSync(file, `${names.join(',')}\n`)
    for (let at = 0; at < ROWS; at += 1000) {
      const lines = numbersTo(1000).map((i) => {
        const cells = names.map((_, place) => Math.sin(at + i + place))
        if (extension === 'csv') return cells.join(',')
        return `{${cells.map((cell, place) => `"x${place}":${cell}`).join(',')}}`
      })
      writeSync(file, `${lines.join('\n')}\n`)
    }
    closeSync(file)
    const read = async ([table]: readonly DataTable[], session: Session) => {
      expect(table!.rowCount).toBe(ROWS)
      expect((await valuesOf(table!, 'x19' as Name, session)).at(-1)).toBe(Math.sin(ROWS + 18))
    }
    await opened([path], undefined, read, {}, 4)
  },
)

test('of numbers and categories in JSON, a list in a hundred cells is a slip, and more are a column of lists', async () => {
  const rows = (lists: number) =>
    numbersTo(200).map((i) => {
      const list = i < lists ? [i, i] : undefined
      return JSON.stringify({ x: list ?? i / 4, kind: list ?? `k${i % 7}` })
    })
  const read = async (lists: number) =>
    await opened([rows(lists).join('\n')], 'ndjson', async ([table]) => {
      return ['x', 'kind'].map((name) => {
        const { kind, reading } = table!.columns.get(name)!
        return [kind, reading?.misfits ?? reading?.sourceType]
      })
    })
  const list = ['text', 'LIST or STRUCT']
  expect(await read(0)).toEqual([
    ['numeric', undefined],
    ['text', undefined],
  ])
  expect(await read(2)).toEqual([
    ['numeric', { count: 2, example: '[0,0]', line: 1 }],
    ['text', undefined],
  ])
  expect(await read(3)).toEqual([list, list])
})

test('a file that cannot be read before DuckDB is ready is an error of the command, and no other', async () => {
  const lines = ['a,b', ...repeated(['1,2'], 90), '1,2,3']
  const unheard: unknown[] = []
  const hear = (error: unknown) => unheard.push(error)
  process.on('unhandledRejection', hear)
  const scratch = makeScratch()
  const session = await openSession(scratch)
  try {
    const path = join(directory, 'grows.csv')
    writeFileSync(path, lines.join('\n'))
    const located = await locate(path, session, undefined)
    if (!isData(located)) throw new TypeError('a CSV is data')
    const late: Session = {
      ...session,
      loading: async () => {
        await new Promise((resolve) => setTimeout(resolve, 500))
        return session.loading()
      },
    }
    const request = { located, where: undefined, columns: undefined, texts: {} }
    const sides = ['reference', 'current'].map((side) => ({ side, ...request }))
    await expect(loadTables(sides, late)).rejects.toThrow('line 92 has 3 cells')
    expect(unheard).toEqual([])
  } finally {
    process.off('unhandledRejection', hear)
    session.close()
    scratch.remove()
  }
})

test('a list of all rows in a file of an object a line: the cure is named', async () => {
  await expect(opened(['[{"a":1},{"a":2}]'], 'ndjson', async () => {})).rejects.toThrow(
    "row 1 is no object, but a list: a list of objects is JSON (`format: 'json'`)",
  )
})

/** Names that DuckDB takes for two and names that it takes for one are read in two ways. */
describe.each([
  ['names', '"x":1'],
  ['names that differ by case', '"x":1,"X":2'],
])('rows of JSON of %s', (_, cells) => {
  const rows = (odd: string) => [`{${cells}}`, odd, `{${cells}}`]
  const lines = (odd: string) => rows(odd).join('\n')
  const list = (odd: string) => `\ufeff[${rows(odd).join(',\n')}]`
  const nothing = async () => {}

  test.each([
    ['a list', '[1]', /2 is no object, but a list/],
    ['a number', '5', /2 is no object, but a value/],
    ['a key that stands twice', `{${cells},"x":3}`, /2 has a key twice/],
  ])('are refused where one is %s, with its place', async (_, odd, message) => {
    await expect(opened([lines(odd)], 'ndjson', nothing)).rejects.toThrow(message)
    await expect(opened([list(odd)], 'json', nothing)).rejects.toThrow(message)
  })

  test('are read behind a byte order mark; a null is a row without values', async () => {
    for (const [text, format] of [
      [list('null'), 'json'],
      [`\ufeff${lines('null')}`, 'ndjson'],
    ] as const) {
      await opened([text], format, async ([table]) => {
        expect(table!.rowCount).toBe(3)
        expect(table!.columnNames[0]).toBe('x')
      })
    }
  })
})

test.each([
  ['two of which differ by case', 'V1', 3000],
  ['in a list of more than 16 MB', 'w1', 10_000],
] as const)('rows of many columns, %s, fit into memory', async (_, first, length) => {
  const names = Array.from({ length: 160 }, (_, i) => (i === 0 ? first : `v${i}`))
  const row = `{${names.map((name, i) => `"${name}":${1e9 + i}`).join(',')}}`
  const rows = Array.from({ length }, () => row).join(',\n')
  await opened([`[${rows}]`, `[${rows}]`], 'json', async (tables) => {
    expect(tables.map(({ rowCount, columns }) => [rowCount, columns.size])).toEqual([
      [length, 160],
      [length, 160],
    ])
  })
})

test('a list of lists is no list of rows', async () => {
  await expect(opened(['[[1,2],[3,4]]'], 'json', async () => {})).rejects.toThrow(
    'row 1 is no object, but a list',
  )
})

test('the line of a cell in a file of an object a line that does not fit', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => (i % 7 === 3 ? ' \r' : `{"x":${i}}`))
  lines[101] = '{"x":"broken"}'
  await opened([`\ufeff${lines.join('\n')}\n`], 'ndjson', async ([table]) => {
    expect(table!.rowCount).toBe(lines.filter((line) => line.startsWith('{')).length)
    expect(table!.columns.get('x')!.reading?.misfits).toEqual({
      count: 1,
      example: 'broken',
      line: 102,
    })
  })
})

test.each([
  [
    ['TRUE', 'FALSE'],
    ['True', 'False', 'maybe'],
    [
      ['true', 'false'],
      ['true', 'false', 'maybe'],
    ],
  ],
  [
    ['true', 'maybe'],
    ['TRUE', 'Maybe'],
    [
      ['true', 'maybe'],
      ['true', 'Maybe'],
    ],
  ],
  [
    [' true', 'false '],
    ['true', 'false'],
    [
      [true, false],
      [true, false],
    ],
  ],
])('true and false are called the same beside other words: %j, %j', async (a, b, expected) => {
  const file = (cells: readonly string[]) =>
    ['x', ...Array.from({ length: 90 }, (_, i) => cells[i % cells.length])].join('\n')
  await opened([file(a), file(b)], 'csv', async (read, session) => {
    const sides: Value[][] = []
    for (const table of read) {
      const column = table.columns.get('x')!
      const { expression } = categoryReading(column)
      const rows = await session.connection.runAndReadAll(
        `SELECT ${expression} FROM ${column.from}`,
      )
      const values = rows
        .getRows()
        .map(([value]) => (column.kind === 'boolean' ? value === 'true' : value) as Value)
      sides.push([...new Set(values)])
    }
    expect(sides).toEqual(expected)
  })
})

test('a folder that is called as a column and a value tells nothing of the column', async () => {
  const folder = join(directory, 'x=7', 'c0=8')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'own.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT i AS x FROM range(5) t(i)) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  const temporary = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    await opened([path], undefined, async ([table], session) => {
      expect(table!.columnNames).toEqual(['x'])
      const column = table!.columns.get('x')!
      const values = await readNumbers(session, { table: table!, column }, () => {})
      expect([...values]).toEqual([0, 1, 2, 3, 4])
    })
    await opened(['x,y\n0,a\n1,b\n2,c\n'], 'csv', async ([table], session) => {
      const column = table!.columns.get('x')!
      const values = await readNumbers(session, { table: table!, column }, () => {})
      expect([...values]).toEqual([0, 1, 2])
    })
  } finally {
    if (temporary === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = temporary
  }
})
