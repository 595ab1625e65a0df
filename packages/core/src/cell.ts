/**
 * How a cell reads: what is missing, which number it is, which category. Written once, so that a table, a stored
 * profile, a live window and a file agree about the same rows.
 *
 * | cell | as a number | as a category |
 * | --- | --- | --- |
 * | null, undefined, NaN, the invalid date | missing | missing |
 * | number | itself | its text; −0 is `0` |
 * | bigint | the nearest double | all of its digits |
 * | boolean | 1 or 0 | `true` or `false` |
 * | date | milliseconds since 1970 | `2001-01-01` at 00:00 UTC, else full ISO 8601 in UTC |
 * | text | the decimal number that it spells, else none | itself, empty text too |
 * | object, array, function, symbol | none | none |
 */

/** Is there no value at all? */
export function isMissing(cell: unknown): boolean {
  return (
    cell === null ||
    cell === undefined ||
    (typeof cell === 'number' && Number.isNaN(cell)) ||
    (cell instanceof Date && Number.isNaN(cell.getTime()))
  )
}

/**
 * Which number is it?
 *
 * @returns NaN where it is missing; undefined where it is there and no number
 * @example
 * numberOf(' 1.5e3 ') // 1500
 * numberOf('n/a') // undefined
 */
export function numberOf(cell: unknown): number | undefined {
  switch (typeof cell) {
    case 'number':
      return cell
    case 'bigint':
    case 'boolean':
      return Number(cell)
    case 'undefined':
      return Number.NaN
    case 'string':
      return numberOfText(cell)
    default:
      if (cell === null) return Number.NaN
      return cell instanceof Date ? cell.getTime() : undefined
  }
}

/** JavaScript alone reads an empty text as 0, and `0x10` as 16; numpy and pandas write ∞ as `inf`. */
function numberOfText(text: string): number | undefined {
  const x = Number(text)
  if (Number.isNaN(x)) return infinityOf(text)
  return NO_DECIMAL.test(text) ? undefined : x
}

const NO_DECIMAL = /^\s*(0[xob].*)?$/is
const INFINITY = /^\s*([+-]?)inf(inity)?\s*$/i

function infinityOf(text: string): number | undefined {
  const sign = INFINITY.exec(text)?.[1]
  if (sign === undefined) return undefined
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/**
 * Which category is it?
 *
 * @returns null where it is missing; undefined where it is there and no category
 * @example
 * categoryOf(new Date('2001-01-01')) // '2001-01-01'
 * categoryOf(9007199254740993n) // '9007199254740993'
 */
export function categoryOf(cell: unknown): string | null | undefined {
  switch (typeof cell) {
    case 'string':
      return cell
    case 'number':
      return Number.isNaN(cell) ? null : String(cell)
    case 'bigint':
    case 'boolean':
      return String(cell)
    case 'undefined':
      return null
    default:
      if (cell === null) return null
      return cell instanceof Date ? categoryOfDate(cell) : undefined
  }
}

const MIDNIGHT = 'T00:00:00.000Z'

function categoryOfDate(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null
  const text = date.toISOString()
  return text.endsWith(MIDNIGHT) ? text.slice(0, -MIDNIGHT.length) : text
}
