import type { SqlDialect, SqlKind } from '../sql/dialect.ts'
import { bareType, doubleLiteral, STANDARD } from './standard.ts'

/**
 * Spark SQL, from 3.4 on, with `spark.sql.session.timeZone` UTC. There is no client of ours: what runs a statement and gives
 * back its rows is the user's.
 */
export const spark: SqlDialect = {
  ...STANDARD,
  name: 'spark',
  escapesByBackslash: true,
  identifier: (name) => `\`${name.replaceAll('`', '``')}\``,
  async columns(from, run) {
    const rows = await run(`DESCRIBE QUERY SELECT * FROM ${from} AS t`, Number.POSITIVE_INFINITY)
    return rows.map((row) => ({ name: String(row.col_name), type: String(row.data_type) }))
  },
  kindOf: (type) => KINDS.get(bareType(type)) ?? null,
  number(column, kind) {
    switch (kind) {
      case 'day':
        return `CAST(unix_date(${column}) AS DOUBLE) * 86400000e0`
      case 'moment':
        return `CAST(floor(unix_micros(CAST(${column} AS TIMESTAMP)) / 1000) AS DOUBLE)`
      default:
        return `CAST(${column} AS DOUBLE)`
    }
  },
  isInfinite: (x) => `${x} IN (double('Infinity'), double('-Infinity'))`,
  text: (column) => `CAST(${column} AS STRING)`,
  quantiles: (x, levels) => `percentile_approx(${x}, array(${levels.join(', ')}), 10000)`,
  drawn: (share) => `rand() < ${doubleLiteral(share)}`,
  // What is wrong with a statement or with a value has a class: [CAST_INVALID_INPUT]. Executors that were lost, or a session, have none.
  hasFailed: (error) => !ERROR_CLASS.test(String((error as Partial<Error> | null)?.message)),
}

const ERROR_CLASS = /\[[A-Z][A-Z0-9]*(?:[_.][A-Z0-9]+)+\]/

const KINDS = new Map<string, SqlKind>([
  ['tinyint', 'whole'],
  ['smallint', 'whole'],
  ['int', 'whole'],
  ['bigint', 'whole'],
  ['float', 'float'],
  ['double', 'float'],
  ['decimal', 'decimal'],
  ['date', 'day'],
  ['timestamp', 'moment'],
  ['timestamp_ntz', 'moment'],
  ['boolean', 'boolean'],
  ['string', 'text'],
  ['varchar', 'text'],
  ['char', 'text'],
])
