import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { spark } from '../src/dialects/spark.ts'
import { startSpark } from './servers/spark.ts'
import { describeSourceContract } from './source-contract.ts'
import type { Cell, CellKind, TestTable } from './tables.ts'

// A cluster of JVMs that begin, and a job for each statement.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 })

const TYPES: Readonly<Record<CellKind, string>> = {
  double: 'DOUBLE',
  real: 'FLOAT',
  whole: 'BIGINT',
  decimal: 'DECIMAL(18, 4)',
  boolean: 'BOOLEAN',
  text: 'STRING',
  day: 'DATE',
  moment: 'TIMESTAMP_NTZ',
  zoned: 'TIMESTAMP',
}

describeWithServer('spark', 'on a cluster of Spark with two workers', () => {
  describeSourceContract(
    'tables of Parquet',
    async () => {
      const server = await startSpark()
      const run = async (sql: string) => void (await server.run(sql))
      return {
        engine: { query: (sql) => server.run(sql) },
        dialect: spark,
        version: `Spark ${server.version}`,
        run,
        async load(name, table) {
          const path = join(server.folder, `${name}.jsonl`)
          writeFileSync(path, linesOf(table))
          const columns = table.map(({ name, kind }) => `${spark.identifier(name)} ${TYPES[kind]}`)
          const ntz = `timestampNTZFormat "yyyy-MM-dd'T'HH:mm:ss.SSS"`
          await run(`CREATE TEMPORARY VIEW ${name}_lines (${columns.join(', ')}) USING json
            OPTIONS (path '${path}', mode 'FAILFAST', ${ntz})`)
          await run(`CREATE TABLE ${name} USING parquet AS SELECT * FROM ${name}_lines`)
          return name
        },
        stop: () => server.stop(),
      }
    },
    {
      // It takes names that differ by case alone for one.
      withoutNames: ['mixed case'],
      inAnyOrder: true,
      rows: 300,
    },
  )
})

function linesOf(table: TestTable): string {
  const rows = table[0]?.cells.length ?? 0
  const lines = Array.from({ length: rows }, (_, i) => {
    const members = table.map(
      ({ name, kind, cells }) => `${JSON.stringify(name)}:${jsonOf(cells[i]!, kind)}`,
    )
    return `{${members.join(',')}}\n`
  })
  return lines.join('')
}

/** Numbers that are none are written too: Spark reads them. */
function jsonOf(cell: Cell, kind: CellKind): string {
  if (typeof cell === 'bigint') return String(cell)
  if (typeof cell === 'number') return Object.is(cell, -0) ? '-0.0' : String(cell)
  if (!(cell instanceof Date)) return JSON.stringify(cell)
  const iso = cell.toISOString()
  return JSON.stringify(
    kind === 'day' ? iso.slice(0, 10) : kind === 'moment' ? iso.slice(0, 23) : iso,
  )
}
