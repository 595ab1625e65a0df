import { isDeepStrictEqual } from 'node:util'
import { MOST_LEVELS } from './assert-shallow.ts'
import { type Flat, flatTable } from './flatbuffer.ts'

/**
 * Checks that Arrow bytes (the file or the stream format) hold together, so that the reader, which trusts every number
 * in them, ends and claims no more rows than there are: messages lie in the file, buffers in their message, and each
 * column has the bytes that its rows need. Offsets, run ends and dictionary indices are gone through; no other data.
 *
 * @throws Error that says what does not hold
 * @see https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 */
export function assertArrow(bytes: Uint8Array): void {
  if (startsWith(bytes, MAGIC)) assertFile(bytes)
  else assertStream(bytes)
}

const MAGIC = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]
/** Of a message, before its length. */
const CONTINUATION = -1

const HEADER = { schema: 1, dictionaryBatch: 2, recordBatch: 3 }

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte)
}

function assertFile(bytes: Uint8Array): void {
  const end = bytes.length - MAGIC.length - 4
  if (end < 8 || !startsWith(bytes.subarray(end + 4), MAGIC)) throw new Error('it is cut off')
  const length = viewOf(bytes).getInt32(end, true)
  if (length <= 0 || length > end) throw new Error('its footer lies outside of it')
  const footer = flatTable(bytes.subarray(end - length, end))
  const schema = footer.table(6)
  if (schema === null) throw new Error('it has no schema')
  const reader = batchReader(schemaOf(schema, footer.int16(4)))
  const messages = bytes.subarray(0, end - length)
  const messagesOf = (slot: number, header: number) =>
    footer.structs(slot, 24).map((block) => {
      const at = block.int64(0)
      const message = at >= 8 && at % 8 === 0 ? messageAt(messages, at) : null
      if (message?.header !== header) throw new Error('its footer names a batch that is none')
      return { at, message }
    })
  const dictionaries = messagesOf(8, HEADER.dictionaryBatch)
  const records = messagesOf(10, HEADER.recordBatch)
  assertNoneLeftOut(messages, [...dictionaries, ...records])
  // The reader takes them so: a record batch sees the dictionaries that stand before it.
  let next = 0
  for (const { at, message } of records) {
    const before = dictionaries.filter((dictionary) => dictionary.at < at).length
    while (next < before) reader.dictionary(dictionaries[next++]!.message)
    reader.records(message)
  }
  while (next < dictionaries.length) reader.dictionary(dictionaries[next++]!.message)
}

/** One wrong byte in the footer must not lose rows, nor count them twice. */
function assertNoneLeftOut(messages: Uint8Array, blocks: readonly Block[]): void {
  let end = messageAt(messages, 8)?.end ?? 8
  const inOrder = [...blocks].sort((x, y) => x.at - y.at)
  for (const { at, message } of inOrder) {
    if (at < end || at - end > MOST_PADDING) throw new Error('its footer leaves out a batch')
    end = message.end
  }
  if (messages.length - end > MOST_PADDING) throw new Error('its footer leaves out a batch')
}

interface Block {
  readonly at: number
  readonly message: Message
}

/** Bytes to the next multiple of 64, and the end of the stream; no batch takes so few. */
const MOST_PADDING = 72

function assertStream(bytes: Uint8Array): void {
  let reader: BatchReader | null = null
  for (let at = 0; ; ) {
    const message = messageAt(bytes, at)
    if (message === null) break
    at = message.end
    // The reader takes the first schema alone.
    if (message.header === HEADER.schema)
      reader ??= batchReader(schemaOf(message.flat, message.version))
    else if (reader === null) throw new Error('it does not start with a schema')
    else if (message.header === HEADER.recordBatch) reader.records(message)
    else reader.dictionary(message)
  }
  if (reader === null) throw new Error('it has no schema')
}

interface Message {
  readonly version: number
  readonly header: number
  readonly flat: Flat
  readonly body: Uint8Array
  readonly end: number
}

/** @returns null at the end of the stream */
function messageAt(bytes: Uint8Array, start: number): Message | null {
  const view = viewOf(bytes)
  const intAt = (at: number) => {
    if (at + 4 > bytes.length) throw new Error('it is cut off')
    return view.getInt32(at, true)
  }
  if (start === bytes.length) return null
  const isContinued = intAt(start) === CONTINUATION
  const at = start + (isContinued ? 8 : 4)
  const length = intAt(at - 4)
  if (length === 0) {
    if (bytes.subarray(at).some((byte) => byte !== 0)) {
      throw new Error('there are bytes behind its end')
    }
    return null
  }
  if (length < 0 || length > bytes.length - at) {
    throw new Error('a message is longer than the file')
  }
  if ((at + length) % 8 !== 0) throw new Error('a message is not aligned')
  const message = flatTable(bytes.subarray(at, at + length))
  const version = message.int16(4)
  const header = message.uint8(6)
  const flat = message.table(8)
  const bodyLength = message.int64(10)
  if (flat === null || !Object.values(HEADER).includes(header)) {
    throw new Error('a message is neither a schema nor a batch')
  }
  const end = at + length + bodyLength
  if (bodyLength < 0 || end > bytes.length) throw new Error('a message is longer than the file')
  if (bodyLength % 8 !== 0) throw new Error('a message is not aligned')
  assertVersion(version)
  return { version, header, flat, body: bytes.subarray(at + length, end), end }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

// ——— schema ———

const V4 = 3
const V5 = 4

const TYPE = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  runEndEncoded: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const

interface Schema {
  readonly version: number
  readonly fields: readonly Field[]
  /** What the values of a dictionary look like, by its id. */
  readonly dictionaries: ReadonlyMap<number, Field>
}

interface Field {
  readonly type: number
  readonly children: readonly Field[]
  /** Of a value, where all have the same: bits, or items of a list. */
  readonly size: number
  readonly dictionary: {
    readonly id: number
    readonly bits: number
    readonly signed: boolean
  } | null
  readonly union: { readonly isDense: boolean; readonly typeIds: readonly number[] } | null
}

function schemaOf(flat: Flat, version: number): Schema {
  assertVersion(version)
  if (flat.int16(4) !== 0) throw new Error('it is big-endian: write it on a little-endian machine')
  assertMetadata(flat, 8)
  const dictionaries = new Map<number, Field>()
  const fields = flat.tables(6).map((field) => fieldOf(field, dictionaries, 1))
  return { version, fields, dictionaries }
}

/** Those before lay out buffers otherwise. */
function assertVersion(version: number): void {
  if (version !== V4 && version !== V5) throw new Error('it was written by no Arrow since 0.8')
}

function fieldOf(flat: Flat, dictionaries: Map<number, Field>, level: number): Field {
  if (level > MOST_LEVELS) throw new Error(`its types are nested deeper than ${MOST_LEVELS} levels`)
  flat.text(4)
  assertMetadata(flat, 16)
  const type = flat.uint8(8)
  const details = flat.table(10)
  if (details === null) throw new Error('a column has no type')
  const children = flat.tables(14).map((child) => fieldOf(child, dictionaries, level + 1))
  const isUnion = type === TYPE.union
  const field: Field = {
    type,
    children,
    size: sizeOf(type, details),
    dictionary: null,
    union: isUnion
      ? {
          isDense: details.int16(4) === 1,
          typeIds: details.structs(6, 4).map((id) => id.int32(0)),
        }
      : null,
  }
  if (isUnion && field.union!.typeIds.length !== children.length) {
    throw new Error('a union has more types than columns')
  }
  assertChildren(field)
  const dictionary = flat.table(12)
  if (dictionary === null) return field
  const index = dictionary.table(6)
  const id = dictionary.int64(4)
  const other = dictionaries.get(id)
  if (other !== undefined && !isDeepStrictEqual(other, field)) {
    throw new Error('two columns of different types share a dictionary')
  }
  dictionaries.set(id, field)
  const bits = index === null ? 32 : index.int32(4)
  return { ...field, dictionary: { id, bits, signed: index === null || index.uint8(6) !== 0 } }
}

function assertMetadata(flat: Flat, slot: number): void {
  for (const entry of flat.tables(slot)) {
    entry.text(4)
    entry.text(6)
  }
}

function assertChildren({ type, children }: Field): void {
  const expected = CHILDREN.get(type)
  if (expected !== undefined && children.length !== expected) {
    throw new Error('a nested type lacks its columns')
  }
  const [entries] = children
  if (type === TYPE.map && (entries!.type !== TYPE.struct || entries!.children.length !== 2)) {
    throw new Error('a nested type lacks its columns')
  }
}

const CHILDREN: ReadonlyMap<number, number> = new Map([
  [TYPE.list, 1],
  [TYPE.largeList, 1],
  [TYPE.listView, 1],
  [TYPE.largeListView, 1],
  [TYPE.fixedSizeList, 1],
  [TYPE.map, 1],
  [TYPE.runEndEncoded, 2],
])

/** Digits of a decimal of 256 bits. */
const MOST_DIGITS = 76

/** In bits; of a list, in items. */
function sizeOf(type: number, details: Flat): number {
  switch (type) {
    case TYPE.int:
      return oneOf([8, 16, 32, 64], details.int32(4))
    case TYPE.float:
      return [16, 32, 64][oneOf([0, 1, 2], details.int16(4))]!
    case TYPE.bool:
      return 1
    case TYPE.decimal:
      if (Math.abs(details.int32(6)) > MOST_DIGITS) throw new Error('a decimal has no such scale')
      return oneOf([32, 64, 128, 256], details.int32(8, 128))
    case TYPE.date:
      return details.int16(4, 1) === 0 ? 32 : 64
    case TYPE.time:
      return oneOf([0, 1, 2, 3], details.int16(4, 1)) < 2 ? 32 : 64
    case TYPE.timestamp:
      details.text(6)
      return 64
    case TYPE.duration:
      return 64
    case TYPE.interval:
      return [32, 64, 128][oneOf([0, 1, 2], details.int16(4))]!
    case TYPE.fixedSizeBinary:
      return 8 * details.int32(4)
    case TYPE.fixedSizeList:
      return details.int32(4)
    case TYPE.binaryView:
    case TYPE.utf8View:
      return 128
    default:
      return 0
  }
}

function oneOf(known: readonly number[], value: number): number {
  if (known.includes(value)) return value
  throw new Error('a type has a width or a unit that is none')
}

// ——— batches ———

interface BatchReader {
  records(message: Message): void
  dictionary(message: Message): void
}

/** The reader counts rows in 32 bits. */
const MOST_ROWS = 2 ** 31 - 1

/** Of what takes no bytes (nulls in lists, in dictionaries), which the reader writes out. */
const MOST_FREE_VALUES = 2 ** 20

function batchReader({ version, fields, dictionaries }: Schema): BatchReader {
  const sizes = new Map<number, number>()
  let rows = 0
  return {
    records({ flat, body }) {
      const batch = batchOf(flat, body, version, sizes)
      for (const field of fields) {
        if (checkColumn(field, batch, true) !== batch.rows) {
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
      const length = checkColumn(field, batch, false)
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
 * @returns its number of values
 */
function checkColumn(field: Field, batch: Batch, isTop: boolean): number {
  const { type, size, children } = field
  const { length, nulls } = batch.node()
  const validity = () => batch.buffer(nulls > 0 ? length : 0)
  const free = () => {
    if (!isTop && length > MOST_FREE_VALUES) throw new Error('a list has no such number of items')
  }
  const childrenOf = (least: number) => {
    for (const child of children) {
      if (checkColumn(child, batch, false) < least) throw new Error('a nested column is too short')
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
      childrenOf(length)
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
      const lengths = children.map((child) => checkColumn(child, batch, false))
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
  if (checkColumn(values!, batch, false) < count) throw new Error('a nested column is too short')
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
