import { type DataColumn, type DataTable, isNumeric } from './data-table.ts'
import type { Session } from './session.ts'

/** Of a table of more columns than this DuckDB takes longer to bind them all, for each statement, than to read one. */
const WIDE = 200
/** So many columns are copied at once, and so many cells at most: texts of 16 bytes would be 16 MB. */
const COLUMNS_AHEAD = 100
const CELLS_AHEAD = 2 ** 20

interface Copied {
  readonly from: string
  /** The columns that were to be copied, by the ids that they have in the table; undefined where one could not be read. */
  readonly ids: ReadonlyMap<string, string | undefined>
}

const copies = new WeakMap<DataTable, Copied>()

/**
 * A column that is no number, where several statements about it take the time of one: of a wide table, a copy of it and of
 * those behind it that will be asked for next.
 */
export async function atHand(
  session: Session,
  table: DataTable,
  column: DataColumn,
): Promise<DataColumn> {
  if (isNumeric(column) || table.columns.size <= WIDE) return column
  const most = Math.min(COLUMNS_AHEAD, Math.floor(CELLS_AHEAD / table.rowCount))
  if (most < 2) return column
  const { ids, from } = copyOf(table, column) ?? (await copy(session, table, column, most))
  const id = ids.get(column.id)
  return id === undefined ? column : { ...column, id, from }
}

function copyOf(table: DataTable, { id }: DataColumn): Copied | undefined {
  const copied = copies.get(table)
  return copied?.ids.has(id) ? copied : undefined
}

async function copy(
  session: Session,
  table: DataTable,
  column: DataColumn,
  most: number,
): Promise<Copied> {
  const all = [...table.columns.values()]
  const next = all
    .slice(all.findIndex(({ name }) => name === column.name))
    .filter((other) => !isNumeric(other) && other.from === column.from)
    .slice(0, most)
  const before = copies.get(table)
  const from = before?.from ?? `${await session.tables('memory')}."ahead ${tables++}"`
  const cells = next.map(({ id }, i) => `${id} AS v${i}`)
  // One that cannot be read must cost no other: each is then read where it is.
  const isCopied = await session.connection
    .run(`CREATE OR REPLACE TABLE ${from} AS SELECT ${cells.join(', ')} FROM ${column.from}`)
    .then(
      () => true,
      () => false,
    )
  const copied = {
    from,
    ids: new Map(next.map(({ id }, i) => [id, isCopied ? `v${i}` : undefined])),
  }
  copies.set(table, copied)
  return copied
}

let tables = 0
