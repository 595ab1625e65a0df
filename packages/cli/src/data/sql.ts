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

export function listSql(texts: readonly string[]): string {
  return `(${texts.map(quoteLiteral).join(', ')})`
}

/** Without the blanks around it. */
export function trimmedSql(text: string): string {
  return `trim(${text}, ' ' || chr(9) || chr(160))`
}
