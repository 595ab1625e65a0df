import { isMissing, type TableColumn, type UnreadColumn } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'

/** So many cells are looked at in one step. */
const BLOCK = 1024

/** The cells of a column, as they stand in the table. */
export interface Cells {
  readonly length: number
  /** Does their memory hold nothing but numbers? Then they are numeric, even if each is NaN. */
  readonly isTyped: boolean
  /** Their memory itself, where it holds these cells and no others. */
  readonly typedArray?: TypedArray
  /** Where they are given as codes: what these stand for. The blocks hold texts all the same. */
  readonly dictionary?: Dictionary
  /** The cells from a place on that is a multiple of the size of a block. */
  blockAt(from: number): CellBlock
}

export type TypedArray = ArrayLike<number | bigint> & ArrayBufferView

export interface Dictionary {
  readonly codes: ArrayLike<unknown>
  readonly rows: ArrayLike<number> | undefined
  readonly categories: readonly string[]
}

/** Cells `start` to `end` − 1 of `values`. */
export interface CellBlock {
  readonly values: ArrayLike<unknown>
  readonly start: number
  readonly end: number
  /** Reading the one behind them threw. */
  readonly failure?: { readonly error: unknown }
}

export function cellsOf(column: TableColumn | UnreadColumn): Cells {
  if ('read' in column) {
    const { length, isTyped } = column
    const blockAt = (from: number) => {
      const to = Math.min(from + BLOCK, length)
      return { values: column.read(from, to), start: 0, end: to - from }
    }
    return { length, isTyped, blockAt }
  }
  const { values, rows, categories } = column
  const { length } = rows ?? values
  const isTyped = categories === undefined && ArrayBuffer.isView(values)
  if (categories === undefined && rows === undefined) {
    const blockAt = (from: number) => ({
      values,
      start: from,
      end: Math.min(from + BLOCK, length),
    })
    return { length, isTyped, blockAt, ...(isTyped && { typedArray: values as TypedArray }) }
  }
  const cellAt = (i: number): unknown => {
    const value = values[rows === undefined ? i : rows[i]!]
    if (categories === undefined) return value
    return (value as number) >= 0 ? categories[value as number] : null
  }
  const blockAt = (from: number) => gather(cellAt, from, Math.min(from + BLOCK, length))
  if (categories === undefined) return { length, isTyped, blockAt }
  return { length, isTyped, blockAt, dictionary: { codes: values, rows, categories } }
}

function gather(cellAt: (i: number) => unknown, from: number, to: number): CellBlock {
  const values: unknown[] = []
  try {
    for (let i = from; i < to; i++) values.push(cellAt(i))
  } catch (error) {
    return { values, start: 0, end: values.length, failure: { error } }
  }
  return { values, start: 0, end: values.length }
}

/** Cells that are in memory, so that they can be looked at more than once. Throws what a cell throws that is read. */
export function* heldCells(column: TableColumn | UnreadColumn): Steps<Cells> {
  const cells = cellsOf(column)
  if (!('read' in column)) return cells
  const blocks: CellBlock[] = []
  for (let from = 0; from < cells.length; from += BLOCK) {
    blocks.push(cells.blockAt(from))
    yield
  }
  return { ...cells, blockAt: (from) => blocks[from / BLOCK]! }
}

/** Numbers, as cells, and others behind them. */
export function* cellsOfNumbers(
  numbers: ArrayLike<number>,
  cellOf: (number: number) => unknown,
  others: readonly unknown[],
): Steps<Cells> {
  const length = numbers.length + others.length
  const blocks: CellBlock[] = []
  for (let from = 0; from < length; from += BLOCK) {
    const values = Array.from({ length: Math.min(BLOCK, length - from) }, (_, i) =>
      from + i < numbers.length ? cellOf(numbers[from + i]!) : others[from + i - numbers.length],
    )
    blocks.push({ values, start: 0, end: values.length })
    yield
  }
  return { length, isTyped: false, blockAt: (from) => blocks[from / BLOCK]! }
}

/**
 * Visits every cell, a block a step.
 *
 * @param visit - gets cells `start` to `end` − 1 of `values`, of which the first is the column's `at`th; returns how far
 *   it came: what is left is for the next step
 */
export function* eachBlock(
  cells: Cells,
  visit: (values: ArrayLike<unknown>, start: number, end: number, at: number) => number,
): Steps<void> {
  for (let from = 0; from < cells.length; from += BLOCK) {
    const { values, start, end, failure } = cells.blockAt(from)
    for (let next = start; next < end; yield) {
      next = visit(values, next, end, from + next - start)
    }
    if (failure !== undefined) throw failure.error
  }
}

/** For those who probe a few. */
export function cellAt(cells: Cells, i: number): unknown {
  const place = i % BLOCK
  const { values, start } = cells.blockAt(i - place)
  return values[start + place]
}

export interface CellCount {
  readonly missing: number
  readonly rows: number
}

/** How many cells are missing, where nothing else is known of a column: up to the first that cannot be read. */
export function* countCells(cells: Cells): Steps<CellCount> {
  let missing = 0
  let rows = 0
  try {
    yield* eachBlock(cells, (values, start, end) => {
      for (let i = start; i < end; i++) {
        const cell = values[i]
        rows++
        if (isMissing(cell)) missing++
      }
      return end
    })
  } catch {
    // A cell that cannot be read is no missing one.
    rows++
  }
  return { missing, rows }
}
