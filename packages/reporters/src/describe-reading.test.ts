import type { ColumnDrift, ColumnReading } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { manyReports } from '../test/many-reports.ts'
import { describeReading, describeReadings, describeTableReading } from './describe-reading.ts'
import { htmlReport } from './html/html-report.tsx'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { textReport } from './text.ts'

const { report } = manyReports().find(({ name }) => name === 'of files that are read')!

describe('in words', () => {
  test.each<[string, ColumnDrift['type'], ColumnReading]>([
    [
      'numbers with decimal comma · NA ×412, - ×3 counted as missing · 2 cells did not fit, as "12abc" (line 1002)',
      'numeric',
      {
        sourceType: 'text',
        decimalSign: ',',
        missing: [
          { text: 'NA', count: 412 },
          { text: '-', count: 3 },
        ],
        misfits: { count: 2, example: '12abc', line: 1002 },
      },
    ],
    [
      'numbers with decimal point, , between thousands, € beside them',
      'numeric',
      { decimalSign: '.', thousandsSign: ',', unit: '€' },
    ],
    [
      'numbers (DOUBLE) with a space between thousands',
      'numeric',
      { sourceType: 'DOUBLE', thousandsSign: '\u202f' },
    ],
    [
      'numbers with decimal comma, . between thousands, named as categories',
      'categorical',
      { sourceType: 'text', decimalSign: ',', thousandsSign: '.' },
    ],
    ['dates with day before month', 'datetime', { dateOrder: 'day-month-year' }],
    ['times of day, as seconds since midnight', 'numeric', { timeOfDay: true }],
    [
      'times of day, as seconds since midnight (TIME)',
      'numeric',
      { sourceType: 'TIME', timeOfDay: true },
    ],
    ['texts (VARCHAR)', 'text', { sourceType: 'VARCHAR' }],
    ['VARCHAR', 'unknown', { sourceType: 'VARCHAR' }],
    ['', 'categorical', { sourceType: 'text' }],
    [
      'an empty text ×1,200, blanks ×2, a ×1, b ×1, c ×1 and 1 more counted as missing',
      'categorical',
      {
        missing: ['', '  ', 'a', 'b', 'c', 'd'].map((text, i) => ({
          text,
          count: [1200, 2, 1, 1, 1, 1][i]!,
        })),
      },
    ],
    ['1 cell did not fit', 'numeric', { misfits: { count: 1, example: '' } }],
    [
      '1 cell did not fit (line 7 of b.csv)',
      'numeric',
      { misfits: { count: 1, example: '', line: 7, file: 'b.csv' } },
    ],
    [
      '1 cell did not fit (\\x3a:error::.json)',
      'numeric',
      { misfits: { count: 1, example: '', file: '::error::.json' } },
    ],
    ['codes were kept as text', 'categorical', { notes: ['codes were kept as text'] }],
    [
      'red\\x1b[31m ×1 counted as missing · 1 cell did not fit, as "\\x3a:error::no"',
      'numeric',
      {
        missing: [{ text: 'red\u001b[31m', count: 1 }],
        misfits: { count: 1, example: '::error::no' },
      },
    ],
  ])('%s', (words, type, reading) => {
    expect(describeReading(reading, type)).toBe(words)
  })

  test('of what is none, it is said where', () => {
    const broken = { missing: [{ text: 'NA' }] } as never
    expect(() => describeReading(broken, 'numeric')).toThrow('"reading.missing[0].count"')
    expect(() => describeReading({}, 'number' as never)).toThrow('"type"')
    expect(() => describeTableReading({} as never)).toThrow('"reading.format"')
  })

  test('one line where both sides were read alike', () => {
    const named = new Map(report.columns.map((column) => [column.name, column]))
    expect(describeReadings(named.get('price')!).map(({ side }) => side)).toEqual(['both'])
    expect(describeReadings(named.get('plain')!)).toEqual([
      { side: 'both', words: 'numbers (DOUBLE) with decimal point' },
    ])
    expect(describeReadings(named.get('untold')!)).toEqual([])
    expect(describeReadings(named.get('unlike')!).map(({ side }) => side)).toEqual([
      'reference',
      'current',
    ])
  })

  test('of a table', () => {
    expect(describeTableReading(report.current.reading!)).toBe(
      'csv · utf-16le · separated by ; · row with too few cells ×2 (first: line 17 of <i>1</i>.csv)',
    )
    expect(describeTableReading({ format: 'ndjson' })).toBe('ndjson')
    expect(
      describeTableReading({
        ...{ format: 'csv', delimiter: '\t', header: false },
        mended: [{ what: 'open quote', count: 1, line: 3 }],
      }),
    ).toBe('csv · separated by tabs · without a header · open quote ×1 (line 3)')
  })
})

describe('a report tells it', () => {
  test('in a terminal, of the columns where there is something to tell', () => {
    const text = textReport(report)
    expect(text).toContain(
      'how columns were read\n  reference: csv · utf-16le · separated by ; · without a header · row with',
    )
    expect(text).toMatch(/^ {2}price: numbers with decimal comma, a space between thousands, €/m)
    expect(text).toMatch(/^ {2}unlike: reference: numbers \(DOUBLE\).*; current: numbers with dec/m)
    expect(text).not.toMatch(/^ {2}(plain|untold): /m)
    expect(text).not.toContain('\u001b')
    expect(textReport(manyReports()[0]!.report)).not.toContain('how columns were read')
  })

  test('in a bounded number of lines', () => {
    const columns = Array.from({ length: 30 }, (_, i) => ({
      ...report.columns.find(({ name }) => name === 'price')!,
      name: `p${i}`,
    }))
    const many = { ...report, columns }
    const lines = textReport(many)
      .split('\n')
      .filter((line) => /^ {2}p\d+: numbers/.test(line))
    expect(lines).toHaveLength(20)
    expect(textReport(many)).toContain('\n  and 10 more\n')
    const items = markdownReport(many).match(/^- `p\d+`: numbers/gm)
    expect(items).toHaveLength(20)
    expect(markdownReport(many)).toContain('\n- and 10 more\n')
  })

  test('in Markdown, with no markup of the data', () => {
    const page = markdownReport(report)
    expect(page).toContain('<summary>How columns were read</summary>')
    expect(page).toMatch(/^- `price`: numbers with decimal comma.*&#60;b&#62;&#124;&#96;none&#96;/m)
    expect(page).not.toContain('</script>')
  })

  test('in JUnit XML, as output of its case', () => {
    const xml = junitReport(report)
    expect(xml).toContain('read as: numbers with decimal comma')
    expect(xml).not.toContain('</script>')
    expect(xml).not.toContain('\u001b')
  })

  test('on the page, below the column and beside the name of the table', () => {
    const page = htmlReport(report, { script: false })
    expect(page).toContain('<dt>read as</dt><dd><bdi>numbers with decimal comma')
    expect(page).toContain('<dt>reference read as</dt>')
    expect(page).toContain('<dt>current read as</dt>')
    expect(page).toContain('csv · utf-16le · separated by ; · without a header')
    expect(page).not.toContain('</script>')
    expect(page).not.toContain('<b>|')
  })
})
