/**
 * Whatever runs a statement and gives back its rows as objects: a `pg.Pool` is one; of another client it is one line.
 *
 * @example
 * const engine = { query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjects() } // DuckDB
 */
export interface SqlEngine {
  query(sql: string): PromiseLike<SqlResult>
  /** The same, that ends on the server too once the signal aborts. Without it nothing but the wait ends. */
  queryUntil?(sql: string, signal: AbortSignal): PromiseLike<SqlResult>
  /** The engine at one moment of its data, for one comparison: a transaction that only reads. `end` ends it. */
  snapshot?(): Promise<SqlEngine & { end(): Promise<void> }>
}

export type SqlResult = Iterable<SqlRow> | { readonly rows: Iterable<SqlRow> }

export type SqlRow = Readonly<Record<string, unknown>>

/** A statement that was run: for a log, or a DBA. */
export interface RanStatement {
  readonly sql: string
  readonly milliseconds: number
  readonly rows: number
}
