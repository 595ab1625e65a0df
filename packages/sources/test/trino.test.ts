import pg from 'pg'
import { afterAll, beforeAll, vi } from 'vitest'
import { describeWithServer, postgresFolder } from '../../../vitest.servers.ts'
import { trino, trinoEngine } from '../src/dialects/trino.ts'
import { insertStatements, type Writing } from './insert-statements.ts'
import { POSTGRES_WRITING } from './postgres-writing.ts'
import { type RunningPostgres, startPostgres } from './servers/postgres.ts'
import { type RunningTrino, startTrino } from './servers/trino.ts'
import { describeSourceContract, type EngineUnderTest } from './source-contract.ts'

// Two JVMs that begin, and statements that are planned anew each.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 })

const WRITING: Writing = {
  types: {
    double: 'DOUBLE',
    real: 'REAL',
    whole: 'BIGINT',
    decimal: 'DECIMAL(18, 4)',
    boolean: 'BOOLEAN',
    text: 'VARCHAR',
    day: 'DATE',
    moment: 'TIMESTAMP(3)',
    zoned: 'TIMESTAMP(3) WITH TIME ZONE',
  },
  identifier: trino.identifier,
  double: (x, kind) => (kind === 'real' ? `REAL '${x}'` : x.toExponential()),
  special: (x) =>
    Number.isNaN(x) ? 'nan()' : x === 0 ? '-0e0' : x > 0 ? 'infinity()' : '-infinity()',
  moment(at, kind) {
    const iso = at.toISOString()
    if (kind === 'day') return `DATE '${iso.slice(0, 10)}'`
    return `TIMESTAMP '${iso.slice(0, 10)} ${iso.slice(11, 23)}${kind === 'zoned' ? ' UTC' : ''}'`
  },
}

// It knows no capital letters in a name.
const WITHOUT_NAMES = ['Mixed Case']

interface Catalog {
  readonly catalog: string
  readonly schema: string
}

function trinoUnderTest(
  server: RunningTrino,
  { catalog, schema }: Catalog,
  writing = WRITING,
): EngineUnderTest {
  const engine = trinoEngine({ url: server.url, user: 'tidegauge', catalog, schema })
  const run = async (sql: string) => void (await engine.query(sql))
  return {
    engine,
    dialect: trino,
    version: `Trino ${server.version}`,
    run,
    async load(name, table) {
      for (const sql of insertStatements(name, table, writing)) await run(sql)
      return name
    },
    async stop() {},
  }
}

describeWithServer('trino', 'on a coordinator of Trino and its worker', () => {
  let database: RunningPostgres | undefined
  let server: RunningTrino
  beforeAll(async () => {
    if (postgresFolder() !== undefined) database = await startPostgres()
    server = await startTrino({ postgres: database })
  })
  afterAll(async () => {
    await server?.stop()
    await database?.stop()
  })
  const common = { withoutNames: WITHOUT_NAMES, inAnyOrder: true }

  describeSourceContract(
    'over memory',
    async () => trinoUnderTest(server, { catalog: 'memory', schema: 'default' }),
    { ...common, rows: 1000 },
  )

  describeSourceContract(
    'over a lake of Parquet',
    async () => {
      await server.run('CREATE SCHEMA lake.months')
      // To the microsecond, as the catalogue is told to read them.
      const types = { ...WRITING.types, moment: 'TIMESTAMP(6)' }
      return trinoUnderTest(server, { catalog: 'lake', schema: 'months' }, { ...WRITING, types })
    },
    // A table of Hive's has no time zone.
    { ...common, without: ['zoned'], rows: 300 },
  )

  if (postgresFolder() === undefined) return
  describeSourceContract(
    'over PostgreSQL',
    async () => {
      const pool = new pg.Pool({ connectionString: database!.url, max: 2 })
      const run = async (sql: string) => void (await pool.query(sql))
      return {
        ...trinoUnderTest(server, { catalog: 'postgresql', schema: 'public' }),
        run,
        async load(name, table) {
          for (const sql of insertStatements(name, table, POSTGRES_WRITING)) await run(sql)
          return name
        },
        stop: () => pool.end(),
      }
    },
    { ...common, rows: 300 },
  )
})
