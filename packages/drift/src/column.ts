import { type TableColumn, TidegaugeError } from '@tidegauge/core'
import type { ColumnType } from './drift-report.ts'
import { sortNumbers } from './methods/sort-numbers.ts'

/** The finite values of a numeric column, sorted, and what was set aside. */
export interface NumericSample {
  readonly type: 'numeric'
  readonly sorted: Float64Array
  readonly missing: number
  readonly infinite: number
}

/** How often each category of a column occurs, and what was set aside. */
export interface CategoricalSample {
  readonly type: 'categorical'
  readonly counts: ReadonlyMap<string, number>
  /** Values counted: without the missing ones. */
  readonly n: number
  readonly missing: number
}

/** A column whose cells cannot be compared; becomes the column's verdict, never the end of a run. */
export class ColumnError extends TidegaugeError {
  override readonly name = 'ColumnError'

  constructor(message: string) {
    super('ERR_COLUMN', message)
  }
}

/**
 * Numbers, bigints and dates make a numeric column; text and booleans, or a mixture, a categorical one.
 *
 * @returns null where every cell is missing
 * @throws ColumnError where a cell is an object, a function or a symbol
 */
export function inferType(column: TableColumn): ColumnType | null {
  if (ArrayBuffer.isView(column.values)) return 'numeric'
  let type: ColumnType | null = null
  forEachCell(column, (cell) => {
    if (isMissing(cell)) return
    if (isNumeric(cell)) type ??= 'numeric'
    else if (typeof cell === 'string' || typeof cell === 'boolean') type = 'categorical'
    else
      throw new ColumnError(`a value is ${article(cell)}, neither number, text, boolean nor date`)
  })
  return type
}

/**
 * @throws ColumnError where a cell is not a number and is no text that reads as one
 */
export function numericSample(column: TableColumn): NumericSample {
  const finite = new Float64Array(column.rows?.length ?? column.values.length)
  let n = 0
  let missing = 0
  let infinite = 0
  forEachCell(column, (cell) => {
    const x = isMissing(cell) ? Number.NaN : toNumber(cell)
    if (Number.isNaN(x)) missing++
    else if (Number.isFinite(x)) finite[n++] = x
    else infinite++
  })
  return { type: 'numeric', sorted: sortNumbers(finite.subarray(0, n)), missing, infinite }
}

export function categoricalSample(column: TableColumn): CategoricalSample {
  const counts = new Map<string, number>()
  let n = 0
  let missing = 0
  forEachCell(column, (cell) => {
    if (isMissing(cell)) {
      missing++
      return
    }
    const category = cell instanceof Date ? cell.toISOString() : String(cell)
    counts.set(category, (counts.get(category) ?? 0) + 1)
    n++
  })
  return { type: 'categorical', counts, n, missing }
}

function forEachCell({ values, rows }: TableColumn, visit: (cell: unknown) => void): void {
  if (rows === undefined) for (let i = 0; i < values.length; i++) visit(values[i])
  else for (let i = 0; i < rows.length; i++) visit(values[rows[i]!])
}

function isMissing(cell: unknown): boolean {
  return (
    cell === null ||
    cell === undefined ||
    (typeof cell === 'number' && Number.isNaN(cell)) ||
    (cell instanceof Date && Number.isNaN(cell.getTime()))
  )
}

function isNumeric(cell: unknown): boolean {
  return typeof cell === 'number' || typeof cell === 'bigint' || cell instanceof Date
}

/** Milliseconds since 1970 for a date. Text is read where the caller has said that the column is numeric. */
function toNumber(cell: unknown): number {
  if (typeof cell === 'number') return cell
  if (isNumeric(cell) || typeof cell === 'boolean') return Number(cell)
  const x = typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN
  if (Number.isNaN(x)) throw new ColumnError(`a value is ${article(cell)}, not a number`)
  return x
}

function article(cell: unknown): string {
  if (typeof cell === 'string') return `the text "${cell.slice(0, 40)}"`
  return Array.isArray(cell)
    ? 'an array'
    : `${typeof cell === 'object' ? 'an' : 'a'} ${typeof cell}`
}
