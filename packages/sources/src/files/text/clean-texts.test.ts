import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { describeTableReading } from '@tidegauge/reporters'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeScratch, type Scratch } from '../scratch.ts'
import { type CleanText, openTexts, type TextFile } from './clean-texts.ts'
import { recordsSql } from './records-sql.ts'

let directory: string
let scratch: Scratch
let connection: DuckDBConnection
let count = 0

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-text-'))
  scratch = makeScratch()
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => {
  connection.closeSync()
  scratch.remove()
  rmSync(directory, { recursive: true })
})

type Bytes = string | Uint8Array
type TextOptions = NonNullable<TextFile['options']>

async function clean(contents: readonly Bytes[], options: TextOptions = {}): Promise<CleanText[]> {
  const files = contents.map((content) => {
    const path = join(directory, `${count++}.csv`)
    writeFileSync(path, content)
    return { path, label: 'a.csv', options }
  })
  return Promise.all((await openTexts(files, scratch)).map((read) => read()))
}

/** The rows as DuckDB reads them. */
async function rowsOf(text: CleanText): Promise<(string | null)[][]> {
  const result = await connection.runAndReadAll(`SELECT * FROM ${recordsSql(text)}`)
  return result.getRows() as (string | null)[][]
}

async function tableOf(content: Bytes, options?: TextOptions) {
  const [text] = await clean([content], options)
  const rows = await rowsOf(text!)
  expect(text!.rows).toBe(rows.length)
  return { names: text!.names, rows, mended: text!.reading.mended, text: text! }
}

function refusal(content: Bytes, options?: TextOptions): Promise<string> {
  return clean([content], options).then(
    () => expect.fail('it was read'),
    (error: Error) => {
      expect(error).toMatchObject({ code: 'ERR_SOURCE' })
      return error.message
    },
  )
}

const isCopy = (text: CleanText) => text.path.startsWith(scratch.directory)

const utf16 = (text: string, order: 'le' | 'be', mark: boolean) => {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

describe('encodings', () => {
  const CITIES = 'city,price\nMünchen,1\nŁódź,2\n東京,3\n'
  const ROWS = [
    ['München', '1'],
    ['Łódź', '2'],
    ['東京', '3'],
  ]

  test.each([
    ['UTF-8', CITIES, undefined],
    ['UTF-8 with its mark', `\ufeff${CITIES}`, undefined],
    ['UTF-16 LE with its mark', utf16(CITIES, 'le', true), 'utf-16le'],
    ['UTF-16 BE with its mark', utf16(CITIES, 'be', true), 'utf-16be'],
    ['UTF-16 LE without', utf16(CITIES, 'le', false), 'utf-16le'],
    ['UTF-16 BE without', utf16(CITIES, 'be', false), 'utf-16be'],
  ])('%s is found out', async (_, content, encoding) => {
    const { names, rows, text } = await tableOf(content)
    expect({ names, rows }).toEqual({ names: ['city', 'price'], rows: ROWS })
    expect(text.reading.encoding).toBe(encoding)
    expect(isCopy(text)).toBe(encoding !== undefined)
  })

  test('is said by any name that people have for it', async () => {
    const french = Buffer.from('x\nd\xe9j\xe0 \x80 vu\n', 'latin1')
    for (const encoding of ['windows-1252', 'cp1252', 'latin-1', 'ISO-8859-1', 'Latin1']) {
      const { rows, text } = await tableOf(french, { encoding })
      expect(rows).toEqual([['déjà € vu']])
      expect(text.reading.encoding).toBe('windows-1252')
    }
    const russian = Buffer.from([0x78, 0x0a, 0xec, 0xe8, 0xf0, 0x0a])
    expect((await tableOf(russian, { encoding: 'cp1251' })).rows).toEqual([['мир']])
    const japanese = Buffer.from([0x78, 0x0a, 0x93, 0x8c, 0x8b, 0x9e, 0x0a])
    expect((await tableOf(japanese, { encoding: 'shift_jis' })).rows).toEqual([['東京']])
  })

  test('one byte a character is what the files have that are not UTF-8: the other side may be', async () => {
    const texts = await clean(['x\né\n', Buffer.from('x\n\xe9\n', 'latin1')], {
      encoding: 'windows-1252',
    })
    for (const text of texts) expect(await rowsOf(text)).toEqual([['é']])
  })

  test('an unknown one is refused with the nearest', async () => {
    expect(await refusal('x\n1\n', { encoding: 'windows-1525' })).toMatch(
      /^`encoding` windows-1525 is no encoding that is known; did you mean windows-1/,
    )
  })

  /** One byte less than a block. */
  const UP_TO_THE_END = `x\n${'abcdefg\n'.repeat(2 ** 17 - 1)}abcde`

  test.each([
    ['a letter of latin-1', 'x\n1\nabc\xe9\n', 'line 3 is not UTF-8', 'latin1', 4, '0xe9'],
    [
      'quotes of windows-1252',
      'x\r\n\x93a\x94\r\n',
      'line 2 is not UTF-8',
      'windows-1252',
      1,
      '0x93',
    ],
    [
      'behind many blocks',
      `x\n${'abcdefg\n'.repeat(400_000)}\xff\n`,
      'line 400002',
      'latin1',
      1,
      '0xff',
    ],
    ['cut by the end of a block', `${UP_TO_THE_END}\xe2ab\n`, 'line 131073', 'latin1', 6, '0xe2'],
    [
      'behind one that is cut by it',
      `${UP_TO_THE_END}\xe2\x82\xacyz\xff\n`,
      'line 131073',
      'latin1',
      11,
      '0xff',
    ],
    [
      'cut by the end of a block and of the file',
      `${UP_TO_THE_END}\xf0\x9f\x98`,
      'line 131073',
      '',
      6,
      '0xf0',
    ],
    ['at the very end, cut off', `x\n1\n\xe2\x82`, 'line 3', '', 1, '0xe2'],
  ])('bytes that are no UTF-8: %s', async (_, latin, where, cure, position, byte) => {
    const message = await refusal(Buffer.from(latin, 'latin1'))
    expect(message).toContain(`cannot read a.csv: ${where}`)
    expect(message).toContain(`\`encoding: '${cure}`)
    expect(message).toContain(`(byte ${byte} at position ${position} of the line)`)
  })

  test('characters that are cut by the end of a block are whole', async () => {
    // Eleven bytes, and seven units of UTF-16: each of them is at the end of a block once.
    for (const [encoding, line] of [
      ['utf-8', 'aé€😀\n'],
      ['utf-16le', 'abé€😀\n'],
    ] as const) {
      const rows = line.repeat((12 * 2 ** 20) / Buffer.byteLength(line))
      const content = `x\n${rows}`
      const [text] = await clean([encoding === 'utf-8' ? content : utf16(content, 'le', true)])
      expect(isCopy(text!)).toBe(encoding !== 'utf-8')
      const written = readFileSync(text!.path, 'utf8')
      expect(written === (encoding === 'utf-8' ? content : rows)).toBe(true)
    }
  })

  test('a NUL is an error with its line, but in a name', async () => {
    expect(await refusal('x,y\n1,2\n1,\0\n')).toContain('line 3 holds a NUL byte')
    expect(await refusal('x,y\n1,2\n1,"\0"\n')).toContain('line 3 holds a NUL byte')
    expect((await tableOf('x,n\0l\n1,2\n')).names).toEqual(['x', 'n\0l'])
  })

  test('UTF-16 that is cut off is an error', async () => {
    expect(await refusal(utf16('x\n1\n2\n', 'le', true).subarray(0, 11))).toContain(
      'it is not utf-16le',
    )
  })
})

describe('separators', () => {
  test.each([
    ['comma', 'a,b\n1,2\n', ','],
    ['semicolon over decimal commas', 'a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['tab', 'a\tb\n1,5\tx;y\n', '\t'],
    ['pipe', 'a|b\n1|2\n', '|'],
    ['no header, decimal commas', '1,5;2,5\n3,5;4,5\n', ';'],
    ['no header, lists in cells', '1,a;b,2\n2,c;d,3\n', ','],
    ['the other separator in quotes', '"a;x;y","b"\n"1;1;1","2"\n', ','],
    ['a broken line', `a,b\n${'1,2\n'.repeat(30)}x|y\n`, ','],
  ])('%s', async (_, content, delimiter) => {
    const [text] = await clean([content])
    expect(text!.delimiter).toBe(delimiter)
    expect(text!.names).toHaveLength(2 + Number(content.startsWith('1,a')))
  })

  test('one column stays one, whatever its cells hold', async () => {
    for (const [content, rows] of [
      ['price\n1,5\n2,5\n', [['1,5'], ['2,5']]],
      ['price\n1;5\n2\t5|3,1\n', [['1;5'], ['2\t5|3,1']]],
      ['price\n"1,5"\n"2,5"\n', [['1,5'], ['2,5']]],
      ['"a, b"\n"1, 2"\n', [['1, 2']]],
      ['Are you well, all in all?\nyes\nno\n', [['yes'], ['no']]],
    ] as const) {
      const table = await tableOf(content)
      expect(table.names).toHaveLength(1)
      expect(table.rows).toEqual(rows)
      expect(table.text.reading).toEqual({ format: 'csv', header: true })
    }
  })

  test('lines above the names are no table of one column', async () => {
    for (const title of ['Sales 2026', '# made by x', 'Sales\n\n']) {
      expect(await refusal(`${title}\ncity,n,m\nParis,1,2\nRome,3,4\n`)).toBe(
        'cannot read a.csv: line 1 has 1 cell where those below have 3: take out what stands above the names of the columns',
      )
    }
    expect(await refusal('# made by x\na,b\n1,2\n3,4\n')).toContain('those below have 2')
    expect((await tableOf('#\n1,5\n2,5\n')).rows).toEqual([['1,5'], ['2,5']])
    expect((await tableOf('n\n1,234,567\n2,345,678\n')).rows).toEqual([
      ['1,234,567'],
      ['2,345,678'],
    ])
  })

  test('a title in the first of several cells is no name of a column', async () => {
    for (const above of ['Sales 2026,,\n', 'Sales 2026,,\n,,\n', '"Sales, all",,\n\n']) {
      expect(await refusal(`${above}city,n,m\nParis,1,2\nRome,3,4\n`)).toBe(
        'cannot read a.csv: line 1 has 1 filled cell above 3 names: take out what stands above the names of the columns',
      )
    }
    const { names } = await tableOf('city,,\nParis,1,2\nRome,3,4\n')
    expect(names).toEqual(['city', 'column1', 'column2'])
  })

  test('files of different separators are each read by their own', async () => {
    const texts = await clean(['a,b\n1,2\n', 'a;b\n1,5;2\n'])
    expect(texts.map(({ delimiter }) => delimiter)).toEqual([',', ';'])
    expect(await rowsOf(texts[1]!)).toEqual([['1,5', '2']])
  })

  test('a first line that says it is no data', async () => {
    for (const mark of ['', '\ufeff']) {
      const { names, rows, text } = await tableOf(
        `${mark}sep=;\r\na;b\r\n1,5;"x\r\ny"\r\n\r\n2;3\r\n`,
      )
      expect({ names, rows }).toEqual({
        names: ['a', 'b'],
        rows: [
          ['1,5', 'x\r\ny'],
          ['2', '3'],
        ],
      })
      expect([text.lineOf(0), text.lineOf(1)]).toEqual([3, 6])
    }
  })

  test('the separator that it names is the one, unless the user names another', async () => {
    const content = 'sep=^\na;b^c\n1;2^3\n'
    expect(await tableOf(content)).toMatchObject({ names: ['a;b', 'c'], rows: [['1;2', '3']] })
    const { names, rows } = await tableOf(content, { delimiter: ';' })
    expect({ names, rows }).toEqual({ names: ['a', 'b^c'], rows: [['1', '2^3']] })
    expect(await refusal('sep=;\na;b\n1;2\n1;2;3\n')).toContain('line 4 has 3 cells')
    expect((await tableOf('sep=;\na;;a\n1;2;3\n')).mended).toEqual([
      { what: 'column without a name', count: 1, line: 2 },
      { what: 'column of a name that another has', count: 1, line: 2 },
    ])
  })

  test("a user's own", async () => {
    const { names, rows } = await tableOf('a^b\n1,5^2\n', { delimiter: '^' })
    expect({ names, rows }).toEqual({ names: ['a', 'b'], rows: [['1,5', '2']] })
    expect((await tableOf('a b\n1 2\n', { delimiter: ' ' })).rows).toEqual([['1', '2']])
    expect((await tableOf('a\tb\n1\t2\n', { delimiter: 'tab' })).rows).toEqual([['1', '2']])
    for (const delimiter of ['', '||', '"', '\n', '§']) {
      expect(await refusal('a\n1\n', { delimiter })).toContain('it must be one ASCII character')
    }
  })
})

describe('quotes', () => {
  test.each([
    ['separators, quotes and line ends within', 'a,b\n"1,2","x ""y""\nz"\n', [['1,2', 'x "y"\nz']]],
    ['single ones are none', "a,b\n'1,x'\n", [["'1", "x'"]]],
    [
      'in the midst of a cell',
      'a,b\n5" disk,2\n6" "x",y"z\n',
      [
        ['5" disk', '2'],
        ['6" "x"', 'y"z'],
      ],
    ],
    [
      'escaped by a backslash',
      'a,b\n"say \\"hi\\"",1\n"x\\\\",2\n',
      [
        ['say "hi"', '1'],
        ['x\\', '2'],
      ],
    ],
    [
      'escaped by one at the end of a cell',
      'a,b\n"5\\"",1\n"6\\"",2\n',
      [
        ['5"', '1'],
        ['6"', '2'],
      ],
    ],
    [
      'a path that ends in a backslash',
      'a,b\n"C:\\x\\",1\n"D:\\y\\",2\n',
      [
        ['C:\\x\\', '1'],
        ['D:\\y\\', '2'],
      ],
    ],
    [
      'with spaces before them',
      'a, b\n1, "x, y"\n2, z\n',
      [
        ['1', 'x, y'],
        ['2', ' z'],
      ],
    ],
    ['with spaces behind them', 'a,b\n"x" ,"y"\n', [['x', 'y']]],
    [
      'empty ones are missing',
      'a,b\n"",\n1,""\n',
      [
        [null, null],
        ['1', null],
      ],
    ],
    ['a quote alone in quotes', 'a,b\n"""",1\n', [['"', '1']]],
  ])('%s', async (_, content, rows) => {
    expect((await tableOf(content)).rows).toEqual(rows)
  })

  test('escaped by a backslash only behind the sample', async () => {
    const { rows } = await tableOf(`a,b\n${'"x",1\n'.repeat(3000)}"say \\"hi\\"",2\n`)
    expect(rows.at(-1)).toEqual(['say "hi"', '2'])
    expect(rows).toHaveLength(3001)
  })

  test.each([
    ['never closed', 'a,b\n1,2\n3,"x\n4,5\n6,7\n', 'line 3 opens a quote that is never closed'],
    ['text behind it', 'a,b\n1,"x"y\n', 'line 2 has text behind a closing quote'],
    [
      'text behind it, lines later',
      'a,b\n1,"x\n1,2\n3,4\n5,"y",6\n',
      'line 5 has text behind a closing quote (the quote was opened on line 2)',
    ],
    ['two in a cell', 'a,b\n"x" "y",1\n', 'line 2 has text behind a closing quote'],
    ['both ways', `a,b\n"x \\" y",1\n"x ""z"" y",2\n`, 'backslash'],
  ])('an error: %s', async (_, content, message) => {
    expect(await refusal(content)).toContain(message)
  })
})

describe('records', () => {
  const TEXTS = [
    ['1', 'x'],
    ['2', 'y'],
  ]

  test.each([
    ['LF', 'a,b\n1,x\n2,y\n', false],
    ['CR LF', 'a,b\r\n1,x\r\n2,y\r\n', false],
    ['CR', 'a,b\r1,x\r2,y\r', false],
    ['CR, and none behind the last record', 'a,b\r1,x\r2,y', false],
    ['mixed', 'a,b\r\n1,x\n2,y\r', true],
    ['none behind the last record', 'a,b\n1,x\n2,y', false],
    ['none behind the last quote', 'a,b\r\n1,x\r\n2,"y"', false],
    ['CR, at the very end only', 'a,b\n1,x\n2,y\r', true],
  ])('line ends: %s', async (_, content, copied) => {
    const { names, rows, text, mended } = await tableOf(content)
    expect({ names, rows, mended }).toEqual({ names: ['a', 'b'], rows: TEXTS, mended: undefined })
    expect(isCopy(text)).toBe(copied)
  })

  test('the only line end may be a CR', async () => {
    expect((await tableOf('1,2\r')).rows).toEqual([['1', '2']])
    expect((await tableOf('a,b\r')).rows).toEqual([])
    expect((await tableOf('a,b\r1,2')).rows).toEqual([['1', '2']])
  })

  test('CR CR LF is one line end, as Python writes it on Windows by mistake', async () => {
    const { rows, mended, text } = await tableOf('a,b\r\r\n1,x\r\r\n2,y\r\r\n')
    expect({ rows, mended }).toEqual({ rows: TEXTS, mended: undefined })
    expect([text.lineOf(0), text.lineOf(1)]).toEqual([2, 3])
    expect((await tableOf('x\r\r\n1\r\r\n2\r\r\n')).rows).toEqual([['1'], ['2']])
    expect((await tableOf('x\r\r1\r\n2')).rows).toEqual([[null], ['1'], ['2']])
  })

  test('blank lines are no rows of several columns, and counted', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const content = ['a,b', '', '1,x', '', '', '2,y', '', ''].join(end)
      const { rows, mended, text } = await tableOf(content)
      expect(rows).toEqual(TEXTS)
      expect(mended).toEqual([{ what: 'blank line, left out', count: 4, line: 2 }])
      expect([text.lineOf(0), text.lineOf(1)]).toEqual([3, 6])
      expect(isCopy(text)).toBe(false)
    }
    const { rows, mended } = await tableOf('\n\na,b\n1,x\n  \n2,y\n\t\n')
    expect(rows).toEqual(TEXTS)
    expect(mended).toEqual([{ what: 'blank line, left out', count: 4, line: 1 }])
  })

  test('of one column they are missing cells, but not at the end', async () => {
    const { rows, mended, text } = await tableOf('x\n\n1\n\n\n2\n\n\n')
    expect(rows).toEqual([[null], ['1'], [null], [null], ['2']])
    expect(mended).toEqual([{ what: 'blank line, left out', count: 2, line: 7 }])
    expect([0, 1, 4].map((row) => text.lineOf(row))).toEqual([2, 3, 6])
    const above = await tableOf('\n\nx\n1\n')
    expect(above).toMatchObject({ names: ['x'], rows: [['1']] })
    expect(above.mended).toEqual([{ what: 'blank line, left out', count: 2, line: 1 }])
    expect(above.text.lineOf(0)).toBe(4)
  })

  test('short ones are filled up, long ones cut where nothing is lost', async () => {
    const { rows, mended } = await tableOf('a,b,c\n1,2,3\n4\n5,6\n7,8,9,\n1,2,3,"",,\n')
    expect(rows).toEqual([
      ['1', '2', '3'],
      ['4', null, null],
      ['5', '6', null],
      ['7', '8', '9'],
      ['1', '2', '3'],
    ])
    expect(mended).toEqual([
      { what: expect.stringContaining('too few'), count: 2, line: 3 },
      { what: expect.stringContaining('too many'), count: 2, line: 5 },
    ])
  })

  test('a long one with something in it is an error', async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => `${i},x,y`).join('\n')
    expect(await refusal(`a,b,c\n${rows}\n1,2,3,4\n${rows}\n`)).toBe(
      'cannot read a.csv: line 1002 has 4 cells where the header has 3: put quotes round a cell that holds the separator, or repair the line',
    )
    expect(await refusal('1,2\n3,4\n5,6,7\n')).toContain(
      'line 3 has 3 cells where the others have 2',
    )
  })

  test('nothing at all, a header alone, a cell of 3 MB, 5,000 columns', async () => {
    for (const nothing of ['', '\ufeff', '\n\n', 'sep=;\n']) {
      expect(await refusal(nothing)).toBe('cannot read a.csv: it is empty')
    }
    expect(await tableOf('a,b\n')).toMatchObject({ names: ['a', 'b'], rows: [] })
    expect(await tableOf('a,b')).toMatchObject({ names: ['a', 'b'], rows: [] })
    const large = 'x'.repeat(3_000_000)
    for (const more of ['', ',']) {
      const { rows, text } = await tableOf(`a,b\n${large},1${more}\n2,3\n`)
      expect(rows).toEqual([
        [large, '1'],
        ['2', '3'],
      ])
      expect(text.longestRecord).toBe(3_000_003)
    }
    const wide = (cell: (i: number) => unknown) =>
      Array.from({ length: 5000 }, (_, i) => cell(i)).join(',')
    const [text] = await clean([`${wide((i) => `c${i}`)}\n${wide((i) => i)}\n1\n`])
    expect(text!.names[4999]).toBe('c4999')
    expect(readFileSync(text!.path, 'utf8')).toBe(`${wide((i) => i)}\n1${','.repeat(4999)}\n`)
  })

  test('a short line of many columns costs no memory of many blocks', async () => {
    const names = Array.from({ length: 2000 }, (_, i) => `c${i}`).join(',')
    const [text] = await clean([`${names}\n${'1\n'.repeat(20_000)}${names}\n`])
    expect(text!.rows).toBe(20_001)
    expect(statSync(text!.path).size).toBe(20_000 * 2001 + names.length + 1)
    expect(text!.reading.mended).toEqual([
      { what: expect.stringContaining('too few'), count: 20_000, line: 2 },
    ])
  })
})

describe('headers', () => {
  const header = async (contents: readonly string[], options?: TextOptions) =>
    (await clean(contents, options)).map(({ reading }) => reading.header)

  test.each([
    ['texts over numbers', 'a,b\n1,2\n3,4\n', true],
    ['texts over texts', 'name,city\nAnn,Paris\nBob,Rome\n', true],
    ['texts over dates', 'day\n2026-01-01\n2026-01-02\n', true],
    ['texts over addresses', 'mail\na@b.c\nd@e.f\n', true],
    ['a word over words', 'active\ntrue\nfalse\ntrue\n', true],
    ['numbers throughout', '1,2\n3,4\n5,6\n', false],
    ['dates throughout', '2026-01-01\n2026-01-02\n2026-01-03\n', false],
    ['numbers and words', '1,x,0.5\n2,y,0.7\n3,x,0.1\n', false],
    ['words that come again', 'red,yes\nblue,no\nred,no\nblue,yes\n', false],
    ['addresses throughout', 'a@b.c\nd@e.f\ng@h.i\n', false],
    ['years over numbers', 'country,2019,2020,2021\nFrance,1,2,3\nSpain,2,3,4\n', true],
    ['places, as pandas has them', ',0,1\n0,0.5,0.7\n1,0.1,0.2\n', true],
    ['places without an index', '0,1,2\n0.5,0.7,1\n0.2,0.4,1\n', true],
    ['a missing cell in the first row', '1,NA,3\n2,5,6\n3,7,8\n', false],
    ['a header alone', 'a,b\n', true],
    ['a row of numbers alone', '1,2\n', false],
    ['numbers with missing cells below', 'a,b\n1,NA\nNA,2\n,3\n', true],
  ])('%s', async (_, content, expected) => {
    expect(await header([content])).toEqual([expected])
  })

  test('parts of a table are each read, and each has its header', async () => {
    const part = `a,b\n${'1,2\n'.repeat(5000)}`
    const parts = Array.from({ length: 30 }, (_, i) => `${part}${i},3\n`)
    const texts = await clean(parts)
    expect(new Set(texts.map(({ rows, reading }) => `${rows} ${reading.header}`))).toEqual(
      new Set(['5001 true']),
    )
  })

  test('what both sides begin with is one, even of numbers', async () => {
    expect(await header(['2019,2020\n1,2\n3,4\n', '2020,2019\n5,6\n7,8\n'])).toEqual([true, true])
    expect(await header(['x\nAnn\nx1\n', 'x\nBob\nx2\n'])).toEqual([true, true])
    expect(await header(['101,102\n1,2\n3,4\n', '101,102\n5,6\n7,8\n'])).toEqual([true, true])
    expect(
      await header(['city,2015,2020\nRome,1,2\nBonn,3,4\n', 'city,2015,2020\nRome,5,6\n']),
    ).toEqual([true, true])
  })

  test('a cell that is called like its column makes no data of what the other side has as names', async () => {
    const colors = 'kind,color\na,red\nb,blue\na,red\n'
    expect(await header(['kind,color\nkind,red\nb,blue\n', colors])).toEqual([true, true])
    expect(await header([colors, 'color,kind\nred,kind\nblue,b\n'])).toEqual([true, true])
    expect(await header(['kind\nkind\nb\n', 'kind\na\nb\n'])).toEqual([true, true])
    const words = 'red,yes\nblue,no\nred,no\n'
    expect(await header([words, `${words}blue,yes\n`])).toEqual([false, false])
  })

  test('two versions of a table without one may begin with the same row', async () => {
    const rows = '1,Rome,0.5\n2,Bonn,0.7\n3,Oslo,0.1\n'
    expect(await header([rows, `${rows}4,Kiel,0.9\n`])).toEqual([false, false])
    const years = '2019,2020\n2020,2021\n2019,2020\n'
    expect(await header([years, `${years}2021,2022\n`])).toEqual([false, false])
    expect(await header(['5,7\n3,9\n8,1\n', '5,7\n3,9\n8,1\n4,4\n'])).toEqual([false, false])
  })

  test('a file without one is not read as if it had one because it is compared with itself', async () => {
    const content = '0.5,12\n0.7,13\n0.9,14\n'
    expect(await header([content, content])).toEqual([false, false])
  })

  test('one side decides for another that does not', async () => {
    expect(await header(['red,1\nblue,2\n', 'green\n'])).toEqual([false, false])
    expect(await header(['name,n\nblue,2\n', 'green\n'])).toEqual([true, true])
  })

  test('the user knows better', async () => {
    expect(await header(['1,2\n3,4\n'], { header: true })).toEqual([true])
    const { names, rows } = await tableOf('a,b\n1,2\n', { header: false })
    expect({ names, rows }).toEqual({
      names: ['column0', 'column1'],
      rows: [
        ['a', 'b'],
        ['1', '2'],
      ],
    })
  })

  test('columns without one are called as DuckDB calls them', async () => {
    const row = Array.from({ length: 12 }, (_, i) => i + 0.5).join(',')
    expect((await tableOf(`${row}\n${row}\n`)).names.slice(9)).toEqual([
      'column09',
      'column10',
      'column11',
    ])
  })

  test('names that are empty or there already are made some', async () => {
    const { names, mended, rows } = await tableOf('a,,a,A, b ,"",column1\n1,2,3,4,5,6,7\n')
    expect(names).toEqual(['a', 'column1', 'a_1', 'A', 'b', 'column5', 'column1_1'])
    expect(rows).toEqual([['1', '2', '3', '4', '5', '6', '7']])
    expect(mended).toEqual([
      { what: expect.stringContaining('without a name'), count: 2, line: 1 },
      { what: expect.stringContaining('another has'), count: 2, line: 1 },
    ])
    expect((await tableOf('a,a,a,a_1\n1,2,3,4\n')).names).toEqual(['a', 'a_1', 'a_2', 'a_1_1'])
    expect((await tableOf('__proto__,constructor\n1,2\n')).names).toEqual([
      '__proto__',
      'constructor',
    ])
  })

  test('names of rows, as R writes them, have none', async () => {
    const { names, rows } = await tableOf('"a","b"\n"1",5,"x"\n"2",6,"y"\n')
    expect(names).toEqual(['column0', 'a', 'b'])
    expect(rows).toEqual([
      ['1', '5', 'x'],
      ['2', '6', 'y'],
    ])
    expect((await tableOf('"a"\n"1",5\n"2",6\n')).names).toEqual(['column0', 'a'])
  })
})

interface SlowRecord {
  readonly cells: string[]
  readonly line: number
  hasQuotes: boolean
}

/** Reads records one character after the other, as slowly and simply as can be: what `openTexts` is held to. */
function slowly(text: string, delimiter: string): SlowRecord[] {
  const records: SlowRecord[] = []
  let rest = text
  let line = 1
  while (rest !== '') {
    const record: SlowRecord = { cells: [], line, hasQuotes: false }
    let isEnded = false
    while (!isEnded) {
      const quoted = /^"((?:[^"]|"")*)"/.exec(rest)
      const bare =
        quoted ?? new RegExp(`^[^\\r\\n${delimiter === '|' ? '\\|' : delimiter}]*`).exec(rest)!
      if (quoted) record.hasQuotes = true
      record.cells.push(quoted ? quoted[1]!.replaceAll('""', '"') : bare[0])
      line += bare[0].match(/\r\n|\r|\n/g)?.length ?? 0
      rest = rest.slice(bare[0].length)
      if (rest.startsWith(delimiter)) rest = rest.slice(1)
      else isEnded = true
    }
    rest = rest.replace(/^(\r\r\n|\r\n|\r|\n)/, '')
    line++
    records.push(record)
  }
  return records
}

describe('nothing is lost', () => {
  const cell = fc.oneof(
    fc.constantFrom('', '1', '2.5', 'NA', 'x'),
    fc.string({
      unit: fc.constantFrom('a', 'é', '東', '😀', ' ', ',', ';', '|', '\t', '"', '\n', '\r', "'"),
      maxLength: 6,
    }),
  )
  const file = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnds: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 3 }),
    width: fc.integer({ min: 1, max: 4 }),
    rows: fc.array(
      fc.record({
        cells: fc.array(cell, { minLength: 4, maxLength: 4 }),
        quoteAll: fc.boolean(),
        cut: fc.constantFrom(0, 0, 0, 0, 1, 2),
        surplus: fc.constantFrom(0, 0, 0, 0, 1),
        blanks: fc.constantFrom(0, 0, 0, 0, 1, 2),
      }),
      { maxLength: 20 },
    ),
    lastEnd: fc.boolean(),
    encoding: fc.constantFrom('utf-8', 'utf-8 marked', 'utf-16le', 'utf-16be'),
  })

  test('rows and what was mended are the lines of any file; each row is what it says, and on its line', async () => {
    const holds = fc.asyncProperty(
      file,
      async ({ delimiter, lineEnds, width, rows, lastEnd, encoding }) => {
        const written = (text: string, quoteAll: boolean) =>
          quoteAll || /[",;|\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
        let ends = 0
        const lineEnd = () => lineEnds[ends++ % lineEnds.length]!
        let content = Array.from({ length: width }, (_, i) => `name${i}`).join(delimiter)
        for (const { cells, quoteAll, cut, surplus, blanks } of rows) {
          content += lineEnd()
          for (let i = 0; i < blanks; i++) content += lineEnd()
          const kept = cells
            .slice(0, Math.max(1, width - cut))
            .map((text) => written(text, quoteAll))
          content += [...kept, ...Array.from({ length: surplus }, () => '')].join(delimiter)
        }
        if (lastEnd) content += lineEnd()
        const bytes =
          encoding === 'utf-8'
            ? content
            : encoding === 'utf-8 marked'
              ? `\ufeff${content}`
              : utf16(content, encoding === 'utf-16le' ? 'le' : 'be', true)
        const [header, ...records] = slowly(content, delimiter)
        expect(header!.cells).toHaveLength(width)
        const isBlank = ({ cells, hasQuotes }: SlowRecord) =>
          cells.length === 1 && !hasQuotes && (width > 1 ? cells[0]!.trim() : cells[0]) === ''
        while (width === 1 && records.length > 0 && isBlank(records.at(-1)!)) records.pop()
        const expected = records.filter((record) => width === 1 || !isBlank(record))
        const [text] = await clean([bytes], { delimiter, header: true })
        const read = await rowsOf(text!)
        expect(read).toEqual(
          expected.map(({ cells }) =>
            Array.from({ length: width }, (_, i) => (cells[i] ?? '') || null),
          ),
        )
        expect(text!.rows).toBe(read.length)
        const lines = expected.map((_, i) => text!.lineOf(i))
        expect(lines).toEqual(expected.map(({ line }) => line))
        const counted = new Map(text!.reading.mended?.map(({ what, count }) => [what, count]))
        const short = expected.filter(({ cells }) => cells.length < width).length
        const long = expected.filter(({ cells }) => cells.length > width).length
        expect(counted.get('line with too few cells, filled up') ?? 0).toBe(short)
        expect(counted.get('line with too many cells, empty ones cut') ?? 0).toBe(long)
        // Each physical line is a row's, the header's, blank, or within quotes.
        const blank = counted.get('blank line, left out') ?? 0
        expect(1 + read.length + blank).toBe(1 + slowly(content, delimiter).slice(1).length)
      },
    )
    await fc.assert(holds, { numRuns: 300 })
  })

  test('the lines of rows are known in files of any length', async () => {
    const rows = Array.from({ length: 80_000 }, (_, i) => (i % 2 === 0 ? `"${i}\n"` : `${i}`))
    const { text } = await tableOf(`x\n${rows.join('\n')}\n`)
    for (const row of [0, 1, 2, 777, 32_768, 65_535, 65_536, 65_537, 79_999]) {
      expect(text.lineOf(row)).toBe(2 + row + Math.ceil(row / 2))
    }
  })
})

test('what is hostile in a file is made visible in an error', async () => {
  const path = join(directory, 'evil\u001b[31m.csv')
  writeFileSync(path, 'a,b\n1,"x\n')
  const [read] = await openTexts([{ path, label: path }], scratch)
  const message = await read!().then(() => expect.fail('it was read'), String)
  expect(message).toContain('\\x1b[31m')
  expect(message).not.toContain('\u001b')
})

test('what was mended is told in words that a report does not cut', async () => {
  const { text } = await tableOf('a,,a\n\n1\n1,2,3,\n')
  const told = describeTableReading(text.reading)
  for (const { what } of text.reading.mended!) expect(told).toContain(`${what} ×1`)
  expect(text.reading.mended).toHaveLength(5)
})

test('a plain file is left where it is, and nothing is written', async () => {
  const before = readdirSync(scratch.directory)
  const [text] = await clean(['a,b\n1,"x,y"\n2,z\n'])
  expect(isCopy(text!)).toBe(false)
  expect(text).toMatchObject({ skipHeader: true, rows: 2, longestRecord: 8 })
  expect(readdirSync(scratch.directory)).toEqual(before)
})
