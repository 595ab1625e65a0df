import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import {
  type SqlEngine,
  type SqlSourceOptions,
  sqlSource,
  type TableSource,
} from '@tidegauge/sources'
import { fromSql } from '@tidegauge/sources/internal'
import { postgres } from '@tidegauge/sources/postgres'

export interface FeastSourceOptions
  extends Pick<SqlSourceOptions, 'name' | 'timeLimit' | 'onStatement'> {
  /** Of the offline store: `postgresEngine(pool)`. */
  readonly engine: SqlEngine
  /** What the feature view's source has as `table` or `query`. */
  readonly from: string
  /** Its `timestamp_field`. */
  readonly timestampField: string
  /** Its `created_timestamp_column`: which of two rows of one key and time is the later writing. */
  readonly createdTimestampField?: string
  /** The join keys of the view's entities, as the source calls them. */
  readonly joinKeys: readonly string[]
  /** The names in its schema that are to be compared. */
  readonly features: readonly string[]
  /** Rows from this time on. */
  readonly start: Date
  /** And before this one. */
  readonly end: Date
  /** `all`, or of each key its latest row before `end` alone. Default `all`. */
  readonly rows?: 'all' | 'latest'
}

const OPTIONS = {
  engine: true,
  from: true,
  timestampField: true,
  createdTimestampField: true,
  joinKeys: true,
  features: true,
  start: true,
  end: true,
  rows: true,
  name: true,
  timeLimit: true,
  onStatement: true,
} as const satisfies Record<keyof FeastSourceOptions, true>

/**
 * A feature view of Feast, in an offline store on PostgreSQL, as one side of `compareSources`: what were its features
 * between two times?
 *
 * The window is half open, so that the month before and the month after have no row in common; Feast's own month has both of
 * its ends. Of several rows of one key and time the one written last counts, as it does for Feast: corrections are not counted
 * twice. Times without a zone are UTC, as Feast has them.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * const month = (start, end) => feastSource({ engine, from: 'customer_stats', joinKeys: ['customer_id'],
 *   timestampField: 'event_timestamp', createdTimestampField: 'created', features: ['age', 'orders'], start, end })
 * await compareSources(month(august, september), month(september, october))
 */
export function feastSource(options: FeastSourceOptions): TableSource {
  assertOptions('options', options, OPTIONS)
  const { engine, start, end, name, timeLimit, onStatement } = options
  for (const [argument, value] of [['start', start] as const, ['end', end] as const]) {
    if (value instanceof Date && Number.isFinite(value.getTime())) continue
    throw new InvalidArgumentError(argument, 'a Date', value)
  }
  if (start >= end) {
    throw new InvalidArgumentError('end', 'later than start', end.toISOString())
  }
  return sqlSource({
    engine,
    dialect: postgres,
    from: statementOf(options),
    name: name ?? `${shortTime(start)} to ${shortTime(end)}`,
    ...(timeLimit !== undefined && { timeLimit }),
    ...(onStatement !== undefined && { onStatement }),
  })
}

function statementOf(options: FeastSourceOptions): string {
  const { from, createdTimestampField: created, rows = 'all', start, end } = options
  if (typeof from !== 'string') throw new InvalidArgumentError('from', 'a table or a query', from)
  if (rows !== 'all' && rows !== 'latest') {
    throw new InvalidArgumentError('rows', "'all' or 'latest'", rows)
  }
  const keys = namesIn('joinKeys', options.joinKeys)
  const features = namesIn('features', options.features)
  const [time] = namesIn('timestampField', [options.timestampField]) as [string]
  const written = created === undefined ? [] : namesIn('createdTimestampField', [created])
  const columns = [...new Set(features)].map((one) => `w.${one}`).join(', ')
  const within = `t.${time} >= ${literalOf(start)} AND t.${time} < ${literalOf(end)}`
  const source = fromSql('from', from, postgres)
  if (rows === 'all' && written.length === 0) {
    return `SELECT ${columns} FROM (SELECT t.* FROM ${source} AS t WHERE ${within}) w`
  }
  // What was written at the same time differs in its values, if at all: every statement has to take the same row.
  const order = [
    ...(rows === 'latest' ? [`t.${time} DESC`] : []),
    ...written.map((one) => `t.${one} DESC NULLS LAST`),
    ...features.map((one) => `CAST(t.${one} AS TEXT) COLLATE "C"`),
  ]
  const together = [...keys.map((one) => `t.${one}`), ...(rows === 'all' ? [`t.${time}`] : [])]
  const turn = `ROW_NUMBER() OVER (PARTITION BY ${together.join(', ')} ORDER BY ${order.join(', ')})`
  return `SELECT ${columns} FROM (SELECT t.*, ${turn} AS tidegauge_turn FROM ${source} AS t WHERE ${within}) w WHERE w.tidegauge_turn = 1`
}

/** As SQL has them. */
function namesIn(argument: string, names: readonly unknown[]): string[] {
  const areNames =
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((name) => typeof name === 'string' && name !== '' && !name.includes('\0'))
  const expected = /s$/.test(argument) ? 'names of columns, at least one' : 'the name of a column'
  if (!areNames) throw new InvalidArgumentError(argument, expected, names)
  return (names as readonly string[]).map((name) => postgres.identifier(name))
}

/** Without a type of its own it is read as the column's: of one without a zone the zone is left out, which is UTC. */
function literalOf(date: Date): string {
  const [day, time] = date.toISOString().replace('Z', '').split('T') as [string, string]
  const [, sign, year, rest] = /^([+-]?)0*(\d{4,})(-.*)$/.exec(day)!
  if (sign === '-') throw new InvalidArgumentError('start', 'a time after the year 0', day)
  return `'${year}${rest} ${time}+00'`
}

function shortTime(date: Date): string {
  return date.toISOString().replace(/(T00:00)?:00\.000Z$/, (_, midnight) => (midnight ? '' : 'Z'))
}
