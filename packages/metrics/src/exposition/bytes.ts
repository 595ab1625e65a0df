/** Output in pieces: filled buffers wait in `full` until they are taken, the last is being written. */
export class ByteWriter {
  bytes: Buffer
  /** Where the next byte goes. */
  at = 0
  /** Finished pieces, in order. They are never written to again. */
  readonly full: Uint8Array[] = []
  #size: number

  constructor(size: number = SMALLEST_PIECE) {
    this.#size = size
    this.bytes = Buffer.allocUnsafeSlow(size)
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
    this.#size = Math.min(this.#size * 2, LARGEST_PIECE)
    this.bytes = Buffer.allocUnsafeSlow(Math.max(this.#size, length))
    this.at = 0
  }

  /** Moves what has been written to `full`. */
  finish(): void {
    if (this.at === 0) return
    this.full.push(this.bytes.subarray(0, this.at))
    this.bytes = this.bytes.subarray(this.at)
    this.at = 0
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

/** Bytes of UTF-8 that one unit of a JavaScript string takes at most; an escaped one takes two. */
export const LONGEST_CHARACTER = 3

/** Bytes that a number takes at most, be it a count or a double. */
export const LONGEST_NUMBER = 25

/** Writes bytes, and returns the place behind them, as all functions here do. */
export function writeBytes(bytes: Uint8Array, at: number, source: Uint8Array): number {
  // Calling `set` costs more than copying the few bytes that this is used for.
  for (let i = 0; i < source.length; i++) bytes[at + i] = source[i]!
  return at + source.length
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
