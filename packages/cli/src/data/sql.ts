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
