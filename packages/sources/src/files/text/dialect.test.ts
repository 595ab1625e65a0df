import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dialectOf } from './dialect.ts'

const names = fc.uniqueArray(fc.constantFrom('id', 'city', 'price', 'day', 'full name', 'x'), {
  minLength: 2,
})
const cell = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    '2.5',
    '3,5',
    '1.234,56',
    '2026-01-02',
    'Rome',
    'Paris, France',
    'a;b',
    'x|y',
  ),
  fc.string({ unit: fc.constantFrom('a', '1', ',', ';', '|', '\t', '"', '\n', ' '), maxLength: 6 }),
)

test('the separator of any table that is written by the rules is found, whatever its cells hold', () => {
  const table = names.chain((header) => {
    const row = fc.array(cell, { minLength: header.length, maxLength: header.length })
    return fc.tuple(fc.constant(header), fc.array(row, { maxLength: 15 }))
  })
  const holds = fc.property(
    table,
    fc.constantFrom(',', ';', '\t', '|'),
    fc.constantFrom('\n', '\r\n'),
    ([header, rows], delimiter, end) => {
      const written = (text: string) =>
        /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text
      const lines = [header, ...rows].map((cells) => cells.map(written).join(delimiter) + end)
      const dialect = dialectOf({ bytes: Buffer.from(lines.join('')), isWhole: true }, undefined)
      expect(dialect).toMatchObject({ delimiter, quoteEscape: 'quote', skipsSpaces: false })
    },
  )
  fc.assert(holds, { numRuns: 1000 })
})
