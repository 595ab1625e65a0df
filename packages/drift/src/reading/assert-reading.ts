import { InvalidArgumentError } from '@tidegauge/core'
import {
  type ColumnReading,
  type MendedLines,
  type Misfits,
  type MissingSpelling,
  MOST_SPELLINGS,
  type TableReading,
} from './column-reading.ts'

/**
 * Members that it does not know are let through, and go no further: a later release may add some.
 *
 * @throws InvalidArgumentError where it is not how a column was read, naming the path of what is wrong
 */
export function assertColumnReading(path: string, reading: ColumnReading): void {
  assertMembers<ColumnReading>(path, reading, {
    sourceType: assertText,
    missing: (at, value) => assertList(at, value, assertSpelling, MOST_SPELLINGS),
    decimalSign: (at, value) => assertOneOf(at, value, ['.', ',']),
    thousandsSign: assertSign,
    unit: assertSign,
    dateOrder: (at, value) =>
      assertOneOf(at, value, ['year-month-day', 'day-month-year', 'month-day-year']),
    timeOfDay: (at, value) => assertOneOf(at, value, [true]),
    misfits: assertMisfits,
    notes: (at, value) => assertList(at, value, assertText),
  })
}

/**
 * The same of a table.
 *
 * @throws InvalidArgumentError where it is not how a table was read, naming the path of what is wrong
 */
export function assertTableReading(path: string, reading: TableReading): void {
  const checks = {
    format: assertText,
    encoding: assertText,
    delimiter: assertText,
    header: (at: string, value: unknown) => assertOneOf(at, value, [true, false]),
    mended: (at: string, value: unknown) => assertList(at, value, assertMended),
  }
  assertMembers<TableReading>(path, reading, checks, ['format'])
}

type Check = (path: string, value: unknown) => void

/** Each member that is there, or is asked for; a check for each, so that one without does not compile. */
function assertMembers<T extends object>(
  path: string,
  value: unknown,
  checks: { readonly [K in keyof T]-?: Check },
  asked: ReadonlyArray<keyof T> = [],
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(path, 'an object', value)
  }
  for (const [key, check] of Object.entries<Check>(checks)) {
    const member = Object.hasOwn(value, key) ? value[key as keyof typeof value] : undefined
    if (member !== undefined || asked.includes(key as keyof T)) check(`${path}.${key}`, member)
  }
}

function assertSpelling(path: string, value: unknown): void {
  const checks = { text: assertText, count: assertCount }
  assertMembers<MissingSpelling>(path, value, checks, ['text', 'count'])
}

function assertMisfits(path: string, value: unknown): void {
  const checks = { count: assertCount, example: assertText, line: assertLine, file: assertText }
  assertMembers<Misfits>(path, value, checks, ['count', 'example'])
}

function assertMended(path: string, value: unknown): void {
  const checks = { what: assertText, count: assertCount, line: assertLine, file: assertText }
  assertMembers<MendedLines>(path, value, checks, ['what', 'count'])
}

function assertList(
  path: string,
  value: unknown,
  check: Check,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (!Array.isArray(value)) throw new InvalidArgumentError(path, 'an array', value)
  if (value.length > most) {
    throw new InvalidArgumentError(path, `an array of at most ${most}`, `${value.length} items`)
  }
  value.forEach((item, i) => {
    check(`${path}[${i}]`, item)
  })
}

function assertText(path: string, value: unknown): void {
  if (typeof value !== 'string') throw new InvalidArgumentError(path, 'a text', value)
}

function assertCount(path: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return
  throw new InvalidArgumentError(path, 'a whole number', value)
}

function assertLine(path: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return
  throw new InvalidArgumentError(path, 'a line, from 1 on', value)
}

/** Between digits or beside them is no place for a text. */
function assertSign(path: string, value: unknown): void {
  if (typeof value === 'string' && value.length >= 1 && value.length <= 8) return
  throw new InvalidArgumentError(path, 'a sign of at most 8 characters', value)
}

function assertOneOf(path: string, value: unknown, members: readonly unknown[]): void {
  if (members.includes(value)) return
  throw new InvalidArgumentError(path, `one of ${members.join(', ')}`, value)
}
