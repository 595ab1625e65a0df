/** Of the files that are read. */
export type DataFormat = 'csv' | 'parquet' | 'json' | 'ndjson' | 'arrow'
