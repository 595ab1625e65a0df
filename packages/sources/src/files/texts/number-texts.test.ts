import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawMembers } from '../../../test/drawing.ts'
import { quoteLiteral } from '../sql.ts'
import {
  isNumberText,
  likelyFormats,
  type NumberFormat,
  numberSql,
  PLAIN,
  type ThousandsSign,
} from './number-texts.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => connection.closeSync())

async function numbersOf(
  texts: readonly string[],
  format: NumberFormat,
): Promise<(number | null)[]> {
  const rows = texts.map((text, i) => `(${i}, ${quoteLiteral(text)})`).join(', ')
  const result = await connection.runAndReadAll(
    `SELECT ${numberSql(format, 't')} FROM (VALUES ${rows}) AS v(i, t) ORDER BY i`,
  )
  return result.getRows().map(([value]) => value as number | null)
}

const format = (decimalSign: '.' | ',', thousandsSign: ThousandsSign = '', unit = '') => {
  return { decimalSign, thousandsSign, unit }
}

test.each([
  ['1', 1],
  ['1.', 1],
  ['.5', 0.5],
  ['+1', 1],
  ['-.5', -0.5],
  ['-0', 0],
  ['1E5', 1e5],
  ['1e-400', 0],
  ['1e400', Number.POSITIVE_INFINITY],
  ['-1e400', Number.NEGATIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['Infinity', Number.POSITIVE_INFINITY],
  [' 12 ', 12],
  ['\t7', 7],
  ['\u00a07\u202f', 7],
  ['\u22127.5', -7.5],
  ['(7.5)', -7.5],
  ['7.5-', -7.5],
  ['0007', 7],
  ['1.7976931348623157e308', Number.MAX_VALUE],
])('plain: %j is %s', async (text, value) => {
  expect(await numbersOf([text], PLAIN)).toEqual([value === 0 ? expect.closeTo(0) : value])
  expect(isNumberText(PLAIN)(text)).toBe(true)
})

test.each([
  ...[
    '',
    ' ',
    '-',
    '.',
    'e5',
    '1e',
    '1_000',
    'nan',
    'NaN',
    '0x1F',
    '1,5',
    '1 000',
    '5 %',
    '$5',
    '١٢',
  ],
  ...['(5', '5)', '(-5)', '-5-', '--5', '5e', 'infinite', 'true', '1.2.3', '12:30', '1/2', '5-6'],
])('plain: %j is none', async (text) => {
  expect(await numbersOf([text], PLAIN)).toEqual([null])
  expect(isNumberText(PLAIN)(text)).toBe(false)
})

test.each([
  ['1.234,50', format(',', '.'), 1234.5],
  ['1.234.567', format(',', '.'), 1_234_567],
  ['1234,5', format(',', '.'), 1234.5],
  [',5', format(','), 0.5],
  ['1,', format(','), 1],
  ['1,5E+03', format(','), 1500],
  ['1\u202f234,5', format(',', ' '), 1234.5],
  ['1 234', format('.', ' '), 1234],
  ["1'234.5", format('.', "'"), 1234.5],
  ['1\u2019234.5', format('.', "'"), 1234.5],
  ['1,23,456.5', format('.', ','), 123_456.5],
  ['$5.00', format('.', '', '$'), 5],
  ['-$5.00', format('.', '', '$'), -5],
  ['$-5.00', format('.', '', '$'), -5],
  ['($1,234.50)', format('.', ',', '$'), -1234.5],
  ['$ 5', format('.', '', '$'), 5],
  ['5.00', format('.', '', '$'), 5],
  ['1.234,50 €', format(',', '.', '€'), 1234.5],
  ['1.234,50- €', format(',', '.', '€'), null],
  ['1.234,50 €-', format(',', '.', '€'), -1234.5],
  ['EUR 5,5', format(',', '', 'EUR'), 5.5],
  ['5,5 eur', format(',', '', 'EUR'), 5.5],
  ['R$ 5,5', format(',', '', 'R$'), 5.5],
  ['50 %', format('.', '', '%'), 50],
  ['0.5', format('.', '', '%'), null],
  ['1.23', format(',', '.'), null],
  ['12.34.567', format(',', '.'), 1_234_567],
  ['1,2,3', format('.', ','), null],
  ['0,123', format('.', ','), null],
  ['0.123', format(',', '.'), null],
  ['10,123', format('.', ','), 10_123],
  ['1.5', format(',', '.'), null],
  ['€5', format('.', '', '$'), null],
] as const)('%j in %j is %s', async (text, written, value) => {
  expect(await numbersOf([text], written)).toEqual([value])
  expect(isNumberText(written)(text)).toBe(value !== null)
})

describe('texts that are drawn', () => {
  const draw = drawMembers(3)
  const FORMATS = (['.', ','] as const).flatMap((decimalSign) =>
    (['', ',', '.', ' ', "'"] as const)
      .filter((sign) => sign !== decimalSign)
      .flatMap((sign) => ['', '$', '%'].map((unit) => format(decimalSign, sign, unit))),
  )

  test('of any signs: JavaScript and the SQL take the same for numbers', async () => {
    const signs = [
      ...'0123456789',
      ...'00112233',
      ..."..,,  ''--+()eE%$_",
      '\u00a0',
      '\u2212',
      'inf',
    ]
    const texts = Array.from({ length: 6000 }, () =>
      Array.from({ length: draw([1, 2, 3, 4, 5, 6, 7, 9]) }, () => draw(signs)).join(''),
    )
    for (const written of FORMATS) {
      const read = await numbersOf(texts, written)
      const is = isNumberText(written)
      // +-1 is a number to DuckDB, and 00 e.
      const differ = texts.filter((text, i) => is(text) !== (read[i] !== null))
      expect([written, differ.filter((text) => !/[+-]{2}/.test(text))]).toEqual([written, []])
    }
  })

  test('of numbers in a format: they are read back, in a format that is found out', async () => {
    for (const written of FORMATS) {
      const { decimalSign, thousandsSign, unit } = written
      const numbers = Array.from(
        { length: 200 },
        () => draw([-1, 1]) * draw([0.25, 7.5, 12_345.75, 999.5, 1_234_567.25]),
      )
      const texts = numbers.map((x) => {
        const [whole, fraction] = Math.abs(x).toFixed(2).split('.') as [string, string]
        const grouped = whole.replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, thousandsSign)
        const digits = `${grouped}${decimalSign}${fraction}`
        const minus = x < 0 ? '-' : ''
        return unit === '$' ? `${minus}$${digits}` : `${minus}${digits}${unit && ` ${unit}`}`
      })
      expect([
        written,
        likelyFormats(texts).filter((found) => texts.every(isNumberText(found))),
      ]).toEqual([written, [written]])
      expect(await numbersOf(texts, written)).toEqual(numbers)
    }
  })
})
