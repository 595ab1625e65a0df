import {
  type ColumnReading,
  type ColumnSideValues,
  MISSING_NUMBERS,
  MISSING_SPELLINGS,
} from '@tidegauge/drift'

export interface ReadSide {
  readonly values: ColumnSideValues
  readonly reading?: ColumnReading
}

type Kind = 'number' | 'date' | 'boolean' | 'text'

/**
 * What the texts of a column are, on each side: numbers and dates where every cell is one, in the plainest form; else categories.
 *
 * The command reads more: `1.234,50 €`, `31.01.2024`, one word among a hundred numbers. A column that it might take for
 * numbers or dates where this does not is left unread, with the reason: no verdict is better than another one.
 */
export function readColumn(name: string, sides: readonly (readonly string[])[]): ReadSide[] {
  const found = sides.map((texts) => present(texts, OF_NUMBERS))
  const isCodes = found.some(areCodes)
  const kinds = found.map((texts) => kindOf(texts, isCodes))
  const doubt = found
    .map((texts, i) => doubtOf(texts, kinds[i], isCodes))
    .find((reason) => reason !== undefined)
  // A side without values is what the other is.
  const known = kinds.find((kind) => kind !== undefined) ?? 'text'
  return sides.map((texts, i) =>
    doubt === undefined
      ? readAs(kinds[i] ?? known, texts)
      : { values: { name, type: null, unreadable: doubt } },
  )
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const WHOLE = /^[+-]?\d+$/
/** Codes, such as 0042. */
const LEADING_ZERO = /^[+-]?0\d+$/
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/
const BOOLEAN = /^(?:true|false)$/i

/** Undefined where there is no value. */
function kindOf(texts: readonly string[], isCodes: boolean): Kind | undefined {
  if (texts.length === 0) return undefined
  if (texts.every((text) => NUMBER.test(text))) return isCodes ? 'text' : 'number'
  if (texts.every((text) => !Number.isNaN(timeOf(text)))) return 'date'
  return texts.some((text) => BOOLEAN.test(text)) ? 'boolean' : 'text'
}

/** Whole numbers with leading zeros; on one side, they make codes of both. */
function areCodes(texts: readonly string[]): boolean {
  const numbers = texts.filter((text) => NUMBER.test(text))
  return (
    numbers.some((text) => LEADING_ZERO.test(text)) && !numbers.some((text) => text.includes('.'))
  )
}

/** Looks like a number, a date or a time, in whichever form: digits, the signs beside them, a currency, a month. */
const NUMBERISH =
  /^(?:USD|EUR|GBP|CHF|JPY|R\$|kr|zł|\p{Sc}|[\s\d.,'’()+\-−/:%‰]|(?:jan|feb|mar|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*|[ap]m|e|inf(?:inity)?|[tz])+$/iu
/** As many of them as no accident explains. */
const SOME = 0.1

function doubtOf(
  texts: readonly string[],
  kind: Kind | undefined,
  isCodes: boolean,
): string | undefined {
  if (kind === undefined || kind === 'number' || kind === 'date') return undefined
  const like = texts.filter((text) => /\d|^[+-]?inf/i.test(text) && NUMBERISH.test(text))
  const others = like.filter((text) => !(isCodes && WHOLE.test(text)))
  if (others.length === 0 || like.length < SOME * texts.length) return undefined
  const odd = others.find((text) => !NUMBER.test(text)) ?? texts.find((text) => !NUMBER.test(text))
  const example = JSON.stringify((odd ?? others[0]!).slice(0, 40))
  return `numbers, dates or times in a form that this page does not read, such as ${example}: the command reads them`
}

function readAs(kind: Kind, texts: readonly string[]): ReadSide {
  const missing = kind === 'number' || kind === 'date' ? OF_NUMBERS : OF_ALL
  const counts = new Map<string, number>()
  const cells = texts.map((text) => {
    const cell = text.trim()
    if (!missing.has(cell)) return kind === 'text' ? text : cell
    if (cell !== '') counts.set(cell, (counts.get(cell) ?? 0) + 1)
    return null
  })
  const spellings = [...counts].map(([text, count]) => ({ text, count }))
  const most = spellings.sort((a, b) => b.count - a.count).slice(0, 20)
  const values = valuesOf(kind, cells)
  return most.length === 0 ? { values } : { values, reading: { sourceType: 'text', missing: most } }
}

function valuesOf(kind: Kind, cells: readonly (string | null)[]): ColumnSideValues {
  switch (kind) {
    case 'number':
      return Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)))
    case 'date':
      return cells.map((cell) => (cell === null ? null : new Date(timeOf(cell))))
    case 'boolean':
      return cells.map((cell) => (cell !== null && BOOLEAN.test(cell) ? cell.toLowerCase() : cell))
    case 'text':
      return cells
  }
}

/** In UTC where no zone is named; NaN of what is no date. */
function timeOf(text: string): number {
  if (!DATE.test(text)) return Number.NaN
  const [day, time] = [text.slice(0, 10), text.slice(11)]
  if (time === '') return Date.parse(day)
  return Date.parse(`${day}T${time}${/Z|[+-]\d\d:?\d\d$/.test(time) ? '' : 'Z'}`)
}

const OF_ALL: ReadonlySet<string> = new Set(MISSING_SPELLINGS)
const OF_NUMBERS: ReadonlySet<string> = new Set([...MISSING_SPELLINGS, ...MISSING_NUMBERS])

function present(texts: readonly string[], missing: ReadonlySet<string>): string[] {
  return texts.map((text) => text.trim()).filter((text) => !missing.has(text))
}
