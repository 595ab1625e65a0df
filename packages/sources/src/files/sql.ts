/** A column's name in SQL, whatever characters it has. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** DuckDB reads `*`, `?` and `[` in a path as a pattern; here it is the name of one file. */
export function quotePath(path: string): string {
  return quoteLiteral(path.replace(/[*?[]/g, '[$&]'))
}

/** What stands behind FROM. A folder that is called `x=7` tells nothing of a column `x`: DuckDB would take its name for the cells. */
export function parquetSql(paths: readonly string[], options: readonly string[] = []): string {
  const said = ['hive_partitioning=false', ...options]
  return `read_parquet([${paths.map(quotePath).join(', ')}], ${said.join(', ')})`
}

/**
 * Is a text one of some? Of `IN (…)` DuckDB makes a join: several times slower, a hash table for each column, and the rows
 * come out in any order.
 */
export function isOneOfSql(text: string, texts: readonly string[]): string {
  return `list_contains([${texts.map(quoteLiteral).join(', ')}], ${text})`
}

/** Without the blanks around it. */
export function trimmedSql(text: string): string {
  return `trim(${text}, ' ' || chr(9) || chr(160))`
}
