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
