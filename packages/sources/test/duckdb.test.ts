import { DuckDBInstance, version } from '@duckdb/node-api'
import { duckdb } from '../src/dialects/duckdb.ts'
import { insertStatements } from './insert-statements.ts'
import { describeSourceContract } from './source-contract.ts'

describeSourceContract(
  'DuckDB',
  async () => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    const run = async (sql: string) => {
      await connection.run(sql)
    }
    await run("SET TimeZone = 'Asia/Kolkata'")
    return {
      engine: { query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjects() },
      dialect: duckdb,
      version: `DuckDB ${version()}`,
      async load(name, table) {
        for (const sql of insertStatements(name, table, {
          types: {
            double: 'DOUBLE',
            real: 'FLOAT',
            whole: 'BIGINT',
            decimal: 'DECIMAL(18, 4)',
            boolean: 'BOOLEAN',
            text: 'VARCHAR',
            day: 'DATE',
            moment: 'TIMESTAMP',
            zoned: 'TIMESTAMPTZ',
          },
          identifier: duckdb.identifier,
        })) {
          await run(sql)
        }
        return name
      },
      run,
      async stop() {
        connection.closeSync()
        instance.closeSync()
      },
    }
  },
  {
    // It takes names that differ by case alone for one, and knows no empty one.
    withoutNames: ['mixed case'],
  },
)
