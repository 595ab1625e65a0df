import { compareSources, type TableSource } from '@tidegauge/sources'
import { postgresEngine } from '@tidegauge/sources/postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { type RunningPostgres, startPostgres } from '../../sources/test/servers/postgres.ts'
import { type FeastSourceOptions, feastSource } from '../src/feast/feast.ts'

const VIEW = {
  timestampField: 'event $time',
  createdTimestampField: 'created',
  joinKeys: ['customer id'],
  features: ['label', 'x'],
  start: new Date('2026-09-01'),
  end: new Date('2026-10-01'),
}

/** Rows that a month pulled inclusively, or as they were written, would count wrongly. */
const ROWS = `
  (1, '2026-08-31 23:59:59.999+00', '2026-09-01 01:00+00', 'august', NULL),
  (1, '2026-09-01 00:00:00+00',     '2026-09-01 01:00+00', 'first', 1.5),
  (1, '2026-09-15 12:00:00+00',     '2026-09-15 13:00+00', 'corrected', 1),
  (1, '2026-09-15 12:00:00+00',     '2026-09-16 09:00+00', 'correction', 2),
  (1, '2026-09-15 12:00:00+00',     NULL,                  'written when?', 3),
  (2, '2026-09-15 12:00:00+00',     '2026-09-15 13:00+00', 'another key', 'NaN'),
  (2, '2026-09-30 23:59:59.999+00', '2026-10-01 01:00+00', 'last', 5),
  (3, '2026-09-20 00:00:00+00',     '2026-09-20 01:00+00', 'tie a', 6),
  (3, '2026-09-20 00:00:00+00',     '2026-09-20 01:00+00', 'tie b', 7),
  (1, '2026-10-01 00:00:00+00',     '2026-10-01 01:00+00', 'october', 8)`

describeWithServer('postgres', 'feastSource', () => {
  let server: RunningPostgres
  let pool: pg.Pool
  beforeAll(async () => {
    server = await startPostgres()
    pool = new pg.Pool({ connectionString: server.url })
    // What a session takes a time without a zone for is not what Feast does.
    await pool.query(`ALTER ROLE ${server.user} SET timezone = 'America/New_York'`)
    await pool.end()
    pool = new pg.Pool({ connectionString: server.url })
    pool.on('error', () => {}) // the server is ended before its idle connections are
    for (const [table, type] of [
      ['zoned', 'timestamptz'] as const,
      ['plain', 'timestamp'] as const,
    ]) {
      const moment = (name: string) =>
        type === 'timestamp' ? `(${name}::timestamptz AT TIME ZONE 'UTC')` : `${name}::timestamptz`
      await pool.query(
        `CREATE TABLE ${table} AS SELECT k AS "customer id", ${moment('t')} AS "event $time", ${moment('c')} AS created, label, x::float8 AS x
         FROM (VALUES ${ROWS}) v (k, t, c, label, x)`,
      )
    }
  })
  afterAll(async () => {
    await pool?.end()
    await server?.stop()
  })

  const source = (from: string, options: Partial<FeastSourceOptions> = {}): TableSource =>
    feastSource({ ...VIEW, engine: postgresEngine(pool), from, ...options })

  async function labelsOf(of: TableSource): Promise<unknown[]> {
    const values = await of.read({ as: 'sample', column: 'label', type: 'categorical', most: 100 })
    return [...(values as readonly unknown[])].sort()
  }

  test.each(['zoned', 'plain'])(
    'a month of %s times has its first moment, and not the next month’s',
    async (table) => {
      const all = ['another key', 'correction', 'first', 'last', 'tie a']
      expect(await labelsOf(source(table))).toEqual(all)
      expect(await labelsOf(source(`SELECT * FROM ${table}`))).toEqual(all)
      expect((await source(table).shape()).rowCount).toBe(5)
    },
  )

  test('of each key the latest row alone', async () => {
    expect(await labelsOf(source('zoned', { rows: 'latest' }))).toEqual([
      'correction',
      'last',
      'tie a',
    ])
  })

  test('without a time of writing all rows count, and the latest is the same one each time', async () => {
    const unwritten = (rows: 'all' | 'latest') => {
      const { createdTimestampField: _, ...view } = { ...VIEW, engine: postgresEngine(pool) }
      return feastSource({ ...view, from: 'zoned', rows })
    }
    expect(await labelsOf(unwritten('all'))).toHaveLength(8)
    expect(await labelsOf(unwritten('latest'))).toEqual(['corrected', 'last', 'tie a'])
  })

  test('two months are compared, and the columns are the features', async () => {
    await pool.query(`CREATE TABLE many AS SELECT i % 400 AS id, '2026-08-01 00:00+00'::timestamptz + i * interval '1 hour' AS at,
      i % 100 + CASE WHEN i >= 744 THEN 60 ELSE 0 END AS age FROM generate_series(0, 1463) i`)
    const month = (start: string, end: string) =>
      feastSource({
        engine: postgresEngine(pool),
        from: 'many',
        timestampField: 'at',
        joinKeys: ['id'],
        features: ['age'],
        start: new Date(start),
        end: new Date(end),
      })
    const report = await compareSources(
      month('2026-08-01', '2026-09-01'),
      month('2026-09-01', '2026-10-01'),
    )
    expect(report.reference).toMatchObject({ name: '2026-08-01 to 2026-09-01', rows: 744 })
    expect(report.current).toMatchObject({ name: '2026-09-01 to 2026-10-01', rows: 720 })
    expect(report.columns.map(({ name, verdict }) => [name, verdict])).toEqual([['age', 'drifted']])
  })
})
