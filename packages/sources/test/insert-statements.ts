import type { Cell, CellKind, TestTable } from './tables.ts'

export interface Writing {
  readonly types: Readonly<Record<CellKind, string>>
  identifier(name: string): string
  /** A text literal; by default only quotes are doubled. */
  text?(text: string): string
  /** What stands behind the column list: an engine of tables. */
  readonly suffix?: string
  /** Where the shortest digits are not read back as the same number. */
  double?(x: number, kind: CellKind): string
  /** A number that is none, by its spelling. */
  special?(x: number, type: string): string
  moment?(at: Date, kind: CellKind, type: string): string
}

const CELLS_AT_ONCE = 8000

/** CREATE TABLE, and the rows in several INSERTs. */
export function insertStatements(name: string, table: TestTable, writing: Writing): string[] {
  const { types, identifier, suffix = '' } = writing
  const columns = table.map((column) => `${identifier(column.name)} ${types[column.kind]}`)
  const statements = [`CREATE TABLE ${name} (${columns.join(', ')})${suffix}`]
  const rows = table[0]?.cells.length ?? 0
  const atOnce = Math.floor(CELLS_AT_ONCE / table.length)
  for (let from = 0; from < rows; from += atOnce) {
    const lines: string[] = []
    for (let i = from; i < Math.min(rows, from + atOnce); i++) {
      const cells = table.map(({ kind, cells }) => literalOf(cells[i]!, kind, writing))
      lines.push(`(${cells.join(', ')})`)
    }
    statements.push(`INSERT INTO ${name} VALUES ${lines.join(', ')}`)
  }
  return statements
}

function literalOf(cell: Cell, kind: CellKind, writing: Writing): string {
  const type = writing.types[kind]
  const { text = quoted, special = castOf, moment = momentOf } = writing
  if (cell === null) return 'NULL'
  switch (typeof cell) {
    case 'string':
      return text(cell)
    case 'boolean':
      return cell ? 'true' : 'false'
    case 'bigint':
      return String(cell)
    case 'number':
      if (!Number.isFinite(cell) || Object.is(cell, -0)) return special(cell, type)
      if (kind === 'decimal' || kind === 'whole') return String(cell)
      return writing.double?.(cell, kind) ?? cell.toExponential()
    default:
      return moment(cell, kind, type)
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function castOf(x: number, type: string): string {
  const text = Object.is(x, -0) ? '-0.0' : String(x)
  return `CAST('${text}' AS ${type})`
}

function momentOf(at: Date, kind: CellKind, type: string): string {
  const iso = at.toISOString()
  if (kind === 'day') return `CAST('${iso.slice(0, 10)}' AS ${type})`
  const zone = kind === 'zoned' ? '+00' : ''
  return `CAST('${iso.slice(0, 10)} ${iso.slice(11, 23)}${zone}' AS ${type})`
}
