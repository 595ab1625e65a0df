import Papa from 'papaparse'

/** A file as columns of texts, cell by cell as they are written. */
export interface TextTable {
  /** Without its ending. */
  readonly name: string
  readonly rowCount: number
  readonly columns: ReadonlyMap<string, readonly string[]>
  readonly delimiter: string
}

/** Beyond this, a browser may run out of memory; the command does not. */
const MOST_BYTES = 100 * 2 ** 20

/** A file that this page does not read, and what does: one line for a person. */
class UnreadFileError extends Error {
  constructor(file: string, why: string) {
    super(`${file}: ${why}. The command reads such files: npx tidegauge drift`)
    this.name = 'UnreadFileError'
  }
}

/**
 * Reads a CSV file: UTF-8, a header, as many cells in each row.
 *
 * @throws UnreadFileError where it is anything else: nothing is guessed, so that no verdict is that of another table
 */
export function readCsv(file: string, bytes: ArrayBuffer): TextTable {
  if (bytes.byteLength > MOST_BYTES) {
    throw new UnreadFileError(file, `it has more than ${MOST_BYTES / 2 ** 20} MB`)
  }
  const text = textOf(file, bytes)
  const { data, errors, meta } = Papa.parse<string[]>(text, { skipEmptyLines: true })
  const [fault] = errors.filter(({ code }) => code !== 'UndetectableDelimiter')
  if (fault !== undefined) {
    throw new UnreadFileError(file, `row ${(fault.row ?? 0) + 1}: ${fault.message.toLowerCase()}`)
  }
  const [header, ...rows] = data
  if (header === undefined || rows.length === 0) {
    throw new UnreadFileError(file, 'it has no rows below a header')
  }
  const names = header.map((cell, i) => (cell === '' ? `column${i}` : cell))
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UnreadFileError(file, `two of its columns are called ${twice}`)
  const odd = rows.findIndex((row) => row.length !== names.length)
  if (odd >= 0) {
    throw new UnreadFileError(
      file,
      `row ${odd + 2} has ${rows[odd]!.length} cells, and the header ${names.length}`,
    )
  }
  const columns = names.map((name, i) => [name, rows.map((row) => row[i]!)] as const)
  const name = file.replace(/\.[^.]*$/, '')
  return { name, rowCount: rows.length, columns: new Map(columns), delimiter: meta.delimiter }
}

function textOf(file: string, bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnreadFileError(file, 'it is not UTF-8')
  }
}
