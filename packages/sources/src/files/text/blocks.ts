import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { type Encoding, isOneByte } from './encoding.ts'
import { cannotRead } from './text-error.ts'

const BLOCK_BYTES = 2 ** 20

/** A file of which the encoding is known. */
export interface EncodedFile {
  readonly path: string
  readonly label: string
  readonly encoding: Encoding
}

/**
 * The text of a file as valid UTF-8, without its byte order mark, block by block. A block may end within a character; it
 * is overwritten when the next one is asked for.
 *
 * @throws SourceError at the first bytes that are no text in its encoding; it names the line and the cure
 */
export function utf8Blocks(file: EncodedFile): AsyncGenerator<Uint8Array, void> {
  const { name } = file.encoding
  if (name === 'utf-8') return checkedUtf8(file, (position) => notUtf8(file, position))
  return isOneByte(name) ? fromOneByte(file) : decoded(file)
}

/** Is it UTF-8 from end to end? */
export async function isUtf8File(path: string): Promise<boolean> {
  const file = { path, label: path, encoding: { name: 'utf-8', markBytes: 0 } }
  const not = new Error('it is not')
  try {
    for await (const _ of checkedUtf8(file, () => Promise.resolve(not)));
    return true
  } catch (error) {
    if (error === not) return false
    throw error
  }
}

/** The bytes behind the mark; the next block is read while one is worked on. */
async function* rawBlocks({ path, encoding }: EncodedFile): AsyncGenerator<Uint8Array, void> {
  const file = await open(path)
  try {
    const buffers = [Buffer.allocUnsafe(BLOCK_BYTES), Buffer.allocUnsafe(BLOCK_BYTES)]
    let position = encoding.markBytes
    let pending = file.read(buffers[0]!, 0, BLOCK_BYTES, position)
    for (let turn = 1; ; turn++) {
      const { buffer, bytesRead } = await pending
      if (bytesRead === 0) return
      position += bytesRead
      pending = file.read(buffers[turn % 2]!, 0, BLOCK_BYTES, position)
      // It is looked at below; until then it is nobody's.
      pending.catch(() => {})
      try {
        yield buffer.subarray(0, bytesRead)
      } finally {
        await pending
      }
    }
  } finally {
    await file.close()
  }
}

/** @param fault - what is thrown for bytes at a position that are no character */
async function* checkedUtf8(
  file: EncodedFile,
  fault: (position: number) => Promise<Error>,
): AsyncGenerator<Uint8Array, void> {
  let cut: Uint8Array = new Uint8Array(0)
  let position = file.encoding.markBytes
  for await (const block of rawBlocks(file)) {
    // The character that the last block was cut in, and what is whole of this one.
    let start = 0
    if (cut.length > 0) {
      start = Math.min(characterBytes(cut[0]!) - cut.length, block.length)
      const whole = Buffer.concat([cut, block.subarray(0, start)])
      if (whole.length < characterBytes(cut[0]!)) {
        cut = whole
        position += block.length
        yield block
        continue
      }
      if (!isUtf8(whole)) throw await fault(position - cut.length)
    }
    const end = wholeCharacters(block, start)
    const whole = block.subarray(start, end)
    if (!isUtf8(whole)) throw await fault(position + start + firstInvalid(whole))
    cut = Uint8Array.from(block.subarray(end))
    position += block.length
    yield block
  }
  if (cut.length > 0) throw await fault(position - cut.length)
}

function characterBytes(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
}

/** Where the last character begins, if it is cut off; else the end. */
function wholeCharacters(block: Uint8Array, start: number): number {
  for (let i = block.length - 1; i >= Math.max(start, block.length - 3); i--) {
    const byte = block[i]!
    if (byte < 0x80) break
    if (byte >= 0xc0) return i + characterBytes(byte) > block.length ? i : block.length
  }
  return block.length
}

/** The start of the first character that is none. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2)
    if (isUtf8(bytes.subarray(0, wholeCharacters(bytes.subarray(0, middle), 0)))) valid = middle
    else invalid = middle
  }
  return wholeCharacters(bytes.subarray(0, valid), 0)
}

async function notUtf8(file: EncodedFile, position: number): Promise<Error> {
  const { line, byte, column, seems } = await placeOf(file, position)
  return cannotRead(
    file.label,
    `line ${line} is not UTF-8: convert it, or say \`encoding: '${seems}'\` (byte 0x${byte.toString(16)} at position ${column} of the line)`,
  )
}

interface Place {
  readonly line: number
  /** 1-based, in bytes. */
  readonly column: number
  readonly byte: number
  readonly seems: string
}

async function placeOf(file: EncodedFile, position: number): Promise<Place> {
  const lines = lineCounter()
  let at = file.encoding.markBytes
  let lineStart = at
  for await (const block of rawBlocks(file)) {
    const within = Math.min(block.length, position - at)
    const lastStart = lines.count(block.subarray(0, within))
    if (lastStart !== undefined) lineStart = at + lastStart
    if (within < block.length) {
      const rest = block.subarray(within)
      return {
        line: lines.line,
        column: position - lineStart + 1,
        byte: rest[0]!,
        seems: eightBitEncoding(rest),
      }
    }
    at += block.length
  }
  return { line: lines.line, column: 1, byte: 0, seems: 'windows-1252' }
}

/**
 * A guess by the bytes 0x80 to 0x9f: none are in texts of latin-1, quotes and dashes are there in windows-1252. Where
 * nearly all letters are beyond 0x7f, the text is Cyrillic, as likely as not.
 */
function eightBitEncoding(bytes: Uint8Array): string {
  let high = 0
  let letters = 0
  let windows = 0
  for (const byte of bytes) {
    if (byte >= 0xc0) high++
    else if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) letters++
    else if (byte >= 0x80 && byte < 0xa0) windows++
  }
  if (high > 100 && high > 2 * letters) return 'windows-1251, if it is Cyrillic, or what it is'
  return windows > 0 ? 'windows-1252' : 'latin1'
}

/** Counts line ends: LF, CR, and CR LF as one. */
function lineCounter() {
  let afterCr = false
  const counter = {
    line: 1,
    /** @returns where the last line of it begins, if one does */
    count(bytes: Uint8Array): number | undefined {
      let start: number | undefined
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]
        if (byte === 0x0d || (byte === 0x0a && !afterCr)) counter.line++
        if (byte === 0x0d || byte === 0x0a) start = i + 1
        afterCr = byte === 0x0d
      }
      return start
    },
  }
  return counter
}

async function* fromOneByte(file: EncodedFile): AsyncGenerator<Uint8Array, void> {
  const { name } = file.encoding
  const table = tableOf(name)
  const out = Buffer.allocUnsafe(3 * BLOCK_BYTES)
  let position = file.encoding.markBytes
  for await (const block of rawBlocks(file)) {
    let length = 0
    for (let i = 0; i < block.length; i++) {
      const byte = block[i]!
      if (byte < 0x80) {
        out[length++] = byte
        continue
      }
      const code = table[byte - 0x80]!
      if (code === NO_CHARACTER) throw await notIn(file, position + i)
      if (code < 0x800) {
        out[length++] = 0xc0 | (code >> 6)
      } else {
        out[length++] = 0xe0 | (code >> 12)
        out[length++] = 0x80 | ((code >> 6) & 0x3f)
      }
      out[length++] = 0x80 | (code & 0x3f)
    }
    position += block.length
    yield out.subarray(0, length)
  }
}

const NO_CHARACTER = 0xffff

/** Code points of the upper 128 bytes: all such encodings share the lower ones. */
function tableOf(encoding: string): Uint16Array {
  const decoder = new TextDecoder(encoding)
  return Uint16Array.from({ length: 128 }, (_, i) => {
    // Node takes windows-1252 for latin-1.
    const windows = encoding === 'windows-1252' && i < 32 ? WINDOWS_1252.charCodeAt(i) : undefined
    const code = windows ?? decoder.decode(Uint8Array.of(0x80 + i)).charCodeAt(0)
    return code === 0xfffd ? NO_CHARACTER : code
  })
}

/** 0x80 to 0x9f, as WHATWG has them. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

async function notIn(file: EncodedFile, position: number): Promise<Error> {
  const { line, byte } = await placeOf(file, position)
  return cannotRead(
    file.label,
    `line ${line} is not ${file.encoding.name}, which has no byte 0x${byte.toString(16)}: say what it is with \`encoding\``,
  )
}

async function* decoded(file: EncodedFile): AsyncGenerator<Uint8Array, void> {
  const { name } = file.encoding
  const decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true })
  const lines = lineCounter()
  const whole = (bytes?: Uint8Array): Buffer => {
    try {
      return Buffer.from(decoder.decode(bytes, { stream: bytes !== undefined }))
    } catch {
      throw cannotRead(
        file.label,
        `it is not ${name}, on line ${lines.line} or in the ${BLOCK_BYTES / 2 ** 20} MB behind it: it may be cut off; say what it is with \`encoding\``,
      )
    }
  }
  for await (const block of rawBlocks(file)) {
    const text = whole(block)
    yield text
    lines.count(text)
  }
  const rest = whole()
  if (rest.length > 0) yield rest
}
