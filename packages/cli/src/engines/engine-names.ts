/** Engines whose statements are known; of Spark there is no client, see `--rows`. */
export const ENGINES = ['postgres', 'clickhouse', 'trino', 'duckdb', 'spark'] as const

export type EngineName = (typeof ENGINES)[number]

/** Those that a client reaches. */
export type ClientEngine = Exclude<EngineName, 'spark'>
