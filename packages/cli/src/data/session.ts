import { availableParallelism } from 'node:os'
import { join, sep } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { UsageError } from '../usage-error.ts'
import type { Scratch } from './scratch.ts'
import { quoteLiteral, quotePath } from './sql.ts'

/** One DuckDB for a command: both sides of a column may meet in one statement. */
export interface Session {
  readonly connection: DuckDBConnection
  /** Another one, for what goes on beside; who asks for it closes it. */
  connect(): Promise<DuckDBConnection>
  /** While files are loaded in the order of their rows, more threads only hold more memory. */
  withOneThread<T>(work: () => Promise<T>): Promise<T>
  readonly scratch: Scratch
  /** The schema for tables: in memory, or, for large ones, in a file. */
  tables(where: 'memory' | 'disk'): Promise<string>
  /**
   * From here on nothing is opened but these files and what is in the scratch folder. DuckDB opens a file each time it
   * reads one: simply to close the outside would close its own data.
   */
  confine(paths: readonly string[]): Promise<void>
  /** From here on no setting is changed any more: before anything of the user's is run. */
  lock(): Promise<void>
  close(): void
}

/** What DuckDB itself may hold; it spills to the scratch folder beyond. Its threads multiply what it holds. */
const MEMORY_LIMIT = '160MB'
const THREADS = Math.min(4, availableParallelism())

/**
 * @throws UsageError where DuckDB is not installed
 */
export async function openSession(scratch: Scratch, threads: number = THREADS): Promise<Session> {
  const { DuckDBInstance } = await loadDuckDB()
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(scratch.directory, 'spill'),
    threads: String(threads),
    // Nothing is fetched from the network because a file has a certain name.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run("SET GLOBAL TimeZone = 'UTC'")
  // Else it parses the description of all columns again for each statement.
  await connection.run('SET GLOBAL parquet_metadata_cache = true')
  let disk: Promise<string> | undefined
  return {
    connection,
    scratch,
    connect: () => instance.connect(),
    async withOneThread(work) {
      await connection.run('SET GLOBAL threads = 1')
      try {
        return await work()
      } finally {
        await connection.run(`SET GLOBAL threads = ${threads}`)
      }
    },
    tables(where) {
      if (where === 'memory') return Promise.resolve('memory.main')
      disk ??= attach(connection, join(scratch.directory, 'tables.duckdb'))
      return disk
    },
    async confine(paths) {
      // It asks for the pattern that stands for one name, and for the name.
      const allowed = paths.flatMap((path) => [quoteLiteral(path), quotePath(path)])
      for (const setting of [
        `allowed_directories = [${quoteLiteral(scratch.directory + sep)}]`,
        `allowed_paths = [${allowed.join(', ')}]`,
        'enable_external_access = false',
      ]) {
        await connection.run(`SET ${setting}`)
      }
    },
    async lock() {
      await connection.run('SET lock_configuration = true')
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function attach(connection: DuckDBConnection, path: string): Promise<string> {
  await connection.run(`ATTACH ${quoteLiteral(path)} AS disk`)
  return 'disk.main'
}

async function loadDuckDB(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new UsageError(
      /@duckdb\/node-api/.test(message)
        ? 'files are read through DuckDB, which is not installed: npm install @duckdb/node-api'
        : `DuckDB has no build for this machine (${process.platform} ${process.arch}): ${message.split('\n')[0]}`,
    )
  }
}
