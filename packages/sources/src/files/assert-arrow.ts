import { type BatchReader, batchReader } from './arrow-batches.ts'
import { assertVersion, schemaOf } from './arrow-schema.ts'
import { type Flat, flatTable, viewOf } from './flatbuffer.ts'

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
