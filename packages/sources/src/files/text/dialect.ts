import { type RecordStyle, type SampleRecord, sampleRecords, usualWidth } from './sample.ts'

/** The first bytes of a file as UTF-8. */
export interface Sample {
  readonly bytes: Uint8Array
  /** Is it all that the file has? */
  readonly isWhole: boolean
}

export interface Dialect extends RecordStyle {
  /** Lines before the table: `sep=;`, as Excel has it. */
  readonly skippedLines: number
  readonly skippedBytes: number
}

const DELIMITERS = [',', '\t', ';', '|']

/** Of a file of one column: no text has it. */
export const NO_DELIMITER = '\x1f'

/**
 * How the records of a file are written, by its first ones.
 *
 * The header decides: what separates no names separates no values (`1,5` below `price` is one cell). Of several that could be meant, the one
 * that gives most records as many cells as the header has; then the one that makes more cells numbers; then tab, `;`, `|`, `,`: a comma is
 * also found in numbers and sentences.
 */
export function dialectOf(sample: Sample, said: string | undefined): Dialect {
  const first = separatorLine(sample.bytes)
  const skippedBytes = first?.length ?? 0
  const rest = { ...sample, bytes: sample.bytes.subarray(skippedBytes) }
  const quoteEscape = isBackslashed(rest.bytes) ? 'backslash' : 'quote'
  const given = said ?? first?.delimiter
  const delimiter = given ?? likeliest(rest, quoteEscape)
  return {
    delimiter,
    quoteEscape,
    skipsSpaces: hasSpacedQuotes(rest, { delimiter, quoteEscape, skipsSpaces: true }),
    skippedLines: first === undefined ? 0 : 1,
    skippedBytes,
  }
}

/** The first line where it only says what the separator is. */
function separatorLine(
  bytes: Uint8Array,
): { readonly delimiter: string; readonly length: number } | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  const match = /^("?)sep=([^"\r\n])\1(?:\r\n|\r|\n|$)/i.exec(head)
  return match === null ? undefined : { delimiter: match[2]!, length: match[0].length }
}

/**
 * Are quotes escaped by backslashes? So it is where `\"` stands between texts: between a path that ends in a backslash and the
 * next cell stands a separator.
 */
function isBackslashed(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1')
  return (
    /(?:^|[,;\t|\r\n])"[^"\r\n]*\\"[^",;\t|\r\n]/.test(text) &&
    !/[^\\,;\t|\r\n]""[^,;\t|\r\n]/.test(text)
  )
}

interface Candidate {
  readonly delimiter: string
  readonly consistency: number
  readonly numbers: number
}

function likeliest(sample: Sample, quoteEscape: RecordStyle['quoteEscape']): string {
  const candidates = DELIMITERS.flatMap((delimiter) => {
    const style = { delimiter, quoteEscape, skipsSpaces: false } as const
    return candidateOf(delimiter, sampleRecords(sample.bytes, sample.isWhole, style))
  })
  const [best] = candidates.sort(
    (a, b) =>
      b.consistency - a.consistency ||
      b.numbers - a.numbers ||
      PREFERENCE.indexOf(a.delimiter) - PREFERENCE.indexOf(b.delimiter),
  )
  return best?.delimiter ?? NO_DELIMITER
}

const PREFERENCE = ['\t', ';', '|', ',']

function candidateOf(
  delimiter: string,
  [header, ...records]: readonly SampleRecord[],
): readonly Candidate[] {
  if (header === undefined) return []
  const width = header.cells.length
  if (width === 1 && !areRowNames(header, records)) return []
  const alike = records.filter(({ cells }) => cells.length === width).length
  const separated = records.filter(({ cells }) => cells.length > 1).length
  // In the header alone, and spaces behind: a sentence.
  const isSentence = header.cells.slice(1).every(({ text }) => text.startsWith(' '))
  if (records.length > 0 && separated === 0 && isSentence) return []
  const cells = records.flatMap((record) => record.cells)
  const numbers = cells.filter(({ text }) => isNumberLike(text)).length
  return [
    {
      delimiter,
      // Steps of a twentieth: one broken line is no reason for another separator.
      consistency: Math.round((20 * (alike + separated)) / Math.max(1, 2 * records.length)),
      numbers: numbers / Math.max(1, cells.length),
    },
  ]
}

/**
 * Lines above a table, as in reports: the first record has one cell, and nearly all below have as many as each other, three at
 * least, or two below a comment (`# made by x`). What they hold is no number with separators in it (`1,234,567`).
 *
 * @returns how many cells they have; undefined: nothing speaks for it
 */
export function cellsBelowTitle(sample: Sample, dialect: Dialect): number | undefined {
  if (dialect.delimiter !== NO_DELIMITER) return undefined
  const bytes = sample.bytes.subarray(dialect.skippedBytes)
  for (const delimiter of DELIMITERS) {
    const style = { ...dialect, delimiter }
    const [title, ...below] = sampleRecords(bytes, sample.isWhole, style)
    if (title === undefined || title.cells.length > 1 || below.length < 2) continue
    const width = usualWidth(below)
    const least = title.cells[0]!.text.startsWith('#') ? 2 : 3
    const rows = below.filter(({ cells }) => cells.length === width)
    const isNumber = rows.every(({ cells }) => cells.every(({ text }) => /^[ \d]+$/.test(text)))
    if (width >= least && rows.length >= 0.9 * below.length && !isNumber) return width
  }
  return undefined
}

/** As `write.table` of R does it: all texts in quotes, first the name of the row, above which the header has no cell. */
export function areRowNames(header: SampleRecord, rows: readonly SampleRecord[]): boolean {
  const rowNames = new Set(rows.map(({ cells }) => cells[0]?.text))
  return (
    rows.length > 1 &&
    rowNames.size === rows.length &&
    header.cells.every(({ isQuoted }) => isQuoted) &&
    rows.every(({ cells }) => cells.length === header.cells.length + 1 && cells[0]!.isQuoted)
  )
}

/** A number as people write it, or nothing. */
export function isNumberLike(text: string): boolean {
  return (
    text.length < 40 &&
    /^\s*([-+(]?[$€£¥]?\s?[\d.,'’ \u00a0\u202f]*\d[\d.,]*(e[-+]?\d+)?\s?[%€$£)]?)?\s*$/i.test(text)
  )
}

/** Do cells begin with spaces and then a quote, which is closed where the cell ends? */
function hasSpacedQuotes(sample: Sample, style: RecordStyle): boolean {
  const { delimiter } = style
  const text = Buffer.from(sample.bytes).toString('latin1')
  const separator = delimiter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  if (!new RegExp(`(?:${separator}|^|\\n) +"`).test(text)) return false
  const spaced = sampleRecords(sample.bytes, sample.isWhole, style)
  const plain = sampleRecords(sample.bytes, sample.isWhole, { ...style, skipsSpaces: false })
  const cells = spaced.flatMap((record) => record.cells)
  if (!cells.some(({ isSpaced }) => isSpaced) || cells.some(({ isTorn }) => isTorn)) return false
  return unevenness(spaced) <= unevenness(plain)
}

function unevenness(records: readonly SampleRecord[]): number {
  const width = records[0]?.cells.length ?? 0
  return records.filter(({ cells }) => cells.length !== width).length
}
