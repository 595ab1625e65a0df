import { readFile } from 'node:fs/promises'
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { ownValue } from '@tidegauge/core/internal'
import type { Field as ArrowField, Column, Table } from '@uwdata/flechette'
import { SourceError } from '../source-error.ts'
import { assertArrow } from './assert-arrow.ts'
import type { DataFormat } from './formats.ts'
import type { Located } from './locate.ts'
import { firstLines } from './read-error.ts'
import type { Session } from './session.ts'
import { quoteIdentifier } from './sql.ts'

/**
 * Copies Arrow files (the file or the stream format) into a table of DuckDB, a block at a time. An Arrow file is
 * held in memory while it is copied.
 *
 * @returns what stands behind FROM, and the names of its columns (DuckDB takes some of them for one, or for none), and
 * of those that hold lists, structures or bytes
 */
export async function loadArrow(
  { paths, label, bytes }: Located<DataFormat>,
  session: Session,
  side: string,
): Promise<{
  readonly from: string
  readonly names: readonly string[]
  readonly nested: readonly string[]
}> {
  const schema = await session.tables(bytes > MOST_BYTES_IN_MEMORY ? 'disk' : 'memory')
  const table = `${side} of Arrow`
  let fields: readonly Field[] | null = null
  for (const path of paths) {
    const arrow = await tableOfFile(path, label)
    if (fields === null) {
      fields = fieldsOf(arrow)
      const columns = fields.map(({ id, cast }) => `${id} ${cast.stored}`)
      await session.connection.run(
        `CREATE TABLE ${schema}.${quoteIdentifier(table)} (${columns.join(', ')})`,
      )
    }
    await append(arrow, fields, session, table, schema)
  }
  const select = fields!.map(({ id, name, cast }) => {
    const cell = cast.isDate ? `epoch_ms(${id}::BIGINT)` : id
    return `${cell} AS ${isName(name) ? quoteIdentifier(name) : id}`
  })
  return {
    from: `(SELECT ${select.join(', ')} FROM ${schema}.${quoteIdentifier(table)})`,
    names: fields!.map(({ name }) => name),
    nested: fields!.flatMap(({ name, cast }) => (cast.nested ? [name] : [])),
  }
}

function fieldsOf(arrow: Table): readonly Field[] {
  if (arrow.schema.fields.length === 0) throw new SourceError('it has no columns')
  const taken = new Set<string>()
  return arrow.schema.fields.map(({ name, type }, i) => {
    let unique = name
    for (let n = 1; taken.has(unique); n++) unique = `${name}_${n}`
    taken.add(unique)
    return { name: unique, id: `c${i}`, cast: castOf(type) }
  })
}

/** Can DuckDB call a column so? */
function isName(name: string): boolean {
  return name !== '' && !name.includes('\0')
}

const MOST_BYTES_IN_MEMORY = 32 * 2 ** 20

interface Field {
  readonly name: string
  /** Its name in the table of DuckDB. */
  readonly id: string
  readonly cast: Cast
}

interface Cast {
  /** Whole numbers of 64 bits stay whole: as doubles, codes would be taken for one another. */
  readonly stored: 'DOUBLE' | 'HUGEINT' | 'BOOLEAN' | 'VARCHAR'
  /** Milliseconds since 1970, stored as numbers. */
  readonly isDate?: boolean
  /** So many of its units are a second: a time of the day. */
  readonly perSecond?: number
  /** Of a list, a structure or bytes, which nothing compares. */
  readonly nested?: ArrowType
}

/** Of the Arrow format. */
const TYPE_ID = {
  ...{ dictionary: -1, int: 2, float: 3, binary: 4, bool: 6, decimal: 7, date: 8, time: 9 },
  ...{ timestamp: 10, list: 12, structure: 13, union: 14, fixedBinary: 15, fixedList: 16, map: 17 },
  ...{
    duration: 18,
    largeBinary: 19,
    largeList: 21,
    binaryView: 23,
    listView: 25,
    largeListView: 26,
  },
}
const NESTED: readonly number[] = [
  ...[TYPE_ID.binary, TYPE_ID.list, TYPE_ID.structure, TYPE_ID.union, TYPE_ID.fixedBinary],
  ...[TYPE_ID.fixedList, TYPE_ID.map, TYPE_ID.largeBinary, TYPE_ID.largeList, TYPE_ID.binaryView],
  ...[TYPE_ID.listView, TYPE_ID.largeListView],
]

const LISTS: readonly number[] = [
  ...[TYPE_ID.list, TYPE_ID.fixedList, TYPE_ID.largeList, TYPE_ID.listView, TYPE_ID.largeListView],
]

type ArrowType = Column<unknown>['type']

function castOf(type: ArrowType): Cast {
  const { typeId } = type
  if (typeId === TYPE_ID.dictionary && 'dictionary' in type) return castOf(type.dictionary)
  if (typeId === TYPE_ID.date || typeId === TYPE_ID.timestamp) {
    return { stored: 'DOUBLE', isDate: true }
  }
  if (typeId === TYPE_ID.time || typeId === TYPE_ID.duration) {
    return { stored: 'DOUBLE', perSecond: 1000 ** ('unit' in type ? Number(type.unit) : 0) }
  }
  if (typeId === TYPE_ID.int && 'bitWidth' in type && type.bitWidth === 64) {
    return { stored: 'HUGEINT' }
  }
  if ([TYPE_ID.int, TYPE_ID.float, TYPE_ID.decimal].includes(typeId)) return { stored: 'DOUBLE' }
  if (typeId === TYPE_ID.bool) return { stored: 'BOOLEAN' }
  return { stored: 'VARCHAR', ...(NESTED.includes(typeId) && { nested: type }) }
}

async function loadFlechette(): Promise<typeof import('@uwdata/flechette')> {
  try {
    return await import('@uwdata/flechette')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new SourceError(
      'Arrow files are read by @uwdata/flechette, which is not installed: npm install @uwdata/flechette@2.6.0',
    )
  }
}

async function tableOfFile(path: string, label: string): Promise<Table> {
  const { tableFromIPC } = await loadFlechette()
  try {
    const bytes = await readFile(path)
    assertArrow(bytes)
    return tableFromIPC(bytes)
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error
    const { message } = error as Error
    throw new SourceError(
      /compress|codec/i.test(message)
        ? `cannot read ${label}: its buffers are compressed: write it with compression 'uncompressed', or as Parquet`
        : `cannot read ${label}: it is no Arrow file or stream: ${firstLines(message)}`,
    )
  }
}

/** As many rows as a chunk of DuckDB holds. */
const CHUNK_ROWS = 2048

async function append(
  arrow: Table,
  fields: readonly Field[],
  { connection }: Session,
  table: string,
  qualifiedSchema: string,
): Promise<void> {
  const { BOOLEAN, DOUBLE, DuckDBDataChunk, HUGEINT, VARCHAR } = await import('@duckdb/node-api')
  const types: Record<Cast['stored'], DuckDBType> = { BOOLEAN, DOUBLE, HUGEINT, VARCHAR }
  const [catalog, schema] = qualifiedSchema.split('.')
  const appender = await connection.createAppender(table, schema, catalog)
  const names = fieldsOf(arrow).map(({ name }) => name)
  const columns = fields.map(({ name }) => arrow.getChildAt(names.indexOf(name)))
  if (columns.some((column) => !column)) {
    throw new SourceError('the Arrow files have different columns')
  }
  const chunkTypes = fields.map(({ cast }) => types[cast.stored])
  for (let from = 0; from < arrow.numRows; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, arrow.numRows - from)
    const chunk = DuckDBDataChunk.create(chunkTypes, rows)
    for (const [i, { cast }] of fields.entries()) {
      const cells = Array.from({ length: rows }, (_, row) =>
        duckValue(cellAt(columns[i]!, from + row), cast),
      )
      chunk.setColumnValues(i, cells)
    }
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** The reader refuses whole numbers beyond 2 ** 53. */
function cellAt(column: Column<unknown>, row: number): unknown {
  try {
    return column.at(row)
  } catch (error) {
    const batch = column.offsets.findLastIndex((offset) => offset <= row)
    const cell = column.data[batch]?.values?.[row - column.offsets[batch]!]
    if (column.type.typeId === TYPE_ID.int && typeof cell === 'bigint') return cell
    throw error
  }
}

function duckValue(cell: unknown, { stored, perSecond = 1, nested }: Cast): DuckDBValue {
  if (cell === null || cell === undefined) return null
  if (stored === 'HUGEINT') return BigInt(cell as bigint | number)
  if (stored === 'DOUBLE') return Number(cell) / perSecond
  if (stored === 'BOOLEAN') return Boolean(cell)
  if (typeof cell === 'string') return cell
  if (nested === undefined) return JSON.stringify(cell, withBigInts)
  return cell instanceof Uint8Array && !isList(nested) ? textOfBytes(cell) : jsonOf(cell, nested)
}

/** As DuckDB writes what it reads from Parquet and JSON. */
function jsonOf(value: unknown, type: ArrowType): string {
  if (value === null || value === undefined) return 'null'
  const { typeId } = type
  const children = childrenOf(type)
  if (typeId === TYPE_ID.float) {
    const text = String(value).replace('e+', 'e')
    return /^-?[0-9]+$/.test(text) ? `${text}.0` : text
  }
  if (isList(type)) {
    const items = Array.from(value as Iterable<unknown>, (each) => jsonOf(each, children[0]!.type))
    return `[${items.join(',')}]`
  }
  if (typeId === TYPE_ID.map) {
    const [, item] = childrenOf(children[0]!.type)
    const entries = Array.from(value as Iterable<[unknown, unknown]>, ([key, each]) => {
      return `${JSON.stringify(String(key))}:${jsonOf(each, item!.type)}`
    })
    return `{${entries.join(',')}}`
  }
  if (typeId === TYPE_ID.structure) {
    const row = value as Readonly<Record<string, unknown>>
    const members = children.map((field) => {
      return `${JSON.stringify(field.name)}:${jsonOf(ownValue(row, field.name), field.type)}`
    })
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value instanceof Uint8Array ? textOfBytes(value) : value, withBigInts)
}

function childrenOf(type: ArrowType): readonly ArrowField[] {
  return 'children' in type ? type.children : []
}

function isList({ typeId }: ArrowType): boolean {
  return LISTS.includes(typeId)
}

/** As DuckDB writes bytes: what is no printable ASCII, a quote or a backslash as `\xFF`. */
function textOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const isPlain = byte >= 0x20 && byte < 0x7f && ![0x22, 0x27, 0x5c].includes(byte)
    return isPlain
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function withBigInts(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
