import pg from 'pg'
import { describeWithServer } from '../../../vitest.servers.ts'
import { postgres, postgresEngine } from '../src/dialects/postgres.ts'
import { insertStatements } from './insert-statements.ts'
import { POSTGRES_WRITING } from './postgres-writing.ts'
import { startPostgres } from './servers/postgres.ts'
import { describeSourceContract, type EngineUnderTest } from './source-contract.ts'

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
    version: `PostgreSQL ${server.version}`,
    pool,
    async load(name, table) {
      for (const sql of insertStatements(name, table, POSTGRES_WRITING)) await run(sql)
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
