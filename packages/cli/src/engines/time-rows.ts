import type { SqlColumn, SqlDialect } from '@tidegauge/sources'
import { UsageError } from '../usage-error.ts'

/**
 * The rows whose column of times has a value, as a condition in SQL: of a date the day itself, of a timestamp that day from
 * midnight to midnight in UTC, `2024-01` a month, `2024` a year. Texts and numbers are what they are.
 *
 * @param option - what an error calls the value
 * @throws UsageError where the column can have no such value
 */
export function rowsAt(
  dialect: SqlDialect,
  { name, type }: SqlColumn,
  option: string,
  value: string,
): string {
  const column = dialect.identifier(name)
  const kind = dialect.kindOf(type)
  const wrong = (expected: string) =>
    new UsageError(
      `${option} ${value} is no value of --time ${name}, which is ${type}: ${expected}`,
    )
  switch (kind) {
    case 'day':
    case 'moment': {
      const span = spanOf(value)
      if (span === null) throw wrong('say a date (2024-01-31), a month (2024-01) or a year (2024)')
      const [first, last] = span.map((day) => literalOf(dialect, kind, type, day)) as [
        string,
        string,
      ]
      if (kind === 'day' && isDate(value)) return `${column} = ${first}`
      return `${column} >= ${first} AND ${column} < ${last}`
    }
    case 'text':
      return `${column} = ${textLiteral(dialect, value)}`
    case 'whole':
    case 'float':
    case 'decimal':
      if (!/^[+-]?\d{1,40}(\.\d{1,40})?$/.test(value)) throw wrong('say a number')
      return `${column} = ${value}`
    case 'boolean':
      if (value !== 'true' && value !== 'false') throw wrong('say true or false')
      return `${column} = ${value}`
    default:
      throw wrong('say a column of dates, texts or numbers')
  }
}

function isDate(value: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(value)
}

/** First day, and the first one that is no more of it; null where it is none of a calendar. */
function spanOf(value: string): readonly [string, string] | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(value) ?? []
  if (year === undefined) return null
  const from = dayOf(+year, +(month ?? 1), +(day ?? 1))
  if (day !== undefined && from !== value) return null
  if (month !== undefined && !from.startsWith(`${year}-${month}`)) return null
  const next =
    day !== undefined
      ? dayOf(+year, +month!, +day + 1)
      : month !== undefined
        ? dayOf(+year, +month + 1, 1)
        : dayOf(+year + 1, 1, 1)
  return [from, next]
}

function dayOf(year: number, month: number, day: number): string {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const [text] = date.toISOString().split('T')
  return text!.replace(/^\+0*(?=\d{5})/, '')
}

/** Midnight in UTC, whatever the zone of the session is; or the day. */
function literalOf(dialect: SqlDialect, kind: 'day' | 'moment', type: string, day: string): string {
  const isZoned = /time zone|timestamptz/i.test(type) && !/without/i.test(type)
  const midnight = `${day} 00:00:00`
  switch (dialect.name) {
    case 'clickhouse':
    case 'clickhouse18':
      return kind === 'day' ? `toDate('${day}')` : `toDateTime('${midnight}', 'UTC')`
    case 'spark':
      if (kind === 'day') return `DATE '${day}'`
      return /ntz/i.test(type) ? `TIMESTAMP_NTZ '${midnight}'` : `TIMESTAMP '${midnight}Z'`
    case 'trino':
      if (kind === 'day') return `DATE '${day}'`
      return `TIMESTAMP '${midnight}${isZoned ? ' UTC' : ''}'`
    default:
      if (kind === 'day') return `DATE '${day}'`
      return isZoned ? `TIMESTAMPTZ '${midnight}+00'` : `TIMESTAMP '${midnight}'`
  }
}

/** A text between quotes, from which nothing in it leads out. */
function textLiteral(dialect: SqlDialect, text: string): string {
  if (text.includes('\0')) throw new UsageError('a value must have no NUL character')
  const doubled = text.replaceAll("'", "''")
  if (dialect.escapesByBackslash) return `'${text.replace(/[\\']/g, '\\$&')}'`
  // Whether PostgreSQL takes a backslash for an escape is a setting of its own; behind an E it always does.
  if (dialect.name === 'postgres' && text.includes('\\')) {
    return `E'${doubled.replaceAll('\\', '\\\\')}'`
  }
  return `'${doubled}'`
}

/** So many are named where a value is not there. */
const MOST_NAMED = 10

/** The last different values of the column, as they would be said. */
export function valuesStatement(
  dialect: SqlDialect,
  { name, type }: SqlColumn,
  behind: string,
): string {
  const kind = dialect.kindOf(type)
  const column = dialect.identifier(name)
  const value =
    kind === 'text' || kind === 'boolean'
      ? dialect.text(column, kind, type)
      : kind === null
        ? column
        : dialect.number(column, kind, type)
  const shown = kind === 'moment' ? `FLOOR(v / 86400000)` : 'v'
  const cells = `SELECT ${value} AS v FROM ${behind}`
  return `SELECT DISTINCT ${shown} AS v FROM (${cells}) s WHERE v IS NOT NULL ORDER BY v DESC LIMIT ${MOST_NAMED}`
}

export function valueNames(
  dialect: SqlDialect,
  { type }: SqlColumn,
  rows: ReadonlyArray<Record<string, unknown>>,
): readonly string[] {
  const kind = dialect.kindOf(type)
  return rows.map(({ v }) => {
    if (kind !== 'moment' && kind !== 'day') return String(v)
    const time = Number(v) * (kind === 'moment' ? 86_400_000 : 1)
    return Number.isFinite(time) && Math.abs(time) <= 8.64e15
      ? new Date(time).toISOString().split('T')[0]!
      : String(v)
  })
}
