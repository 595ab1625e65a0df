import type { SqlColumn, SqlDialect, SqlKind } from './dialect.ts'

/** The rows of a source, as they stand in a statement. */
export interface Rows {
  readonly dialect: SqlDialect
  /** What stands behind FROM. */
  readonly from: string
  readonly where: string | undefined
}

export interface KnownColumn extends SqlColumn {
  readonly kind: SqlKind
}

/** So many columns are summed up in one statement: engines plan longer than they count where there are hundreds. */
export const COLUMNS_AT_ONCE = 25

/** The rows of the table. */
export function countStatement(rows: Rows): string {
  return `SELECT COUNT(*) AS n FROM ${behindFrom(rows)}`
}

/** How many values there are, of numbers how many are none, and their extremes; of several columns in one pass. */
export function summaryStatement(rows: Rows, columns: readonly KnownColumn[]): string {
  const { dialect } = rows
  const { names, from } = named(
    rows,
    columns.map((column) => cellOf(dialect, column)),
  )
  const sums = columns.flatMap(({ kind }, i) => {
    const x = names[i]!
    const count = `COUNT(${x}) AS p${i}`
    if (kind === 'text') return [count]
    const finite = finiteOf(dialect, x, kind)
    const extremes = [
      `MIN(${finite}) AS a${i}`,
      `MAX(${finite}) AS z${i}`,
      `SUM(${finite}) AS s${i}`,
    ]
    if (!mayBeNone(kind)) return [count, ...extremes]
    const countOf = (condition: string) => `SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END)`
    const nan = `${countOf(dialect.isNaN(x))} AS q${i}`
    const infinite = `${countOf(`${x} IS NOT NULL AND ${dialect.isInfinite(x)}`)} AS i${i}`
    return [count, nan, infinite, ...extremes]
  })
  return `SELECT COUNT(*) AS n, ${sums.join(', ')} FROM ${from}`
}

/** Expressions under names of their own, and what stands behind FROM then. */
function named(
  rows: Rows,
  expressions: readonly string[],
): { readonly names: readonly string[]; readonly from: string } {
  if (rows.dialect.flat) return { names: expressions, from: behindFrom(rows) }
  const names = expressions.map((_, i) => `x${i}`)
  const cells = expressions.map((expression, i) => `${expression} AS x${i}`)
  return { names, from: `(SELECT ${cells.join(', ')} FROM ${behindFrom(rows)}) s` }
}

/** Of each column: what is counted of it. Texts are only counted. */
function cellOf(dialect: SqlDialect, column: KnownColumn): string {
  return column.kind === 'text' ? dialect.identifier(column.name) : numberOf(dialect, column)
}

function numberOf(dialect: SqlDialect, { name, kind, type }: KnownColumn): string {
  return dialect.number(dialect.identifier(name), kind as Exclude<SqlKind, 'text'>, type)
}

function mayBeNone(kind: SqlKind): boolean {
  return kind === 'float' || kind === 'moment' || kind === 'day'
}

/** NaN and infinite ones are NULL. */
function finiteOf(dialect: SqlDialect, x: string, kind: SqlKind): string {
  if (!mayBeNone(kind)) return x
  return `CASE WHEN ${dialect.isNaN(x)} THEN NULL WHEN ${dialect.isInfinite(x)} THEN NULL ELSE ${x} END`
}

/** The finite values of a column: what each is called, and what stands behind FROM. */
interface Values {
  readonly v: string
  readonly from: string
}

function finiteValues(rows: Rows, column: KnownColumn): Values {
  const { dialect } = rows
  if (dialect.flat) {
    // Repeated for each edge: short.
    const v = numberOf(dialect, column)
    const { from } = present(rows, v, behindFrom(rows))
    const andFinite = ` AND NOT ${dialect.isNaN(v)} AND NOT ${dialect.isInfinite(v)}`
    return { v, from: mayBeNone(column.kind) ? `${from}${andFinite}` : from }
  }
  const { names, from } = named(rows, [numberOf(rows.dialect, column)])
  return present(rows, finiteOf(rows.dialect, names[0]!, column.kind), from)
}

/** Those of an expression that are not NULL. */
function present({ dialect, where }: Rows, expression: string, from: string): Values {
  if (dialect.flat) {
    const isThere = `${expression} IS NOT NULL`
    return { v: expression, from: `${from} ${where === undefined ? 'WHERE' : 'AND'} ${isThere}` }
  }
  return { v: 'v', from: `(SELECT ${expression} AS v FROM ${from}) f WHERE v IS NOT NULL` }
}

/** The same as a subquery: of engines that have windows. */
function selectFinite(rows: Rows, column: KnownColumn): string {
  const { v, from } = finiteValues(rows, column)
  return `SELECT ${v} AS v FROM ${from}`
}

/**
 * Values by their places among the sorted ones (`r`, the first at 1), which of the different values each is (`d`, the
 * first at 1), and the first few of those.
 */
export function ranksStatement(
  rows: Rows,
  column: KnownColumn,
  places: readonly number[],
  distinct: number,
): string {
  const ranked =
    'SELECT v, row_number() OVER (ORDER BY v) AS r, dense_rank() OVER (ORDER BY v) AS d, lag(v) OVER (ORDER BY v) AS p'
  const isFirst = distinct > 0 ? ` OR (d <= ${distinct} AND (p IS NULL OR p <> v))` : ''
  const asked = places.map((place) => place + 1).join(', ')
  return `SELECT r, d, v FROM (${ranked} FROM (${selectFinite(rows, column)}) s) w WHERE r IN (${asked})${isFirst}`
}

/**
 * Where the distribution functions of two columns are farthest apart: the smallest such value.
 *
 * @param n - the finite values of the reference
 * @param m - of the current side
 */
export function widestGapStatement(
  reference: { readonly rows: Rows; readonly column: KnownColumn; readonly n: number },
  current: { readonly rows: Rows; readonly column: KnownColumn; readonly n: number },
): string {
  const { dialect } = reference.rows
  const both = [
    `SELECT v, 1 AS k FROM (${selectFinite(reference.rows, reference.column)}) a`,
    `SELECT v, 0 AS k FROM (${selectFinite(current.rows, current.column)}) b`,
  ].join(' UNION ALL ')
  const [n, m] = [reference.n, current.n].map((count) => dialect.literal(count))
  const running = `SELECT v, SUM(k) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS i, row_number() OVER (ORDER BY v) AS r, lead(v) OVER (ORDER BY v) AS w FROM (${both}) u`
  const double = (x: string) => dialect.number(x, 'whole', 'bigint')
  const gap = `${double('i')} * ${m} - (${double('r')} - ${double('i')}) * ${n}`
  // Of two that are as wide, that where the reference is the higher one: as among the values themselves.
  return `SELECT v FROM (SELECT v, ${gap} AS g FROM (${running}) q WHERE w IS NULL OR w <> v) e ORDER BY ABS(g) DESC, g DESC, v LIMIT 1`
}

/** How many finite values fall into each slot (`b`): 0 up to the first edge, then one a bin, then what is above. */
export function slotsStatement(rows: Rows, column: KnownColumn, edges: readonly number[]): string {
  const { v, from } = finiteValues(rows, column)
  return countedBy(rows, rows.dialect.slot(v, edges), 'b', from)
}

/** A column and the edges that it is counted between. */
export interface SlotsAsked {
  readonly column: KnownColumn
  readonly edges: readonly number[]
}

/** The same of several columns in one pass: their slots as `b0`, `b1` …, of which one is not NULL. */
export function slotsTogetherStatement(rows: Rows, asked: readonly SlotsAsked[]): string {
  const { dialect } = rows
  const finite = selectFiniteTogether(
    rows,
    asked.map(({ column }) => column),
  )
  const slots = asked.map(({ edges }, i) => `${dialect.slot(`v${i}`, edges)} AS b${i}`)
  const names = asked.map((_, i) => `b${i}`)
  const sets = names.map((name) => `(${name})`).join(', ')
  return `SELECT ${names.join(', ')}, COUNT(*) AS c FROM (SELECT ${slots.join(', ')} FROM (${finite}) s) t GROUP BY GROUPING SETS (${sets})`
}

/** Finite values of several columns, as `v0`, `v1` …; NULL where one is none. */
function selectFiniteTogether(rows: Rows, columns: readonly KnownColumn[]): string {
  const { dialect } = rows
  const { names, from } = named(
    rows,
    columns.map((column) => numberOf(dialect, column)),
  )
  const values = columns.map(({ kind }, i) => `${finiteOf(dialect, names[i]!, kind)} AS v${i}`)
  return `SELECT ${values.join(', ')} FROM ${from}`
}

/** COUNT(*) as `c` for each value of an expression. */
function countedBy({ dialect }: Rows, expression: string, name: string, from: string): string {
  if (dialect.flat) {
    return `SELECT ${expression} AS ${name}, COUNT(*) AS c FROM ${from} GROUP BY ${expression}`
  }
  return `SELECT ${name}, COUNT(*) AS c FROM (SELECT ${expression} AS ${name} FROM ${from}) g GROUP BY ${name}`
}

/** Values enough for quantiles that hold their share of all of them to a thousandth. */
const SAMPLED = 200_000

/**
 * Approximate quantiles of the finite values of several columns, in a share of the rows: `q0`, `q1` …,
 * each an array of one for each level.
 */
export function quantilesStatement(
  rows: Rows,
  columns: readonly KnownColumn[],
  levels: readonly number[],
  share: number,
): string {
  const { dialect } = rows
  const quantiles = (v: string, i: number) => `${dialect.quantiles(v, levels)} AS q${i}`
  if (columns.length === 1) {
    const { v, from } = finiteValues(rows, columns[0]!)
    return `SELECT ${quantiles(v, 0)} FROM ${from}${drawnOf(rows, share, 'AND')}`
  }
  const all = columns.map((_, i) => quantiles(`v${i}`, i))
  const finite = selectFiniteTogether(rows, columns)
  return `SELECT ${all.join(', ')} FROM (${finite}) s${drawnOf(rows, share, 'WHERE')}`
}

function drawnOf({ dialect }: Rows, share: number, word: 'AND' | 'WHERE'): string {
  return share < 1 ? ` ${word} ${dialect.drawn(share)}` : ''
}

/** What share of the rows quantiles are taken of: an engine that would sort them sorts a sample. */
export function sampledShare({ dialect }: Rows, rowCount: number): number {
  return dialect.sketches ? 1 : Math.min(1, SAMPLED / rowCount)
}

/** Σ (x − c), Σ (x − c)², and where they are to be told apart, how many different values there are. */
export function momentsStatement(
  rows: Rows,
  column: KnownColumn,
  centre: number,
  areTold: boolean,
): string {
  const { v, from } = finiteValues(rows, column)
  const away = `(${v} - ${rows.dialect.literal(centre)})`
  const told = areTold ? `, COUNT(DISTINCT ${v}) AS d` : ''
  return `SELECT SUM(${away}) AS m1, SUM(${away} * ${away}) AS m2${told} FROM ${from}`
}

/** The most frequent categories (`v`) and their counts (`c`), at most so many. */
export function categoriesStatement(rows: Rows, column: KnownColumn, most: number): string {
  const { dialect } = rows
  const { v, from } = categories(rows, column)
  const order = isText(column.kind) ? dialect.byBytes('v') : 'v'
  return `${countedBy(rows, v, 'v', from)} ORDER BY c DESC, ${order} LIMIT ${most}`
}

function categories(rows: Rows, column: KnownColumn): Values {
  const { names, from } = named(rows, [categoryOf(rows.dialect, column)])
  return present(rows, names[0]!, from)
}

/** How many different categories there are. */
export function distinctStatement(rows: Rows, column: KnownColumn): string {
  const { v, from } = categories(rows, column)
  return `SELECT COUNT(DISTINCT ${v}) AS d FROM ${from}`
}

function categoryOf(dialect: SqlDialect, column: KnownColumn): string {
  const { name, kind, type } = column
  if (isText(kind)) return dialect.text(dialect.identifier(name), kind, type)
  // NaN is no category, wherever it is equal to itself.
  const x = numberOf(dialect, column)
  return mayBeNone(kind) ? `CASE WHEN ${dialect.isNaN(x)} THEN NULL ELSE ${x} END` : x
}

function isText(kind: SqlKind): kind is 'text' | 'whole' | 'boolean' {
  return kind === 'text' || kind === 'whole' || kind === 'boolean'
}

/** Cells of a column as `v`: about that share of them, at most so many. */
export function sampleStatement(
  rows: Rows,
  column: KnownColumn,
  as: 'numbers' | 'categories',
  share: number,
  most: number,
): string {
  const { dialect, where } = rows
  const cell = as === 'numbers' ? numberOf(dialect, column) : categoryOf(dialect, column)
  const drawn = share < 1 ? ` ${where === undefined ? 'WHERE' : 'AND'} ${dialect.drawn(share)}` : ''
  return `SELECT ${cell} AS v FROM ${behindFrom(rows)}${drawn} LIMIT ${most}`
}

/** With the condition within parentheses and on lines of its own. */
export function behindFrom({ from, where }: Pick<Rows, 'from' | 'where'>): string {
  return where === undefined ? `${from} AS t` : `${from} AS t WHERE (\n${where}\n)`
}
