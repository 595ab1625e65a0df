import { InvalidArgumentError } from '@tidegauge/core'
import {
  type ColumnReading,
  type MendedLines,
  type Misfits,
  type MissingSpelling,
  MOST_SPELLINGS,
  type TableReading,
} from './column-reading.ts'

type Check = (path: string, value: unknown) => void

/** A check for each member, so that one without does not compile. */
type Members<T> = { readonly [K in keyof T]-?: Check }

const text = /* @__PURE__ */ that('a text', (value) => typeof value === 'string')
const count = /* @__PURE__ */ that(
  'a whole number',
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
)
const line = /* @__PURE__ */ that(
  'a line, from 1 on',
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
)

/** A sign between or beside digits is no place for a text. */
const sign = /* @__PURE__ */ that(
  'a sign of at most 8 characters',
  (value) => typeof value === 'string' && value.length >= 1 && value.length <= 8,
)

const spelling = /* @__PURE__ */ object<MissingSpelling>({ text, count }, ['text', 'count'])
const misfits = /* @__PURE__ */ object<Misfits>({ count, example: text, line }, [
  'count',
  'example',
])
const mended = /* @__PURE__ */ object<MendedLines>({ what: text, count, line }, ['what', 'count'])

const columnReading = /* @__PURE__ */ object<ColumnReading>({
  sourceType: text,
  missing: /* @__PURE__ */ list(spelling, MOST_SPELLINGS),
  decimalSign: /* @__PURE__ */ oneOf('.', ','),
  thousandsSign: sign,
  unit: sign,
  dateOrder: /* @__PURE__ */ oneOf('year-month-day', 'day-month-year', 'month-day-year'),
  timeOfDay: /* @__PURE__ */ oneOf(true),
  misfits,
  notes: /* @__PURE__ */ list(text),
})

const tableReading = /* @__PURE__ */ object<TableReading>(
  {
    format: text,
    encoding: text,
    delimiter: text,
    header: /* @__PURE__ */ oneOf(true, false),
    mended: /* @__PURE__ */ list(mended),
  },
  ['format'],
)

/** @throws InvalidArgumentError where it is not how a column was read, naming the path of what is wrong */
export function assertColumnReading(path: string, reading: ColumnReading): void {
  columnReading(path, reading)
}

/** @throws InvalidArgumentError where it is not how a table was read, naming the path of what is wrong */
export function assertTableReading(path: string, reading: TableReading): void {
  tableReading(path, reading)
}

/** Members that it does not know are let through, and go no further: a later release may add some. */
function object<T extends object>(
  members: Members<T>,
  required: ReadonlyArray<keyof T & string> = [],
): Check {
  return (path, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidArgumentError(path, 'an object', value)
    }
    for (const [key, check] of Object.entries<Check>(members)) {
      const member = Object.hasOwn(value, key) ? value[key as keyof typeof value] : undefined
      const isAsked = (required as readonly string[]).includes(key)
      if (member !== undefined || isAsked) check(`${path}.${key}`, member)
    }
  }
}

function list(item: Check, most: number = Number.POSITIVE_INFINITY): Check {
  return (path, value) => {
    if (!Array.isArray(value)) throw new InvalidArgumentError(path, 'an array', value)
    if (value.length > most) {
      throw new InvalidArgumentError(path, `an array of at most ${most}`, `${value.length} items`)
    }
    value.forEach((element, i) => {
      item(`${path}[${i}]`, element)
    })
  }
}

function oneOf(...members: readonly unknown[]): Check {
  return that(`one of ${members.join(', ')}`, (value) => members.includes(value))
}

function that(expected: string, holds: (value: unknown) => boolean): Check {
  return (path, value) => {
    if (!holds(value)) throw new InvalidArgumentError(path, expected, value)
  }
}
