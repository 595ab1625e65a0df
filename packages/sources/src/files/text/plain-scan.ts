import {
  KIND_CR,
  KIND_DELIMITER,
  KIND_LF,
  KIND_NUL,
  KIND_QUOTE,
  kindsOf,
  ORDINARY,
} from './bytes.ts'
import type { RowLineRecorder } from './row-lines.ts'
import { readUsualRows, type UsualRows } from './usual-rows.ts'

export interface PlainScanOptions {
  /** One byte. */
  readonly delimiter: string
  /** Cells of each record. */
  readonly width: number
  /** Is the first record no row? */
  readonly header: boolean
  readonly lines: RowLineRecorder
}

const RECORD_START = 0
const CELL_START = 1
const UNQUOTED = 2
const QUOTED = 3
const QUOTE_IN_QUOTED = 4
/** Behind a CR that ends a record: an LF may belong to it. */
const AFTER_CR = 5

/** Line ends of a file. */
const UNKNOWN = 0
const ONLY_LF = 1
const ONLY_CR_LF = 2
const ONLY_CR = 3

/**
 * Reads a file once and says whether it may stay as it is: each record has its cells, quotes stand round whole cells and
 * are doubled within, all line ends are of one kind. Blank lines may stand between rows of several columns: whoever reads the file
 * leaves them out.
 *
 * It knows nothing to mend and no errors: at the first thing that is not so it gives up, and `Rewriter` begins anew.
 */
export class PlainScan {
  rows = 0
  longestRecord = 0
  blankLines = 0
  firstBlankLine = 0
  private readonly kinds: Uint8Array
  private readonly width: number
  private readonly found: UsualRows = { end: 0, rows: 0, longest: 0 }
  private readonly lines: RowLineRecorder
  private state = RECORD_START
  private ends = UNKNOWN
  private cells = 0
  /** The line that is read. */
  private line = 1
  private recordLine = 1
  /** Where the next row is awaited. */
  private expectedLine = 1
  private records = 0
  private readonly headers: number
  /** Of the record that is read: before this block. */
  private bytesBefore = 0
  /** Where the last CR in quotes stands, seen from behind it. */
  private quotedCr = Number.NEGATIVE_INFINITY

  constructor({ delimiter, width, header, lines }: PlainScanOptions) {
    this.kinds = kindsOf(delimiter)
    this.width = width
    this.lines = lines
    this.headers = header ? 1 : 0
  }

  /** @returns false: it is not plain */
  feed(block: Uint8Array): boolean {
    const { kinds, width } = this
    const { length } = block
    let { state, cells } = this
    let recordStart = -this.bytesBefore
    let { quotedCr } = this
    let i = 0
    while (i < length) {
      if (state === RECORD_START && this.records >= this.headers) {
        i = this.usualRows(block, i)
        recordStart = i
        if (i === length) break
      }
      if (state === UNQUOTED) {
        while (i < length && kinds[block[i]!] === ORDINARY) i++
        if (i === length) break
      } else if (state === QUOTED) {
        while (i < length && kinds[block[i]!]! <= KIND_DELIMITER) i++
        if (i === length) break
      }
      const kind = kinds[block[i]!]!
      if (kind === KIND_NUL && (this.records > 0 || this.headers === 0)) return false
      if (state === QUOTED) {
        if (kind === KIND_QUOTE) state = QUOTE_IN_QUOTED
        else if (kind === KIND_LF || kind === KIND_CR) {
          // Both together are one line end.
          if (kind === KIND_CR || quotedCr !== i - 1) this.line++
          if (kind === KIND_CR) quotedCr = i
        }
        i++
        continue
      }
      if (state === QUOTE_IN_QUOTED) {
        if (kind === KIND_QUOTE) {
          state = QUOTED
          i++
          continue
        }
        if (kind === ORDINARY || kind === KIND_NUL) return false
        // The cell has ended.
        state = UNQUOTED
      }
      if (state === AFTER_CR) {
        const seen = kind === KIND_LF ? ONLY_CR_LF : ONLY_CR
        if (this.ends === UNKNOWN) this.ends = seen
        else if (this.ends !== seen) return false
        state = RECORD_START
        if (kind === KIND_LF) {
          i++
          if (i - recordStart > this.longestRecord) this.longestRecord = i - recordStart
          recordStart = i
          continue
        }
        recordStart = i
      }
      if (state === RECORD_START && (kind === KIND_LF || kind === KIND_CR)) {
        if (width === 1 || this.records === 0) return false
        if (this.blankLines++ === 0) this.firstBlankLine = this.line
        this.line++
        i++
        recordStart = i
        if (kind === KIND_CR) state = AFTER_CR
        else if (this.ends === UNKNOWN) this.ends = ONLY_LF
        else if (this.ends !== ONLY_LF) return false
        continue
      }
      if (state === RECORD_START) {
        cells = 0
        this.recordLine = this.line
      }
      switch (kind) {
        case KIND_DELIMITER:
          if (++cells === width) return false
          state = CELL_START
          break
        case KIND_LF:
        case KIND_CR: {
          if (cells + 1 !== width) return false
          this.endRecord()
          this.line++
          if (kind === KIND_CR) {
            state = AFTER_CR
          } else {
            state = RECORD_START
            if (this.ends === UNKNOWN) this.ends = ONLY_LF
            else if (this.ends !== ONLY_LF) return false
          }
          const bytes = i + 1 - recordStart
          if (bytes > this.longestRecord) this.longestRecord = bytes
          if (kind === KIND_LF) recordStart = i + 1
          break
        }
        case KIND_QUOTE:
          if (state === UNQUOTED) return false
          state = QUOTED
          break
        default:
          state = UNQUOTED
      }
      i++
    }
    this.state = state
    this.cells = cells
    this.quotedCr = quotedCr - length
    this.bytesBefore = length - recordStart
    return true
  }

  /** @returns where the usual rows end that begin here */
  private usualRows(block: Uint8Array, start: number): number {
    const { ends, found } = this
    if (ends !== ONLY_LF && ends !== ONLY_CR_LF) return start
    readUsualRows(block, start, this.kinds, this.width, ends === ONLY_CR_LF, found)
    const { rows } = found
    if (rows === 0) return start
    if (found.longest > this.longestRecord) this.longestRecord = found.longest
    if (this.line !== this.expectedLine) this.lines.jump(this.rows, this.line)
    this.line += rows
    this.expectedLine = this.line
    this.rows += rows
    this.records += rows
    return found.end
  }

  get lineEnd(): '\n' | '\r\n' | '\r' {
    return this.ends === ONLY_CR_LF ? '\r\n' : this.ends === ONLY_CR ? '\r' : '\n'
  }

  /** @returns false: it is not plain */
  end(): boolean {
    const { state } = this
    if (state === QUOTED) return false
    if (state === AFTER_CR) {
      if (this.ends === UNKNOWN) this.ends = ONLY_CR
      return this.ends === ONLY_CR
    }
    if (state === RECORD_START) return true
    if (this.cells + 1 !== this.width) return false
    this.endRecord()
    this.longestRecord = Math.max(this.longestRecord, this.bytesBefore)
    return true
  }

  private endRecord(): void {
    if (this.records++ < this.headers) return
    if (this.recordLine !== this.expectedLine) this.lines.jump(this.rows, this.recordLine)
    this.expectedLine = this.recordLine + 1
    this.rows++
  }
}
