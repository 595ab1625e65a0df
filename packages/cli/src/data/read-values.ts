import type { DataColumn, DataTable } from './data-table.ts'
import type { Session } from './session.ts'
import { quoteIdentifier } from './sql.ts'

/** Called with so many more rows that were read. */
export type OnRows = (count: number) => void

/** A column of a table, or a part of its rows. */
export interface Selection {
  readonly table: DataTable
  readonly column: DataColumn
  /** About so many rows, drawn evenly and always the same ones; undefined: all. */
  readonly sample?: number | undefined
}

/** A number, a date as milliseconds since 1970, a text that reads as a number; NaN for all else. */
export function numberExpression({ name, kind }: DataColumn): string {
  const column = quoteIdentifier(name)
  const numbers = {
    numeric: `${column}::DOUBLE`,
    // A date may be infinite.
    datetime: `CASE WHEN isfinite(${column}) THEN epoch_ms(${column}::TIMESTAMP)::DOUBLE END`,
    boolean: `${column}::INTEGER::DOUBLE`,
    text: `TRY_CAST(${column} AS DOUBLE)`,
  }
  return `coalesce(${numbers[kind]}, 'NaN'::DOUBLE)`
}

export function textExpression({ name, kind }: DataColumn): string {
  const column = quoteIdentifier(name)
  return kind === 'numeric' ? `${column}::DOUBLE` : `${column}::VARCHAR`
}

/** Numbers block by block, in the order of the rows; a block is only valid until the next one. */
export async function* numberBlocks(
  session: Session,
  selection: Selection,
): AsyncGenerator<Float64Array> {
  yield* doubleBlocks(session, selectFrom(numberExpression(selection.column), selection))
}

/** @param sql - selects one column of doubles, none of them null */
export async function* doubleBlocks(session: Session, sql: string): AsyncGenerator<Float64Array> {
  const result = await session.connection.stream(sql)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    const { items } = chunk.getColumnVector(0) as unknown as { items: Float64Array }
    yield items.subarray(0, chunk.rowCount)
  }
}

export async function readNumbers(
  session: Session,
  selection: Selection,
  onRows: OnRows,
): Promise<Float64Array> {
  const { table, sample } = selection
  let values = new Float64Array(
    sample === undefined ? table.rowCount : Math.ceil(sample * 1.1) + 100,
  )
  let n = 0
  for await (const block of numberBlocks(session, selection)) {
    if (n + block.length > values.length) {
      const longer = new Float64Array(2 * (n + block.length))
      longer.set(values)
      values = longer
    }
    values.set(block, n)
    n += block.length
    onRows(sample === undefined ? block.length : (block.length / sample) * table.rowCount)
  }
  return values.subarray(0, n)
}

/** Texts, booleans and null, in the order of the rows; a text that repeats is held once. */
export async function readCells(
  session: Session,
  selection: Selection,
  onRows: OnRows,
): Promise<unknown[]> {
  const { table, column, sample } = selection
  const expression =
    column.kind === 'boolean' ? quoteIdentifier(column.name) : `${textExpression(column)}`
  const result = await session.connection.stream(selectFrom(expression, selection))
  const cells: unknown[] = []
  const known = new Map<unknown, unknown>()
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return cells
    for (const cell of chunk.getColumnValues(0)) {
      if (known.size < MOST_KNOWN && !known.has(cell)) known.set(cell, cell)
      cells.push(known.get(cell) ?? cell)
    }
    onRows(sample === undefined ? chunk.rowCount : (chunk.rowCount / sample) * table.rowCount)
  }
}

const MOST_KNOWN = 10_000

/** A row is in the sample, or not, by a hash of its number: the same rows in each run, and no pattern in them. */
const SHARES = 1_000_000

/** The cells of a selection, as the column `v`. */
export function selectFrom(expression: string, { table, sample }: Selection): string {
  if (sample === undefined || sample >= table.rowCount)
    return `SELECT ${expression} AS v FROM ${table.from}`
  const share = Math.ceil((sample / table.rowCount) * SHARES)
  return `SELECT v FROM (SELECT ${expression} AS v, row_number() OVER () AS r FROM ${table.from}) WHERE hash(r) % ${SHARES} < ${share}`
}
