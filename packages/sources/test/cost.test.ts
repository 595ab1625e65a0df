import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { DuckDBInstance, version } from '@duckdb/node-api'
import pg from 'pg'
import { describe, expect, test, vi } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { clickhouse, clickhouseEngine } from '../src/dialects/clickhouse.ts'
import { duckdb } from '../src/dialects/duckdb.ts'
import { postgres, postgresEngine } from '../src/dialects/postgres.ts'
import { compareSources, type SqlDialect, type SqlEngine, sqlSource } from '../src/index.ts'
import { startClickHouse } from './servers/clickhouse.ts'
import { startPostgres } from './servers/postgres.ts'
import { tell } from './tell.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const ROWS = [100_000, 1_000_000]

/** Of a table of four doubles and a text with itself: for `pnpm engines` alone, which shows how long it takes. */
async function expectCosts(
  version: string,
  engine: SqlEngine,
  dialect: SqlDialect,
  make: (table: string, rows: number) => Promise<void>,
): Promise<void> {
  for (const rows of ROWS) {
    const table = `cost_${rows}`
    await make(table, rows)
    for (const [how, exactRows] of [
      ['counts', 1000],
      ['sorts', 1_000_000],
    ] as const) {
      const seen = { statements: 0, returned: 0 }
      const source = sqlSource({
        engine,
        dialect,
        from: table,
        onStatement({ rows }) {
          seen.statements++
          seen.returned += rows
        },
      })
      const start = performance.now()
      const report = await compareSources(source, source, { exactRows })
      const seconds = (performance.now() - start) / 1000
      expect(report.columns).toHaveLength(5)
      expect(report.decision.action).toBe('NO_ACTION')
      tell({ engine: version, what: `five columns, ${how}`, rows, ...seen, seconds })
    }
  }
}

describe.runIf(process.env.TIDEGAUGE_ENGINES_TOLD !== undefined)('what it costs', () => {
  test('DuckDB', async () => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    const engine = {
      query: async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects(),
    }
    await expectCosts(`DuckDB ${version()}`, engine, duckdb, async (table, rows) => {
      await connection.run(
        `CREATE TABLE ${table} AS SELECT random() AS a, exp(5 * random()) AS b, (i % 10)::DOUBLE AS c, sqrt(i) AS d, 'city ' || i % 50 AS k FROM range(${rows}) t(i)`,
      )
    })
    connection.closeSync()
    instance.closeSync()
  })

  describeWithServer('postgres', 'PostgreSQL', () => {
    test('PostgreSQL', async () => {
      const server = await startPostgres()
      const pool = new pg.Pool({ connectionString: server.url })
      const name = `PostgreSQL ${server.version}`
      await expectCosts(name, postgresEngine(pool), postgres, async (table, rows) => {
        await pool.query(
          `CREATE TABLE ${table} AS SELECT random() AS a, exp(5 * random()) AS b, (i % 10)::float8 AS c, sqrt(i) AS d, 'city ' || i % 50 AS k FROM generate_series(1, ${rows}) i`,
        )
        await pool.query(`ANALYZE ${table}`)
      })
      await pool.end()
      await server.stop()
    })
  })

  describeWithServer('chdb', 'ClickHouse', () => {
    test('ClickHouse', async () => {
      const server = await startClickHouse()
      const client = createClient({ url: server.url, log: { level: ClickHouseLogLevel.OFF } })
      const name = `ClickHouse ${server.version} (chdb)`
      await expectCosts(name, clickhouseEngine(client), clickhouse, async (table, rows) => {
        await server.run(
          `CREATE TABLE ${table} ENGINE = MergeTree ORDER BY tuple() AS SELECT randCanonical(1) AS a, exp(5 * randCanonical(2)) AS b, toFloat64(number % 10) AS c, sqrt(number) AS d, concat('city ', toString(number % 50)) AS k FROM numbers(${rows})`,
        )
      })
      await client.close()
      await server.stop()
    })
  })
})
