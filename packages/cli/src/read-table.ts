import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { UsageError } from './usage-error.ts'

export interface FileTable {
  /** The file's name without its folder and ending. */
  readonly name: string
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>
}

/**
 * Reads a CSV or Parquet file whole, through DuckDB.
 *
 * Numbers become Float64Array (missing: NaN), dates milliseconds since 1970, everything else text,
 * booleans and null.
 *
 * @throws UsageError where the file cannot be read, or DuckDB is not installed; the message says the cure
 */
export async function readTable(path: string): Promise<FileTable> {
  await assertReadable(path)
  const scan = scanOf(path)
  const { DuckDBInstance } = await loadDuckDB()
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    return { name: nameOf(path), columns: await readColumns(connection, scan, path) }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`cannot read ${path}: ${firstLines(error)}`)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function assertReadable(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `cannot read ${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    )
  })
  if (found.isDirectory()) throw new UsageError(`cannot read ${path}: it is a directory`)
  if (found.isFile() && found.size === 0) throw new UsageError(`cannot read ${path}: it is empty`)
}

const READERS: ReadonlyArray<readonly [ending: RegExp, reader: string]> = [
  [/\.parquet$/i, 'read_parquet'],
  [/\.(csv|tsv|txt)(\.gz)?$/i, 'read_csv'],
]

/** The table function for a file, by its ending. */
function scanOf(path: string): string {
  const reader = READERS.find(([ending]) => ending.test(path))?.[1]
  if (reader === undefined) {
    throw new UsageError(`cannot read ${path}: the name must end in .parquet, .csv or .csv.gz`)
  }
  return `${reader}(${quoteLiteral(escapeGlob(path))})`
}

/** DuckDB reads `*`, `?` and `[` in a path as a pattern; here it is the name of one file. */
function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}

async function loadDuckDB(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UsageError(
      'files are read through DuckDB, which is not installed: npm install @duckdb/node-api',
    )
  }
}

async function readColumns(
  connection: DuckDBConnection,
  scan: string,
  path: string,
): Promise<FileTable['columns']> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`)
  const columns = described.getRows().map(([name, type]) => {
    return { name: String(name), ...conversionOf(String(type)) }
  })
  if (columns.length === 1) await assertOneColumn(connection, columns[0]!.name, path)
  const select = columns.map(({ name, sql }, i) => `${sql(quoteIdentifier(name))} AS c${i}`)
  const result = await connection.runAndReadAll(`SELECT ${select.join(', ')} FROM ${scan}`)
  if (result.currentRowCount === 0) throw new UsageError(`cannot read ${path}: it has no rows`)
  const values = result.getColumnsJS()
  return Object.fromEntries(
    columns.map(({ name, numeric }, i) => [
      name,
      numeric
        ? Float64Array.from(values[i]!, (x) => (x as number | null) ?? Number.NaN)
        : values[i]!,
    ]),
  )
}

/**
 * Where the lines of a CSV differ in their number of cells, DuckDB takes each line for one cell. A header
 * with separators in it gives that away: read again with the separator it must be, so that the error
 * names the line.
 */
async function assertOneColumn(
  connection: DuckDBConnection,
  name: string,
  path: string,
): Promise<void> {
  const separator = /[,;\t|]/.exec(name)?.[0]
  if (separator === undefined || /\.parquet$/i.test(path)) return
  const columns = name.split(separator).map((_, i) => `c${i}: 'VARCHAR'`)
  await connection.run(
    `SELECT count(*) FROM read_csv(${quoteLiteral(escapeGlob(path))}, auto_detect=false, header=true,
      quote='"', delim=${quoteLiteral(separator)}, columns={${columns.join(', ')}})`,
  )
  throw new UsageError(`cannot read ${path}: its columns could not be told apart`)
}

interface Conversion {
  readonly numeric: boolean
  readonly sql: (column: string) => string
}

function conversionOf(type: string): Conversion {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) {
    return { numeric: true, sql: (column) => `${column}::DOUBLE` }
  }
  if (/^(DATE|TIMESTAMP)/.test(type)) {
    return { numeric: true, sql: (column) => `epoch_ms(${column}::TIMESTAMP)::DOUBLE` }
  }
  if (type === 'BOOLEAN') return { numeric: false, sql: (column) => column }
  return { numeric: false, sql: (column) => `${column}::VARCHAR` }
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function nameOf(path: string): string {
  return basename(path)
    .replace(/(\.gz)?$/i, '')
    .replace(/\.[^.]+$/, '')
}

/** DuckDB explains at length: the kind of error, the line and what was wrong with it come first. */
function firstLines(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const lines = message.split('\n').map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .slice(0, 3)
    .join('; ')
    .slice(0, 300)
}
