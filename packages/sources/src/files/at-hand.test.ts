import { afterAll, beforeAll, expect, test } from 'vitest'
import { atHand } from './at-hand.ts'
import { columnsOf, type DataTable } from './data-table.ts'
import { readCells } from './read-values.ts'
import { makeScratch, type Scratch } from './scratch.ts'
import { openSession, type Session } from './session.ts'

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

/** Texts, and a number in every third column; `cell` may be another text for some. */
async function wideTable(columns: number, cell: (i: number) => string): Promise<DataTable> {
  const cells = Array.from({ length: columns }, (_, i) =>
    i % 3 === 0 ? `r::DOUBLE AS c${i}` : `${cell(i)} AS c${i}`,
  )
  const from = `(SELECT ${cells.join(', ')} FROM range(5) t(r))`
  const described = await columnsOf(session, from)
  const all = described.map((column) => [column.name, { ...column, from }] as const)
  const names = { name: 'wide', label: 'wide', columnNames: all.map(([name]) => name) }
  return { ...names, rowCount: 5, columns: new Map(all) }
}

async function cellsOf(table: DataTable, name: string): Promise<unknown[]> {
  const column = await atHand(session, table, table.columns.get(name)!)
  return readCells(session, { table, column }, () => {})
}

test('reads each column of a wide table as it is, and those behind it without asking the table again', async () => {
  const table = await wideTable(301, (i) => `'${i}: ' || r`)
  const isFrom = new Set<string>()
  for (const [name, column] of table.columns) {
    const i = Number(name.slice(1))
    if (i % 3 === 0) {
      expect(await atHand(session, table, column)).toBe(column)
      continue
    }
    expect(await cellsOf(table, name)).toEqual([0, 1, 2, 3, 4].map((r) => `${i}: ${r}`))
    isFrom.add((await atHand(session, table, column)).from)
  }
  expect(isFrom.size).toBe(1)
})

test('reads the columns of two tables in turn', async () => {
  const [a, b] = [await wideTable(201, () => `'a' || r`), await wideTable(201, () => `'b' || r`)]
  for (const name of ['c1', 'c2', 'c199']) {
    expect((await cellsOf(a, name))[4]).toBe('a4')
    expect((await cellsOf(b, name))[4]).toBe('b4')
  }
})

test('of a column that cannot be read, no other hears', async () => {
  const table = await wideTable(301, (i) => (i === 50 ? `error('no such cell')` : `'${i}: ' || r`))
  expect((await cellsOf(table, 'c49'))[0]).toBe('49: 0')
  await expect(cellsOf(table, 'c50')).rejects.toThrow('no such cell')
  expect((await cellsOf(table, 'c52'))[0]).toBe('52: 0')
})

test('leaves a table of few columns where it is', async () => {
  const table = await wideTable(30, () => `'a'`)
  const column = table.columns.get('c1')!
  expect(await atHand(session, table, column)).toBe(column)
})
