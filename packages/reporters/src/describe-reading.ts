import type {
  ColumnDrift,
  ColumnReading,
  DriftReport,
  Misfits,
  MissingSpelling,
  TableReading,
} from '@tidegauge/drift'
import { formatCount, plural } from './format.ts'
import { checkColumnReading, checkColumnType, checkTableReading } from './report-fields.ts'
import { shortText } from './visible-text.ts'

/**
 * How the cells of a column were read, in words; its texts from the data are visible, but not escaped for any markup.
 *
 * @param type - of the column
 * @returns without a full stop; empty where there is nothing to tell
 * @throws InvalidArgumentError where it is not how a column was read, naming the path of what is wrong
 * @example
 * describeReading({ decimalSign: ',', missing: [{ text: 'NA', count: 412 }] }, 'numeric')
 * // 'numbers with decimal comma · NA ×412 counted as missing'
 */
export function describeReading(reading: ColumnReading, type: ColumnDrift['type']): string {
  checkColumnReading('reading', reading)
  checkColumnType('type', type)
  return inWords(reading, type)
}

function inWords(reading: ColumnReading, type: ColumnDrift['type']): string {
  const { missing = [], misfits, notes = [] } = reading
  return [
    subject(reading, type),
    missing.length > 0 ? `${spellings(missing)} counted as missing` : '',
    misfits !== undefined && misfits.count > 0 ? misfitsInWords(misfits) : '',
    ...notes.slice(0, MOST_NOTES).map((note) => shortText(note, LONGEST_NOTE)),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** Is there more to tell than what nobody would doubt: the type, a decimal point, dates that begin with the year? */
function isReadingToTell(reading: ColumnReading | undefined): boolean {
  if (reading === undefined) return false
  const { sourceType: _, decimalSign, dateOrder, missing, misfits, notes, ...others } = reading
  return (
    Object.values(others).some((value) => value !== undefined) ||
    decimalSign === ',' ||
    (dateOrder !== undefined && dateOrder !== 'year-month-day') ||
    (missing?.length ?? 0) > 0 ||
    (misfits?.count ?? 0) > 0 ||
    (notes?.length ?? 0) > 0
  )
}

export interface SideInWords {
  /** Both, where they were read alike. */
  readonly side: 'both' | 'reference' | 'current'
  readonly words: string
}

/** How the sides of a column were read, one line where both agree; none where there is nothing to tell. */
export function describeReadings({ reading, type }: ColumnDrift): readonly SideInWords[] {
  const before = reading?.reference && inWords(reading.reference, type)
  const after = reading?.current && inWords(reading.current, type)
  if (before && before === after) return [{ side: 'both', words: before }]
  return [
    ...(before ? [{ side: 'reference', words: before } as const] : []),
    ...(after ? [{ side: 'current', words: after } as const] : []),
  ]
}

/** Of the columns where something is to tell of a side: as one line each. */
export function readingLines(
  columns: readonly ColumnDrift[],
): ReadonlyArray<{ readonly column: ColumnDrift; readonly words: string }> {
  return columns.flatMap((column) => {
    const { reading } = column
    const isToTell = isReadingToTell(reading?.reference) || isReadingToTell(reading?.current)
    if (!isToTell) return []
    const words = describeReadings(column).map(({ side, words }) =>
      side === 'both' ? words : `${side}: ${words}`,
    )
    return [{ column, words: words.join('; ') }]
  })
}

/**
 * Of both tables and of the columns, where there is something to tell.
 *
 * @param line - of a side, or of a column
 */
export function readingsOf(
  report: DriftReport,
  columns: readonly ColumnDrift[],
  line: (of: 'reference' | 'current' | ColumnDrift, words: string) => string,
): string[] {
  const tables = (['reference', 'current'] as const).flatMap((side) => {
    const { reading } = report[side]
    const isToTell = reading !== undefined && isTableReadingToTell(reading)
    return isToTell ? [line(side, describeTableReading(reading))] : []
  })
  const all = readingLines(columns)
  const lines = all.slice(0, MOST_READINGS).map(({ column, words }) => line(column, words))
  const more = all.length - MOST_READINGS
  return [...tables, ...lines, ...(more > 0 ? [`and ${more} more`] : [])]
}

/**
 * How a file was read as a table, in words.
 *
 * @throws InvalidArgumentError where it is not how a table was read, naming the path of what is wrong
 * @example
 * describeTableReading({ format: 'csv', delimiter: ';', header: false }) // 'csv · separated by ; · without a header'
 */
export function describeTableReading(reading: TableReading): string {
  checkTableReading('reading', reading)
  const { format, encoding, delimiter, header, mended = [] } = reading
  const lines = mended.slice(0, MOST_NOTES).map((one) => {
    const { what, count } = one
    const place = placeInWords(one)
    const first = place === '' ? '' : ` (${count === 1 ? '' : 'first: '}${place})`
    return `${shortText(what, LONGEST_TEXT)} ×${formatCount(count)}${first}`
  })
  return [
    shortText(format, LONGEST_TEXT),
    encoding === undefined ? '' : shortText(encoding, LONGEST_TEXT),
    delimiter === undefined ? '' : `separated by ${signInWords(delimiter)}`,
    header === false ? 'without a header' : '',
    ...lines,
    mended.length > MOST_NOTES ? `and ${mended.length - MOST_NOTES} more` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** Is there more to tell than its format, a comma between cells and a header? */
export function isTableReadingToTell(reading: DriftReport['reference']['reading']): boolean {
  if (reading === undefined) return false
  const { encoding, delimiter = ',', header, mended = [] } = reading
  return encoding !== undefined || delimiter !== ',' || header === false || mended.length > 0
}

/** So many columns are told of where they stand in a line each. */
const MOST_READINGS = 20

const MOST_SPELLINGS = 5
const MOST_NOTES = 5
const LONGEST_TEXT = 40
const LONGEST_NOTE = 200

const KINDS: Readonly<Record<ColumnDrift['type'], string>> = {
  numeric: 'numbers',
  datetime: 'dates',
  categorical: 'categories',
  text: 'texts',
  unknown: '',
}

const DATE_ORDERS: Readonly<Record<NonNullable<ColumnReading['dateOrder']>, string>> = {
  'year-month-day': 'year first',
  'day-month-year': 'day before month',
  'month-day-year': 'month before day',
}

function subject(reading: ColumnReading, type: ColumnDrift['type']): string {
  const { sourceType, decimalSign, thousandsSign, unit, dateOrder, timeOfDay } = reading
  const kind = timeOfDay ? 'times of day, as seconds since midnight' : KINDS[type]
  const how = [
    decimalSign === undefined ? '' : `decimal ${decimalSign === ',' ? 'comma' : 'point'}`,
    thousandsSign === undefined ? '' : `${signInWords(thousandsSign)} between thousands`,
    unit === undefined ? '' : `${shortText(unit, LONGEST_TEXT)} beside them`,
    dateOrder === undefined ? '' : DATE_ORDERS[dateOrder],
  ].filter((part) => part !== '')
  // The cells of a CSV file are all texts.
  const isPlain = sourceType === undefined || sourceType === 'text'
  const from = isPlain ? '' : shortText(sourceType, LONGEST_TEXT)
  const asIs = from === '' ? '' : kind === '' ? from : `${kind} (${from})`
  if (how.length === 0) return timeOfDay && asIs === '' ? kind : asIs
  // The cells were numbers before they were names: 1.234,50 is the category 1234.5.
  if (type === 'categorical' && dateOrder === undefined) {
    return `${from === '' ? 'numbers' : `numbers (${from})`} with ${how.join(', ')}, named as categories`
  }
  return `${asIs || kind || 'cells'} with ${how.join(', ')}`
}

function spellings(missing: readonly MissingSpelling[]): string {
  const shown = missing
    .slice(0, MOST_SPELLINGS)
    .map(({ text, count }) => `${spellingInWords(text)} ×${formatCount(count)}`)
  const more = missing.length - MOST_SPELLINGS
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function spellingInWords(text: string): string {
  if (text === '') return 'an empty text'
  return text.trim() === '' ? 'blanks' : shortText(text, LONGEST_TEXT)
}

function misfitsInWords(misfits: Misfits): string {
  const { count, example } = misfits
  const one = example === '' ? '' : `, as "${shortText(example, LONGEST_TEXT)}"`
  const place = placeInWords(misfits)
  return `${plural(count, 'cell')} did not fit${one}${place === '' ? '' : ` (${place})`}`
}

function placeInWords({ line, file }: Pick<Misfits, 'line' | 'file'>): string {
  const parts = [
    line === undefined ? '' : `line ${line}`,
    file === undefined ? '' : shortText(file, LONGEST_TEXT),
  ]
  return parts.filter((part) => part !== '').join(' of ')
}

const SIGNS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  [' ', 'a space'],
  ['\u00a0', 'a space'],
  ['\u202f', 'a space'],
  ['\t', 'tabs'],
])

function signInWords(sign: string): string {
  return SIGNS.get(sign) ?? shortText(sign, LONGEST_TEXT)
}
