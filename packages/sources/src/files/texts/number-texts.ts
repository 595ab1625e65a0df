import { quoteLiteral } from '../sql.ts'

/** How numbers are written. */
export interface NumberFormat {
  readonly decimalSign: '.' | ','
  /** Between groups of three digits; a space stands for each kind of space; empty: there is none. */
  readonly thousandsSign: ThousandsSign
  /** Beside each number, and no part of it: `%`, `$`; empty: there is none. */
  readonly unit: string
  /** Without the signs of accountants: `(5.00)`, `5.00-`; and the hyphen alone is a minus. */
  readonly isBare?: true
}

export type ThousandsSign = '' | ',' | '.' | ' ' | "'"

/** As JavaScript, C and most tools write numbers. */
export const PLAIN: NumberFormat = { decimalSign: '.', thousandsSign: '', unit: '' }
export const PLAIN_TO_PANDAS: NumberFormat = { ...PLAIN, isBare: true }

/** The no-break ones are what tools write in French and Norwegian. */
const SPACES = ' \u00a0\u2009\u202f'

const CHARACTERS: Readonly<Record<ThousandsSign, string>> = {
  '': '',
  ',': ',',
  '.': '.',
  ' ': SPACES,
  "'": "'\u2019",
}

/** The hyphen last: between others in brackets it would stand for a range. */
const MINUS = '\u2212-'

/**
 * The pattern of a number, as JavaScript and DuckDB both read it; case does not matter.
 * `1,23,456` is how India groups; accountants write (5.00) for what is lost, SAP 5.00-.
 */
function patternOf({ decimalSign, thousandsSign, unit, isBare }: NumberFormat): string {
  const between = `[${CHARACTERS[thousandsSign]}]`
  // 0,123 is no hundred and more: its comma is a decimal sign.
  const isSignOfBoth = thousandsSign === ',' || thousandsSign === '.'
  const first = isSignOfBoth ? '[1-9][0-9]{0,2}' : '[0-9]{1,3}'
  const grouped = thousandsSign === '' ? '' : `|${first}(?:${between}[0-9]{2,3})*${between}[0-9]{3}`
  const point = `[${decimalSign}]`
  const digits = `(?:(?:[0-9]+${grouped})(?:${point}[0-9]*)?|${point}[0-9]+)(?:e[+-]?[0-9]+)?`
  if (isBare) return `[\\t ]*[+-]?(?:${digits}|inf(?:inity)?)[\\t ]*`
  const blank = `[\\t${SPACES}]*`
  const sign = `[+${MINUS}]?`
  if (unit === '') {
    const number = `${sign}(?:${digits}|inf(?:inity)?)`
    return `${blank}(?:${number}|[(]${digits}[)]|${digits}[${MINUS}])${blank}`
  }
  // A currency may be left out; 0.5 and 50 % are not the same.
  const beside = IS_SHARE.test(unit) ? escaped(unit) : `(?:${escaped(unit)})?`
  const before = `(?:${sign}${blank}${beside}${blank}|${beside}${blank}${sign})${digits}`
  const behind = `${sign}${digits}${blank}${beside}`
  const either = `(?:${beside}${blank}${digits}|${digits}${blank}${beside})`
  return `${blank}(?:${before}|${behind}|[(]${either}[)]|${either}[${MINUS}])${blank}`
}

const IS_SHARE = /^[%\u2030]$/

/** Is a text a number, so written? */
export function isNumberText(format: NumberFormat): (text: string) => boolean {
  const pattern = new RegExp(`^(?:${patternOf(format)})$`, 'i')
  return (text) => pattern.test(text)
}

/** @param text - in SQL */
function isNumberSql(format: NumberFormat, text: string): string {
  return `regexp_full_match(${text}, ${quoteLiteral(patternOf(format))}, 'i')`
}

/** The number, in SQL; NULL of what is none so written. Too large, it is infinite, as in JavaScript. */
export function numberSql(format: NumberFormat, text: string): string {
  const { decimalSign, thousandsSign, unit } = format
  const dropped = `[\\t${SPACES}${CHARACTERS[thousandsSign]}]`
  let bare =
    unit === '' ? text : `regexp_replace(${text}, ${quoteLiteral(escaped(unit))}, '', 'gi')`
  bare = `replace(regexp_replace(${bare}, ${quoteLiteral(dropped)}, '', 'g'), '\u2212', '-')`
  if (decimalSign === ',') bare = `replace(${bare}, ',', '.')`
  bare = `regexp_replace(${bare}, '^(?:[(](.*)[)]|([^-]+)-)$', '-\\1\\2')`
  const written = `CASE WHEN ${isNumberSql(format, text)} THEN TRY_CAST(${bare} AS DOUBLE) END`
  if (!isPlain(format)) return written
  // DuckDB alone reads 1_000 and nan. What it does not read at once is rare here.
  const read = `nullif(TRY_CAST(${text} AS DOUBLE), 'NaN'::DOUBLE)`
  return `CASE WHEN NOT contains(${text}, '_') THEN coalesce(${read}, ${written}) END`
}

/** The same of a column all of whose cells are seen to be plain numbers. */
export function plainNumberSql(text: string, type = 'DOUBLE'): string {
  return `TRY_CAST(${text} AS ${type})`
}

export function isPlain({ decimalSign, thousandsSign, unit }: NumberFormat): boolean {
  return decimalSign === '.' && thousandsSign === '' && unit === ''
}

const FORMATS: ReadonlyArray<Omit<NumberFormat, 'unit'>> = [
  { decimalSign: '.', thousandsSign: '' },
  { decimalSign: '.', thousandsSign: ',' },
  { decimalSign: '.', thousandsSign: ' ' },
  { decimalSign: '.', thousandsSign: "'" },
  { decimalSign: ',', thousandsSign: '' },
  { decimalSign: ',', thousandsSign: '.' },
  { decimalSign: ',', thousandsSign: ' ' },
  { decimalSign: ',', thousandsSign: "'" },
]

/** A currency sign or code, or a percent sign: before or behind. */
const UNIT = new RegExp(
  `^[\\t${SPACES}(]*[+${MINUS}]?[\\t${SPACES}]*(\\p{Sc}|USD|EUR|GBP|CHF|JPY|R\\$|kr)|(\\p{Sc}|[%\u2030]|USD|EUR|GBP|CHF|JPY|kr|zł)[\\t${SPACES})${MINUS}]*$`,
  'u',
)

/** What users say of all numbers of a file. */
export interface SaidOfNumbers {
  readonly decimalSign?: NumberFormat['decimalSign'] | undefined
  readonly thousandsSign?: ThousandsSign | undefined
}

/**
 * The formats by which most of some texts are numbers: at most one with a decimal point and one with a decimal comma,
 * each with the fewest signs that it needs.
 */
export function likelyFormats(
  texts: readonly string[],
  { decimalSign, thousandsSign }: SaidOfNumbers = {},
): readonly NumberFormat[] {
  const digits = texts.filter((text) => /[0-9]/.test(text))
  const unit = commonUnit(digits)
  return (['.', ','] as const).flatMap((sign) => {
    if (decimalSign !== undefined && sign !== decimalSign) return []
    const formats = FORMATS.filter(
      (format) =>
        format.decimalSign === sign &&
        (thousandsSign === undefined || ['', thousandsSign].includes(format.thousandsSign)) &&
        thousandsSign !== sign,
    ).map((format) => ({ ...format, unit }))
    const counts = formats.map((format) => digits.filter(isNumberText(format)).length)
    const most = Math.max(0, ...counts)
    return most === 0 ? [] : [formats[counts.indexOf(most)]!]
  })
}

/** The unit of most texts, or a currency that stands beside some; empty where there is none. */
function commonUnit(texts: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const text of texts) {
    const match = UNIT.exec(text)
    const unit = match?.[1] ?? match?.[2]
    if (unit !== undefined) counts.set(unit, (counts.get(unit) ?? 0) + 1)
  }
  const [unit, count] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0]
  return !IS_SHARE.test(unit) || 2 * count > texts.length ? unit : ''
}

function escaped(text: string): string {
  return text.replace(/[$.*+?^()[\]{}|\\]/g, '\\$&')
}
