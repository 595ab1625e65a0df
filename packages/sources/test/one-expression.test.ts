import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { clickhouse } from '../src/dialects/clickhouse.ts'
import { duckdb } from '../src/dialects/duckdb.ts'
import { postgres } from '../src/dialects/postgres.ts'
import { assertOneExpression, type Backslash } from '../src/sql/one-expression.ts'
import { startClickHouse } from './servers/clickhouse.ts'
import { startPostgres } from './servers/postgres.ts'

/** What an engine's parser says of a statement: nothing is run. */
type Parses = (sql: string) => Promise<'one' | 'several' | 'none'>

const PIECES = [
  ...["'", "''", "'a'", '"', '`', '‘', '’', '“', '”', '\\', "\\'", "'b\\''", "'\\''"],
  ...["E'", "E'a'", "U&'", "r'", "éE'", '$$', '$é$', '#', '//', '--', '/*', '*/'],
  ...[';', '\n', ' ', 'a', '1', ' = '],
]

/** What begins and what ends alike, with a way out in between: if its quotes are read in two ways, then here. */
function* waysOut(): Generator<string> {
  for (const one of ['', ...PIECES]) {
    for (const two of ['', ...PIECES]) {
      const quotes = [`${one}${two}`, `${one}'${two}`, `${one}'${one}${two}`, `${one} '${two}'`]
      for (const part of quotes) {
        for (const end of ['', "'", "||'"]) yield `a||${part} ) || ( a||${part}${end}`
      }
    }
  }
}

const text = fc
  .array(fc.constantFrom(...PIECES, '(', ')', '[', ']', ' OR ', ' || '), { maxLength: 14 })
  .map((pieces) => pieces.join(''))

/**
 * Of what we let pass the engine sees no end: within parentheses it is one statement, and it is one of them within brackets
 * too, which nothing can be that closes a parenthesis and opens another.
 */
async function expectToStay(
  parses: Parses,
  backslash: Backslash,
  inBrackets: (sql: string) => string,
  numRuns = 15_000,
): Promise<void> {
  const isKept = (sql: string) => {
    try {
      assertOneExpression('where', sql, backslash)
      return true
    } catch {
      return false
    }
  }
  const expectOne = async (sql: string) => {
    const found = await parses(`SELECT 1 WHERE (\n${sql}\n)`)
    expect(found, sql).not.toBe('several')
    if (found === 'one') expect(await parses(inBrackets(sql)), sql).toBe('one')
    return found === 'one'
  }
  for (const sql of waysOut()) if (isKept(sql)) await expectOne(sql)
  let seen = 0
  const stays = fc.asyncProperty(text, async (sql) => {
    if (isKept(sql) && (await expectOne(sql))) seen++
  })
  await fc.assert(stays, { numRuns })
  expect(seen).toBeGreaterThan(numRuns / 300)
}

describeWithServer('postgres', 'as PostgreSQL reads it', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  let client: pg.Client
  beforeAll(async () => {
    server = await startPostgres()
    client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query('SET default_transaction_read_only = on')
  })
  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  test.each(['on', 'off'])(
    'what passes stays within its parentheses, standard_conforming_strings %s',
    async (setting) => {
      await client.query(`SET standard_conforming_strings = ${setting}`)
      await expectToStay(parses, postgres, (sql) => `SELECT ARRAY[\n${sql}\n]`, 8000)
    },
  )

  const parses: Parses = async (sql) => {
    try {
      await client.query({ text: sql, values: [], queryMode: 'extended' } as pg.QueryConfig)
      return 'one'
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      if (/multiple commands/.test(message)) return 'several'
      return code === '42601' ? 'none' : 'one'
    }
  }
})

test('what passes stays within its parentheses, as DuckDB reads it', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const parses: Parses = async (sql) => {
    try {
      const { count } = await connection.extractStatements(sql)
      return count === 1 ? 'one' : 'several'
    } catch {
      return 'none'
    }
  }
  await expectToStay(parses, duckdb, (sql) => `SELECT [\n${sql}\n]`)
  connection.closeSync()
  instance.closeSync()
})

describeWithServer('chdb', "as ClickHouse's current engine reads it", () => {
  test('what passes stays within its parentheses', async () => {
    const server = await startClickHouse()
    const parses: Parses = async (sql) => {
      try {
        await server.run(`EXPLAIN AST ${sql}`)
        return 'one'
      } catch (error) {
        const { message } = error as Error
        if (/multi-?statements/i.test(message)) return 'several'
        return 'none'
      }
    }
    try {
      await expectToStay(parses, clickhouse, (sql) => `SELECT [\n${sql}\n]`, 1000)
    } finally {
      await server.stop()
    }
  })
})
