import { BACKSLASH, CR, KIND_CR, KIND_DELIMITER, KIND_LF, KIND_QUOTE, LF } from './bytes.ts'

/** What a reader of records holds of itself to have its usual rows read. */
export interface UsualRows {
  /** Behind the last of them. */
  end: number
  rows: number
  /** Bytes of the longest, with its line end. */
  longest: number
}

/**
 * Reads on from the start of a record as long as rows are such as nearly all are: on one line, of `width` cells, with quotes round
 * whole cells if at all and none within, whole in this block. One small loop: most of the time of a file is spent here.
 *
 * @param kinds - of `kindsOf`
 * @param endsInCr - do lines end in CR LF? In LF, else
 * @param found - is overwritten
 */
export function readUsualRows(
  block: Uint8Array,
  start: number,
  kinds: Uint8Array,
  width: number,
  endsInCr: boolean,
  found: UsualRows,
): void {
  const { length } = block
  const emptyBytes = endsInCr ? 2 : 1
  let recordStart = start
  let cells = 1
  let rows = 0
  let longest = 0
  let i = start
  while (i < length) {
    // Four at once, without a branch for each separator: twice as fast.
    while (i + 4 <= length) {
      const a = kinds[block[i]!]!
      const b = kinds[block[i + 1]!]!
      const c = kinds[block[i + 2]!]!
      const d = kinds[block[i + 3]!]!
      if ((a | b | c | d) > KIND_DELIMITER) break
      cells += a + b + c + d
      i += 4
    }
    if (i === length) break
    const kind = kinds[block[i]!]!
    if (kind <= KIND_DELIMITER) {
      cells += kind
    } else if (kind === KIND_LF) {
      const bytes = i + 1 - recordStart
      if (cells !== width || bytes <= emptyBytes) break
      if ((block[i - 1] === CR) !== endsInCr) break
      if (bytes > longest) longest = bytes
      recordStart = i + 1
      cells = 1
      rows++
    } else if (kind === KIND_QUOTE) {
      if (i !== recordStart && kinds[block[i - 1]!] !== KIND_DELIMITER) break
      i++
      while (i < length && kinds[block[i]!]! <= KIND_DELIMITER) i++
      if (i + 1 >= length || kinds[block[i]!] !== KIND_QUOTE || block[i - 1] === BACKSLASH) break
      const next = kinds[block[i + 1]!]!
      if (next < KIND_DELIMITER || next > KIND_CR) break
    } else if (kind !== KIND_CR || block[i + 1] !== LF) break
    i++
  }
  found.end = recordStart
  found.rows = rows
  found.longest = longest
}
