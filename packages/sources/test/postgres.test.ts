import pg from 'pg'
import { describeWithServer } from '../../../vitest.servers.ts'
import { postgres, postgresEngine } from '../src/dialects/postgres.ts'
import { insertStatements } from './insert-statements.ts'
import { startPostgres } from './servers/postgres.ts'
import { describeSourceContract, type EngineUnderTest } from './source-contract.ts'

const TYPES = {
  double: 'DOUBLE PRECISION',
  real: 'REAL',
  whole: 'BIGINT',
  decimal: 'NUMERIC(18, 4)',
  boolean: 'BOOLEAN',
  text: 'TEXT',
  day: 'DATE',
  moment: 'TIMESTAMP',
  zoned: 'TIMESTAMPTZ',
} as const

async function postgresUnderTest(
  engineOf: (pool: pg.Pool) => EngineUnderTest['engine'],
): Promise<EngineUnderTest & { readonly pool: pg.Pool }> {
  const server = await startPostgres()
  const pool = new pg.Pool({ connectionString: server.url, max: 4 })
  // Of a server that ends while it is connected.
  pool.on('error', () => {})
  const run = async (sql: string) => {
    await pool.query(sql)
  }
  return {
    engine: engineOf(pool),
    dialect: postgres,
    pool,
    async load(name, table) {
      const { identifier } = postgres
      for (const sql of insertStatements(name, table, { types: TYPES, identifier })) await run(sql)
      return name
    },
    run,
    async stop() {
      await pool.end()
      await server.stop()
    },
  }
}

describeWithServer('postgres', 'on PostgreSQL', () => {
  describeSourceContract('a pool with transactions', () => postgresUnderTest(postgresEngine))
  describeSourceContract('a plain pool', () => postgresUnderTest((pool) => pool), { rows: 500 })
})
