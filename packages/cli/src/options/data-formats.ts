import type { DataFormat } from '@tidegauge/sources/files'

/** What files may be. */
export const FORMATS = [
  'csv',
  'parquet',
  'json',
  'ndjson',
  'arrow',
] as const satisfies readonly DataFormat[]
