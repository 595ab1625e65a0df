import { InvalidArgumentError } from './errors.ts'
import { finish, type Steps } from './steps.ts'

/**
 * What a table may be given as: rows of objects, an object of columns, an arquero table, or an Arrow
 * table (apache-arrow or flechette). A cell is missing where it is null, undefined or NaN.
 *
 * Rows may be of any interface or class: their columns are the properties that are their own.
 */
export type TableInput =
  | readonly object[]
  | Readonly<Record<string, ColumnInput>>
  | ArqueroTable
  | ArrowTable

/** A column: an array or a typed array, or codes into a dictionary of categories. */
export type ColumnInput = ArrayLike<unknown> | DictionaryColumn

/** Text that repeats, kept once: code i stands for categories[i]; a negative code, for a missing cell. */
export interface DictionaryColumn {
  readonly codes: ArrayLike<number>
  readonly categories: readonly string[]
}

/** A table as the rest of tidegauge sees it: named columns of one length. */
export interface Table {
  readonly rowCount: number
  readonly columnNames: readonly string[]
  /** @throws InvalidArgumentError where there is no such column */
  column(name: string): TableColumn
  /**
   * The same cells, not yet read where reading costs, for those who read a few at a time.
   *
   * @throws InvalidArgumentError where there is no such column
   */
  unreadColumn(name: string): TableColumn | UnreadColumn
}

/** A column whose cells have yet to be read: out of rows, or out of Arrow's memory. */
export interface UnreadColumn {
  readonly name: string
  readonly length: number
  /** Would `values` be a typed array? Then the column is numeric, even if every cell is NaN. */
  readonly isTyped: boolean
  /** The cells `from` to `to` − 1 of the table's own rows. Throws what a cell throws that is read. */
  read(from: number, to: number): ArrayLike<unknown>
}

export interface TableColumn {
  readonly name: string
  /** The stored cells; a typed array where the input was one, never copied. */
  readonly values: ArrayLike<unknown>
  /** Where `values` are codes: what they stand for. */
  readonly categories?: readonly string[]
  /** Which cells of `values` belong to the table (a filtered one); absent: all of them. */
  readonly rows?: ArrayLike<number>
}

/** The part of an Arrow table that is read here, as apache-arrow and flechette both have it. */
export interface ArrowTable {
  readonly numRows: number
  getChild(name: string): ArrowColumn | null | undefined
  /** flechette. */
  readonly names?: readonly string[]
  /** apache-arrow. */
  readonly schema?: { readonly fields: ReadonlyArray<{ readonly name: string }> }
}

interface ArrowColumn {
  readonly length: number
  readonly nullCount: number
  at(row: number): unknown
  toArray(): ArrayLike<unknown>
  /** apache-arrow: a part, without copying. */
  slice?(from: number, to: number): ArrowColumn
  /** flechette; −1 is a dictionary. */
  readonly type?: { readonly typeId?: number }
}

/**
 * The part of arquero's Table that is read here. Recognised by structure, so that nobody has to
 * install arquero who does not use it.
 */
export interface ArqueroTable {
  columnNames(): string[]
  column(name: string): ArqueroColumn | undefined
  numRows(): number
  isFiltered(): boolean
  isGrouped(): boolean
  indices(ordered?: boolean): ArrayLike<number>
  /** Which rows passed the filter: `next` gives the first one from a row on, −1 where there is none. */
  mask?(): { next(row: number): number } | null | undefined
}

interface ArqueroColumn {
  readonly length: number
  at(row: number): unknown
}

/**
 * Read a table in any of the accepted forms. Nothing is copied but rows of objects, which are turned
 * into columns one at a time, when asked for.
 *
 * @param argument - what an error calls the table
 * @throws InvalidArgumentError where the input is none of the forms, or its columns differ in length
 * @example
 * toTable('current', { age: [31, 45] }).rowCount // 2
 */
export function toTable(argument: string, input: TableInput): Table {
  return finish(toTableInSteps(argument, input))
}

/** `toTable` for those who have other things to do in between: rows and codes are checked block by block. */
export function* toTableInSteps(argument: string, input: TableInput): Steps<Table> {
  if (Array.isArray(input)) return yield* tableOfRows(argument, input)
  if (isArqueroTable(input)) return yield* tableOfArquero(argument, input)
  if (isArrowTable(input)) return tableOfArrow(argument, input)
  if (typeof input === 'object' && input !== null && !isArrayLike(input)) {
    return yield* tableOfColumns(argument, input as Readonly<Record<string, ColumnInput>>)
  }
  throw new InvalidArgumentError(
    argument,
    'rows of objects, an object of columns, an arquero table or an Arrow table',
    input,
  )
}

/** So many codes, or keys of rows, are looked at in one step. */
const BLOCK = 4096

function* tableOfRows(argument: string, rows: readonly object[]): Steps<Table> {
  const names = new Set<string>()
  let keysOfStep = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (row === undefined && !(i in rows)) continue // a hole, as forEach and map skip it
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new InvalidArgumentError(`${argument}[${i}]`, 'an object', row)
    }
    const keys = Object.keys(row)
    for (const name of keys) names.add(name)
    keysOfStep += 1 + keys.length
    if (keysOfStep < BLOCK) continue
    keysOfStep = 0
    yield
  }
  const cellOf = (row: object, name: string): unknown =>
    Object.hasOwn(row, name) ? row[name as keyof typeof row] : undefined
  return makeTable(
    argument,
    rows.length,
    [...names],
    (name) => ({ name, values: rows.map((row) => cellOf(row, name)) }),
    (name) => ({
      name,
      length: rows.length,
      isTyped: false,
      read: (from, to) => rows.slice(from, to).map((row) => cellOf(row, name)),
    }),
  )
}

function* tableOfColumns(
  argument: string,
  inputs: Readonly<Record<string, ColumnInput>>,
): Steps<Table> {
  const columns = new Map<string, TableColumn>()
  const failed = new Map<string, unknown>()
  let first: { readonly name: string; readonly length: number } | undefined
  for (const name of Object.keys(inputs)) {
    const at = `${argument}.${name}`
    try {
      const column = yield* columnOf(at, name, inputs[name]!)
      const { length } = column.values
      first ??= { name, length }
      if (length !== first.length) {
        const expected = `as long as "${argument}.${first.name}" (${first.length})`
        throw new InvalidArgumentError(at, expected, length)
      }
      columns.set(name, column)
    } catch (error) {
      if (error instanceof InvalidArgumentError) throw error
      // What a column throws (a getter, a proxy) is said of that column, when it is asked for.
      failed.set(name, error)
    }
  }
  return makeTable(argument, first?.length ?? 0, Object.keys(inputs), (name) => {
    if (failed.has(name)) throw failed.get(name)
    return columns.get(name)!
  })
}

function* columnOf(argument: string, name: string, input: ColumnInput): Steps<TableColumn> {
  if (isArrayLike(input)) return { name, values: input }
  if (!isDictionaryColumn(input)) {
    throw new InvalidArgumentError(
      argument,
      'an array, a typed array, or { codes, categories }',
      input,
    )
  }
  const { codes, categories } = input
  for (let from = 0; from < codes.length; from += BLOCK) {
    assertCodes(argument, codes, from, Math.min(from + BLOCK, codes.length), categories.length)
    yield
  }
  return { name, values: codes, categories }
}

function assertCodes(
  argument: string,
  codes: ArrayLike<number>,
  from: number,
  to: number,
  categories: number,
): void {
  for (let i = from; i < to; i++) {
    if (!(codes[i]! < categories)) {
      throw new InvalidArgumentError(
        `${argument}.codes[${i}]`,
        `below the number of categories (${categories})`,
        codes[i],
      )
    }
  }
}

function* tableOfArquero(argument: string, table: ArqueroTable): Steps<Table> {
  if (table.isGrouped()) {
    throw new InvalidArgumentError(argument, 'an ungrouped table (call ungroup() first)', table)
  }
  const rows = table.isFiltered() ? yield* filteredRows(table) : undefined
  return makeTable(
    argument,
    table.numRows(),
    table.columnNames(),
    (name) => {
      const values = cellsOf(had(table.column(name)))
      return rows === undefined ? { name, values } : { name, values, rows }
    },
    (name) => {
      const column = had(table.column(name))
      if (isArrayLike(column)) {
        return rows === undefined ? { name, values: column } : { name, values: column, rows }
      }
      return {
        name,
        length: rows?.length ?? column.length,
        isTyped: false,
        read: (from, to) => cellsAt(column, from, to, rows),
      }
    },
  )
}

/** What `table.indices(false)` gives, block by block. */
function* filteredRows(table: ArqueroTable): Steps<ArrayLike<number>> {
  const mask = table.mask?.()
  if (typeof mask?.next !== 'function') return table.indices(false)
  const rows = new Uint32Array(table.numRows())
  let n = 0
  for (let row = mask.next(0); row >= 0; row = mask.next(row + 1)) {
    rows[n++] = row
    if (n % BLOCK === 0) yield
  }
  return rows
}

function tableOfArrow(argument: string, table: ArrowTable): Table {
  const names = table.names ?? table.schema?.fields.map(({ name }) => name) ?? []
  return makeTable(
    argument,
    table.numRows,
    names,
    (name) => {
      const column = had(table.getChild(name))
      // toArray() of apache-arrow shows what lies under a null; only `at` tells that it is one.
      const values = column.nullCount === 0 ? column.toArray() : cellsAt(column, 0, column.length)
      return { name, values }
    },
    (name) => unreadArrowColumn(name, had(table.getChild(name))),
  )
}

/** The cells that `toArray()` would give at once: texts, say, are decoded one by one. */
function unreadArrowColumn(name: string, column: ArrowColumn): TableColumn | UnreadColumn {
  const { length } = column
  const cellByCell = (isTyped: boolean): UnreadColumn => ({
    name,
    length,
    isTyped,
    read: (from, to) => cellsAt(column, from, to),
  })
  if (column.nullCount > 0) return cellByCell(false)
  if (length === 0) return { name, values: column.toArray() }
  if (column.slice === undefined) {
    // flechette's toArray() is made of these cells; numbers outside of a dictionary become a typed array.
    const isNumber = ['number', 'bigint'].includes(typeof column.at(0))
    return cellByCell(isNumber && column.type?.typeId !== -1)
  }
  const probe = column.slice(0, 1).toArray()
  // Decimals have several words a cell.
  if (probe.length !== 1) return { name, values: column.toArray() }
  return {
    name,
    length,
    isTyped: ArrayBuffer.isView(probe),
    read: (from, to) => column.slice!(from, to).toArray(),
  }
}

/** An error of this column alone, where a table names more than it has. */
function had<T>(column: T | null | undefined): T {
  if (column === null || column === undefined)
    throw new TypeError('its table names it, but has no such column')
  return column
}

/** arquero keeps plain columns as arrays; those that came from Arrow only offer `at`. */
function cellsOf(column: ArqueroColumn): ArrayLike<unknown> {
  return isArrayLike(column) ? column : cellsAt(column, 0, column.length)
}

function cellsAt(
  column: ArqueroColumn,
  from: number,
  to: number,
  rows?: ArrayLike<number>,
): unknown[] {
  return Array.from({ length: to - from }, (_, i) =>
    column.at(rows === undefined ? from + i : rows[from + i]!),
  )
}

function makeTable(
  argument: string,
  rowCount: number,
  columnNames: readonly string[],
  read: (name: string) => TableColumn,
  unread: (name: string) => TableColumn | UnreadColumn = read,
): Table {
  const known = new Set(columnNames)
  const assertKnown = (name: string) => {
    if (known.has(name)) return
    throw new InvalidArgumentError(
      argument,
      `a table with a column "${name}"`,
      columnNames.join(', '),
    )
  }
  return {
    rowCount,
    columnNames,
    column(name) {
      assertKnown(name)
      return read(name)
    },
    unreadColumn(name) {
      assertKnown(name)
      return unread(name)
    },
  }
}

function isArqueroTable(input: unknown): input is ArqueroTable {
  const members = ['columnNames', 'column', 'numRows', 'isFiltered', 'isGrouped', 'indices']
  return members.every((member) => typeOfMember(input, member) === 'function')
}

function isArrowTable(input: unknown): input is ArrowTable {
  return (
    typeOfMember(input, 'getChild') === 'function' && typeOfMember(input, 'numRows') === 'number'
  )
}

/** An object of columns has whatever names its columns have, and one that throws when it is read. */
function typeOfMember(input: unknown, name: string): string {
  if (typeof input !== 'object' || input === null) return 'undefined'
  try {
    return typeof input[name as keyof typeof input]
  } catch {
    return 'undefined'
  }
}

function isDictionaryColumn(input: unknown): input is DictionaryColumn {
  const column = input as Partial<DictionaryColumn> | null
  return (
    typeof column === 'object' &&
    column !== null &&
    isArrayLike(column.codes) &&
    Array.isArray(column.categories)
  )
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}
