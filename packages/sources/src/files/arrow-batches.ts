import { type Field, oneOf, type Schema, TYPE, V5 } from './arrow-schema.ts'
import { type Flat, viewOf } from './flatbuffer.ts'

/** Checks the batches of a schema, in their order: each column has the bytes that its rows need. */
export interface BatchReader {
  records(message: BatchMessage): void
  dictionary(message: BatchMessage): void
}

/** The reader counts rows in 32 bits. */
const MOST_ROWS = 2 ** 31 - 1

/** Of what takes no bytes (nulls in lists, in dictionaries), which the reader writes out. */
const MOST_FREE_VALUES = 2 ** 20

interface BatchMessage {
  readonly flat: Flat
  readonly body: Uint8Array
}

export function batchReader({ version, fields, dictionaries }: Schema): BatchReader {
  const sizes = new Map<number, number>()
  let rows = 0
  return {
    records({ flat, body }) {
      const batch = batchOf(flat, body, version, sizes)
      for (const field of fields) {
        if (checkColumn(field, batch, MOST_ROWS) !== batch.rows) {
          throw new Error('its columns have different numbers of rows')
        }
      }
      batch.end()
      rows += batch.rows
      if (rows > MOST_ROWS) throw new Error('it has more rows than can be counted')
    },
    dictionary({ flat, body }) {
      const id = flat.int64(4)
      const data = flat.table(6)
      const field = dictionaries.get(id)
      if (data === null || field === undefined) throw new Error('a dictionary belongs to no column')
      const batch = batchOf(data, body, version, sizes)
      const length = checkColumn(field, batch, MOST_FREE_VALUES)
      batch.end()
      const isDelta = flat.uint8(8) !== 0
      sizes.set(id, length + (isDelta ? (sizes.get(id) ?? 0) : 0))
    },
  }
}

interface Batch {
  readonly version: number
  readonly rows: number
  /** How many values each dictionary has by now. */
  readonly dictionaries: ReadonlyMap<number, number>
  node(): { readonly length: number; readonly nulls: number }
  /** The next one, of as many bits at least. */
  buffer(bits: number): Uint8Array
  variadic(): number
  /** Nothing may be left. */
  end(): void
}

function batchOf(
  flat: Flat,
  body: Uint8Array,
  version: number,
  dictionaries: ReadonlyMap<number, number>,
): Batch {
  if (flat.table(10) !== null) throw new Error('its buffers are compressed')
  const rows = flat.int64(4)
  const nodes = flat.structs(6, 16)
  const buffers = flat.structs(8, 16)
  const variadic = flat.structs(12, 8)
  let node = 0
  let buffer = 0
  let view = 0
  const next = <T>(list: readonly T[], i: number): T => {
    if (i >= list.length) throw new Error('a batch lacks a column')
    return list[i]!
  }
  return {
    version,
    rows,
    dictionaries,
    node() {
      const flatNode = next(nodes, node++)
      const length = flatNode.int64(0)
      const nulls = flatNode.int64(8)
      if (length < 0 || length > MOST_ROWS || nulls < 0 || nulls > length) {
        throw new Error('a column has no such number of rows')
      }
      return { length, nulls }
    },
    buffer(bits) {
      const region = next(buffers, buffer++)
      const offset = region.int64(0)
      const length = region.int64(8)
      if (offset < 0 || offset % 8 !== 0 || length < 0 || offset + length > body.length) {
        throw new Error('a buffer lies outside of its message')
      }
      if (8 * length < bits) throw new Error('a column has more rows than bytes for them')
      return body.subarray(offset, offset + length)
    },
    variadic: () => next(variadic, view++).int64(0),
    end() {
      if (node !== nodes.length || buffer !== buffers.length || view !== variadic.length) {
        throw new Error('a batch has more columns than its schema')
      }
    },
  }
}

/**
 * Goes through the nodes and buffers of a column in the order in which they are written.
 *
 * @param mostFree - values, of columns that take no bytes for them
 * @returns its number of values
 */
function checkColumn(field: Field, batch: Batch, mostFree: number): number {
  const { type, size, children } = field
  const { length, nulls } = batch.node()
  const validity = () => batch.buffer(nulls > 0 ? length : 0)
  const free = () => {
    if (length > mostFree) throw new Error('a list has no such number of items')
  }
  const childrenOf = (least: number, most = MOST_FREE_VALUES) => {
    for (const child of children) {
      if (checkColumn(child, batch, most) < least) throw new Error('a nested column is too short')
    }
  }

  if (field.dictionary !== null) {
    const { id, bits, signed } = field.dictionary
    const isValid = validityOf(validity(), nulls)
    const indices = integers(
      batch.buffer(length * oneOf([8, 16, 32, 64], bits)),
      bits,
      signed,
      length,
    )
    const values = batch.dictionaries.get(id)
    if (values === undefined) throw new Error('a dictionary is missing')
    for (let i = 0; i < length; i++) {
      if ((indices[i]! < 0 || indices[i]! >= values) && isValid(i)) {
        throw new Error('a value is in no dictionary')
      }
    }
    return length
  }

  switch (type) {
    case TYPE.null:
      free()
      return length
    case TYPE.int:
    case TYPE.float:
    case TYPE.bool:
    case TYPE.decimal:
    case TYPE.date:
    case TYPE.time:
    case TYPE.timestamp:
    case TYPE.duration:
    case TYPE.interval:
    case TYPE.fixedSizeBinary:
      if (size <= 0) free()
      if (size < 0) throw new Error('a type has a width or a unit that is none')
      validity()
      batch.buffer(length * size)
      return length
    case TYPE.utf8:
    case TYPE.binary:
    case TYPE.largeUtf8:
    case TYPE.largeBinary: {
      validity()
      const last = checkOffsets(batch, type >= TYPE.largeBinary ? 64 : 32, length)
      batch.buffer(8 * last)
      return length
    }
    case TYPE.utf8View:
    case TYPE.binaryView: {
      const isValid = validityOf(validity(), nulls)
      const views = batch.buffer(length * size)
      const count = batch.variadic()
      if (count < 0) throw new Error('a column has no such number of buffers')
      const data: Uint8Array[] = []
      while (data.length < count) data.push(batch.buffer(0))
      checkViews(views, data, length, isValid)
      return length
    }
    case TYPE.list:
    case TYPE.largeList:
    case TYPE.map: {
      validity()
      childrenOf(checkOffsets(batch, type === TYPE.largeList ? 64 : 32, length))
      return length
    }
    case TYPE.listView:
    case TYPE.largeListView: {
      const isValid = validityOf(validity(), nulls)
      const bits = type === TYPE.largeListView ? 64 : 32
      const offsets = integers(batch.buffer(length * bits), bits, true, length)
      const sizes = integers(batch.buffer(length * bits), bits, true, length)
      let least = 0
      for (let i = 0; i < length; i++) {
        if (!isValid(i)) continue
        if (offsets[i]! < 0 || sizes[i]! < 0) throw new Error('an offset is negative')
        least = Math.max(least, Number(offsets[i]) + Number(sizes[i]))
      }
      childrenOf(least)
      return length
    }
    case TYPE.fixedSizeList:
      validity()
      if (size < 0) throw new Error('a type has a width or a unit that is none')
      if (size === 0) free()
      childrenOf(length * size)
      return length
    case TYPE.struct:
      if (children.length === 0) free()
      validity()
      childrenOf(length, mostFree)
      return length
    case TYPE.runEndEncoded:
      free()
      checkRuns(children, batch, length)
      return length
    case TYPE.union: {
      if (batch.version < V5) batch.buffer(0)
      const { isDense, typeIds } = field.union!
      const ids = integers(batch.buffer(8 * length), 8, true, length)
      const offsets = isDense ? integers(batch.buffer(32 * length), 32, true, length) : null
      const lengths = children.map((child) => checkColumn(child, batch, mostFree))
      const most = new Map(typeIds.map((id, i) => [id, lengths[i]!]))
      for (let i = 0; i < length; i++) {
        const at = offsets === null ? i : Number(offsets[i])
        if (at < 0 || !(at < (most.get(Number(ids[i])) ?? 0))) {
          throw new Error('a value of a union is in none of its columns')
        }
      }
      return length
    }
    default:
      throw new Error(`a column is of an unknown type (${type})`)
  }
}

/** @returns the last one: as many bytes, or items, must follow */
function checkOffsets(batch: Batch, bits: number, length: number): number {
  // A column without rows may do without them.
  const count = length === 0 ? 0 : length + 1
  const offsets = integers(batch.buffer(count * bits), bits, true, count)
  for (let i = 0; i < count; i++) {
    if (offsets[i]! < (i === 0 ? 0 : offsets[i - 1]!)) throw new Error('its offsets do not ascend')
  }
  return count === 0 ? 0 : Number(offsets[length])
}

function checkRuns([runs, values]: readonly Field[], batch: Batch, length: number): void {
  const { length: count, nulls } = batch.node()
  if (runs!.type !== TYPE.int || runs!.dictionary !== null || nulls > 0) {
    throw new Error('run ends are no numbers')
  }
  batch.buffer(0)
  const ends = integers(batch.buffer(count * runs!.size), runs!.size, true, count)
  for (let i = 0; i < count; i++) {
    if (ends[i]! <= (i === 0 ? 0 : ends[i - 1]!)) throw new Error('its run ends do not ascend')
  }
  if (length > 0 && !(count > 0 && ends[count - 1]! >= length)) {
    throw new Error('a column has more rows than runs')
  }
  if (checkColumn(values!, batch, MOST_FREE_VALUES) < count)
    throw new Error('a nested column is too short')
}

/** Up to 12 bytes stand in the view itself; of others, it names the buffer and the place. */
function checkViews(
  views: Uint8Array,
  data: readonly Uint8Array[],
  length: number,
  isValid: (i: number) => boolean,
): void {
  const view = viewOf(views)
  for (let i = 0; i < length; i++) {
    const bytes = view.getInt32(16 * i, true)
    if (bytes >= 0 && bytes <= 12) continue
    if (!isValid(i)) continue
    const buffer = data[view.getInt32(16 * i + 8, true)]
    const at = view.getInt32(16 * i + 12, true)
    if (bytes < 0 || buffer === undefined || at < 0 || at + bytes > buffer.length) {
      throw new Error('a value lies outside of its buffer')
    }
  }
}

function validityOf(bitmap: Uint8Array, nulls: number): (i: number) => boolean {
  if (nulls === 0) return () => true
  return (i) => ((bitmap[i >> 3]! >> (i & 7)) & 1) === 1
}

type Integers = ArrayLike<number> | ArrayLike<bigint>

/** In place: where it is not aligned, the reader could not take it either. */
function integers(bytes: Uint8Array, bits: number, signed: boolean, count: number): Integers {
  const { byteOffset } = bytes
  const buffer = bytes.buffer as ArrayBuffer
  const types = signed
    ? ({ 8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array } as const)
    : ({ 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array } as const)
  return new types[bits as 8 | 16 | 32 | 64](buffer, byteOffset, count)
}
