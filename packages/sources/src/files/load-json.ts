import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  readSync,
  statSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { assertShallow } from './assert-shallow.ts'
import type { DataFormat } from './formats.ts'
import { groupSize, type LoadedTexts, loadedOf, parquetOf, type Slice } from './load-texts.ts'
import type { TableRequest } from './locate.ts'
import { naming, noObject, twice } from './read-error.ts'
import type { Session } from './session.ts'
import { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts'

const COLUMNS_OF_A_SLICE = 50

/**
 * Loads rows of JSON: of each cell its text, and whether it is a text to JSON, a value without quotes, or a list or an
 * object. No type is guessed.
 *
 * @param wanted - the columns to load; undefined: all
 */
export async function loadJson(
  session: Session,
  { side, located: { paths: found, files, format } }: TableRequest,
  wanted: readonly string[] | undefined,
): Promise<LoadedTexts> {
  const connection = await session.loading()
  try {
    const paths: string[] = []
    for (const [i, path] of found.entries()) {
      const copy = join(session.scratch.directory, `${side}-${i}.json`)
      paths.push(format === 'json' ? await withoutMark(path, copy) : path)
    }
    const named: (readonly string[])[] = []
    let rowCount = 0
    for (const [i, path] of paths.entries()) {
      const names = async () => {
        await assertShallow(path, files[i]!)
        return namesIn(connection, path, format)
      }
      const found = await naming(files[i]!, names)
      named.push(found.names)
      rowCount += found.rows
    }
    const columnNames = [...new Set(named.flat())]
    for (const [i, path] of paths.entries()) {
      // DuckDB itself says so where it reads the rows as records.
      if (columnNames.length > 0 && isPlain(named[i]!)) continue
      await naming(files[i]!, () => assertRecords(connection, path, format, named[i]!))
    }
    const chosen = columnNames.filter((name) => wanted?.includes(name) ?? true)
    const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0)
    const bytesOfCell = bytes / rowCount / columnNames.length
    const slices: Slice[] = []
    for (let at = 0; at < chosen.length; at += COLUMNS_OF_A_SLICE) {
      const names = chosen.slice(at, at + COLUMNS_OF_A_SLICE)
      const places = names.map((_, i) => at + i)
      const copies = paths.map((_, i) =>
        join(session.scratch.directory, `${side}-${i}-${slices.length}.parquet`),
      )
      const rowsOfGroup = groupSize(bytesOfCell, names.length)
      const rowsOf: number[] = []
      for (const [i, path] of paths.entries()) {
        const source = isPlain(named[i]!)
          ? recordsOf(path, format, names, named[i]!)
          : objectsOf(path, format, names)
        const rows = () => copy(connection, source, places, rowsOfGroup, copies[i]!)
        rowsOf.push(await naming(files[i]!, rows))
      }
      const ids = places.flatMap((place) => [`c${place}`, `q${place}`])
      const cells = places.map((place) => ({
        text: `c${place}`,
        bare: `c${place}`,
        quoted: `q${place} = ${IN_QUOTES}`,
        nested: `q${place} = ${NESTED}`,
      }))
      slices.push({ paths: copies, rowsOf, names, ids, cells, rowsOfGroup })
    }
    return loadedOf(columnNames, slices)
  } finally {
    connection.closeSync()
  }
}

const BARE = 0
const IN_QUOTES = 1
const NESTED = 2

async function copy(
  connection: DuckDBConnection,
  source: string,
  places: readonly number[],
  rowsOfGroup: number,
  path: string,
): Promise<number> {
  const cells = places.map((place, i) => {
    const kind = `CASE json_type(j${i}) WHEN 'VARCHAR' THEN ${IN_QUOTES} WHEN 'ARRAY' THEN ${NESTED} WHEN 'OBJECT' THEN ${NESTED} ELSE ${BARE} END`
    return `j${i}->>'$' AS c${place}, (${kind})::TINYINT AS q${place}`
  })
  const copied = await connection.runAndReadAll(
    `COPY (SELECT ${cells.join(', ')} FROM (${source}))
      TO ${quoteLiteral(path)} ${parquetOf(rowsOfGroup)}`,
  )
  return Number(copied.getRows()[0]![0])
}

/** In the order in which they first occur; of all rows, with the place of the last one that has any, from 1. */
async function namesIn(
  connection: DuckDBConnection,
  path: string,
  format: DataFormat,
): Promise<{ readonly names: readonly string[]; readonly rows: number }> {
  const keys = `SELECT json_keys(json) AS ks, row_number() OVER () AS r FROM ${objects(path, format, layoutOf(path, format))}`
  const result = await connection.runAndReadAll(
    `SELECT k, max(r)::DOUBLE FROM (SELECT unnest(ks) AS k, generate_subscripts(ks, 1) AS i, r FROM (${keys})) GROUP BY k ORDER BY min(r), min_by(i, r)`,
  )
  const found = result.getRows()
  const rows = found.reduce((most, [, last]) => Math.max(most, Number(last)), 0)
  return { names: found.map(([name]) => String(name)), rows }
}

/**
 * @param names - all that the rows have
 * @throws Error where a row is no object (a null is one without any value), or names one column twice
 */
async function assertRecords(
  connection: DuckDBConnection,
  path: string,
  format: DataFormat,
  names: readonly string[],
): Promise<void> {
  const rowOf = async (cells: string, condition: string, what: string) => {
    const found = await connection.runAndReadAll(
      `SELECT min(r)::DOUBLE, arg_min(${what}, r)
        FROM (SELECT ${cells}, row_number() OVER () AS r FROM ${objects(path, format)}) WHERE ${condition}`,
    )
    return found.getRows()[0]!
  }
  // Each function of JSON holds the rows that it has parsed: one at a time fits into memory.
  const [other, kind] = await rowOf(
    'json_type(json) AS kind',
    `kind NOT IN ('OBJECT', 'NULL')`,
    'kind',
  )
  if (other !== null) throw new Error(noObject(`row ${other}`, String(kind), format))
  if (names.length === 0) return
  const exist = `list_sum(json_exists(json, [${names.map(pointerSql).join(', ')}])::TINYINT[])`
  const [repeating] = await rowOf(
    `len(json_keys(json)) AS keys, ${exist} AS different`,
    'keys > different',
    'keys',
  )
  if (repeating !== null) throw new Error(twice(`row ${repeating}`))
}

/** DuckDB takes a list of rows behind a byte order mark for a single value. */
async function withoutMark(path: string, copy: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MARK.length), 0, MARK.length, 0)
    if (bytesRead < MARK.length || !buffer.equals(MARK)) return path
  } finally {
    await file.close()
  }
  await pipeline(createReadStream(path, { start: MARK.length }), createWriteStream(copy))
  return copy
}

/** Of UTF-8. */
const MARK = Buffer.of(0xef, 0xbb, 0xbf)

/** Has DuckDB a name for each column, and no two for one? */
function isPlain(names: readonly string[]): boolean {
  const known = new Set(names.map((name) => name.toLowerCase()))
  return known.size === names.length && names.every((name) => name !== '' && !name.includes('\0'))
}

function objects(path: string, format: DataFormat, layout = ''): string {
  const reader = format === 'ndjson' ? 'read_ndjson_objects' : 'read_json_objects'
  return `${reader}(${quotePath(path)}, hive_partitioning=false${layout})`
}

/** Where it finds the layout out by itself, DuckDB takes a list of more than 16 MB for a single value, and holds all of it. */
function layoutOf(path: string, format: DataFormat): string {
  if (format === 'ndjson') return ''
  const head = Buffer.alloc(HEAD_BYTES)
  const file = openSync(path, 'r')
  try {
    const text = head.toString('latin1', 0, readSync(file, head)).trimStart()
    return text.startsWith('[') ? ", format='array'" : ''
  } finally {
    closeSync(file)
  }
}

const HEAD_BYTES = 4096

/** The wanted cells of each row as `j0`, `j1` …; a row that is no object is an error that names its line. */
function recordsOf(
  path: string,
  format: DataFormat,
  names: readonly string[],
  all: readonly string[],
): string {
  const reader = format === 'ndjson' ? 'read_ndjson' : 'read_json'
  const known = new Set(all)
  const here = names.filter((name) => known.has(name))
  // Without a column of its own, DuckDB would look for some.
  const read = here.length > 0 ? here : all.slice(0, 1)
  const columns = read.map((name) => `${quoteLiteral(name)}: 'JSON'`)
  const cells = names.map((name, i) => {
    return `${known.has(name) ? quoteIdentifier(name) : 'NULL::JSON'} AS j${i}`
  })
  return `SELECT ${cells.join(', ')} FROM ${reader}(${quotePath(path)}, hive_partitioning=false${layoutOf(path, format)}, records=true, columns={${columns.join(', ')}})`
}

/** The same where DuckDB would take some of the names for one, or for none: a little slower. */
function objectsOf(path: string, format: DataFormat, names: readonly string[]): string {
  const pointers = names.map(pointerSql)
  const cells = names.map((_, i) => `js[${i + 1}] AS j${i}`)
  return `SELECT ${cells.join(', ')} FROM (SELECT json_extract(json, [${pointers.join(', ')}]) AS js FROM ${objects(path, format)})`
}

function pointerSql(name: string): string {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  // A NUL would end the statement.
  return `(${pointer.split('\0').map(quoteLiteral).join(' || chr(0) || ')})`
}

/** The line of a file of an object a line on which a record stands: blank lines are none. */
export async function lineOfRecord(path: string, record: number): Promise<number | undefined> {
  let line = 1
  let records = 0
  let isBlank = true
  for await (const block of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    const bytes = block as Buffer
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (byte === LINE_FEED) {
        line++
        isBlank = true
      } else if (isBlank && !BLANKS.has(byte)) {
        isBlank = false
        if (records++ === record) return line
      }
    }
  }
  return undefined
}

const LINE_FEED = 0x0a
/** With the bytes of a byte order mark. */
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0xef, 0xbb, 0xbf])
