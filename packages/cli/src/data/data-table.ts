import { listed, suggestion } from '../nearest.ts'
import { UsageError } from '../usage-error.ts'
import { loadArrow } from './arrow.ts'
import { type DataFormat, headOf, type Located, locate } from './locate.ts'
import { firstLines, readError } from './read-error.ts'
import type { Session } from './session.ts'
import { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts'

/** A table that DuckDB can read column by column; nothing of it is held here. */
export interface DataTable {
  readonly name: string
  /** As the user wrote it. */
  readonly label: string
  readonly rowCount: number
  readonly columns: ReadonlyMap<string, DataColumn>
  /** What stands behind FROM. */
  readonly from: string
}

export interface DataColumn {
  readonly name: string
  /** `whole` numbers may be longer than a double holds. */
  readonly kind: 'numeric' | 'whole' | 'datetime' | 'boolean' | 'text'
}

export interface DataOptions {
  /** `reference` or `current`: also the name of its table in DuckDB. */
  readonly side: string
  readonly input: DataFormat | undefined
  /** The user's own condition in SQL. */
  readonly where: string | undefined
  /** Columns to read; undefined: all. */
  readonly columns: readonly string[] | undefined
}

/**
 * Opens a table: Parquet is read in place, column by column. CSV, JSON and Arrow would have to be parsed again
 * for each column, so that they are loaded into a table of DuckDB once: in memory, or in a file where large.
 *
 * @throws UsageError where the data cannot be read; it says where and the cure
 */
export async function openTable(
  argument: string,
  session: Session,
  options: DataOptions,
): Promise<DataTable> {
  const located = await locate(argument, session, options.input)
  const { label } = located
  try {
    return await tableOf(located, session, options)
  } catch (error) {
    throw readError(label, error)
  }
}

async function tableOf(
  located: Located,
  session: Session,
  options: DataOptions,
): Promise<DataTable> {
  const { label, name, format } = located
  const scan =
    format === 'arrow' ? await loadArrow(located, session, options.side) : scanOf(located)
  const all = await columnsOf(session, scan)
  if (format === 'csv' && all.size === 1)
    await assertOneColumn([...all.keys()][0]!, located, session)
  const chosen = chosenColumns(all, options.columns, label)
  const rows = await filtered(scan, options.where, label, session)
  const inPlace = format === 'parquet' || format === 'arrow'
  const from = inPlace ? rows : await load(rows, [...chosen.keys()], located, session, options.side)
  // Loading may have found other types than the first rows told.
  const columns = inPlace ? chosen : await columnsOf(session, from)
  const counted = await session.connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from}`)
  const rowCount = Number(counted.getRows()[0]![0])
  if (rowCount === 0) {
    const why = options.where === undefined ? 'it has no rows' : '--where leaves no row'
    throw new UsageError(`cannot read ${label}: ${why}`)
  }
  return { name, label, rowCount, columns, from }
}

function scanOf({ format, paths }: Located, more = ''): string {
  const union = paths.length > 1 ? ', union_by_name=true' : ''
  const reader = READERS[format as keyof typeof READERS]
  return `${reader}([${paths.map(quotePath).join(', ')}]${union}${more})`
}

const READERS: Readonly<Record<Exclude<DataFormat, 'arrow'>, string>> = {
  csv: 'read_csv',
  parquet: 'read_parquet',
  json: 'read_json_auto',
  ndjson: 'read_ndjson_auto',
}

/** @param from - what stands behind FROM */
export async function columnsOf(session: Session, from: string): Promise<Map<string, DataColumn>> {
  const described = await session.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return new Map(
    described.getRows().map(([name, type]) => {
      return [String(name), { name: String(name), kind: kindOf(String(type)) }]
    }),
  )
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
  all: ReadonlyMap<string, DataColumn>,
  wanted: readonly string[] | undefined,
  label: string,
): ReadonlyMap<string, DataColumn> {
  if (wanted === undefined) return all
  const chosen = wanted.map((name) => all.get(name)).filter((column) => column !== undefined)
  if (chosen.length > 0) return new Map(chosen.map((column) => [column.name, column]))
  const names = [...all.keys()]
  throw new UsageError(
    `${label} has none of the columns ${listed(wanted)}; it has ${listed(names)}${suggestion(wanted[0]!, names)}`,
  )
}

/** The condition is the user's own SQL: it is set apart by brackets and a line end, and tried before it is used. */
async function filtered(
  scan: string,
  where: string | undefined,
  label: string,
  { connection }: Session,
): Promise<string> {
  if (where === undefined) return scan
  const from = `(SELECT * FROM ${scan} WHERE (${where}\n))`
  try {
    await connection.run(`SELECT 1 FROM ${from} LIMIT 0`)
  } catch (error) {
    throw new UsageError(
      `--where cannot be used on ${label}: ${firstLines((error as Error).message)}`,
    )
  }
  return from
}

/** Tables of files larger than this go to the disk. */
const MOST_BYTES_IN_MEMORY = 32 * 2 ** 20

async function load(
  rows: string,
  names: readonly string[],
  located: Located,
  session: Session,
  side: string,
): Promise<string> {
  const { bytes, paths } = located
  // Packed text unfolds to several times its size.
  const unpacked = paths.some((path) => /\.(gz|zst)$/i.test(path)) ? bytes * 8 : bytes
  const schema = await session.tables(unpacked > MOST_BYTES_IN_MEMORY ? 'disk' : 'memory')
  const table = `${schema}.${quoteIdentifier(side)}`
  const select = `SELECT ${names.map(quoteIdentifier).join(', ')} FROM`
  try {
    await session.connection.run(`CREATE TABLE ${table} AS ${select} ${rows}`)
  } catch (error) {
    // The first rows looked like numbers, a later one is none: look at all of them.
    if (located.format !== 'csv' || !/convert/i.test((error as Error).message)) throw error
    const thorough = rows.replace(scanOf(located), () => scanOf(located, ', sample_size=-1'))
    await session.connection.run(`CREATE TABLE ${table} AS ${select} ${thorough}`)
  }
  return table
}

/**
 * Where the lines of a CSV differ in their number of cells, DuckDB takes each line for one cell. A header
 * with separators in it gives that away: read again with the separator it must be, so that the error
 * names the line.
 */
async function assertOneColumn(name: string, located: Located, session: Session): Promise<void> {
  const { label, paths } = located
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
