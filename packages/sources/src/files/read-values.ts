import type { DuckDBDataChunk } from '@duckdb/node-api'
import { categoryOf } from '@tidegauge/core'
import { changed, type DataColumn, type DataTable, isNumeric } from './data-table.ts'
import type { Session } from './session.ts'

/** Called with so many more rows that were read. */
export type OnRows = (count: number) => void

/** A column of a table, or a part of its rows. */
export interface Selection {
  readonly table: DataTable
  readonly column: DataColumn
  /** About so many rows, drawn evenly and always the same ones; undefined: all. */
  readonly sample?: number | undefined
}

/** A number as `numberOf` of core reads the cell, in SQL; NaN for all else. */
export function numberExpression({ id: column, kind }: DataColumn): string {
  const numbers = {
    numeric: `${column}::DOUBLE`,
    whole: `${column}::DOUBLE`,
    datetime: momentExpression(column),
    boolean: `${column}::INTEGER::DOUBLE`,
    text: numberOfText(column),
  }
  return `coalesce(${numbers[kind]}, 'NaN'::DOUBLE)`
}

/** DuckDB alone reads `1_000` and `NaN` as numbers; what is too large is infinite in JavaScript. */
function numberOfText(column: string): string {
  const text = `trim(${column}::VARCHAR, ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13))`
  const decimal = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?'
  const overflow = `CASE WHEN starts_with(${text}, '-') THEN '-inf'::DOUBLE ELSE 'inf'::DOUBLE END`
  return `CASE WHEN regexp_full_match(${text}, '${decimal}|[+-]?inf(inity)?', 'i')
    THEN coalesce(TRY_CAST(ltrim(${text}, '+') AS DOUBLE), ${overflow}) END`
}

/** Milliseconds since 1970; a date may be infinite, which is missing. */
function momentExpression(column: string): string {
  // Of what is finer, the millisecond that has begun, as in a Date.
  return `CASE WHEN isfinite(${column}) THEN floor(epoch_us(TRY_CAST(${column} AS TIMESTAMP)) / 1000.0)::DOUBLE END`
}

/** How a column is read as categories: in SQL, and of what DuckDB gives back, the name as `categoryOf` of core has it. */
export interface CategoryReading {
  readonly expression: string
  /** Values of two columns are the same where their readings are of one kind. */
  readonly kind: 'number' | 'whole' | 'moment' | 'text'
  nameOf(value: unknown): string | null
}

export function categoryReading({ id: column, kind }: DataColumn): CategoryReading {
  switch (kind) {
    case 'numeric':
      return { expression: `${column}::DOUBLE`, kind: 'number', nameOf: nameOfCategory }
    case 'whole':
      return { expression: `${column}::HUGEINT`, kind: 'whole', nameOf: nameOfCategory }
    case 'datetime':
      return { expression: momentExpression(column), kind: 'moment', nameOf: nameOfMoment }
    default:
      return { expression: `${column}::VARCHAR`, kind: 'text', nameOf: nameOfCategory }
  }
}

function nameOfCategory(value: unknown): string | null {
  return categoryOf(value) ?? null
}

function nameOfMoment(value: unknown): string | null {
  return value === null ? null : nameOfCategory(new Date(Number(value)))
}

function itemsOf(chunk: DuckDBDataChunk, column: number): Float64Array {
  const { items } = chunk.getColumnVector(column) as unknown as { items: Float64Array }
  return items.subarray(0, chunk.rowCount)
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
  const fetch = () => {
    const chunk = result.fetchChunk()
    // It may fail before anybody waits for it; who does hears of it all the same.
    chunk.catch(() => {})
    return chunk
  }
  let next = fetch()
  try {
    for (;;) {
      const chunk = await next
      if (chunk === null || chunk.rowCount === 0) return
      // DuckDB makes the next one while this one is looked at.
      next = fetch()
      yield itemsOf(chunk, 0)
    }
  } finally {
    // Nothing is asked of the connection while it is still at work.
    await next.catch(() => {})
  }
}

export async function readNumbers(
  session: Session,
  selection: Selection,
  onRows: OnRows,
): Promise<Float64Array> {
  const { table, column, sample } = selection
  if (sample === undefined && table.rowCount <= ROWS_AHEAD) {
    const values = await readAhead(session, table, column)
    onRows(values.length)
    return values
  }
  let values = new Float64Array(
    sample === undefined ? table.rowCount : Math.ceil(sample * 1.1) + 100,
  )
  let n = 0
  for await (const block of numberBlocks(session, selection)) {
    if (sample === undefined) assertRows(table, n + block.length, false)
    if (n + block.length > values.length) {
      const longer = new Float64Array(2 * (n + block.length))
      longer.set(values)
      values = longer
    }
    values.set(block, n)
    n += block.length
    onRows(sample === undefined ? block.length : (block.length / sample) * table.rowCount)
  }
  if (sample === undefined) assertRows(table, n, true)
  return values.subarray(0, n)
}

/** @throws SourceError where there are more rows than were counted, or in the end fewer */
function assertRows({ label, rowCount }: DataTable, rows: number, isEnd: boolean): void {
  if (isEnd ? rows !== rowCount : rows > rowCount) throw changed(label)
}

/** Of longer columns, one at a time is held. */
const ROWS_AHEAD = 2 ** 18
const VALUES_AHEAD = 2 ** 22
/** Of a wide table DuckDB binds all columns for each statement: one a column would take quadratic time. */
const COLUMNS_AHEAD = 100

const ahead = new WeakMap<DataTable, Map<string, Float64Array>>()

/** A column, and those behind it that will be asked for next. */
async function readAhead(
  session: Session,
  table: DataTable,
  column: DataColumn,
): Promise<Float64Array> {
  const known = ahead.get(table)?.get(column.id)
  if (known !== undefined) {
    ahead.get(table)!.delete(column.id)
    return known
  }
  const most = Math.min(COLUMNS_AHEAD, Math.floor(VALUES_AHEAD / Math.max(1, table.rowCount)))
  const columns = [column, ...followers(table, column)].slice(0, Math.max(1, most))
  const numbers = columns.map((next, i) => `${numberExpression(next)} AS v${i}`)
  const read = columns.map(() => new Float64Array(table.rowCount))
  const result = await session.connection.stream(`SELECT ${numbers.join(', ')} FROM ${column.from}`)
  let rows = 0
  for (let n = 0; ; ) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    assertRows(table, n + chunk.rowCount, false)
    for (const [i, values] of read.entries()) values.set(itemsOf(chunk, i), n)
    n += chunk.rowCount
    rows = n
  }
  assertRows(table, rows, true)
  const [own, ...others] = read as [Float64Array, ...Float64Array[]]
  ahead.set(table, new Map(others.map((values, i) => [columns[i + 1]!.id, values])))
  return own
}

/** The columns of numbers behind one that stand behind the same FROM. */
function followers(table: DataTable, { name, from }: DataColumn): readonly DataColumn[] {
  const all = [...table.columns.values()]
  const at = all.findIndex((column) => column.name === name)
  return all.slice(at + 1).filter((column) => isNumeric(column) && column.from === from)
}

/**
 * Cells that are no doubles, in the order of the rows; a text that repeats is held once.
 *
 * @param names - asked for by the names that they have as categories
 */
export async function readCells(
  session: Session,
  selection: Selection,
  onRows: OnRows,
  names?: CategoryReading,
): Promise<unknown[]> {
  const { table, column, sample } = selection
  const { expression, cellOf } =
    names === undefined ? cellReading(column) : { ...names, cellOf: names.nameOf }
  const result = await session.connection.stream(selectFrom(expression, selection))
  const cells: unknown[] = []
  const known = new Map<unknown, unknown>()
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) {
      if (sample === undefined) assertRows(table, cells.length, true)
      return cells
    }
    if (sample === undefined) assertRows(table, cells.length + chunk.rowCount, false)
    for (const value of chunk.getColumnValues(0)) {
      const cell = cellOf(value)
      if (known.size < MOST_KNOWN && !known.has(cell)) known.set(cell, cell)
      cells.push(known.get(cell) ?? cell)
    }
    onRows(sample === undefined ? chunk.rowCount : (chunk.rowCount / sample) * table.rowCount)
  }
}

/** Of all cells of a column: what its first ones are tells nothing of the others. */
export async function bytesOfTexts({ connection }: Session, selection: Selection): Promise<number> {
  const select = selectFrom(categoryReading(selection.column).expression, selection)
  const result = await connection.runAndReadAll(
    `SELECT coalesce(sum(strlen(v::VARCHAR)), 0)::DOUBLE FROM (${select})`,
  )
  return Number(result.getRows()[0]![0])
}

function cellReading(column: DataColumn): {
  readonly expression: string
  cellOf(value: unknown): unknown
} {
  const { id } = column
  if (column.kind === 'boolean') return { expression: id, cellOf: (value) => value }
  // Of many bits, so that none is lost: bigints.
  if (column.kind === 'whole') return { expression: `${id}::HUGEINT`, cellOf: (value) => value }
  const { expression, nameOf } = categoryReading(column)
  return { expression, cellOf: nameOf }
}

const MOST_KNOWN = 10_000

/** A row is in the sample, or not, by a hash of its number: the same rows in each run, and no pattern in them. */
const SHARES = 1_000_000

/** The cells of a selection, as the column `v`. */
export function selectFrom(expression: string, { table, column, sample }: Selection): string {
  const { from } = column
  if (sample === undefined || sample >= table.rowCount)
    return `SELECT ${expression} AS v FROM ${from}`
  return `SELECT v FROM (SELECT ${expression} AS v, row_number() OVER () AS r FROM ${from}) WHERE ${isDrawn(table, sample)}`
}

/** The same rows by their places, from 0, as doubles. */
export function rowsOfSampleSql(table: DataTable, sample: number): string {
  return `SELECT (r - 1)::DOUBLE FROM range(1, ${table.rowCount} + 1) t(r) WHERE ${isDrawn(table, sample)}`
}

function isDrawn({ rowCount }: DataTable, sample: number): string {
  return `hash(r) % ${SHARES} < ${Math.ceil((sample / rowCount) * SHARES)}`
}
