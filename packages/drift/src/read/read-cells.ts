import { categoryOf, numberOf } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import { type Cells, type Dictionary, eachBlock, type TypedArray } from './cells.ts'
import { article, ColumnError } from './column-error.ts'
import type { CountedNames, Counts, Documents, Values } from './evidence.ts'
import { newTally, type Tally } from './tally.ts'

/** Who takes what is read. */
export interface Reader {
  /** Another thread: numbers have to lie in shared memory, and lists have to be short. */
  readonly isElsewhere: boolean
}

export const HERE: Reader = { isElsewhere: false }
export const ELSEWHERE: Reader = { isElsewhere: true }

/** A list is sent at once, so that it must be short: in items, and in what they hold. */
export const LONGEST_LIST = 16_384
export const MOST_CHARACTERS: number = 1 << 19

/** By the evidence that it becomes: text is read as a number where the caller has said that the column is numeric. */
export const READ_CELLS: {
  readonly values: (cells: Cells, reader: Reader) => Steps<Values>
  readonly counts: (cells: Cells, reader: Reader) => Steps<Counts>
  readonly documents: (cells: Cells, reader: Reader) => Steps<Documents>
} = {
  values: readValues,
  counts: (cells, reader) => readCounts(cells, reader),
  documents: readDocuments,
}

/** @throws ColumnError where a cell is no number, as `numberOf` of core reads it */
export function* readValues(cells: Cells, reader: Reader): Steps<Values> {
  const { typedArray, length } = cells
  if (typedArray !== undefined) {
    const numbers = reader.isElsewhere ? yield* shared(typedArray) : typedArray
    return { kind: 'values', numbers }
  }
  const numbers = memoryFor(length, reader)
  yield* eachBlock(cells, (values, start, end, at) => {
    for (let i = start; i < end; i++) {
      const cell = values[i]
      const number = typeof cell === 'number' ? cell : numberOf(cell)
      if (number === undefined) {
        throw new ColumnError(
          `a value is ${article(cell)}, not a number`,
          'a value is not a number',
        )
      }
      numbers[at + i - start] = number
    }
    return end
  })
  return { kind: 'values', numbers }
}

/** @param keyOf - what a cell is counted as: null where it is missing, undefined where it is no category */
export function* readCounts(
  cells: Cells,
  reader: Reader,
  keyOf: (cell: unknown) => string | null | undefined = categoryOf,
): Steps<Counts> {
  const { dictionary } = cells
  if (dictionary !== undefined && keyOf === categoryOf) return yield* countCodes(dictionary, reader)
  const parts = partsFor(reader)
  let missing = 0
  yield* eachBlock(cells, (values, start, end) => {
    // Hashing a text reads all of it.
    let characters = 0
    for (let i = start; i < end; i++) {
      const category = keyOf(values[i])
      if (category === null) {
        missing++
        continue
      }
      if (category === undefined) {
        throw new ColumnError(`a value is ${article(values[i])}, no category`)
      }
      parts.add(category, 1)
      characters += category.length
      if (characters >= MOST_CHARACTERS) return i + 1
    }
    return end
  })
  return { kind: 'counts', parts: parts.all(), missing }
}

/** Counts codes instead of text: no string is hashed but the few categories. */
function* countCodes({ codes, rows, categories }: Dictionary, reader: Reader): Steps<Counts> {
  const { length } = rows ?? codes
  const counts = new Uint32Array(categories.length)
  let missing = 0
  for (let from = 0; from < length; from += NUMBERS_OF_STEP) {
    const to = Math.min(from + NUMBERS_OF_STEP, length)
    for (let i = from; i < to; i++) {
      const code = codes[rows === undefined ? i : rows[i]!] as number
      if (code >= 0) counts[code]!++
      else missing++
    }
    yield
  }
  const parts = partsFor(reader)
  for (let code = 0; code < categories.length; code++) {
    if (counts[code]! > 0) parts.add(categories[code]!, counts[code]!)
    if (code % ITEMS_OF_STEP === 0) yield
  }
  return { kind: 'counts', parts: parts.all(), missing }
}

/** So many numbers, or names, are looked at in one step. */
const NUMBERS_OF_STEP = 1 << 12
const ITEMS_OF_STEP = 1 << 10

function partsFor({ isElsewhere }: Reader): {
  readonly add: Tally['add']
  readonly all: () => CountedNames[]
} {
  let tally = newTally()
  if (!isElsewhere) return { add: tally.add, all: () => [tally.counted()] }
  const parts: CountedNames[] = []
  return {
    add(text, count) {
      tally.add(text, count)
      if (tally.size < LONGEST_LIST && tally.characters < MOST_CHARACTERS) return
      parts.push(tally.counted())
      tally = newTally()
    },
    all: () => [...parts, tally.counted()],
  }
}

export function* readDocuments(cells: Cells, { isElsewhere }: Reader): Steps<Documents> {
  let part: string[] = []
  let characters = 0
  let missing = 0
  const parts = [part]
  yield* eachBlock(cells, (values, start, end) => {
    for (let i = start; i < end; i++) {
      const document = categoryOf(values[i])
      if (document === undefined) {
        throw new ColumnError(`a value is ${article(values[i])}, no text`)
      }
      if (document === null) {
        missing++
        continue
      }
      const isFull = part.length >= LONGEST_LIST || characters >= MOST_CHARACTERS
      if (isElsewhere && isFull) {
        part = []
        characters = 0
        parts.push(part)
      }
      part.push(document)
      characters += document.length
    }
    return end
  })
  return { kind: 'documents', parts, missing }
}

/** A stored sample is an array that is never written to: it is copied once, however many batches it meets. */
const copies = new WeakMap<ArrayLike<number>, Float64Array>()

export function* readSample(sample: ArrayLike<number>, reader: Reader): Steps<Float64Array> {
  const known = copies.get(sample)
  if (known !== undefined && (isShared(known) || !reader.isElsewhere)) return known
  const copy = memoryFor(sample.length, reader)
  for (let from = 0; from < sample.length; from += NUMBERS_OF_STEP) {
    const to = Math.min(from + NUMBERS_OF_STEP, sample.length)
    for (let i = from; i < to; i++) copy[i] = sample[i]!
    yield
  }
  copies.set(sample, copy)
  return copy
}

function memoryFor(length: number, { isElsewhere }: Reader): Float64Array {
  if (!isElsewhere) return new Float64Array(length)
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT))
}

// Float64Array stands for all of them: what is done here, each can do.
type AnyTypedArray = Float64Array
type TypedArrayClass = new (memory: SharedArrayBuffer) => AnyTypedArray
const COPIED_IN_A_STEP = 1 << 15

/** Itself where it lies in shared memory, else a copy. */
function* shared(numbers: TypedArray): Steps<TypedArray> {
  const values = numbers as AnyTypedArray
  if (isShared(values)) return values
  // By its tag: a class derived from it (Buffer, say) is sent as what it is derived from.
  const tag = values[Symbol.toStringTag] as string
  const TypedArray = (globalThis as unknown as Record<string, TypedArrayClass>)[tag]!
  const copy = new TypedArray(new SharedArrayBuffer(values.byteLength))
  for (let from = 0; from < values.length; from += COPIED_IN_A_STEP) {
    copy.set(values.subarray(from, from + COPIED_IN_A_STEP), from)
    yield
  }
  return copy
}

function isShared({ buffer }: ArrayBufferView): boolean {
  // Not by instanceof: a SharedArrayBuffer of another realm is one.
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]'
}
