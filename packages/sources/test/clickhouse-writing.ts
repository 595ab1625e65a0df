import { clickhouse } from '../src/dialects/clickhouse.ts'
import type { Writing } from './insert-statements.ts'

export const CLICKHOUSE_WRITING: Writing = {
  types: {
    double: 'Nullable(Float64)',
    real: 'Nullable(Float32)',
    whole: 'Nullable(Int64)',
    decimal: 'Nullable(Decimal(18, 4))',
    boolean: 'Nullable(Bool)',
    text: 'Nullable(String)',
    day: 'Nullable(Date32)',
    moment: `Nullable(DateTime64(3, 'UTC'))`,
    zoned: `Nullable(DateTime64(3, 'Asia/Kolkata'))`,
  },
  identifier: clickhouse.identifier,
  text: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  special: (x) => (Number.isNaN(x) ? 'nan' : Number.isFinite(x) ? '-0.0' : x > 0 ? 'inf' : '-inf'),
  moment(at, kind) {
    const iso = at.toISOString()
    if (kind === 'day') return `toDate32('${iso.slice(0, 10)}')`
    return `toDateTime64('${iso.slice(0, 10)} ${iso.slice(11, 23)}', 3, 'UTC')`
  },
}
