import type {
  ColumnReading,
  ColumnReadings,
  MendedLines,
  Misfits,
  MissingSpelling,
  TableReading,
} from './column-reading.ts'
import { MOST_SPELLINGS } from './column-reading.ts'
import { isKnownSpelling } from './missing-spellings.ts'

/**
 * How both sides were read, as a report tells it; undefined where there is nothing to tell.
 *
 * @param redacted - no text of the data leaves
 */
export function toldReadings(
  { reference, current }: ColumnReadings,
  redacted: boolean,
): ColumnReadings | undefined {
  const told = {
    ...(reference && { reference: toldReading(reference, redacted) }),
    ...(current && { current: toldReading(current, redacted) }),
  }
  const isToTell = Object.values(told).some((reading) => Object.keys(reading).length > 0)
  return isToTell ? told : undefined
}

/** Its texts cut, those members that are known, and under redaction no text that may be one of the data's own. */
export function toldReading(reading: ColumnReading, redacted: boolean): ColumnReading {
  const { sourceType, missing, decimalSign, thousandsSign, unit, dateOrder, timeOfDay } = reading
  const spellings = missing?.filter(({ text }) => !redacted || isKnownSpelling(text)) ?? []
  const { misfits, notes = [] } = reading
  return {
    ...(sourceType !== undefined && { sourceType: cut(sourceType) }),
    ...(spellings.length > 0 && { missing: spellings.slice(0, MOST_SPELLINGS).map(toldSpelling) }),
    ...(decimalSign !== undefined && { decimalSign }),
    ...(thousandsSign !== undefined && { thousandsSign }),
    ...(unit !== undefined && { unit }),
    ...(dateOrder !== undefined && { dateOrder }),
    ...(timeOfDay !== undefined && { timeOfDay }),
    ...(misfits !== undefined && { misfits: toldMisfits(misfits, redacted) }),
    ...(notes.length > 0 && { notes: notes.slice(0, MOST_NOTES).map(cutNote) }),
  }
}

export function toldTableReading(reading: TableReading): TableReading {
  const { format, encoding, delimiter, header, mended = [] } = reading
  return {
    format: cut(format),
    ...(encoding !== undefined && { encoding: cut(encoding) }),
    ...(delimiter !== undefined && { delimiter: cut(delimiter) }),
    ...(header !== undefined && { header }),
    ...(mended.length > 0 && { mended: mended.slice(0, MOST_NOTES).map(toldMended) }),
  }
}

const LONGEST = 80
const LONGEST_NOTE = 300
const MOST_NOTES = 20

/** Half of a surrogate pair is no character. */
function cut(text: string, longest: number = LONGEST): string {
  if (text.length <= longest) return text
  return `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function cutNote(note: string): string {
  return cut(note, LONGEST_NOTE)
}

function toldSpelling({ text, count }: MissingSpelling): MissingSpelling {
  return { text: cut(text), count }
}

function toldMisfits({ count, example, ...place }: Misfits, redacted: boolean): Misfits {
  return { count, example: redacted ? '' : cut(example), ...toldPlace(place) }
}

function toldMended({ what, count, ...place }: MendedLines): MendedLines {
  return { what: cut(what), count, ...toldPlace(place) }
}

function toldPlace({ line, file }: Pick<Misfits, 'line' | 'file'>): Pick<Misfits, 'line' | 'file'> {
  return { ...(line !== undefined && { line }), ...(file !== undefined && { file: cut(file) }) }
}
