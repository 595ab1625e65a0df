import type { TableColumn, UnreadColumn } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import { MISSING, type SentError, type SentSource, type StandIn } from './messages.ts'

/** Cells are read so many at a time. */
const BLOCK = 512

/** A list is sent at once, so that it must be short: in items, and in what they hold. */
const LONGEST_LIST = 16_384
const MOST_CHARACTERS = 1 << 19

/**
 * Cells of any kind as plain data, of which a worker makes the same cells: numbers and dates in shared
 * memory, all else as codes into lists.
 *
 * @param lists - what has to be sent before; added to
 */
export function* encodeCells(
  column: TableColumn | UnreadColumn,
  lists: Array<readonly unknown[]>,
): Steps<SentSource> {
  const cells = readerOf(column)
  const numbers = yield* encodeNumbers(cells)
  if (numbers !== null) return { kind: 'typed', values: numbers }
  const dates = yield* encodeDates(cells)
  if (dates !== null) return { kind: 'dates', values: dates }
  return yield* encodeAny(cells, lists)
}

interface CellReader {
  readonly length: number
  readonly isTyped: boolean
  /** Does a cell that throws end the reading of the whole column, and not just of what comes behind it? */
  readonly isReadFirst: boolean
  /** The cells up to the first that throws. */
  read(from: number, to: number): Block
}

interface Block {
  readonly cells: ArrayLike<unknown>
  readonly failure?: SentError
}

function readerOf(column: TableColumn | UnreadColumn): CellReader {
  if ('read' in column) {
    const { length, isTyped } = column
    const read = (from: number, to: number) => {
      try {
        return { cells: column.read(from, to) }
      } catch (error) {
        return { cells: [], failure: sentError(error) }
      }
    }
    return { length, isTyped, isReadFirst: true, read }
  }
  const { values, rows } = column
  const read = (from: number, to: number): Block => {
    const cells: unknown[] = []
    try {
      for (let i = from; i < to; i++) cells.push(values[rows === undefined ? i : rows[i]!])
    } catch (error) {
      return { cells, failure: sentError(error) }
    }
    return { cells }
  }
  return { length: (rows ?? values).length, isTyped: false, isReadFirst: false, read }
}

/** null where there is anything but numbers and missing cells, or nothing but missing ones. */
function* encodeNumbers(cells: CellReader): Steps<Float64Array | null> {
  let numbers: Float64Array | undefined
  for (let from = 0; from < cells.length; from += BLOCK) {
    const block = cells.read(from, Math.min(from + BLOCK, cells.length))
    if (block.failure !== undefined) return null
    for (let i = 0; i < block.cells.length; i++) {
      const cell = block.cells[i]
      if (cell === null || cell === undefined) continue
      if (typeof cell !== 'number') return null
      if (Number.isNaN(cell)) continue
      numbers ??= yield* sharedNaNs(cells.length)
      numbers[from + i] = cell
    }
    yield
  }
  return numbers ?? (cells.isTyped ? yield* sharedNaNs(cells.length) : null)
}

/** null where there is anything but dates and missing cells, or nothing but missing ones. */
function* encodeDates(cells: CellReader): Steps<Float64Array | null> {
  let dates: Float64Array | undefined
  for (let from = 0; from < cells.length; from += BLOCK) {
    const block = cells.read(from, Math.min(from + BLOCK, cells.length))
    if (block.failure !== undefined) return null
    for (let i = 0; i < block.cells.length; i++) {
      const cell = block.cells[i]
      if (cell === null || cell === undefined || Number.isNaN(cell)) continue
      if (!(cell instanceof Date)) return null
      dates ??= yield* sharedNaNs(cells.length)
      dates[from + i] = cell.getTime()
    }
    yield
  }
  return dates ?? null
}

/** So many numbers are copied, or filled in, in one step. */
export const NUMBERS_OF_STEP: number = 1 << 15

function* sharedNaNs(length: number): Steps<Float64Array> {
  const numbers = new Float64Array(new SharedArrayBuffer(8 * length))
  for (let from = 0; from < length; from += NUMBERS_OF_STEP) {
    numbers.fill(Number.NaN, from, from + NUMBERS_OF_STEP)
    yield
  }
  return numbers
}

function* encodeAny(cells: CellReader, lists: Array<readonly unknown[]>): Steps<SentSource> {
  const { length } = cells
  const codes = new Uint16Array(new SharedArrayBuffer(2 * length))
  const firstList = lists.length
  const ends: number[] = []
  let segment = emptySegment()
  let failure: { at: number; error: SentError } | undefined
  let charactersOfStep = 0
  const close = (end: number) => {
    ends.push(end)
    lists.push(segment.items)
    segment = emptySegment()
  }
  for (let from = 0; from < length && failure === undefined; from += BLOCK) {
    const block = cells.read(from, Math.min(from + BLOCK, length))
    for (let i = 0; i < block.cells.length; i++) {
      const item = sendable(block.cells[i])
      if (segment.items.length >= LONGEST_LIST || segment.characters >= MOST_CHARACTERS) {
        close(from + i)
      }
      codes[from + i] = item === null ? MISSING : codeOf(item, segment)
      // Hashing a text reads all of it.
      if (typeof item === 'string') charactersOfStep += item.length
      if (charactersOfStep < MOST_CHARACTERS) continue
      charactersOfStep = 0
      yield
    }
    if (block.failure !== undefined && failure === undefined) {
      if (cells.isReadFirst) return { kind: 'thrown', error: block.failure }
      failure = { at: from + block.cells.length, error: block.failure }
    }
    yield
  }
  close(length)
  const sent = { length, codes, ends, lists: { from: firstList, to: lists.length } }
  return { kind: 'cells', ...sent, ...(failure === undefined ? {} : { failure }) }
}

interface Segment {
  readonly items: unknown[]
  readonly codes: Map<unknown, number>
  readonly codesOfDates: Map<number, number>
  characters: number
}

function emptySegment(): Segment {
  return { items: [], codes: new Map(), codesOfDates: new Map(), characters: 0 }
}

function codeOf(item: unknown, segment: Segment): number {
  const isDate = item instanceof Date
  const codes: Map<unknown, number> = isDate ? segment.codesOfDates : segment.codes
  // A map takes 0 and −0 for one key.
  const key = isDate ? item.getTime() : Object.is(item, -0) ? NEGATIVE_ZERO : item
  const known = codes.get(key)
  if (known !== undefined) return known
  const code = segment.items.push(item) - 1
  codes.set(key, code)
  if (typeof item === 'string') segment.characters += item.length
  return code
}

const NEGATIVE_ZERO = Symbol('-0')

/** The cell, or what stands for it; null for a missing one. */
function sendable(cell: unknown): unknown {
  switch (typeof cell) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return cell
    case 'number':
      return Number.isNaN(cell) ? null : cell
    case 'undefined':
      return null
  }
  if (cell === null) return null
  if (cell instanceof Date) return cell
  return standInFor(cell)
}

const STAND_INS: Readonly<Record<StandIn['standsFor'], StandIn>> = {
  object: { standsFor: 'object' },
  array: { standsFor: 'array' },
  function: { standsFor: 'function' },
  symbol: { standsFor: 'symbol' },
}

function standInFor(cell: unknown): StandIn {
  if (Array.isArray(cell)) return STAND_INS.array
  return STAND_INS[typeof cell as 'object' | 'function' | 'symbol']
}

export function sentError(error: unknown): SentError {
  return error instanceof Error
    ? { isError: true, message: error.message }
    : { isError: false, value: String(error) }
}
