import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const manifest = fileURLToPath(new URL('../../packages/cli/package.json', import.meta.url))

/** The built command, or another one that TIDEGAUGE names. */
export const command: string = process.env.TIDEGAUGE ?? join(manifest, '../dist/bin.js')

/** The part of DuckDB that makes the files; it is a dependency of the command, not of the benchmarks. */
interface DuckDB {
  readonly DuckDBInstance: {
    create(
      path: string,
      options: Readonly<Record<string, string>>,
    ): Promise<{
      connect(): Promise<{ run(sql: string): Promise<unknown>; closeSync(): void }>
      closeSync(): void
    }>
  }
}

/** Runs statements of SQL, one after the other. */
export async function runSql(statements: readonly string[]): Promise<void> {
  const { DuckDBInstance } = createRequire(manifest)('@duckdb/node-api') as DuckDB
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB', threads: '1' })
  const connection = await instance.connect()
  try {
    for (const sql of statements) await connection.run(sql)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
