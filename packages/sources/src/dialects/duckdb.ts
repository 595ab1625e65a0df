import type { SqlDialect, SqlKind } from '../sql/dialect.ts'
import { bareType, STANDARD } from './standard.ts'

/** DuckDB, from 1.0 on. */
export const duckdb: SqlDialect = {
  ...STANDARD,
  name: 'duckdb',
  async columns(from, run) {
    const rows = await run(`DESCRIBE SELECT * FROM ${from}`, Number.POSITIVE_INFINITY)
    return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
  },
  kindOf: (type) => KINDS.get(bareType(type)) ?? (/^ENUM\(/i.test(type) ? 'text' : null),
  number(column, kind) {
    switch (kind) {
      case 'moment':
      case 'day':
        return `CASE WHEN isfinite(${column}) THEN floor(epoch_us(${column}) / 1000.0)::DOUBLE END`
      case 'time':
        return `epoch(${column})::DOUBLE`
      case 'boolean':
        return `${column}::INTEGER::DOUBLE`
      default:
        return `${column}::DOUBLE`
    }
  },
  text: (column) => `${column}::VARCHAR`,
  quantiles: (x, levels) => `approx_quantile(${x}, [${levels.join(', ')}])`,
}

const KINDS = new Map<string, SqlKind>([
  ...['tinyint', 'smallint', 'integer', 'bigint', 'hugeint'].map((t) => [t, 'whole'] as const),
  ...['utinyint', 'usmallint', 'uinteger', 'ubigint', 'uhugeint'].map((t) => [t, 'whole'] as const),
  ['float', 'float'],
  ['double', 'float'],
  ['decimal', 'decimal'],
  ['date', 'day'],
  ['timestamp', 'moment'],
  ['timestamp_s', 'moment'],
  ['timestamp_ms', 'moment'],
  ['timestamp_ns', 'moment'],
  ['timestamp with time zone', 'moment'],
  ['time', 'time'],
  ['boolean', 'boolean'],
  ['varchar', 'text'],
  ['uuid', 'text'],
])
