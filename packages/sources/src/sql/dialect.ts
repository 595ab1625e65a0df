/** What a column holds, as far as counting goes. */
export type SqlKind =
  /** Doubles and floats: they may be NaN and infinite. */
  | 'float'
  | 'decimal'
  | 'whole'
  /** A point in time, with a zone or without. */
  | 'moment'
  | 'day'
  /** Of a day: compared as seconds. */
  | 'time'
  | 'boolean'
  | 'text'

export interface SqlColumn {
  readonly name: string
  /** As the engine calls it. */
  readonly type: string
}

/** Runs a statement and gives its rows back, at most so many. */
export type RunStatement = (
  sql: string,
  most: number,
) => Promise<ReadonlyArray<Record<string, unknown>>>

/**
 * The small differences between engines: all else is written once. To write one of your own, take one of ours and say what
 * is different: `{ ...postgres, name: 'redshift', … }`.
 *
 * Statements are made of `SELECT`, `CASE`, subqueries, `COUNT`, `MIN`, `MAX`, `SUM`, `GROUP BY`, `ORDER BY` and `LIMIT`; and,
 * where `windows` says so, of `row_number`, `dense_rank`, `lag`, `lead` and a running `SUM`.
 */
export interface SqlDialect {
  readonly name: string
  /** In a text between quotes, does a backslash say what the next character is? */
  readonly escapesByBackslash: boolean
  /** Does a setting of the server say that it does all the same? A text that ends elsewhere then is refused in `from` and `where`. */
  readonly mayEscapeByBackslash?: boolean
  /** The name of a column or a table, quoted: whatever it holds. */
  identifier(name: string): string
  /** The columns of what stands behind FROM, in their order. */
  columns(from: string, run: RunStatement): Promise<readonly SqlColumn[]>
  /** By the engine's name of the type; null where it is none that is compared. */
  kindOf(type: string): SqlKind | null
  /** A value as a double: NULL, NaN and infinite ones as such; dates in whole milliseconds since 1970, times in seconds. */
  number(column: string, kind: Exclude<SqlKind, 'text'>, type: string): string
  isNaN(x: string): string
  /** Either infinity. */
  isInfinite(x: string): string
  /** A double, written so that it is read as one and as this one. */
  literal(x: number): string
  /** A whole number, a text or a truth value as text: whole numbers with all of their digits, `true` and `false`. */
  text(column: string, kind: 'whole' | 'boolean' | 'text', type: string): string
  /** A text for ORDER BY, in the order of its bytes. */
  byBytes(text: string): string
  /** Which of these ascending numbers is the first at least as large as x? Their places from 0; their number where x is above them all. */
  slot(x: string, edges: readonly number[]): string
  /**
   * Must a statement have no subquery? Of a table that lies on several nodes, rows would leave them where the engine counts
   * only what stands at the top by node. Expressions are repeated then.
   */
  readonly flat: boolean
  /**
   * Does each pass read whole rows? Then several columns are counted in one, by GROUPING SETS. Else a statement reads its
   * own column alone.
   */
  readonly rowStore: boolean
  /** Are there window functions? Without them distances lie between two numbers, and quantiles are approximate. */
  readonly windows: boolean
  /**
   * Approximate quantiles of the values of x, NULL left out: an array of one for each level. They may be rough: counts
   * between them are exact.
   */
  quantiles(x: string, levels: readonly number[]): string
  /** Are they made by one pass, in memory that does not grow? Else by sorting: of a large table a sample's are taken. */
  readonly sketches: boolean
  /** Rows drawn evenly: an expression that is true for about this share of them. */
  drawn(share: number): string
  /**
   * Does an error tell that the engine has failed, and not that it cannot read a column? Then the comparison ends. Without
   * it, and beyond it, an engine has failed that does not answer `SELECT 1`.
   */
  hasFailed?(error: unknown): boolean
}
