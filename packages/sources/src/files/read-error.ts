import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { listed, suggestion } from '@tidegauge/core/options'
import { SourceError } from '../source-error.ts'
import type { DataFormat } from './formats.ts'

/** @throws SourceError where the work on some data fails; it names the data */
export async function naming<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw readError(what, error)
  }
}

/** What DuckDB says about a file or a condition, in one line: where it is and the cure. */
function readError(what: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new SourceError(`cannot read ${what}: ${explained(message) ?? firstLines(message)}`)
}

/** Is an error one of files, memory or the disk, and none of what was asked? A message may quote a text of either. */
export function isOfData(error: unknown): boolean {
  if (!isDuckDBError(error)) return true
  const { message } = error as Error
  return !OF_A_QUESTION.test(message) && explained(message) !== undefined
}

const OF_A_QUESTION = /^(Conversion|Out of Range|Binder|Parser|Catalog) Error/

function explained(message: string): string | undefined {
  for (const [pattern, explain] of KNOWN) {
    const match = pattern.exec(message)
    if (match !== null) return explain(match, message)
  }
  return undefined
}

function rowOf(place: string, message: string): string {
  return /in line \d/.test(message) ? `line ${place}` : `row ${place}`
}

/** Which of two values counts, nobody can tell: readers differ. */
export function twice(row: string): string {
  return `${row} has a key twice: name each column once`
}

/** @param kind - what the row is in its place, as JSON calls it */
export function noObject(row: string, kind: string, format: DataFormat = 'ndjson'): string {
  const cure = format === 'ndjson' ? ": a list of objects is JSON (`format: 'json'`)" : ''
  return `${row} is no object, but ${kind === 'ARRAY' ? 'a list' : 'a value'}${cure}`
}

/** Did DuckDB say so, and not a mistake of ours? */
function isDuckDBError(error: unknown): boolean {
  return error instanceof Error && /^[A-Z][\w ]+ Error: /.test(error.message)
}

type Explain = (match: RegExpExecArray, message: string) => string

const KNOWN: ReadonlyArray<readonly [pattern: RegExp, explain: Explain]> = [
  [
    /No space left|not enough (disk )?space|Could not write|max_temp_directory_size/i,
    () => `the disk for temporary files is full: ${MORE_DISK}`,
  ],
  [
    /^Out of Memory/i,
    () => {
      const free = freeBytes(tmpdir())
      return free < LEAST_FREE
        ? `it fits neither into the memory that DuckDB is given nor on the disk for temporary files, of which ${Math.round(free / 1e6)} MB are free: ${MORE_DISK}`
        : TOO_LARGE
    },
  ],
  [
    /Expected Number of Columns: (\d+) Found: (\d+)/,
    ([, expected, found], message) =>
      `${lineOf(message)} has ${found} cells where ${expected} are expected: put quotes round a cell that holds the separator, or repair the line`,
  ],
  [
    /unterminated quote|Value with unterminated/i,
    (_, message) =>
      `${lineOf(message)} opens a quote that is never closed: double a quote that belongs to the text ("")`,
  ],
  [
    /Error when converting column "(.*)"\. (Could not convert[^\n]*)/,
    ([, column, reason], message) =>
      `${lineOf(message)}, column ${column}: ${reason!.replace(/^Could/, 'could')}`,
  ],
  [
    /invalid unicode|not utf-?8 encoded|byte sequence/i,
    (_, message) => `${lineOf(message)} is not UTF-8: convert it, as with iconv -f latin1 -t utf8`,
  ],
  [
    /No magic bytes found|too small to be a Parquet|Invalid Parquet|corrupt|thrift/i,
    () =>
      'it is no Parquet file, or it is cut off: write it again, or say what it is with `format`',
  ],
  [
    /in (?:line|record\/value) (\d+): Object .* has duplicate key/s,
    ([, place], message) => twice(rowOf(place!, message)),
  ],
  [
    /in (?:line|record\/value) (\d+): Expected OBJECT, but got (\w+)/,
    ([, place, kind], message) => noObject(rowOf(place!, message), kind!),
  ],
  [
    /Malformed JSON[^:]*:?\s*(.*)/i,
    ([, reason]) =>
      `it is no JSON of rows: ${reason!.split('\n')[0]!.slice(0, 160)} (one object a line: \`format: 'ndjson'\`)`,
  ],
  [
    /decompress|gzip|miniz/i,
    () => 'it is no whole gzip file: it may be cut off, or its name may be wrong',
  ],
]

const DOES_NOT_FIT = 'it does not fit into the memory that DuckDB is given'
const TOO_LARGE = `${DOES_NOT_FIT}: compare fewer columns (\`columns\`), or lower \`exactRows\``

/**
 * Why the cells of one column cannot be read, where others may well be: it takes more memory than there is.
 *
 * @throws what else went wrong; where DuckDB said so, by the column that was read
 */
export function whyUnread(name: string, error: unknown): string {
  if (!isDuckDBError(error)) throw error
  if (explained((error as Error).message) === TOO_LARGE)
    return `${DOES_NOT_FIT}: leave it out (\`exclude\`), or lower \`exactRows\``
  throw readError(`column ${name}`, error)
}

const MORE_DISK = 'free some space, or name another folder with TMPDIR'

/** Where less is free, DuckDB is out of memory because it cannot put anything down. */
const LEAST_FREE = 2 ** 30

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function lineOf(message: string): string {
  const line = /(?:on )?Line:? (\d+)/i.exec(message)?.[1]
  return line === undefined ? 'a line' : `line ${line}`
}

/**
 * What DuckDB has against a condition: its first line alone. Behind it come candidates, and statements that the user
 * never wrote.
 *
 * @param names - the columns that the data has
 */
export function whyNotUsable(message: string, names: readonly string[], where: string): string {
  const column = /^Binder Error: Referenced column "(.*?)" not found/.exec(message)?.[1]
  if (column !== undefined) {
    const hint = suggestion(column, names)
    if (hint !== '') return `there is no column "${column}"${hint}`
    // A text in double quotes is a name to SQL.
    const cure = where.includes(`"${column}"`)
      ? `; a text stands in single quotes: '${column}'`
      : ''
    return `there is no column "${column}" (it has ${listed(names)})${cure}`
  }
  return firstLines(message, 1)
}

/** DuckDB explains at length: the kind of error, the line and what was wrong with it come first. */
export function firstLines(message: string, most = 3): string {
  const lines = message.split('\n').map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .slice(0, most)
    .join('; ')
    .slice(0, 300)
}
