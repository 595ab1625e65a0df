/** What the command reads. */
export const FORMATS = ['csv', 'parquet', 'json', 'ndjson', 'arrow'] as const
export type DataFormat = (typeof FORMATS)[number]
