/** Output in pieces: filled buffers wait in `full` until they are taken, the last is being written. */
export class ByteWriter {
  bytes: Buffer
  /** Of the same memory as `bytes`. */
  view: DataView
  /** Where the next byte goes. */
  at = 0
  /** Finished pieces, in order. They are never written to again. */
  readonly full: Uint8Array[] = []
  private size: number

  constructor(size: number = SMALLEST_PIECE) {
    this.size = size
    this.bytes = Buffer.allocUnsafeSlow(size)
    this.view = viewOf(this.bytes)
  }

  /** Too full for much more. */
  get isNearlyFull(): boolean {
    return this.full.length > 0 || this.at >= this.bytes.length * NEARLY
  }

  /** Makes room for so many bytes in one piece; `bytes` and `at` may be others afterwards. */
  reserve(length: number): void {
    if (this.bytes.length - this.at >= length) return
    this.finish()
    // Small pages stay small, and large ones come in pieces that a socket takes at once.
    this.size = Math.max(this.size, Math.min(this.size * 2, LARGEST_PIECE))
    this.bytes = Buffer.allocUnsafeSlow(Math.max(this.size, length))
    this.view = viewOf(this.bytes)
  }

  /** Moves what has been written to `full`. */
  finish(): void {
    if (this.at === 0) return
    this.full.push(this.bytes.subarray(0, this.at))
    this.bytes = this.bytes.subarray(this.at)
    this.view = viewOf(this.bytes)
    this.at = 0
  }

  /**
   * Begins anew, in the memory that there is.
   *
   * @param expected - bytes that are to be written soon: the memory grows to hold them, up to a limit
   */
  restart(expected = 0): void {
    this.at = 0
    if (expected <= this.bytes.length || this.bytes.length >= LARGEST_KEPT) return
    this.bytes = Buffer.allocUnsafeSlow(Math.min(expected + expected / 4, LARGEST_KEPT))
    this.view = viewOf(this.bytes)
  }

  /** Text of any length, as UTF-8. */
  text(text: string): void {
    this.reserve(text.length * LONGEST_CHARACTER)
    this.at = writeUtf8(this.bytes, this.at, text)
  }

  /** All finished pieces, which are then forgotten. */
  take(): Uint8Array[] {
    return this.full.splice(0)
  }
}

const NEARLY = 0.9
const SMALLEST_PIECE = 16 * 1024
const LARGEST_PIECE = 256 * 1024
const LARGEST_KEPT = 1024 * 1024

/** Bytes of UTF-8 that one unit of a JavaScript string takes at most; an escaped one takes two. */
export const LONGEST_CHARACTER = 3

/** Bytes that a number takes at most, be it a count or a double. */
export const LONGEST_NUMBER = 25

/** Bytes that are written often, as words of four, the last filled up with zeros. */
export interface Constant {
  readonly words: Uint32Array
  readonly length: number
}

export function constantText(text: string): Constant {
  return constantBytes(new TextEncoder().encode(text))
}

export function constantBytes(bytes: Uint8Array): Constant {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
  padded.set(bytes)
  const view = viewOf(padded)
  const words = Uint32Array.from({ length: padded.length / 4 }, (_, i) =>
    view.getUint32(4 * i, true),
  )
  return { words, length: bytes.length }
}

/**
 * Writes a constant, and returns the place behind it, as all functions here do. Up to three bytes behind that
 * place are overwritten.
 */
export function writeConstant(view: DataView, at: number, { words, length }: Constant): number {
  // On so few bytes, words are faster than `set`, and than byte by byte.
  for (let i = 0; i < words.length; i++) view.setUint32(at + 4 * i, words[i]!, true)
  return at + length
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** A lone surrogate becomes U+FFFD, as in every encoder of the platform. */
export function writeUtf8(bytes: Buffer, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return at + bytes.write(text, at)
    bytes[at + i] = unit
  }
  return at + text.length
}

/** A whole number ≥ 0 in decimal digits. */
export function writeCount(bytes: Buffer, at: number, count: number): number {
  if (count > 0x7fffffff) return writeUtf8(bytes, at, String(count))
  const end = at + digitsOf(count)
  let rest = count | 0
  for (let i = end - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0
    bytes[i] = 0x30 + rest - tenth * 10
    rest = tenth
  }
  return end
}

function digitsOf(count: number): number {
  if (count < 10) return 1
  if (count < 100) return 2
  if (count < 1e3) return 3
  if (count < 1e4) return 4
  if (count < 1e5) return 5
  if (count < 1e6) return 6
  if (count < 1e7) return 7
  if (count < 1e8) return 8
  return count < 1e9 ? 9 : 10
}
