import { LONGEST_CHARACTER, writeUtf8 } from '../bytes.ts'

/** Wire types of protocol buffers. */
export const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2

/** Bytes of a varint of 64 bits at most. */
export const LONGEST_VARINT = 10

/** One byte for field numbers up to 15. */
export function tag(field: number, wireType: number): number {
  return (field << 3) | wireType
}

/** @param value - whole, ≥ 0, at most 2⁵³ */
export function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest > 0x7fffffff) {
    bytes[at++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  let low = rest | 0
  while (low > 0x7f) {
    bytes[at++] = (low & 0x7f) | 0x80
    low >>>= 7
  }
  bytes[at++] = low
  return at
}

/** Signed: 0, −1, 1, −2 … become 0, 1, 2, 3 … */
export function writeZigzag(bytes: Uint8Array, at: number, value: number): number {
  return writeVarint(bytes, at, value < 0 ? -2 * value - 1 : 2 * value)
}

export function writeDouble(bytes: Buffer, at: number, field: number, value: number): number {
  bytes[at] = tag(field, FIXED64)
  return bytes.writeDoubleLE(value, at + 1)
}

export function writeUnsigned(bytes: Buffer, at: number, field: number, value: number): number {
  bytes[at] = tag(field, VARINT)
  return writeVarint(bytes, at + 1, value)
}

export function writeString(bytes: Buffer, at: number, field: number, text: string): number {
  const body = beginMessage(bytes, at, field)
  return endMessage(bytes, body, writeUtf8(bytes, body, text))
}

/** Bytes that a string field takes at most. */
export function longestString(text: string): number {
  return 2 + LONGEST_VARINT + text.length * LONGEST_CHARACTER
}

/** Leaves room for a length of one byte; the field's content begins where this returns. */
export function beginMessage(bytes: Uint8Array, at: number, field: number): number {
  return writeVarint(bytes, at, tag(field, LENGTH_DELIMITED)) + 1
}

/** Fills in the length, and moves the content where it needs more than one byte; returns the place behind it. */
export function endMessage(bytes: Uint8Array, body: number, end: number): number {
  const length = end - body
  if (length < 0x80) {
    bytes[body - 1] = length
    return end
  }
  const shift = varintLength(length) - 1
  bytes.copyWithin(body + shift, body, end)
  writeVarint(bytes, body - 1, length)
  return end + shift
}

export function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) length++
  return length
}
