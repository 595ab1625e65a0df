import { availableParallelism } from 'node:os'
import { join, sep } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { SourceError } from '../source-error.ts'
import type { Scratch } from './scratch.ts'
import { quoteLiteral, quotePath } from './sql.ts'

/** One DuckDB for one piece of work: both sides of a column may meet in one statement. Another one loads the files. */
export interface Session {
  readonly connection: DuckDBConnection
  /**
   * To a DuckDB of one thread, which puts files into the scratch folder: rows stay in their order, and more threads would only
   * hold more memory. Nothing of the user's is run there. Who asks for it closes it.
   */
  loading(): Promise<DuckDBConnection>
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
  /** Ends the statement that is running on `connection`; it fails. */
  interrupt(): void
  close(): void
}

/** What DuckDB itself may hold; it spills to the scratch folder beyond. Its threads multiply what it holds. */
const MEMORY_LIMIT = '160MB'
const THREADS = Math.min(4, availableParallelism())

/**
 * @throws SourceError where DuckDB is not installed
 */
export async function openSession(scratch: Scratch, threads: number = THREADS): Promise<Session> {
  const instance = await openInstance(scratch, 'comparing', threads)
  const connection = await instance.connect()
  let loader: Promise<DuckDBInstance> | undefined
  let opened: DuckDBInstance | undefined
  let closing: readonly string[] = []
  let disk: Promise<string> | undefined
  return {
    connection,
    scratch,
    async loading() {
      loader ??= openInstance(scratch, 'loading', 1).then((own) => {
        opened = own
        return settled(own, closing)
      })
      return (await loader).connect()
    },
    tables(where) {
      if (where === 'memory') return Promise.resolve('memory.main')
      disk ??= attach(connection, join(scratch.directory, 'tables.duckdb'))
      return disk
    },
    async confine(paths) {
      // It asks for the pattern that stands for one name, and for the name.
      const allowed = paths.flatMap((path) => [quoteLiteral(path), quotePath(path)])
      closing = [
        `allowed_directories = [${quoteLiteral(scratch.directory + sep)}]`,
        `allowed_paths = [${allowed.join(', ')}]`,
        'enable_external_access = false',
      ]
      await settled(instance, closing)
    },
    async lock() {
      await settled(instance, ['lock_configuration = true'])
    },
    interrupt() {
      connection.interrupt()
    },
    close() {
      connection.closeSync()
      instance.closeSync()
      opened?.closeSync()
    },
  }
}

async function openInstance(
  scratch: Scratch,
  work: string,
  threads: number,
): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await loadDuckDB()
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(scratch.directory, `spill-${work}`),
    threads: String(threads),
    // Nothing is fetched from the network because a file has a certain name.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  // Without the cache it parses the description of all columns again for each statement.
  return settled(instance, ["TimeZone = 'UTC'", 'parquet_metadata_cache = true'])
}

async function settled(
  instance: DuckDBInstance,
  settings: readonly string[],
): Promise<DuckDBInstance> {
  const connection = await instance.connect()
  try {
    for (const setting of settings) await connection.run(`SET GLOBAL ${setting}`)
    return instance
  } finally {
    connection.closeSync()
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
    throw new SourceError(
      /@duckdb\/node-api/.test(message)
        ? 'files are read through DuckDB, which is not installed: npm install @duckdb/node-api'
        : `DuckDB has no build for this machine (${process.platform} ${process.arch}): ${message.split('\n')[0]}`,
    )
  }
}
