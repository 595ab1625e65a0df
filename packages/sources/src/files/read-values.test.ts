import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CELL_CASES } from '../../../core/test/cell-cases.ts'
import { countCategories } from './count-values.ts'
import { columnsOf, type DataColumn, type DataTable } from './data-table.ts'
import { readCells, readNumbers } from './read-values.ts'
import { makeScratch, type Scratch } from './scratch.ts'
import { openSession, type Session } from './session.ts'

const cases = CELL_CASES.filter(({ duckdb }) => duckdb !== null)
let scratch: Scratch
let session: Session

beforeAll(async () => {
  scratch = makeScratch()
  session = await openSession(scratch)
})

afterAll(() => {
  session.close()
  scratch.remove()
})

describe.each(cases)('$name', ({ duckdb, number, category }) => {
  const read = async (): Promise<{ table: DataTable; column: DataColumn }> => {
    const from = `(SELECT ${duckdb}) AS t(c0)`
    const [described] = await columnsOf(session, from, ['x'])
    const column: DataColumn = { ...described!, from }
    const columns = new Map([['x', column]])
    const names = { name: 'cells', label: 'cells', columnNames: ['x'] }
    const table = { ...names, rowCount: 1, columns }
    return { table, column }
  }

  test('reads as the number that it is', async () => {
    const { table, column } = await read()
    const [x] = await readNumbers(session, { table, column }, () => {})
    const expected = typeof number === 'number' ? number : Number.NaN
    expect(x === 0 ? 0 : x).toBe(expected)
  })

  test('reads as the category that it is', async () => {
    const selection = await read()
    const options = { exactRows: 1000, onRows: () => {} }
    const { columns } = await countCategories(session, 'x', [selection], options)
    const { categories, missing } = columns[0]!.profile as unknown as {
      categories: string[]
      missing: number
    }
    const expected = typeof category === 'object' ? [category.text] : []
    expect(categories).toEqual(expected)
    expect(missing).toBe(1 - expected.length)
  })

  test('is a cell that the library reads so', async () => {
    const selection = await read()
    const { profile } = await import('@tidegauge/drift')
    const cells = await readCells(session, selection, () => {})
    const [stored] = profile({ x: cells }, { types: { x: 'categorical' } }).columns
    expect((stored!.profile as unknown as { categories: string[] }).categories).toEqual(
      typeof category === 'object' ? [category.text] : [],
    )
  })
})
