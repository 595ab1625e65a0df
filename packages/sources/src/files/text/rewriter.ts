import { writeSync } from 'node:fs'
import {
  BACKSLASH,
  CR,
  KIND_CR,
  KIND_DELIMITER,
  KIND_LF,
  KIND_NUL,
  KIND_QUOTE,
  kindsOf,
  LF,
  ORDINARY,
  QUOTE,
} from './bytes.ts'
import type { RowLineRecorder } from './row-lines.ts'
import { readUsualRows, type UsualRows } from './usual-rows.ts'

export interface RewriterOptions {
  /** One byte. */
  readonly delimiter: string
  readonly quoteEscape: 'quote' | 'backslash'
  /** Do spaces before an opening quote belong to no cell? */
  readonly skipsSpaces: boolean
  /** Cells of each row. */
  readonly width: number
  /** Cells of the header, which may be fewer: undefined where there is none. */
  readonly headerWidth: number | undefined
  /** Lines before anything of the table: `sep=;`. */
  readonly skippedLines: number
  readonly lines: RowLineRecorder
  /** The open file to write to. */
  readonly file: number
}

/** What was mended: how often and where first. */
export interface Mended {
  count: number
  line: number
}

/** Why a file cannot be read: a clause. */
export class RecordFault extends Error {
  override readonly name: string = 'RecordFault'
}

/** Quotes that are doubled, and others behind a backslash. */
export class MixedQuotesFault extends RecordFault {}

const RECORD_START = 0
const CELL_START = 1
const UNQUOTED = 2
const QUOTED = 3
const QUOTE_IN_QUOTED = 4
/** Spaces between a closing quote and the separator. */
const BEHIND_QUOTE = 5
/** Behind a backslash in quotes. */
const ESCAPED = 6
const SKIPPED_LINE = 7

const SPACE = 0x20
const TAB = 0x09

const MOST_RECORD_BYTES = 2 ** 26
const FLUSHED_BYTES = 2 ** 20
const EMPTY_ROW_BYTES = 3

/**
 * Reads any file of records and writes its rows so that no reader can misunderstand them: without the header, UTF-8, LF, quotes doubled,
 * `width` cells each. What is no row or was no whole one is counted.
 *
 * A quote opens a cell at its start only; elsewhere it is a part of the text. Line ends are LF, CR LF and CR, whichever comes.
 */
export class Rewriter {
  readonly lineEnd = '\n'
  rows = 0
  longestRecord = 0
  /** Was there a quote behind a backslash, as those write who quoteEscape by it? */
  sawEscapedQuote = false
  readonly blank: Mended = { count: 0, line: 0 }
  readonly short: Mended = { count: 0, line: 0 }
  readonly long: Mended = { count: 0, line: 0 }
  private readonly options: RewriterOptions
  private readonly kinds: Uint8Array
  private readonly delimiter: number
  private state: number
  /** What the block that is read becomes at most. */
  private blockBytes = 0
  private out = Buffer.allocUnsafe(2 * FLUSHED_BYTES)
  /** End of what was written to `out`, and where the record and the cell begin in it. */
  private length = 0
  private recordStart = 0
  private cellStart = 0
  /** Of the record: ended cells. */
  private cells = 0
  private line = 1
  private recordLine = 1
  private quoteLine = 1
  private expectedLine = 1
  private isHeaderDue: boolean
  private skippedLines: number
  /** Was it put in quotes here? */
  private needsClosingQuote = false
  /** Does a cell beyond the width hold something? */
  private hasSurplus = false
  private afterCr = false
  /** Is the last blank line one only if no LF follows? */
  private isBlankInDoubt = false
  private lastByte = 0
  private readonly found: UsualRows = { end: 0, rows: 0, longest: 0 }
  /** Does the last line end have a CR before its LF? */
  private endsInCr = false
  /** Is the header read, and is no backslash to be looked for? */
  private mayBeUsual = false
  /** Blank lines of a table of one column: rows, if another row follows. */
  private pendingBlank: Mended = { count: 0, line: 0 }

  constructor(options: RewriterOptions) {
    this.options = options
    this.kinds = kindsOf(options.delimiter)
    if (options.quoteEscape === 'backslash') this.kinds[BACKSLASH] = KIND_BACKSLASH
    this.delimiter = options.delimiter.charCodeAt(0)
    this.isHeaderDue = options.headerWidth !== undefined
    this.mayBeUsual = !this.isHeaderDue && options.quoteEscape === 'quote'
    this.skippedLines = options.skippedLines
    this.state = this.skippedLines > 0 ? SKIPPED_LINE : RECORD_START
  }

  /** @throws RecordFault */
  feed(block: Uint8Array): void {
    this.read(block)
    if (this.recordStart >= FLUSHED_BYTES) this.flush()
    if (this.length - this.recordStart <= MOST_RECORD_BYTES) return
    if (this.state === QUOTED || this.state === QUOTE_IN_QUOTED) this.openQuote()
    throw new RecordFault(
      `the record on line ${this.recordLine} is longer than ${MOST_RECORD_BYTES / 2 ** 20} MB`,
    )
  }

  /** @throws RecordFault */
  end(): void {
    const { state } = this
    this.blockBytes = 0
    this.reserve(8)
    if (state === QUOTED || state === ESCAPED) this.openQuote()
    if (state === QUOTE_IN_QUOTED) this.closeQuote()
    if (state !== RECORD_START && state !== SKIPPED_LINE) this.endRecord()
    const { pendingBlank: pending } = this
    note(this.blank, pending.line, pending.count)
    this.flush()
  }

  private read(block: Uint8Array): void {
    const { kinds, options } = this
    const { length } = block
    // Each byte becomes two at most, beside what a short record is filled up with.
    this.blockBytes = 2 * length
    this.reserve(0)
    for (let i = 0; i < length; i++) {
      if (this.state === RECORD_START && this.mayBeUsual) {
        i = this.usualRows(block, i)
        if (i === length) break
      }
      const byte = block[i]!
      const kind = kinds[byte]!
      const before = this.lastByte
      this.lastByte = byte
      switch (this.state) {
        case UNQUOTED:
          if (kind === ORDINARY) {
            this.out[this.length++] = byte
          } else if (kind === KIND_QUOTE) {
            this.quoteWithin(byte)
          } else if (kind === KIND_BACKSLASH) {
            this.out[this.length++] = byte
          } else this.special(kind, byte)
          break
        case QUOTED:
          if (kind === KIND_QUOTE) {
            if (before === BACKSLASH) this.sawEscapedQuote = true
            this.state = QUOTE_IN_QUOTED
          } else if (kind === KIND_BACKSLASH) {
            this.state = ESCAPED
          } else if (kind === KIND_LF || kind === KIND_CR) {
            if (kind === KIND_CR || before !== CR) this.line++
            this.out[this.length++] = byte
          } else {
            if (kind === KIND_NUL) this.nul()
            this.out[this.length++] = byte
          }
          break
        case ESCAPED:
          this.state = QUOTED
          if (kind === KIND_QUOTE) {
            this.out[this.length++] = QUOTE
            this.out[this.length++] = QUOTE
          } else if (kind === KIND_BACKSLASH) {
            this.out[this.length++] = BACKSLASH
          } else {
            this.out[this.length++] = BACKSLASH
            i--
          }
          break
        case QUOTE_IN_QUOTED:
          if (kind === KIND_QUOTE) {
            if (options.quoteEscape === 'backslash') {
              throw new MixedQuotesFault(
                `line ${this.line} doubles a quote, and others are escaped by a backslash: write both the same way`,
              )
            }
            this.out[this.length++] = QUOTE
            this.out[this.length++] = QUOTE
            this.state = QUOTED
            break
          }
          this.closeQuote()
          if (kind === ORDINARY && isSpace(byte)) this.state = BEHIND_QUOTE
          else this.special(kind, byte)
          break
        case BEHIND_QUOTE:
          if (kind !== ORDINARY || !isSpace(byte)) this.special(kind, byte)
          break
        case SKIPPED_LINE:
          if (kind !== KIND_LF && kind !== KIND_CR) break
          this.afterCr = kind === KIND_CR
          this.line++
          if (--this.skippedLines === 0) this.state = RECORD_START
          break
        case RECORD_START:
          if (kind === KIND_LF && this.afterCr) {
            this.afterCr = false
            this.endsInCr = true
            if (this.isBlankInDoubt) this.takeBackBlank()
            break
          }
          this.isBlankInDoubt = this.afterCr && kind === KIND_CR
          this.afterCr = false
          if (kind === KIND_LF || kind === KIND_CR) {
            this.blankLine()
            this.afterCr = kind === KIND_CR
            break
          }
          this.startRecord()
          this.startCell(kind, byte)
          break
        default:
          this.startCell(kind, byte)
      }
    }
  }

  /** Takes the usual rows that begin here as they are. */
  private usualRows(block: Uint8Array, start: number): number {
    const { found, endsInCr } = this
    // Blank lines that are rows, if one begins here.
    if (this.pendingBlank.count > 0) return start
    readUsualRows(block, start, this.kinds, this.options.width, endsInCr, found)
    const { rows, end } = found
    if (rows === 0) return start
    this.afterCr = false
    if (this.line !== this.expectedLine) this.options.lines.jump(this.rows, this.line)
    this.line += rows
    this.expectedLine = this.line
    this.rows += rows
    const longest = endsInCr ? found.longest - 1 : found.longest
    if (longest > this.longestRecord) this.longestRecord = longest
    if (endsInCr) {
      const { out } = this
      let { length } = this
      for (let i = start; i < end; i++) if (block[i] !== CR) out[length++] = block[i]!
      this.length = length
    } else {
      this.out.set(
        start === 0 && end === block.length ? block : block.subarray(start, end),
        this.length,
      )
      this.length += end - start
    }
    this.lastByte = LF
    this.recordStart = this.length
    this.cellStart = this.length
    return end
  }

  /** Room for some bytes more than the block that is read becomes. */
  private reserve(bytes: number): void {
    const needed = bytes + this.blockBytes
    if (this.length + needed <= this.out.length) return
    if (this.recordStart >= FLUSHED_BYTES) this.flush()
    if (this.length + needed <= this.out.length) return
    const out = Buffer.allocUnsafe(2 * (this.length + needed))
    this.out.copy(out, 0, 0, this.length)
    this.out = out
  }

  /** Puts the whole records down. */
  private flush(): void {
    const { out, recordStart, length } = this
    for (let put = 0; put < recordStart; ) {
      put += writeSync(this.options.file, out, put, recordStart - put)
    }
    out.copyWithin(0, recordStart, length)
    this.length -= recordStart
    this.cellStart -= recordStart
    this.recordStart = 0
  }

  private startRecord(): void {
    if (this.pendingBlank.count > 0) this.putBlankRows()
    this.state = CELL_START
    this.recordLine = this.line
    this.cells = 0
    this.hasSurplus = false
    this.needsClosingQuote = false
    this.cellStart = this.length
  }

  private startCell(kind: number, byte: number): void {
    if (kind === KIND_QUOTE) {
      this.state = QUOTED
      this.quoteLine = this.line
      // Spaces before it, which are skipped.
      this.length = this.cellStart
      this.out[this.length++] = QUOTE
    } else if (this.options.skipsSpaces && byte === SPACE && kind === ORDINARY) {
      this.out[this.length++] = byte
    } else if (kind === ORDINARY || kind === KIND_BACKSLASH) {
      this.state = UNQUOTED
      this.out[this.length++] = byte
    } else this.special(kind, byte)
  }

  /** A quote in the midst of a cell without quotes: it gets some. */
  private quoteWithin(byte: number): void {
    if (!this.needsClosingQuote) {
      const { cellStart, length } = this
      this.out.copyWithin(cellStart + 1, cellStart, length)
      this.out[cellStart] = QUOTE
      this.length++
      this.needsClosingQuote = true
    }
    this.out[this.length++] = byte
    this.out[this.length++] = byte
  }

  /** What is no text, outside quotes. */
  private special(kind: number, byte: number): void {
    if (kind === KIND_DELIMITER) {
      this.endCell()
      this.state = CELL_START
    } else if (kind === KIND_LF || kind === KIND_CR) {
      this.endRecord()
      this.line++
      this.afterCr = kind === KIND_CR
      this.endsInCr = false
    } else if (kind === KIND_NUL) {
      this.nul()
      this.state = UNQUOTED
      this.out[this.length++] = byte
    } else {
      const opened =
        this.quoteLine === this.line ? '' : ` (the quote was opened on line ${this.quoteLine})`
      throw new RecordFault(
        `line ${this.line} has text behind a closing quote${opened}: double a quote that belongs to the text ("")`,
      )
    }
  }

  private nul(): void {
    if (this.isHeaderDue) return
    throw new RecordFault(
      `line ${this.line} holds a NUL byte, which no text has: the file may be cut off or damaged, or another encoding than UTF-8 (\`encoding\`)`,
    )
  }

  private openQuote(): never {
    throw new RecordFault(
      `line ${this.quoteLine} opens a quote that is never closed: double a quote that belongs to the text ("")`,
    )
  }

  private closeQuote(): void {
    this.out[this.length++] = QUOTE
    // Neither a quote nor text may follow.
    this.state = BEHIND_QUOTE
  }

  private endCell(): void {
    // A quote in the midst of a text had it put in quotes.
    if (this.needsClosingQuote) this.out[this.length++] = QUOTE
    this.needsClosingQuote = false
    const { cellStart } = this
    const { width } = this.options
    this.cells++
    if (this.cells > width) {
      const bytes = this.length - cellStart
      const isEmpty = bytes === 0 || (bytes === 2 && this.out[cellStart] === QUOTE)
      if (!isEmpty) this.hasSurplus = true
      this.length = cellStart
    } else if (this.cells < width) {
      this.out[this.length++] = this.delimiter
    }
    this.cellStart = this.length
  }

  private endRecord(): void {
    this.endCell()
    this.state = RECORD_START
    const { cells, recordStart, recordLine } = this
    const { width, headerWidth } = this.options
    if (this.isHeaderDue) {
      this.isHeaderDue = false
      this.mayBeUsual = this.options.quoteEscape === 'quote'
      this.drop()
      return
    }
    if (cells === 1 && width > 1 && isBlank(this.out, recordStart, this.length - 1)) {
      this.drop()
      note(this.blank, recordLine)
      return
    }
    if (this.hasSurplus) {
      throw new RecordFault(
        `line ${recordLine} has ${cells} cells where ${headerWidth === undefined ? 'the others have' : 'the header has'} ${headerWidth ?? width}: put quotes round a cell that holds the separator, or repair the line`,
      )
    }
    if (cells > width) note(this.long, recordLine)
    if (cells < width) {
      note(this.short, recordLine)
      // A separator stands behind its last cell already.
      this.reserve(width + 2)
      for (let i = cells + 1; i < width; i++) this.out[this.length++] = this.delimiter
    }
    this.endRow(recordLine)
  }

  private endRow(line: number): void {
    if (this.length === this.recordStart) {
      // A line without anything would be none.
      this.reserve(EMPTY_ROW_BYTES)
      this.out[this.length++] = QUOTE
      this.out[this.length++] = QUOTE
    }
    this.out[this.length++] = LF
    const bytes = this.length - this.recordStart
    if (bytes > this.longestRecord) this.longestRecord = bytes
    if (line !== this.expectedLine) this.options.lines.jump(this.rows, line)
    this.expectedLine = line + 1
    this.rows++
    this.recordStart = this.length
    this.cellStart = this.length
  }

  private drop(): void {
    this.length = this.recordStart
    this.cellStart = this.recordStart
  }

  private putBlankRows(): void {
    const { count, line } = this.pendingBlank
    this.pendingBlank = { count: 0, line: 0 }
    for (let i = 0; i < count; i++) {
      this.reserve(EMPTY_ROW_BYTES)
      this.endRow(line + i)
    }
  }

  /** CR CR LF is one line end: what Python writes on Windows to a file that makes CR LF of LF. */
  private takeBackBlank(): void {
    this.isBlankInDoubt = false
    this.blanks.count--
    this.line--
  }

  private blankLine(): void {
    note(this.blanks, this.line)
    this.line++
  }

  /** What blank lines count as: those before the first record are no row of one column, either. */
  private get blanks(): Mended {
    return this.options.width === 1 && !this.isHeaderDue ? this.pendingBlank : this.blank
  }
}

const KIND_BACKSLASH = 6

function note(mended: Mended, line: number, count = 1): void {
  if (count === 0) return
  if (mended.count === 0) mended.line = line
  mended.count += count
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isSpace(bytes[i]!)) return false
  return true
}
