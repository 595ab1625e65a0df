import { InvalidArgumentError } from './errors.ts'

/**
 * What a table may be given as: rows of objects, an object of columns, an arquero table, or an Arrow
 * table (apache-arrow or flechette). A cell is missing where it is null, undefined or NaN.
 */
export type TableInput =
  | ReadonlyArray<Readonly<Record<string, unknown>>>
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
  if (Array.isArray(input)) return tableOfRows(argument, input)
  if (isArqueroTable(input)) return tableOfArquero(argument, input)
  if (isArrowTable(input)) return tableOfArrow(argument, input)
  if (typeof input === 'object' && input !== null && !isArrayLike(input)) {
    return tableOfColumns(argument, input as Readonly<Record<string, ColumnInput>>)
  }
  throw new InvalidArgumentError(
    argument,
    'rows of objects, an object of columns, an arquero table or an Arrow table',
    input,
  )
}

function tableOfRows(argument: string, rows: ReadonlyArray<Record<string, unknown>>): Table {
  const names = new Set<string>()
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new InvalidArgumentError(`${argument}[${i}]`, 'an object', row)
    }
    for (const name of Object.keys(row)) names.add(name)
  })
  return makeTable(argument, rows.length, [...names], (name) => ({
    name,
    values: rows.map((row) => (Object.hasOwn(row, name) ? row[name] : undefined)),
  }))
}

function tableOfColumns(argument: string, inputs: Readonly<Record<string, ColumnInput>>): Table {
  const columns = Object.entries(inputs).map(([name, input]) => {
    return columnOf(`${argument}.${name}`, name, input)
  })
  const first = columns[0]
  const rowCount = first?.values.length ?? 0
  for (const { name, values } of columns) {
    if (values.length !== rowCount) {
      throw new InvalidArgumentError(
        `${argument}.${name}`,
        `as long as "${argument}.${first?.name}" (${rowCount})`,
        values.length,
      )
    }
  }
  const byName = new Map(columns.map((column) => [column.name, column]))
  return makeTable(argument, rowCount, [...byName.keys()], (name) => byName.get(name)!)
}

function columnOf(argument: string, name: string, input: ColumnInput): TableColumn {
  if (isArrayLike(input)) return { name, values: input }
  if (!isDictionaryColumn(input)) {
    throw new InvalidArgumentError(
      argument,
      'an array, a typed array, or { codes, categories }',
      input,
    )
  }
  const { codes, categories } = input
  for (let i = 0; i < codes.length; i++) {
    if (!(codes[i]! < categories.length)) {
      throw new InvalidArgumentError(
        `${argument}.codes[${i}]`,
        `below the number of categories (${categories.length})`,
        codes[i],
      )
    }
  }
  return { name, values: codes, categories }
}

function tableOfArquero(argument: string, table: ArqueroTable): Table {
  if (table.isGrouped()) {
    throw new InvalidArgumentError(argument, 'an ungrouped table (call ungroup() first)', table)
  }
  const rows = table.isFiltered() ? table.indices(false) : undefined
  return makeTable(argument, table.numRows(), table.columnNames(), (name) => {
    const values = cellsOf(table.column(name)!)
    return rows === undefined ? { name, values } : { name, values, rows }
  })
}

function tableOfArrow(argument: string, table: ArrowTable): Table {
  const names = table.names ?? table.schema?.fields.map(({ name }) => name) ?? []
  return makeTable(argument, table.numRows, names, (name) => {
    const column = table.getChild(name)!
    // toArray() of apache-arrow shows what lies under a null; only `at` tells that it is one.
    const values =
      column.nullCount === 0
        ? column.toArray()
        : Array.from({ length: column.length }, (_, row) => column.at(row))
    return { name, values }
  })
}

/** arquero keeps plain columns as arrays; those that came from Arrow only offer `at`. */
function cellsOf(column: ArqueroColumn): ArrayLike<unknown> {
  if (isArrayLike(column)) return column
  return Array.from({ length: column.length }, (_, row) => column.at(row))
}

function makeTable(
  argument: string,
  rowCount: number,
  columnNames: readonly string[],
  read: (name: string) => TableColumn,
): Table {
  const known = new Set(columnNames)
  return {
    rowCount,
    columnNames,
    column(name) {
      if (!known.has(name)) {
        throw new InvalidArgumentError(
          argument,
          `a table with a column "${name}"`,
          columnNames.join(', '),
        )
      }
      return read(name)
    },
  }
}

function isArqueroTable(input: unknown): input is ArqueroTable {
  const table = input as Partial<ArqueroTable> | null
  return (
    typeof table === 'object' &&
    table !== null &&
    typeof table.columnNames === 'function' &&
    typeof table.column === 'function' &&
    typeof table.numRows === 'function' &&
    typeof table.isFiltered === 'function' &&
    typeof table.isGrouped === 'function' &&
    typeof table.indices === 'function'
  )
}

function isArrowTable(input: unknown): input is ArrowTable {
  const table = input as Partial<ArrowTable> | null
  return (
    typeof table === 'object' &&
    table !== null &&
    typeof table.getChild === 'function' &&
    typeof table.numRows === 'number'
  )
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
