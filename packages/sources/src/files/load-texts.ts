import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { TableRequest } from './locate.ts'
import { naming } from './read-error.ts'
import type { Session } from './session.ts'
import { parquetSql, quoteIdentifier, quoteLiteral } from './sql.ts'
import type { CleanText } from './text/clean-texts.ts'
import { recordsSql } from './text/records-sql.ts'
import { COLUMNS_AT_ONCE, type TextCells } from './texts/text-cells.ts'

/** A table of a side whose cells are texts, in the scratch folder. */
export interface LoadedTexts {
  /** All that the files have. */
  readonly columnNames: readonly string[]
  /** Those that were loaded. */
  readonly columns: ReadonlyMap<string, TextCells>
  readonly rowCount: number
  readonly slices: readonly Slice[]
}

/** Some of the columns of all files, a Parquet file each. */
export interface Slice {
  readonly paths: readonly string[]
  readonly rowsOf: readonly number[]
  /** The columns of the data that it holds. */
  readonly names: readonly string[]
  /** What its columns are called: of all slices, no two the same. */
  readonly ids: readonly string[]
  /** How the cells of the columns are read, in the order of `names`. */
  readonly cells: ReadonlyArray<Omit<TextCells, 'from' | 'row'>>
  readonly rowsOfGroup: number
}

/** More columns than this do not fit into the memory that DuckDB is given, a row group at a time. */
const COLUMNS_OF_A_SLICE = 100
/** Of a row group, the columns that one statement reads: each thread of DuckDB holds one, several times over. */
const BYTES_READ = 12 * 2 ** 20
/** Of a whole row group: one of each side is held, several times over. */
const BYTES_WRITTEN = 24 * 2 ** 20
/** Beside its text. */
const BYTES_OF_A_CELL = 16
const MOST_ROWS_OF_A_GROUP = 61_440

/**
 * Loads the cells of CSV files as they are written, parsed once, in the order of the rows.
 *
 * @param wanted - the columns to load; undefined: all
 */
export async function loadTexts(
  session: Session,
  { side, located }: TableRequest,
  texts: readonly CleanText[],
  wanted: readonly string[] | undefined,
): Promise<LoadedTexts> {
  const columnNames = [...new Set(texts.flatMap(({ names }) => names))]
  const chosen = columnNames.filter((name) => wanted?.includes(name) ?? true)
  const bytes = sumOf(texts.map(({ path }) => statSync(path).size))
  const bytesOfCell = bytes / sumOf(texts.map(({ rows }) => rows)) / columnNames.length
  const connection = await session.loading()
  try {
    const slices: Slice[] = []
    for (let at = 0; at < chosen.length; at += COLUMNS_OF_A_SLICE) {
      const names = chosen.slice(at, at + COLUMNS_OF_A_SLICE)
      const paths = texts.map((_, i) =>
        join(session.scratch.directory, `${side}-${i}-${slices.length}.parquet`),
      )
      const rowsOf = texts.map(({ rows }) => rows)
      const ids = names.map((_, i) => `c${at + i}`)
      const cells = ids.map((text) => ({ text }))
      const rowsOfGroup = groupSize(bytesOfCell, names.length)
      const slice: Slice = { paths, rowsOf, names, ids, cells, rowsOfGroup }
      for (const [i, text] of texts.entries()) {
        await naming(located.files[i]!, () => copy(connection, text, slice, paths[i]!))
      }
      slices.push(slice)
    }
    return loadedOf(columnNames, slices)
  } finally {
    connection.closeSync()
  }
}

export function loadedOf(columnNames: readonly string[], slices: readonly Slice[]): LoadedTexts {
  const columns = slices.flatMap((slice) => {
    const place = { from: fromOf(slice), row: rowOf(slice) }
    return slice.names.map((name, i) => [name, { ...place, ...slice.cells[i]! }] as const)
  })
  const rowCount = sumOf(slices[0]?.rowsOf ?? [])
  return { columnNames, columns: new Map(columns), rowCount, slices }
}

function fromOf({ paths }: Slice): string {
  return parquetSql(paths)
}

/** The place of a row among those of all files. */
function rowOf({ rowsOf, ids }: Slice): string {
  if (ids.includes(ROW)) return ROW
  if (rowsOf.length === 1) return 'file_row_number'
  let before = 0
  const starts = rowsOf.map((rows) => {
    before += rows
    return before - rows
  })
  return `file_row_number + [${starts.join(', ')}][file_index::BIGINT + 1]`
}

async function copy(
  connection: DuckDBConnection,
  text: CleanText,
  { names, ids, rowsOfGroup }: Slice,
  path: string,
): Promise<void> {
  const places = new Map(text.names.map((name, i) => [name, i]))
  const cells = names.map((name, i) => {
    const place = places.get(name)
    return `${place === undefined ? 'NULL::VARCHAR' : `f${place}`} AS ${ids[i]}`
  })
  const copied = await connection.runAndReadAll(
    `COPY (SELECT ${cells.join(', ')} FROM ${recordsSql(text)})
      TO ${quoteLiteral(path)} ${parquetOf(rowsOfGroup)}`,
  )
  const rows = Number(copied.getRows()[0]![0])
  if (rows === text.rows) return
  throw new Error(`its lines are ${text.rows} rows, and DuckDB has read ${rows}`)
}

/**
 * The rows of a group of a slice.
 *
 * @param bytesOfCell - of the texts, on average
 */
export function groupSize(bytesOfCell: number, columns: number): number {
  const bytes = bytesOfCell + BYTES_OF_A_CELL
  const rows = Math.min(
    BYTES_WRITTEN / (bytes * columns),
    BYTES_READ / (bytes * Math.min(columns, COLUMNS_AT_ONCE)),
    MOST_ROWS_OF_A_GROUP,
  )
  return Math.max(1, Math.floor(rows))
}

/** How a slice is written. The dictionary of a column of texts would take a megabyte by default, however few there are. */
export function parquetOf(rowsOfGroup: number): string {
  return `(FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE ${rowsOfGroup}, STRING_DICTIONARY_PAGE_SIZE_LIMIT 65536)`
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

/** The place that a row had among those of the data, where some were left out. */
const ROW = 'r'

/**
 * The values of all columns under their names, and the places of their rows, as they stand behind FROM. The rows of several
 * slices are joined by their places: where several threads read, a POSITIONAL JOIN mixes them up.
 *
 * @param sqlOf - the value of a column, in SQL
 */
export function valuesOf(
  { columns, slices }: LoadedTexts,
  sqlOf: (name: string) => string,
): string {
  const tables = slices.map((slice, i) =>
    i === 0 ? cellsOf(slice) : `JOIN ${cellsOf(slice)} USING (${ROW})`,
  )
  const names = [PLACE, ...namesInSql([...columns.keys()])].map(quoteIdentifier)
  const values = [ROW, ...[...columns.keys()].map(sqlOf)]
  return `(SELECT ${values.join(', ')} FROM ${tables.join(' ')}) AS t(${names.join(', ')})`
}

/** The cells of a slice, and the places of their rows. */
function cellsOf(slice: Slice): string {
  return `(SELECT ${slice.ids.join(', ')}, ${rowOf(slice)} AS ${ROW} FROM ${fromOf(slice)})`
}

/** What the place of a row is called beside the columns of the data. */
const PLACE = `place of the row ${randomUUID()}`

/** Where DuckDB knows a name already, or none such, the column cannot be asked for. */
function namesInSql(names: readonly string[]): readonly string[] {
  const known = new Set([PLACE])
  return names.map((name, i) => {
    const key = name.toLowerCase()
    const isNew = !known.has(key) && name !== '' && !name.includes('\0')
    known.add(key)
    return isNew ? name : `column ${i} of the data`
  })
}

/**
 * Keeps the rows for which a condition holds, in their order.
 *
 * @param sqlOf - the value of a column, in SQL: the condition is on values, not on texts
 */
export async function keepRows(
  session: Session,
  side: string,
  loaded: LoadedTexts,
  condition: string,
  sqlOf: (name: string) => string,
): Promise<LoadedTexts> {
  const { columnNames, slices } = loaded
  const { directory } = session.scratch
  const which = join(directory, `${side}-which.parquet`)
  await session.connection.run(
    `COPY (SELECT coalesce((${condition}\n), false) AS kept FROM ${valuesOf(loaded, sqlOf)} ORDER BY ${quoteIdentifier(PLACE)})
      TO ${quoteLiteral(which)} (FORMAT parquet)`,
  )
  const connection = await session.loading()
  try {
    const left: Slice[] = []
    for (const [i, slice] of slices.entries()) {
      const path = join(directory, `${side}-kept-${i}.parquet`)
      const ids = [...slice.ids, ROW]
      const copied = await connection.runAndReadAll(
        `COPY (SELECT ${ids.join(', ')} FROM ${cellsOf(slice)} POSITIONAL JOIN ${parquetSql([which])} WHERE kept)
          TO ${quoteLiteral(path)} ${parquetOf(slice.rowsOfGroup)}`,
      )
      left.push({ ...slice, paths: [path], rowsOf: [Number(copied.getRows()[0]![0])], ids })
    }
    return loadedOf(columnNames, left)
  } finally {
    connection.closeSync()
  }
}
