import { listed, suggestion } from '@tidegauge/core/options'
import { UsageError } from '../usage-error.ts'
import { loadArrow } from './arrow.ts'
import { assertShallow } from './assert-shallow.ts'
import type { DataFormat } from './formats.ts'
import { headOf, type Located } from './locate.ts'
import { readError, whyNotUsable } from './read-error.ts'
import type { Session } from './session.ts'
import { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts'

/** A table that DuckDB can read column by column; nothing of it is held here. */
export interface DataTable {
  readonly name: string
  /** As the user wrote it. */
  readonly label: string
  readonly rowCount: number
  /** Those to read. */
  readonly columns: ReadonlyMap<string, DataColumn>
  /** All that the data has. */
  readonly columnNames: readonly string[]
  /** What stands behind FROM. */
  readonly from: string
}

export interface DataColumn {
  readonly name: string
  /**
   * What it is called in SQL: by its place. DuckDB knows no empty name, ends a statement at a NUL and
   * takes `a` for `A`.
   */
  readonly id: string
  /** `whole` numbers may be longer than a double holds. */
  readonly kind: 'numeric' | 'whole' | 'datetime' | 'boolean' | 'text'
}

export interface DataOptions {
  /** `reference` or `current`: also the name of its table in DuckDB. */
  readonly side: string
  /** The user's own condition in SQL. */
  readonly where: string | undefined
  /** Columns to read; undefined: all. */
  readonly columns: readonly string[] | undefined
  /** Dates in text files stay text, as pandas has them, but for this column; undefined: they are dates. */
  readonly textDates?: { readonly except: string | undefined } | undefined
}

/**
 * Opens a table: Parquet is read in place, column by column. CSV, JSON and Arrow would have to be parsed again
 * for each column, so that they are loaded into a table of DuckDB once: in memory, or in a file where large.
 *
 * @throws UsageError where the data cannot be read; it says where and the cure
 */
export async function openTable(
  located: Located<DataFormat>,
  session: Session,
  options: DataOptions,
): Promise<DataTable> {
  try {
    return await tableOf(located, session, options)
  } catch (error) {
    throw readError(located.label, error)
  }
}

async function tableOf(
  located: Located<DataFormat>,
  session: Session,
  options: DataOptions,
): Promise<DataTable> {
  const { label, name, format, paths } = located
  const { where } = options
  if (format === 'json' || format === 'ndjson') {
    for (const path of paths) await assertShallow(path, label)
  }
  const scan = await scanOf(located, session, options.side)
  const all = await columnsOf(session, scan)
  if (format === 'csv' && all.length === 1) await assertOneColumn(all[0]!.name, located, session)
  const chosen = chosenColumns(all, options.columns, label)
  await assertUsable(scan, where, label, session, all)
  const inPlace = format === 'parquet' || format === 'arrow'
  const from = inPlace
    ? rowsOf(scan, where, all)
    : await load(located, session, options, all, chosen)
  // Loading may have found other types than the first rows told.
  const columns = inPlace ? chosen : await retyped(session, from, chosen)
  const counted = await session.connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from}`)
  const rowCount = Number(counted.getRows()[0]![0])
  if (rowCount === 0) {
    const why = where === undefined ? 'it has no rows' : '--where leaves no row'
    throw new UsageError(`cannot read ${label}: ${why}`)
  }
  const byName = new Map(columns.map((column) => [column.name, column]))
  const columnNames = all.map((column) => column.name)
  return { name, label, rowCount, columns: byName, columnNames, from }
}

/** What is read, as it stands behind FROM. */
interface Scan {
  readonly from: string
  /** Where DuckDB had to call its columns otherwise: their own names. */
  readonly names?: readonly string[]
}

async function scanOf(located: Located<DataFormat>, session: Session, side: string): Promise<Scan> {
  return located.format === 'arrow'
    ? loadArrow(located, session, side)
    : { from: readerOf(located) }
}

function readerOf({ format, paths }: Located<DataFormat>, more = ''): string {
  const union = paths.length > 1 ? ', union_by_name=true' : ''
  const [reader, options] = READERS[format as keyof typeof READERS]
  return `${reader}([${paths.map(quotePath).join(', ')}]${union}${options}${more})`
}

/** Below some levels a nested value is kept as its text: DuckDB takes ever longer for each level of a type. */
const NESTED = ', maximum_depth=10'

const READERS = {
  csv: ['read_csv', ''],
  parquet: ['read_parquet', ''],
  json: ['read_json_auto', NESTED],
  ndjson: ['read_ndjson_auto', NESTED],
} as const satisfies Readonly<Record<Exclude<DataFormat, 'arrow'>, readonly [string, string]>>

/** In their order; called by their place, as `rowsOf` calls them. */
export async function columnsOf(
  session: Session,
  { from, names }: Scan,
): Promise<readonly DataColumn[]> {
  const described = await session.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return described.getRows().map(([name, type], i) => {
    return { name: names?.[i] ?? String(name), id: `c${i}`, kind: kindOf(String(type)) }
  })
}

async function retyped(
  session: Session,
  from: string,
  columns: readonly DataColumn[],
): Promise<readonly DataColumn[]> {
  const loaded = await columnsOf(session, { from })
  return columns.map((column, i) => ({ ...column, kind: loaded[i]!.kind }))
}

/** Is it a column of numbers, or of dates, which are compared as numbers? */
export function isNumeric({ kind }: DataColumn): boolean {
  return kind === 'numeric' || kind === 'whole' || kind === 'datetime'
}

function kindOf(type: string): DataColumn['kind'] {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DECIMAL\(\d+,0\))$/.test(type)) return 'whole'
  if (/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return 'numeric'
  if (/^(DATE$|TIMESTAMP)/.test(type) && !type.endsWith('[]')) return 'datetime'
  return type === 'BOOLEAN' ? 'boolean' : 'text'
}

function chosenColumns(
  all: readonly DataColumn[],
  wanted: readonly string[] | undefined,
  label: string,
): readonly DataColumn[] {
  if (wanted === undefined) return all
  const byName = new Map(all.map((column) => [column.name, column]))
  const chosen = [...new Set(wanted)].flatMap((name) => byName.get(name) ?? [])
  if (chosen.length > 0) return chosen
  const names = [...byName.keys()]
  throw new UsageError(
    `${label} has none of the columns ${listed(wanted)}; it has ${listed(names)}${suggestion(wanted[0]!, names)}`,
  )
}

/** Tries the user's own condition, which `assertCondition` has found to be one, on the columns of the data. */
async function assertUsable(
  { from }: Scan,
  where: string | undefined,
  label: string,
  { connection }: Session,
  all: readonly DataColumn[],
): Promise<void> {
  if (where === undefined) return
  try {
    await connection.run(`SELECT 1 FROM ${filtered(from, where)} LIMIT 0`)
  } catch (error) {
    const names = all.map(({ name }) => name)
    const why = whyNotUsable((error as Error).message, names)
    throw new UsageError(`--where cannot be used on ${label}: ${why}`)
  }
}

/** A comment may end the condition. */
function filtered(from: string, where: string | undefined): string {
  return where === undefined ? from : `(SELECT * FROM ${from} WHERE (${where}\n))`
}

/** The rows that are wanted, their columns called by their place. */
function rowsOf({ from }: Scan, where: string | undefined, all: readonly DataColumn[]): string {
  return `${filtered(from, where)} AS t(${all.map(({ id }) => id).join(', ')})`
}

/** Tables of files larger than this go to the disk. */
const MOST_BYTES_IN_MEMORY = 32 * 2 ** 20

async function load(
  located: Located<DataFormat>,
  session: Session,
  { side, where, textDates }: DataOptions,
  all: readonly DataColumn[],
  chosen: readonly DataColumn[],
): Promise<string> {
  const schema = await session.tables(located.bytes > MOST_BYTES_IN_MEMORY ? 'disk' : 'memory')
  const table = `${schema}.${quoteIdentifier(side)}`
  const isText = ({ kind, name }: DataColumn) =>
    kind === 'datetime' &&
    textDates !== undefined &&
    name !== textDates.except &&
    (located.format === 'csv' || !isDateToPandas(name))
  const cells = chosen.map((column) => {
    return isText(column) ? `${column.id}::VARCHAR AS ${column.id}` : column.id
  })
  const create = (more?: string) => {
    const rows = rowsOf({ from: readerOf(located, more) }, where, all)
    return session.connection.run(
      `CREATE TABLE ${table} AS SELECT ${cells.join(', ')} FROM ${rows}`,
    )
  }
  try {
    await create()
  } catch (error) {
    // The first rows looked like numbers, a later one is none: look at all of them.
    if (located.format !== 'csv' || !/convert/i.test((error as Error).message)) throw error
    await create(', sample_size=-1')
  }
  return table
}

/** Of JSON, `read_json` takes columns of such names for dates; `read_csv` takes none. */
function isDateToPandas(name: string): boolean {
  return /(_at|_time)$|^(modified|date|datetime)$|^timestamp/i.test(name)
}

/**
 * Where the lines of a CSV differ in their number of cells, DuckDB takes each line for one cell. A header
 * with separators in it gives that away: read again with the separator it must be, so that the error
 * names the line.
 */
async function assertOneColumn(
  name: string,
  { label, paths }: Located<DataFormat>,
  session: Session,
): Promise<void> {
  const separator = /[,;\t|]/.exec(await bareHeader(paths[0]!))?.[0]
  if (separator === undefined || !name.includes(separator)) return
  const columns = name.split(separator).map((_, i) => `c${i}: 'VARCHAR'`)
  await session.connection.run(
    `SELECT count(*) FROM read_csv([${paths.map(quotePath).join(', ')}], auto_detect=false, header=true,
      quote='"', delim=${quoteLiteral(separator)}, columns={${columns.join(', ')}})`,
  )
  throw new UsageError(`cannot read ${label}: its columns could not be told apart`)
}

/** The first line, without what stands in quotes. */
async function bareHeader(path: string): Promise<string> {
  const [header] = (await headOf(path)).toString('utf8').split(/\r?\n/)
  return header!.replace(/"(?:[^"]|"")*"/g, '')
}
