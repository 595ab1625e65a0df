import { tableFromIPC } from '@uwdata/flechette'
import * as apache from 'apache-arrow'
import * as aq from 'arquero'
import { describe, expect, test } from 'vitest'
import { type TableInput, toTable } from './table.ts'

describe('toTable', () => {
  test('rows: a cell that a row lacks is undefined', () => {
    const table = toTable('current', [{ a: 1 }, { b: 'x', a: null }])
    expect(table).toMatchObject({ rowCount: 2, columnNames: ['a', 'b'] })
    expect(table.column('a').values).toEqual([1, null])
    expect(table.column('b').values).toEqual([undefined, 'x'])
  })

  test('rows: a column named like an inherited property is read from the row itself', () => {
    expect(toTable('current', [{ toString: 1 }, {}]).column('toString').values).toEqual([
      1,
      undefined,
    ])
  })

  test('columns: a typed array is handed on, not copied', () => {
    const age = new Float64Array([1, 2])
    expect(toTable('current', { age, name: ['a', 'b'] }).column('age').values).toBe(age)
  })

  test('an empty table has no rows and no columns', () => {
    expect(toTable('current', [])).toMatchObject({ rowCount: 0, columnNames: [] })
    expect(toTable('current', {})).toMatchObject({ rowCount: 0, columnNames: [] })
  })

  test('names the table and the column that it lacks', () => {
    expect(() => toTable('reference', { a: [1] }).column('b')).toThrow(
      '"reference" must be a table with a column "b", received a',
    )
  })

  test.each<[string, unknown, string]>([
    [
      'a number',
      3,
      '"current" must be rows of objects, an object of columns, an arquero table or an Arrow table',
    ],
    ['null', null, '"current" must be rows'],
    ['a typed array', new Float64Array(2), '"current" must be rows'],
    ['a row that is no object', [{ a: 1 }, 2], '"current[1]" must be an object, received 2'],
    [
      'a column that is no array',
      { a: [1], b: 'xy' },
      '"current.b" must be an array, a typed array, or { codes, categories }',
    ],
    [
      'a first column that is null',
      { a: null },
      '"current.a" must be an array, a typed array, or { codes, categories }',
    ],
    [
      'a short column',
      { a: [1, 2], b: [1] },
      '"current.b" must be as long as "current.a" (2), received 1',
    ],
  ])('refuses %s', (_, input, message) => {
    expect(() => toTable('current', input as TableInput)).toThrow(message)
  })
})

describe('an arquero table', () => {
  const table = aq.table({ age: new Float64Array([31, 45, 28]), city: ['Bern', null, 'Oslo'] })

  test('hands on its columns as they are; null stays null', () => {
    const read = toTable('current', table)
    expect(read).toMatchObject({ rowCount: 3, columnNames: ['age', 'city'] })
    expect(read.column('age').values).toBe(table.column('age'))
    expect(read.column('city').values).toEqual(['Bern', null, 'Oslo'])
  })

  test('that is filtered keeps only the rows that passed', () => {
    const read = toTable(
      'current',
      table.filter((d: { age: number }) => d.age > 30),
    )
    expect(read.rowCount).toBe(2)
    expect(Array.from(read.column('age').rows!)).toEqual([0, 1])
  })

  test('whose columns came from Arrow offers the same cells', () => {
    const read = toTable('current', aq.fromArrow(table.toArrowIPC()!))
    expect(Array.from(read.column('city').values)).toEqual(['Bern', null, 'Oslo'])
    expect(Array.from(read.column('age').values)).toEqual([31, 45, 28])
  })

  test('that is grouped is refused with the cure', () => {
    expect(() => toTable('current', table.groupby('city'))).toThrow('call ungroup() first')
  })
})

describe('an Arrow table', () => {
  const source = aq.table({ age: new Float64Array([31, 45]), city: ['Bern', null] })
  const arrow = tableFromIPC(source.toArrowIPC()!)

  test('of flechette offers its columns, without copying those that lack nothing', () => {
    const read = toTable('current', arrow)
    expect(read).toMatchObject({ rowCount: 2, columnNames: ['age', 'city'] })
    expect(read.column('age').values).toEqual(new Float64Array([31, 45]))
    expect(read.column('city').values).toEqual(['Bern', null])
  })

  test('of apache-arrow keeps its nulls, also where numbers lie under them', () => {
    const table = new apache.Table({
      n: apache.vectorFromArray([null, 7], new apache.Float64()),
      city: apache.vectorFromArray(['Bern', null]),
    })
    const read = toTable('current', table)
    expect(read).toMatchObject({ rowCount: 2, columnNames: ['n', 'city'] })
    expect(read.column('n').values).toEqual([null, 7])
    expect(read.column('city').values).toEqual(['Bern', null])
  })
})

describe('a dictionary-encoded column', () => {
  test('keeps its codes and its categories', () => {
    const codes = Int32Array.of(0, 1, -1)
    const column = toTable('current', { city: { codes, categories: ['Bern', 'Oslo'] } }).column(
      'city',
    )
    expect(column.values).toBe(codes)
    expect(column.categories).toEqual(['Bern', 'Oslo'])
  })

  test.each([2, Number.NaN])('refuses the code %d, which stands for nothing', (code) => {
    expect(() =>
      toTable('current', { city: { codes: [0, code], categories: ['a', 'b'] } }),
    ).toThrow('"current.city.codes[1]" must be below the number of categories (2)')
  })
})
