import type { ColumnReading } from './column-reading.ts'

/** As SQL names types: `DOUBLE[]`, `FLOAT[384]`, `STRUCT(a INTEGER)`, `BLOB`. */
const NESTED =
  /\[\d*\]$|^(?:ARRAY|BINARY|BIT|BLOB|BYTEA|GEOMETRY|LIST|MAP|STRUCT|UNION|VARBINARY|VARIANT)\b/i

/** Were its cells lists, objects or bytes, and have become texts to be compared at all? */
export function isNested(reading: ColumnReading | undefined): boolean {
  return reading?.sourceType !== undefined && NESTED.test(reading.sourceType)
}
