import { BACKSLASH, CR, LF, QUOTE } from './bytes.ts'

/** How records are written. */
export interface RecordStyle {
  readonly delimiter: string
  readonly quoteEscape: 'quote' | 'backslash'
  /** Do spaces before an opening quote belong to no cell? */
  readonly skipsSpaces: boolean
}

export interface SampleCell {
  readonly text: string
  readonly isQuoted: boolean
  /** Does text stand between its closing quote and the separator? */
  readonly isTorn?: true
  /** Were spaces skipped before its quote? */
  readonly isSpaced?: true
}

export interface SampleRecord {
  readonly cells: readonly SampleCell[]
  /** 1-based, of the first line of the sample. */
  readonly line: number
}

const MOST_SAMPLED = 1000

/**
 * The first records of a text as they probably are. It is lenient where `Rewriter` is strict: a guess at a file that is
 * broken in one place must not be a guess at nothing.
 *
 * @param isWhole - does the text end where the file does? Else its last record is left out
 */
export function sampleRecords(
  bytes: Uint8Array,
  isWhole: boolean,
  { delimiter, quoteEscape, skipsSpaces }: RecordStyle,
): SampleRecord[] {
  const records: SampleRecord[] = []
  const separator = delimiter.charCodeAt(0)
  const text = (from: number, to: number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString()
  const { length } = bytes
  let line = 1
  let i = 0
  while (i < length && records.length < MOST_SAMPLED) {
    const cells: SampleCell[] = []
    const recordLine = line
    let isBlank = true
    let isEnded = false
    while (!isEnded) {
      let start = i
      while (skipsSpaces && bytes[start] === 0x20) start++
      const isSpaced = start > i
      if (bytes[start] === QUOTE) {
        i = start + 1
        let isOpen = true
        while (i < length && isOpen) {
          const byte = bytes[i]!
          if (quoteEscape === 'backslash' && byte === BACKSLASH) i += 2
          else if (byte === QUOTE && bytes[i + 1] === QUOTE && quoteEscape === 'quote') i += 2
          else if (byte === QUOTE) isOpen = false
          else {
            if (byte === LF || (byte === CR && bytes[i + 1] !== LF)) line++
            i++
          }
        }
        const inside = text(start + 1, Math.min(i, length))
        const unescaped =
          quoteEscape === 'quote'
            ? inside.replaceAll('""', '"')
            : inside.replace(/\\(["\\])/g, '$1')
        if (!isOpen) i++
        const restStart = i
        while (i < length && bytes[i] !== separator && bytes[i] !== LF && bytes[i] !== CR) i++
        const rest = text(restStart, i).trimEnd()
        cells.push({
          text: unescaped + rest,
          isQuoted: true,
          ...(rest === '' ? {} : { isTorn: true }),
          ...(isSpaced ? { isSpaced } : {}),
        })
        isBlank = false
      } else {
        start = i
        while (i < length && bytes[i] !== separator && bytes[i] !== LF && bytes[i] !== CR) i++
        const cell = text(start, i)
        if (cell.trim() !== '' || bytes[i] === separator) isBlank = false
        cells.push({ text: cell, isQuoted: false })
      }
      if (i >= length) {
        // The last record is cut off.
        if (!isWhole) return records
        isEnded = true
      } else if (bytes[i] === separator) {
        i++
      } else {
        if (bytes[i] === CR && bytes[i + 1] === LF) i++
        i++
        line++
        isEnded = true
      }
    }
    if (!isBlank) records.push({ cells, line: recordLine })
  }
  return records
}

/** How many cells most records have; of widths that are as frequent, that of the first one. */
export function usualWidth(records: readonly SampleRecord[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  const [[width]] = [...counts].sort(([, a], [, b]) => b - a) as [[number, number]]
  return width
}
