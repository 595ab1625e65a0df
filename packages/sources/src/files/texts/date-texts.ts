import { quoteLiteral, trimmedSql } from '../sql.ts'

export type DateOrder = 'year-month-day' | 'day-month-year' | 'month-day-year'

/** A way of writing dates and times, with or without a time of the day, all of one order. */
interface DateFormat {
  readonly order: DateOrder
  /** The moment (a TIMESTAMP in UTC); NULL where it is none. */
  readonly sql: (text: string) => string
  /** Could a text be one? Whether there is such a day is for the SQL to tell. */
  readonly fits: (text: string) => boolean
  /** Could the two other numbers be taken for one another? */
  readonly isNumbers: boolean
}

const CLOCK_AND_ZONE =
  '(?:(?:[T ]+|, ?)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)( ?(?:Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?)?'

/** Numbers with 4 digits of a year, one sign between them: rewritten as `2024-01-31` and the rest. */
function numbers(order: DateOrder, sign: string): DateFormat {
  const [a, b] =
    order === 'year-month-day' ? ['[0-9]{4}', '[0-9]{1,2}'] : ['[0-9]{1,2}', '[0-9]{4}']
  const s = `[${sign}]`
  const pattern = `([\\t ]*)(${a})${s}([0-9]{1,2})${s}(${b})${CLOCK_AND_ZONE}[\\t ]*`
  const rewritten = {
    'year-month-day': '\\2-\\3-\\4 \\5\\6',
    'day-month-year': '\\4-\\3-\\2 \\5\\6',
    'month-day-year': '\\4-\\2-\\3 \\5\\6',
  }[order]
  const test = new RegExp(`^(?:${pattern})$`, 'i')
  return {
    order,
    isNumbers: order !== 'year-month-day',
    fits: (text) => isDay(order, test.exec(text)),
    sql: (text) => {
      const iso = `regexp_replace(${text}, ${quoteLiteral(`^${pattern}$`)}, ${quoteLiteral(rewritten)}, 'i')`
      const any = `CASE WHEN ${matches(text, pattern)} THEN ${momentSql(iso)} END`
      return `coalesce(${usualSql(order, sign, text)}, ${any})`
    },
  }
}

/** What needs no pattern, since most dates are so written; NULL of all else. */
function usualSql(order: DateOrder, sign: string, text: string): string {
  const isYearFirst = order === 'year-month-day'
  const date = (isYearFirst ? ['____', '__', '__'] : ['__', '__', '____']).join(sign)
  const part = (from: number, length: number) => `substr(${text}, ${from}, ${length})`
  const [month, day] = order === 'day-month-year' ? [4, 1] : [1, 4]
  const iso = isYearFirst
    ? `${part(1, 4)} || '-' || ${part(6, 2)} || '-' || ${part(9, 2)} || substr(${text}, 11)`
    : `${part(7, 4)} || '-' || ${part(month, 2)} || '-' || ${part(day, 2)} || substr(${text}, 11)`
  const whole = isYearFirst && sign === '-' ? text : iso
  const like = (tails: readonly string[]) =>
    `(${tails.map((tail) => `${text} LIKE '${date}${tail}'`).join(' OR ')}) AND ${text} BETWEEN '0' AND '9~'`
  // Names of zones stand behind a blank; they would change what the next cells are.
  const isBare = `NOT contains(substr(${text}, 20), ' ')`
  return `CASE WHEN ${like(['', ' __:__:__', 'T__:__:__', ' __:__'])} THEN TRY_CAST(${whole} AS TIMESTAMP)
    WHEN ${like([' __:__:__%', 'T__:__:__%'])} AND ${isBare} THEN TRY_CAST(${whole} AS TIMESTAMPTZ)::TIMESTAMP END`
}

/** Of `2024-01-31 8:30:00.5 +0200` and the like. DuckDB wants seconds, +02 or +02:00, and no blanks. */
function momentSql(iso: string): string {
  let text = `replace(regexp_replace(upper(${iso}), ' ([+-])', '\\1'), ',', '.')`
  text = `regexp_replace(trim(${text}), ' ?(?:Z|UTC)$', '+00')`
  text = `regexp_replace(${text}, '([+-][0-9]{2})([0-9]{2})$', '\\1:\\2')`
  text = `regexp_replace(${text}, ' ([0-9]{1,2}:[0-9]{2})([+-].*)?$', ' \\1:00\\2')`
  return `TRY_CAST(${text} AS TIMESTAMPTZ)::TIMESTAMP`
}

function isDay(order: DateOrder, match: RegExpExecArray | null): boolean {
  if (match === null) return false
  const [first, second, third] = [Number(match[2]), Number(match[3]), Number(match[4])]
  if (order === 'year-month-day') return second >= 1 && second <= 12 && third >= 1 && third <= 31
  const [day, month] = order === 'day-month-year' ? [first, second] : [second, first]
  return day >= 1 && day <= 31 && month >= 1 && month <= 12
}

/** An AM or a PM behind the time, or none of it. */
type Clock = 'any' | 'half days'

/** What has names of months, an AM or two digits of a year: DuckDB's `strptime`. */
function named(
  order: DateOrder,
  pattern: string,
  dates: readonly string[],
  { isNumbers = false, clock = 'any' }: { isNumbers?: boolean; clock?: Clock } = {},
): DateFormat {
  const halfDays = [' %I:%M %p', ' %I:%M:%S %p']
  const times =
    clock === 'any' ? ['', ' %H:%M', ' %H:%M:%S', ' %H:%M:%S.%f', ...halfDays] : halfDays
  const formats = dates.flatMap((date) => times.map((time) => `${date}${time}`))
  const time = '(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,6})?)?(?: [AP]M)?)?'
  const halfDay = ' [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? [AP]M'
  const whole = `[\\t ]*(?:${pattern})${clock === 'any' ? time : halfDay}[\\t ]*`
  const test = new RegExp(`^(?:${whole})$`, 'i')
  return {
    order,
    isNumbers,
    fits: (text) => test.test(text),
    sql: (text) => {
      const moment = `try_strptime(${trimmedSql(text)}, [${formats.map(quoteLiteral).join(', ')}])`
      return `CASE WHEN ${matches(text, whole)} THEN ${moment}::TIMESTAMP END`
    },
  }
}

function matches(text: string, pattern: string): string {
  return `regexp_full_match(${text}, ${quoteLiteral(pattern)}, 'i')`
}

const DAY_AND_MONTH = '[0-9]{1,2}[/.-][0-9]{1,2}[/.-]'
const DAYS_FIRST = ['%d/%m/', '%d.%m.', '%d-%m-']
const MONTHS_FIRST = ['%m/%d/', '%m-%d-']
const withYear = (dates: readonly string[], year: string) => dates.map((date) => `${date}${year}`)

const FORMATS: readonly DateFormat[] = [
  ...['-', '/', '.'].map((sign) => numbers('year-month-day', sign)),
  ...['/', '.', '-'].map((sign) => numbers('day-month-year', sign)),
  ...['/', '-'].map((sign) => numbers('month-day-year', sign)),
  named('day-month-year', '[0-9]{1,2}[-/ ][a-z]{3,9}[-/ ][0-9]{4}', [
    '%d-%b-%Y',
    '%d %b %Y',
    '%d/%b/%Y',
    '%d-%B-%Y',
    '%d %B %Y',
  ]),
  named('day-month-year', '[0-9]{1,2}[-/ ][a-z]{3,9}[-/ ][0-9]{2}', [
    '%d-%b-%y',
    '%d %b %y',
    '%d/%b/%y',
  ]),
  named('month-day-year', '[a-z]{3,9} [0-9]{1,2},? [0-9]{4}', [
    '%b %d, %Y',
    '%B %d, %Y',
    '%b %d %Y',
    '%B %d %Y',
  ]),
  named('year-month-day', '[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}', ['%Y-%m-%d', '%Y/%m/%d'], {
    clock: 'half days',
  }),
  ...(['day-month-year', 'month-day-year'] as const).flatMap((order) => {
    const dates = order === 'day-month-year' ? DAYS_FIRST : MONTHS_FIRST
    return [
      named(order, `${DAY_AND_MONTH}[0-9]{2}`, withYear(dates, '%y'), { isNumbers: true }),
      named(order, `${DAY_AND_MONTH}[0-9]{4}`, withYear(dates, '%Y'), {
        isNumbers: true,
        clock: 'half days',
      }),
    ]
  }),
]

/** Some ways of writing dates, all of one order. */
export interface DateFormats {
  readonly order: DateOrder | undefined
  /** Is the order of day and month one of two that are possible? */
  readonly isNumbers: boolean
  /** Is it of this text? Of 2024-01-31, which stands beside others, it is not. */
  isInNumbers(text: string): boolean
  /** The moment as a TIMESTAMP in UTC; NULL of what is no date so written. */
  sql(text: string): string
}

/** What the user says of all dates: an order, or a format of strptime. */
export type SaidOfDates = 'day-first' | 'month-first' | (string & {})

/**
 * The orders by which most of the texts of a side could be dates, each with the ways of writing that occur.
 *
 * @param sides - some texts of each side
 * @param least - the share of the texts of a side that have to fit
 */
export function likelyDates(
  sides: ReadonlyArray<readonly string[]>,
  said?: SaidOfDates,
  least = 0.5,
): readonly DateFormats[] {
  if (said?.includes('%'))
    return [{ order: undefined, isNumbers: false, isInNumbers: () => false, sql: byFormat(said) }]
  const fits = ({ fits }: DateFormat) => sides.some((texts) => texts.some(fits))
  // What can only be meant in one way goes with either order of the others.
  const certain = FORMATS.filter((format) => !format.isNumbers && fits(format))
  const candidateOf = (formats: readonly DateFormat[]): readonly DateFormats[] => {
    const isDate = (text: string) => formats.some(({ fits }) => fits(text))
    if (!sides.some((texts) => texts.filter(isDate).length > least * texts.length)) return []
    const isNumbers = formats.some((format) => format.isNumbers)
    const orders = formats
      .filter((format) => format.isNumbers === isNumbers)
      .map(({ order }) => order)
    const order = new Set(orders).size === 1 ? orders[0] : undefined
    const numbers = formats.filter((format) => format.isNumbers)
    return [
      {
        order,
        isNumbers,
        isInNumbers: (text) => numbers.some(({ fits }) => fits(text)),
        sql: (text) => firstOf(formats, text),
      },
    ]
  }
  const wanted = (['day-month-year', 'month-day-year'] as const).filter(
    (order) => said === undefined || (said === 'day-first') === (order === 'day-month-year'),
  )
  const inDoubt = wanted.flatMap((order) => {
    const own = FORMATS.filter(
      (format) => format.order === order && format.isNumbers && fits(format),
    )
    return own.length === 0 ? [] : candidateOf([...certain, ...own])
  })
  return inDoubt.length > 0 ? inDoubt : candidateOf(certain)
}

/** A format of strptime that the user names. */
function byFormat(format: string): (text: string) => string {
  return (text) => `try_strptime(${text}, ${quoteLiteral(format)})::TIMESTAMP`
}

function firstOf(formats: readonly DateFormat[], text: string): string {
  const moments = formats.map(({ sql }) => sql(text))
  return moments.length === 1 ? moments[0]! : `coalesce(${moments.join(', ')})`
}

const CLOCK = '[\\t ]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?[\\t ]*'
const HALF_DAY_CLOCK = '[\\t ]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? ?[AP]M[\\t ]*'
const IS_TIME = new RegExp(`^(?:${CLOCK}|${HALF_DAY_CLOCK})$`, 'i')

/** Could a text be a time of the day? */
export function isTimeText(text: string): boolean {
  return IS_TIME.test(text)
}

/** Seconds since midnight; NULL of what is no time of the day. */
export function secondsSql(text: string): string {
  const halfDays = `try_strptime(replace(upper(${trimmedSql(text)}), ' ', ''), ['%I:%M%p', '%I:%M:%S%p'])::TIME`
  return `CASE WHEN ${matches(text, CLOCK)} THEN epoch(TRY_CAST(${trimmedSql(text)} AS TIME))
    WHEN ${matches(text, HALF_DAY_CLOCK)} THEN epoch(${halfDays}) END`
}
