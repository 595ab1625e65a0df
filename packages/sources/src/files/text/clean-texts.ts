import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { TableReading } from '@tidegauge/drift'
import { SourceError } from '../../source-error.ts'
import type { Scratch } from '../scratch.ts'
import type { TextFileOptions } from '../text-file-options.ts'
import { type EncodedFile, isUtf8File, utf8Blocks } from './blocks.ts'
import {
  areRowNames,
  cellsBelowTitle,
  type Dialect,
  dialectOf,
  NO_DELIMITER,
  type Sample,
} from './dialect.ts'
import { encodingOf, isOneByte, knownEncoding } from './encoding.ts'
import {
  type HeaderEvidence,
  haveHeaders,
  headerEvidence,
  namesBelowTitle,
  namesOf,
  placeName,
} from './header.ts'
import { PlainScan } from './plain-scan.ts'
import { MixedQuotesFault, RecordFault, Rewriter } from './rewriter.ts'
import { RowLineRecorder } from './row-lines.ts'
import { type SampleRecord, sampleRecords, usualWidth } from './sample.ts'
import { cannotRead } from './text-error.ts'

export interface TextFile {
  readonly path: string
  /** As the user wrote it. */
  readonly label: string
  /** What the user says of it; what is not said is found out. */
  readonly options?: Pick<TextFileOptions, 'delimiter' | 'header' | 'encoding'>
}

type Mending = NonNullable<TableReading['mended']>[number]

/** A file of records that no reader can misunderstand. */
export interface CleanText {
  /**
   * UTF-8, one separator, quotes round whole cells and doubled inside, line ends of one kind, `names.length` cells in each
   * record: the file itself where it is so (a byte order mark may stand at its start, blank lines between its rows
   * where it has several columns), else a copy in the scratch folder.
   */
  readonly path: string
  /** Is the first record of `path` a header? */
  readonly skipHeader: boolean
  /** Unique; two may be equal but for case. */
  readonly names: readonly string[]
  /** Of one column: a sign that no text has. */
  readonly delimiter: string
  /** Between records; in quoted cells there may be others. DuckDB has to be told (`new_line`): it takes the first that it sees. */
  readonly lineEnd: '\n' | '\r\n' | '\r'
  /** Records of data in `path`. */
  readonly rows: number
  /** Bytes of the longest record, with its line end. */
  readonly longestRecord: number
  readonly reading: TableReading
  /** The line of the file as it was given (1-based) on which a row (0-based) begins. */
  lineOf(row: number): number
}

/**
 * Opens files of records: of both sides of a comparison, or of one. Each has its own encoding and separator; whether the first record is a
 * header is decided on all of them. Only their beginnings are read here.
 *
 * A file is read once if it is plain, else once more to write a clean copy. Nothing of it is held in memory but a block and the record
 * that is read. No record is dropped without being counted in `reading.mended`; what cannot be a row of the table is an error.
 *
 * @returns of each file: reads it
 * @throws SourceError where a file cannot be read; it names the line and the cure
 */
export async function openTexts(
  files: readonly TextFile[],
  scratch: Scratch,
): Promise<ReadonlyArray<() => Promise<CleanText>>> {
  const opened: OpenedFile[] = []
  for (const file of files) {
    const { encoding, delimiter } = file.options ?? {}
    opened.push(
      await openFile(
        file,
        encoding === undefined ? undefined : knownEncoding(encoding),
        delimiter === undefined ? undefined : knownDelimiter(delimiter),
      ),
    )
  }
  const unsaid = opened.filter((_, i) => files[i]!.options?.header === undefined)
  const found = haveHeaders(unsaid.map(({ evidence }) => evidence))
  const headers = opened.map((file, i) => files[i]!.options?.header ?? found[unsaid.indexOf(file)]!)
  return opened.map((file, i) => () => cleanText(file, headers[i]!, scratch))
}

function knownDelimiter(said: string): string {
  const delimiter = said === '\\t' || said.toLowerCase() === 'tab' ? '\t' : said
  if (/^[^\0\r\n"\\\u0080-\uffff]$/.test(delimiter)) return delimiter
  throw new SourceError(
    `\`delimiter\` ${said} is no separator: it must be one ASCII character, no quote and no backslash (tab for a tab)`,
  )
}

interface OpenedFile {
  readonly file: EncodedFile
  readonly dialect: Dialect
  readonly evidence: HeaderEvidence
  /** As it is where the first record is a header, and where it is none. */
  readonly heads: { readonly header: Head; readonly none: Head }
}

async function openFile(
  { path, label }: TextFile,
  saidEncoding: string | undefined,
  delimiter: string | undefined,
): Promise<OpenedFile> {
  let encoding = await encodingOf(path, saidEncoding)
  // Who names an encoding of one byte has seen that one of the files is not UTF-8; the other one may well be.
  if (isOneByte(encoding.name) && (await isUtf8File(path)))
    encoding = { name: 'utf-8', markBytes: 0 }
  const file = { path, label, encoding }
  const sample = await sampleOf(file)
  const dialect = dialectOf(sample, delimiter)
  const records = sampleRecords(
    sample.bytes.subarray(dialect.skippedBytes),
    sample.isWhole,
    dialect,
  ).map((record) => ({ ...record, line: record.line + dialect.skippedLines }))
  const [first] = records
  if (first === undefined) throw cannotRead(label, 'it is empty')
  const below = delimiter === undefined ? cellsBelowTitle(sample, dialect) : undefined
  if (below !== undefined) {
    throw cannotRead(
      label,
      `line ${first.line} has 1 cell where those below have ${below}: take out what stands above the names of the columns`,
    )
  }
  const named = delimiter === undefined ? namesBelowTitle(records) : undefined
  if (named !== undefined) {
    throw cannotRead(
      label,
      `line ${first.line} has 1 filled cell above ${named} names: take out what stands above the names of the columns`,
    )
  }
  // Of thousands of files no sample is held.
  const content = createHash('sha256').update(sample.bytes).digest('hex')
  const heads = { header: headOf(records, true), none: headOf(records, false) }
  return { file, dialect, evidence: headerEvidence(records, content), heads }
}

const SAMPLE_BYTES = 2 ** 20
const MOST_SAMPLE_BYTES = 2 ** 26

/** The first bytes: more of them where the first lines are longer. */
async function sampleOf(file: EncodedFile): Promise<Sample> {
  const parts: Uint8Array[] = []
  let length = 0
  let lineEnds = 0
  for await (const block of utf8Blocks(file)) {
    parts.push(Uint8Array.from(block))
    length += block.length
    for (let i = 0; i < block.length; i++) if (block[i] === 0x0a || block[i] === 0x0d) lineEnds++
    if ((length >= SAMPLE_BYTES && lineEnds > ENOUGH_LINES) || length >= MOST_SAMPLE_BYTES) {
      return { bytes: Buffer.concat(parts), isWhole: false }
    }
  }
  return { bytes: Buffer.concat(parts), isWhole: true }
}

const ENOUGH_LINES = 20

interface Attempt {
  readonly path: string
  readonly skipHeader: boolean
  readonly scan: PlainScan | Rewriter
  readonly lines: RowLineRecorder
  readonly mended: readonly Mending[]
}

async function cleanText(
  { file, dialect, heads }: OpenedFile,
  header: boolean,
  scratch: Scratch,
): Promise<CleanText> {
  const head = header ? heads.header : heads.none
  const source = { file, dialect, head }
  const { path, skipHeader, scan, lines, mended } =
    (await plainText(source, scratch)) ?? (await rewritten(source, scratch))
  const { encoding } = file
  const all = [...head.mended, ...mended]
  return {
    path,
    skipHeader,
    names: head.names,
    delimiter: dialect.delimiter,
    lineEnd: scan.lineEnd,
    rows: scan.rows,
    longestRecord: scan.longestRecord,
    reading: {
      format: 'csv',
      ...(encoding.name === 'utf-8' ? {} : { encoding: encoding.name }),
      ...(dialect.delimiter === NO_DELIMITER ? {} : { delimiter: dialect.delimiter }),
      header,
      ...(all.length === 0 ? {} : { mended: all }),
    },
    lineOf: (row) => lines.lineOf(row),
  }
}

interface Head {
  readonly names: readonly string[]
  /** Cells of the header; undefined: there is none. */
  readonly headerWidth: number | undefined
  readonly mended: readonly Mending[]
}

function headOf(records: readonly SampleRecord[], header: boolean): Head {
  if (!header) {
    const width = usualWidth(records)
    const names = Array.from({ length: width }, (_, i) => placeName(i, width))
    return { names, headerWidth: undefined, mended: [] }
  }
  const [first, ...rows] = records
  const cells = first!.cells.map(({ text }) => text)
  const hasRowNames = areRowNames(first!, rows)
  const { names, unnamed, repeated } = namesOf(hasRowNames ? ['', ...cells] : cells)
  const { line } = first!
  const mended: Mending[] = []
  if (unnamed > 0) mended.push({ what: 'column without a name', count: unnamed, line })
  if (repeated > 0)
    mended.push({ what: 'column of a name that another has', count: repeated, line })
  return { names, headerWidth: cells.length, mended }
}

interface Source {
  readonly file: EncodedFile
  readonly dialect: Dialect
  readonly head: Head
}

let made = 0

/** undefined: it has to be rewritten. */
async function plainText(
  { file, dialect, head: { names, headerWidth } }: Source,
  scratch: Scratch,
): Promise<Attempt | undefined> {
  const { delimiter, quoteEscape, skippedLines, skipsSpaces } = dialect
  if (file.encoding.name !== 'utf-8' || quoteEscape !== 'quote' || skippedLines > 0 || skipsSpaces)
    return
  if (headerWidth !== undefined && headerWidth !== names.length) return
  const lines = new RowLineRecorder(join(scratch.directory, `lines-${made++}`))
  const scan = new PlainScan({
    delimiter,
    width: names.length,
    header: headerWidth !== undefined,
    lines,
  })
  for await (const block of utf8Blocks(file)) if (!scan.feed(block)) return
  if (!scan.end()) return
  return {
    path: file.path,
    skipHeader: headerWidth !== undefined,
    scan,
    lines,
    mended: mendings({ blank: { count: scan.blankLines, line: scan.firstBlankLine } }),
  }
}

async function rewritten(source: Source, scratch: Scratch): Promise<Attempt> {
  const { file, dialect } = source
  const path = join(scratch.directory, `clean-${made++}.csv`)
  const first = await rewrite(source, path)
  if (first.fault === undefined) return first.attempt
  // What is no table as it stands may be one whose quotes are escaped by backslashes, or have spaces before them.
  const { sawEscapedQuote } = first
  const others: Dialect[] = [
    ...(dialect.quoteEscape === 'quote' && sawEscapedQuote
      ? [{ ...dialect, quoteEscape: 'backslash' as const }]
      : []),
    ...(dialect.quoteEscape === 'backslash' ? [{ ...dialect, quoteEscape: 'quote' as const }] : []),
    ...(dialect.skipsSpaces ? [{ ...dialect, skipsSpaces: false }] : []),
  ]
  for (const other of others) {
    const again = await rewrite({ ...source, dialect: other }, path)
    if (again.fault === undefined) return again.attempt
    if (again.fault instanceof MixedQuotesFault) throw cannotRead(file.label, again.fault.message)
  }
  throw cannotRead(file.label, first.fault.message)
}

type Rewritten =
  | { readonly fault: undefined; readonly attempt: Attempt }
  | { readonly fault: RecordFault; readonly sawEscapedQuote: boolean }

async function rewrite(
  { file, dialect, head: { names, headerWidth } }: Source,
  path: string,
): Promise<Rewritten> {
  const lines = new RowLineRecorder(`${path}.lines`)
  const out = openSync(path, 'w')
  const rewriter = new Rewriter({
    ...dialect,
    width: names.length,
    headerWidth,
    lines,
    file: out,
  })
  try {
    for await (const block of utf8Blocks(file)) rewriter.feed(block)
    rewriter.end()
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error
    return { fault: error, sawEscapedQuote: rewriter.sawEscapedQuote }
  } finally {
    closeSync(out)
  }
  const attempt = { path, skipHeader: false, scan: rewriter, lines, mended: mendings(rewriter) }
  return { fault: undefined, attempt }
}

type Counted = Pick<Rewriter, 'blank' | 'short' | 'long'>

function mendings(counted: Partial<Counted>): Mending[] {
  return MENDINGS.flatMap(([kind, what]) => {
    const { count, line } = counted[kind] ?? { count: 0, line: 0 }
    return count === 0 ? [] : [{ what, count, line }]
  })
}

const MENDINGS = [
  ['blank', 'blank line, left out'],
  ['short', 'line with too few cells, filled up'],
  ['long', 'line with too many cells, empty ones cut'],
] as const satisfies ReadonlyArray<readonly [keyof Counted, string]>
