import type { ColumnReading, TableReading, UnreadableColumn } from '@tidegauge/drift'
import { SourceError } from '../source-error.ts'
import type { Session } from './session.ts'
import { quotePath } from './sql.ts'

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
  readonly reading?: TableReading
  /** Of files that are read in place: are they still those that were opened? */
  readonly isUnchanged?: () => boolean
}

/**
 * Asked behind each column: of a file that is written anew while it is read, the cells are not those of one table.
 *
 * @throws SourceError where it was
 */
export function assertUnchanged({ label, isUnchanged }: DataTable): void {
  if (isUnchanged?.() !== false) return
  throw changed(label)
}

/** Of rows that are other ones than those that were counted, too. */
export function changed(label: string): SourceError {
  return new SourceError(`${label} was written anew while it was read: compare it when it is whole`)
}

export interface DataColumn {
  readonly name: string
  /**
   * Its value in SQL. DuckDB knows no empty name, ends a statement at a NUL and takes `a` for `A`: columns are called
   * by their place.
   */
  readonly id: string
  /** `whole` numbers may be longer than a double holds; of lists, objects and bytes `text` is how they are written. */
  readonly kind: 'numeric' | 'whole' | 'datetime' | 'boolean' | 'text'
  /** What stands behind FROM. */
  readonly from: string
  /** How its cells were read, where there is something to tell. */
  readonly reading?: ColumnReading
  /** Why its cells cannot be read. */
  readonly undecided?: string
}

/** A column whose cells cannot be read yet, and why. */
export function unreadable({ name, kind, undecided }: DataColumn): UnreadableColumn | undefined {
  const type = kind === 'datetime' ? 'datetime' : null
  return undecided === undefined ? undefined : { name, type, unreadable: undecided }
}

/** Is it a column of numbers, or of dates, which are compared as numbers? */
export function isNumeric({ kind }: Pick<DataColumn, 'kind'>): boolean {
  return kind === 'numeric' || kind === 'whole' || kind === 'datetime'
}

/**
 * The columns of what stands behind FROM, in their order and by the types that DuckDB has for them; called by their
 * place, as `(SELECT * FROM …) AS t(c0, c1 …)` calls them.
 *
 * @param names - where DuckDB had to call them otherwise: their own names
 */
export async function columnsOf(
  session: Session,
  from: string,
  names?: readonly string[],
): Promise<ReadonlyArray<Omit<DataColumn, 'from'>>> {
  const described = await session.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return described.getRows().map(([name, type], i) => {
    return { name: names?.[i] ?? String(name), ...typed(`c${i}`, String(type)) }
  })
}

/** What a Parquet file says of its columns, and DuckDB does not. */
export interface ParquetColumns {
  /** Of two that differ by case alone, DuckDB calls one otherwise. Absent where two have one name. */
  readonly names?: readonly string[]
  /** Of numbers, of which DuckDB gives back others. */
  readonly tooWide: readonly string[]
}

export async function parquetColumns(
  { connection }: Session,
  path: string,
): Promise<ParquetColumns> {
  const schema = await connection.runAndReadAll(
    `SELECT name, coalesce(num_children, 0)::DOUBLE, coalesce(precision, 0)::DOUBLE FROM parquet_schema(${quotePath(path)})`,
  )
  const names: string[] = []
  const tooWide = new Set<string>()
  // The root, then the columns, each followed by the fields within it.
  let within = 0
  for (const [name, children, precision] of schema.getRows().slice(1)) {
    if (within === 0) names.push(String(name))
    if (Number(precision) > MOST_DIGITS) tooWide.add(names.at(-1)!)
    within += Number(children) - (within === 0 ? 0 : 1)
  }
  return {
    ...(new Set(names).size === names.length && { names }),
    tooWide: [...tooWide],
  }
}

/** Of a DECIMAL in DuckDB. What has more it takes for doubles, and reads 2 ** 24 times the number of 21 bytes. */
const MOST_DIGITS = 38

export const TOO_WIDE: string = `decimals of more than ${MOST_DIGITS} digits are not read: write them with fewer, or as doubles, or leave the column out (\`exclude\`)`

function typed(id: string, type: string): Omit<DataColumn, 'from' | 'name'> {
  if (/^(TIME|TIME_NS|TIME WITH TIME ZONE)$/.test(type)) {
    const reading: ColumnReading = { sourceType: type, timeOfDay: true }
    return { id: `epoch(${id}::TIME)`, kind: 'numeric', reading }
  }
  if (type === 'INTERVAL')
    return { id: `epoch(${id})`, kind: 'numeric', reading: { sourceType: type } }
  const kind = kindOf(type)
  if (!isNested(type)) return { id, kind }
  // Nobody compares lists: drift tells so by this type. They are written as in JSON, so that those of a file of JSON are the same.
  const text = IN_JSON.test(type) ? `to_json(${id})::VARCHAR` : id
  return { id: text, kind, reading: { sourceType: type.slice(0, 80) } }
}

const IN_JSON = /\]$|^(STRUCT|MAP|UNION)\b/

function isNested(type: string): boolean {
  return /\]$|^(STRUCT|MAP|UNION|VARIANT|BLOB|BIT|GEOMETRY)\b/.test(type)
}

function kindOf(type: string): DataColumn['kind'] {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DECIMAL\(\d+,0\))$/.test(type)) return 'whole'
  if (/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return 'numeric'
  if (/^(DATE$|TIMESTAMP)/.test(type) && !isNested(type)) return 'datetime'
  return type === 'BOOLEAN' ? 'boolean' : 'text'
}
