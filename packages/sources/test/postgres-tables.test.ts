import { detectDrift } from '@tidegauge/drift'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { postgres, postgresEngine } from '../src/dialects/postgres.ts'
import { compareSources, profileSource, type SqlEngine, sqlSource } from '../src/index.ts'
import { type RunningPostgres, startPostgres } from './servers/postgres.ts'

describeWithServer('postgres', 'tables of PostgreSQL', () => {
  let server: RunningPostgres
  let pool: pg.Pool
  const run = async (sql: string) => void (await pool.query(sql))
  const source = (from: string, engine: SqlEngine = postgresEngine(pool)) =>
    sqlSource({ engine, dialect: postgres, from })

  beforeAll(async () => {
    server = await startPostgres()
    pool = new pg.Pool({ connectionString: server.url, max: 4 })
    pool.on('error', () => {})
  })

  afterAll(async () => {
    await pool?.end()
    await server?.stop()
  })

  test('enumerations are categories, domains what they are of', async () => {
    await run(`CREATE TYPE plan AS ENUM ('free', 'pro')`)
    await run(`CREATE DOMAIN cents AS bigint CHECK (VALUE >= 0)`)
    await run(
      `CREATE TABLE typed AS SELECT (CASE WHEN r % 3 = 0 THEN 'pro' ELSE 'free' END)::plan AS plan, (r % 50)::cents AS paid FROM generate_series(1, 200) r`,
    )
    const { columns } = await compareSources(source('typed'), source('typed'))
    expect(columns.map(({ name, type, verdict }) => [name, type, verdict])).toEqual([
      ['plan', 'categorical', 'stable'],
      ['paid', 'numeric', 'stable'],
    ])
    expect(columns[0]!.reference).toMatchObject({ categories: ['free', 'pro'], counts: [134, 66] })
  })

  test('what is not compared says so, and costs no other column', async () => {
    await run(
      `CREATE TABLE nested AS SELECT r AS id, ARRAY[r] AS list, jsonb_build_object('a', r) AS object, '\\x00'::bytea AS bytes, (r || '')::text AS text FROM generate_series(1, 100) r`,
    )
    const { columns } = await compareSources(source('nested'), source('nested'))
    expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['id', 'stable'],
      ['list', 'insufficient-data'],
      ['object', 'insufficient-data'],
      ['bytes', 'insufficient-data'],
      ['text', 'insufficient-data'],
    ])
    expect(columns[1]!.reason).toContain('integer[]')
    expect(columns[2]!.reason).toContain('jsonb')
    const stored = await profileSource(source('nested'))
    expect(stored.unprofiled?.map(({ name }) => name)).toEqual(['list', 'object', 'bytes'])
  })

  test('a column that the user may not read, or whose values fail, costs no other', async () => {
    await run(`CREATE TABLE failing AS SELECT r AS good, r AS other FROM generate_series(1, 100) r`)
    const query = 'SELECT good, 1 / (other - 50) AS bad, other FROM failing'
    const { columns } = await compareSources(source(query), source(query))
    expect(columns.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['good', 'stable'],
      ['bad', 'insufficient-data'],
      ['other', 'stable'],
    ])
    expect(columns[1]!.reason).toMatch(/division by zero/)
  })

  test('of a large table each pass counts many columns', async () => {
    const cells = Array.from({ length: 30 }, (_, i) => `(r * ${i + 1}) % 1000 AS c${i}`)
    await run(`CREATE TABLE large AS SELECT ${cells.join(', ')} FROM generate_series(1, 2000) r`)
    const ran: string[] = []
    const large = () =>
      sqlSource({
        engine: postgresEngine(pool),
        dialect: postgres,
        from: 'large',
        onStatement: ({ sql }) => ran.push(sql),
      })
    const report = await compareSources(large(), large(), { exactRows: 1000 })
    expect(report.columns.map(({ verdict }) => verdict)).toEqual(new Array(30).fill('stable'))
    // Of each side: names, types, rows, two summaries, two of quantiles on one side, and two of counts.
    expect(ran.length).toBeLessThanOrEqual(2 * (3 + 2 + 2) + 2)
  })

  test('rows that are written meanwhile: a transaction does not see them, and else it is an error', async () => {
    await run(`CREATE TABLE written AS SELECT r % 100 AS x FROM generate_series(1, 1000) r`)
    const rows = await pool.query('SELECT x FROM written')
    const before = { x: rows.rows.map(({ x }) => Number(x)) }
    const own = postgresEngine(pool)
    const snapshot = async () => {
      const held = await own.snapshot!()
      const queryUntil: NonNullable<SqlEngine['queryUntil']> = async (sql, signal) => {
        const result = await held.queryUntil!(sql, signal)
        await run(`INSERT INTO written SELECT 1000 FROM generate_series(1, 10)`)
        return result
      }
      return { ...held, queryUntil, end: () => held.end() }
    }
    const held = { ...own, snapshot }
    const report = await compareSources(source('written', held), source('written', held))
    expect([report.reference.rows, report.current.rows]).toEqual([1000, 1000])
    expect(report.columns[0]!.reference).toEqual(detectDrift(before, before).columns[0]!.reference)
    const alone = {
      query: async (sql: string) => {
        await run(`INSERT INTO written SELECT 1000 FROM generate_series(1, 10)`)
        return pool.query(sql)
      },
    }
    await expect(
      compareSources(source('written', alone), source('written', alone)),
    ).rejects.toThrow(/rows were written while they were counted/)
  })
})
