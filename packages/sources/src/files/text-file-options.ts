import { InvalidArgumentError } from '@tidegauge/core'
import { suggestion } from '@tidegauge/core/options'
import type { TextRules } from './texts/text-column.ts'

/** How text files (CSV, JSON) are read. What is not said is found out, of both sides of a comparison together. */
export interface TextFileOptions {
  /** Between the cells of a line: one ASCII character. */
  readonly delimiter?: string | undefined
  /** Does the first line name the columns? */
  readonly header?: boolean | undefined
  /** Of the characters, such as `windows-1252`; default UTF-8, or UTF-16 where the bytes tell. */
  readonly encoding?: string | undefined
  /** More texts that stand for a missing cell; an empty one takes away those that are known, such as `NA`. */
  readonly missing?: readonly string[] | undefined
  /** Of numbers. */
  readonly decimal?: '.' | ',' | undefined
  /** Between groups of three digits. */
  readonly thousands?: ',' | '.' | "'" | ' ' | undefined
  /** `day-first`, `month-first`, or a format such as `%d.%m.%Y`. */
  readonly dateFormat?: string | undefined
}

export const TEXT_FILE_OPTIONS: Readonly<Record<keyof TextFileOptions, true>> = {
  delimiter: true,
  header: true,
  encoding: true,
  missing: true,
  decimal: true,
  thousands: true,
  dateFormat: true,
}

/** @throws InvalidArgumentError where one is not what it must be */
export function assertTextFileOptions({
  delimiter,
  header,
  encoding,
  missing,
  decimal,
  thousands,
  dateFormat,
}: TextFileOptions): void {
  for (const [name, value] of Object.entries({ delimiter, encoding, dateFormat })) {
    if (value === undefined || typeof value === 'string') continue
    throw new InvalidArgumentError(name, 'a text', value)
  }
  if (header !== undefined && typeof header !== 'boolean') {
    throw new InvalidArgumentError('header', 'true or false', header)
  }
  const areTexts =
    Array.isArray(missing) &&
    (missing as readonly unknown[]).every((text) => typeof text === 'string')
  if (missing !== undefined && !areTexts) {
    throw new InvalidArgumentError('missing', 'a list of texts', missing)
  }
  assertOneOf('decimal', ['.', ','], decimal)
  assertOneOf('thousands', [',', '.', "'", ' '], thousands)
  if (dateFormat !== undefined) assertDateFormat(dateFormat)
}

function assertOneOf(name: string, known: readonly string[], value: string | undefined): void {
  if (value === undefined || known.includes(value)) return
  throw new InvalidArgumentError(name, known.map((one) => `"${one}"`).join(' or '), value)
}

const ORDERS = ['day-first', 'month-first']
/** What strptime of DuckDB knows. */
const SPECIFIER = /^%(?:[abcdfghjmnpuwxyzABGHIMSTUVWXYZ%]|-[djmyHIMS])$/

function assertDateFormat(format: string): void {
  if (ORDERS.includes(format)) return
  const wanted = 'day-first, month-first or a format such as %d.%m.%Y'
  if (!format.includes('%')) {
    const near = suggestion(format, ORDERS).replace('; ', '')
    const expected = near === '' ? wanted : `${wanted} (${near})`
    throw new InvalidArgumentError('dateFormat', expected, format)
  }
  const unknown = format.match(/%-?.?/gs)!.find((specifier) => !SPECIFIER.test(specifier))
  if (unknown === undefined) return
  throw new InvalidArgumentError('dateFormat', `${wanted}: ${unknown} in it is unknown`, format)
}

/** What is said of the texts themselves. */
export function rulesOf({ missing, decimal, thousands, dateFormat }: TextFileOptions): TextRules {
  return { missing, decimalSign: decimal, thousandsSign: thousands, dates: dateFormat }
}
