import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { detectDrift, type StoredColumn } from '@tidegauge/drift'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { duckdb } from '../src/dialects/duckdb.ts'
import {
  compareSources,
  type SqlEngine,
  type SqlRow,
  type SqlSourceOptions,
  sqlSource,
} from '../src/index.ts'

let instance: DuckDBInstance
let connection: DuckDBConnection
const rowsOf = async (sql: string): Promise<SqlRow[]> =>
  (await connection.runAndReadAll(sql)).getRowObjects()
const engine: SqlEngine = { query: rowsOf }
const source = (from: string, options: Partial<SqlSourceOptions> = {}) =>
  sqlSource({ engine, dialect: duckdb, from, ...options })

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  connection = await instance.connect()
})

afterAll(() => {
  connection.closeSync()
  instance.closeSync()
})

test('a sample is drawn from all of the table, its last rows too', async () => {
  const from = 'SELECT r::DOUBLE AS r FROM range(100000) t(r)'
  const request = { as: 'sample', column: 'r', type: 'numeric', most: 2000 } as const
  const drawn = (await source(from).read(request)) as Float64Array
  expect(drawn.length).toBeGreaterThan(1500)
  expect(drawn.length).toBeLessThanOrEqual(2000)
  // Of two thousand, none in the last hundredth would be one in 10⁸.
  expect(Math.max(...drawn)).toBeGreaterThan(99_000)
})

test('a column that is left out must be there: another one would be compared', async () => {
  const from = 'SELECT 1 AS as_of, 2 AS x'
  await expect(source(from, { exclude: ['as_off'] }).shape()).rejects.toThrow(
    /"exclude" names as_off, and there are as_of, x.*as_of/,
  )
})

test('more rows than were asked for are refused', async () => {
  const twice: SqlEngine = {
    query: async (sql) => {
      const rows = await rowsOf(sql)
      return sql.startsWith('DESCRIBE') ? rows : [...rows, ...rows]
    },
  }
  await expect(
    compareSources(source('SELECT 1 AS x', { engine: twice }), source('SELECT 1 AS x')),
  ).rejects.toThrow(/gave back 2 rows where at most 1 were asked for/)
})

test('of the categories that are not named, it is told how many values and the largest at most', async () => {
  const from = `SELECT 'c' || (CASE WHEN r < 50 THEN 0 WHEN r < 80 THEN 1 WHEN r < 90 THEN 2 ELSE r END) AS c FROM range(100) t(r)`
  const request = { as: 'categories', column: 'c', most: 2 } as const
  const { profile, distinct } = (await source(from).read(request)) as StoredColumn
  expect(profile).toMatchObject({
    categories: ['c0', 'c1'],
    counts: [50, 30],
    other: 20,
    otherAtMost: 10,
  })
  expect(distinct).toBe(13)
})

test('of columns without quantiles nothing is told: in one bin no change is seen', async () => {
  const without: SqlEngine = {
    query: async (sql) => {
      const rows = await rowsOf(sql)
      return / AS q0\b/.test(sql) ? rows.map(() => ({ q0: null })) : rows
    },
  }
  const numbers = (shift: number) =>
    source(`SELECT (r * 37) % 1000 + ${shift} AS x FROM range(1000) t(r)`, { engine: without })
  const { columns } = await compareSources(numbers(0), numbers(300), { exactRows: 10 })
  expect(columns[0]).toMatchObject({
    verdict: 'insufficient-data',
    reason: expect.stringContaining('quantiles'),
  })
})

test('PSI of counts between approximate deciles is close to that of the values', async () => {
  const cells = (shift: number) =>
    Array.from({ length: 5000 }, (_, r) => Math.sqrt((r * 7919) % 5000) + shift)
  const from = (shift: number) =>
    `SELECT sqrt((r * 7919) % 5000) + ${shift} AS x FROM range(5000) t(r)`
  const options = { method: 'psi' } as const
  const exact = detectDrift({ x: cells(0) }, { x: cells(5) }, options).columns[0]!
  const { columns } = await compareSources(source(from(0)), source(from(5)), {
    ...options,
    exactRows: 10,
  })
  expect(Math.abs(columns[0]!.statistic! / exact.statistic! - 1)).toBeLessThan(0.05)
  expect(columns[0]!.warnings.join()).not.toContain('interpolated')
})

test('no more columns are asked for at once than was said', async () => {
  let [running, most] = [0, 0]
  const counting: SqlEngine = {
    async query(sql) {
      running++
      most = Math.max(most, running)
      try {
        return await rowsOf(sql)
      } finally {
        running--
      }
    },
  }
  const cells = Array.from({ length: 12 }, (_, i) => `(r * ${i + 7}) % 50 AS c${i}`)
  const table = () =>
    source(`SELECT ${cells.join(', ')} FROM range(500) t(r)`, { engine: counting })
  await compareSources(table(), table(), { concurrency: 1 })
  // Both sides of a column may be counted at once.
  expect(most).toBeLessThanOrEqual(2)
  most = 0
  await compareSources(table(), table(), { concurrency: 3 })
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(6)
})
