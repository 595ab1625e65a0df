import type { TableColumn } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { StoredColumn } from '../../measure/measured-column.ts'
import type { UnreadSide } from '../../plan/open-table.ts'
import { encodeCells, NUMBERS_OF_STEP, sentError } from './encode-cells.ts'
import type { ListRange, SentProfile, SentSource } from './messages.ts'

/** So many items of a list are looked at in one step, and sent at once. */
const ITEMS_OF_LIST = 8192

/**
 * One side of a column as plain data. A typed array in shared memory goes as it is; all else is copied, step
 * by step.
 *
 * @param lists - what has to be sent before; added to
 * @returns null where it cannot be sent at all
 */
export function* encodeSource(
  source: UnreadSide,
  lists: Array<readonly unknown[]>,
): Steps<SentSource | null> {
  if (source === null) return { kind: 'none' }
  if (source.kind === 'unprofiled') return source
  if (source.kind === 'failed') return { kind: 'thrown', error: sentError(source.error) }
  if (source.kind === 'profile') return yield* encodeProfile(source.column, lists)
  const { column } = source
  if ('read' in column) return yield* encodeCells(column, lists)
  if (column.categories !== undefined) {
    return yield* encodeCodes(column, column.categories, lists)
  }
  if (!isTypedArray(column.values)) return yield* encodeCells(column, lists)
  return { kind: 'typed', values: yield* shared(column.values, column.rows) }
}

type TypedArray = Float64Array // stands for all of them: what is done here, each can do
type TypedArrayClass = new (memory: SharedArrayBuffer) => TypedArray

function* shared(values: TypedArray, rows: ArrayLike<number> | undefined): Steps<TypedArray> {
  if (rows === undefined && isShared(values)) return values
  const { length } = rows ?? values
  // By its tag: a class derived from it (Buffer, say) is sent as what it is derived from.
  const tag = values[Symbol.toStringTag] as string
  const TypedArray = (globalThis as unknown as Record<string, TypedArrayClass>)[tag]!
  const copy = new TypedArray(new SharedArrayBuffer(length * values.BYTES_PER_ELEMENT))
  for (let from = 0; from < length; from += NUMBERS_OF_STEP) {
    const to = Math.min(from + NUMBERS_OF_STEP, length)
    if (rows === undefined) copy.set(values.subarray(from, to), from)
    else for (let i = from; i < to; i++) copy[i] = values[rows[i]!]!
    yield
  }
  return copy
}

function* encodeCodes(
  { values, rows }: TableColumn,
  categories: readonly string[],
  lists: Array<readonly unknown[]>,
): Steps<SentSource | null> {
  const codes = isTypedArray(values)
    ? yield* shared(values, rows)
    : yield* sharedNumbers(values, rows)
  if (codes === null || !(yield* areTexts(categories))) return null
  return { kind: 'typed', values: codes, categories: yield* inLists(categories, lists) }
}

/** null where one of them is no number. */
function* sharedNumbers(
  values: ArrayLike<unknown>,
  rows?: ArrayLike<number>,
): Steps<Float64Array | null> {
  const { length } = rows ?? values
  const numbers = new Float64Array(new SharedArrayBuffer(8 * length))
  for (let i = 0; i < length; i++) {
    const x = values[rows === undefined ? i : rows[i]!]
    if (typeof x !== 'number') return null
    numbers[i] = x
    if (i % ITEMS_OF_LIST === 0) yield
  }
  return numbers
}

function* encodeProfile(
  { profile, sample, ...column }: StoredColumn,
  lists: Array<readonly unknown[]>,
): Steps<SentSource | null> {
  const sent: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(profile)) {
    const isLong = Array.isArray(value) && value.length > ITEMS_OF_LIST
    sent[key] = isLong ? { $list: yield* inLists(value, lists) } : value
  }
  const stored = { kind: 'profile', column: { ...column, profile: sent } as SentProfile } as const
  if (sample === undefined) return stored
  const numbers = yield* sharedNumbers(sample)
  return numbers === null ? null : { ...stored, sample: numbers }
}

function* inLists(items: readonly unknown[], lists: Array<readonly unknown[]>): Steps<ListRange> {
  const first = lists.length
  for (let from = 0; from < items.length; from += ITEMS_OF_LIST) {
    lists.push(items.slice(from, from + ITEMS_OF_LIST))
    yield
  }
  return { from: first, to: lists.length }
}

function* areTexts(items: readonly unknown[]): Steps<boolean> {
  for (let i = 0; i < items.length; i++) {
    if (typeof items[i] !== 'string') return false
    if (i % ITEMS_OF_LIST === 0) yield
  }
  return true
}

function isTypedArray(values: ArrayLike<unknown>): values is TypedArray {
  return ArrayBuffer.isView(values)
}

function isShared({ buffer }: TypedArray): boolean {
  // Not by instanceof: a SharedArrayBuffer of another realm is one.
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]'
}
