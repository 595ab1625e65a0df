import type { DataFormat } from '@tidegauge/sources/files'

/** What files may be. */
export const FORMATS: readonly DataFormat[] = ['csv', 'parquet', 'json', 'ndjson', 'arrow']
