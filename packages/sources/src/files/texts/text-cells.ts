import type { Session } from '../session.ts'
import { isOneOfSql, trimmedSql } from '../sql.ts'
import type { DateFormats } from './date-texts.ts'
import { secondsSql } from './date-texts.ts'
import { type NumberFormat, numberSql } from './number-texts.ts'

/** A column of one side whose cells are texts: where they are, in SQL. */
export interface TextCells {
  /** What stands behind FROM. */
  readonly from: string
  /** The cell; NULL where it is empty. */
  readonly text: string
  /** The place of its row among the rows of data, from 0. */
  readonly row: string
  /** Of JSON: is it a text to it? */
  readonly quoted?: string
  /** Is it a list or an object? Where there may be such. */
  readonly nested?: string
}

/** What a text may be taken for, with the value that it then has. */
export type Candidate =
  | { readonly kind: 'number'; readonly format: NumberFormat }
  | { readonly kind: 'date'; readonly formats: DateFormats }
  | { readonly kind: 'time' }
  | { readonly kind: 'boolean' }

/** The value in SQL, NULL where a text is none such. */
export function valueSql(candidate: Candidate, { text }: Pick<TextCells, 'text'>): string {
  switch (candidate.kind) {
    case 'number':
      return numberSql(candidate.format, text)
    case 'date':
      return candidate.formats.sql(text)
    case 'time':
      return secondsSql(text)
    case 'boolean':
      return `CASE lower(${trimmedSql(text)}) WHEN 'true' THEN true WHEN 'false' THEN false END`
  }
}

const SAMPLED_ROWS = 1000
/** So many columns of one statement: DuckDB binds all of a table for each. */
export const COLUMNS_AT_ONCE = 25

/** Some cells of each column, in the order of the columns; null where empty. */
export type SomeCells = ReadonlyArray<ReadonlyArray<string | null>>

/** The first ones. */
export function firstCells(session: Session, columns: readonly TextCells[]): Promise<SomeCells> {
  return cellsAt(session, columns, async () => [`LIMIT ${SAMPLED_ROWS}`])
}

/** Some from the middle and from the end of columns that are longer than what was seen of them at first. */
export function laterCells(session: Session, columns: readonly TextCells[]): Promise<SomeCells> {
  return cellsAt(session, columns, async (from) => {
    const counted = await session.connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from}`)
    const rows = Number(counted.getRows()[0]![0])
    if (rows <= SAMPLED_ROWS) return []
    const starts = [Math.max(SAMPLED_ROWS, Math.floor(rows / 2)), rows - LATER_ROWS]
    return starts.map((start) => `LIMIT ${LATER_ROWS} OFFSET ${Math.max(SAMPLED_ROWS, start)}`)
  })
}

const LATER_ROWS = 250

async function cellsAt(
  { connection }: Session,
  columns: readonly TextCells[],
  rangesOf: (from: string) => Promise<readonly string[]>,
): Promise<SomeCells> {
  const found = columns.map((): (string | null)[] => [])
  for (const { from, places } of batches(columns)) {
    const cells = places.map((place) => columns[place]!.text)
    for (const range of await rangesOf(from)) {
      const result = await connection.runAndReadAll(
        `SELECT ${cells.join(', ')} FROM ${from} ${range}`,
      )
      for (const [i, values] of result.getColumnsJS().entries()) {
        for (const value of values) found[places[i]!]!.push(value as string | null)
      }
    }
  }
  return found
}

/** The first cells that are neither empty nor one of some texts. */
export async function firstOthers(
  { connection }: Session,
  { from, text }: TextCells,
  texts: readonly string[],
): Promise<readonly string[]> {
  const result = await connection.runAndReadAll(
    `SELECT t FROM (SELECT ${text} AS t FROM ${from}) WHERE t IS NOT NULL AND NOT ${isOneOfSql(trimmedSql('t'), ['', ...texts])} LIMIT ${SAMPLED_ROWS}`,
  )
  return result.getRows().map(([cell]) => String(cell))
}

/** What was counted of the cells of a column, all of them. */
export interface PlainCounts {
  /** That are there. */
  readonly cells: number
  /** Plain numbers; what follows is said of these. */
  readonly plain: number
  /** Has one a decimal point or an exponent, or is infinite? */
  readonly hasFractions: boolean
  /** Has one a leading zero, so that they are codes, rather? */
  readonly hasCodes: boolean
  /** Is one beyond 2^53? */
  readonly isLarge: boolean
  /** Has one more digits than DuckDB's whole numbers? */
  readonly isLong: boolean
  /** Of JSON: is each in quotes? */
  readonly areQuoted: boolean
}

const FRACTION = 1
const CODE = 2
const LARGE = 4
const LONG = 8
const QUOTED = 16
/** A HUGEINT has 38 at least. */
const MOST_DIGITS = 38

/** How many cells of each column are plain numbers, in the order of the columns. */
export async function countPlain(
  session: Session,
  columns: readonly TextCells[],
): Promise<readonly PlainCounts[]> {
  const counted: PlainCounts[] = []
  for (const { from, places } of batches(columns)) {
    const cast = places.map((place, i) => {
      const { text, quoted } = columns[place]!
      const more = quoted === undefined ? '' : `, ${quoted} AS q${i}`
      return `${text} AS x${i}, TRY_CAST(${text} AS DOUBLE) AS d${i}${more}`
    })
    const told = places.map((place, i) => {
      return `x${i}, ${marksSql(`x${i}`, `d${i}`, columns[place]!.quoted && `q${i}`)} AS f${i}`
    })
    const counts = places.map((_, i) => {
      return `count(x${i})::DOUBLE, count(f${i})::DOUBLE, bit_or(f${i}), bit_and(f${i})`
    })
    const [row] = (
      await session.connection.runAndReadAll(
        `SELECT ${counts.join(', ')} FROM (SELECT ${told.join(', ')} FROM (SELECT ${cast.join(', ')} FROM ${from}))`,
      )
    ).getRowsJS()
    for (const [i, place] of places.entries()) {
      const [cells, plain, some, all] = row!.slice(4 * i, 4 * i + 4).map(Number)
      counted[place] = {
        cells: cells!,
        plain: plain!,
        hasFractions: (some! & FRACTION) > 0,
        hasCodes: (some! & CODE) > 0,
        isLarge: (some! & LARGE) > 0,
        isLong: (some! & LONG) > 0,
        areQuoted: (all! & QUOTED) > 0,
      }
    }
  }
  return counted
}

/** What is to be known of a plain number, as bits; NULL of what is none. Few expressions: DuckDB plans each. */
function marksSql(x: string, d: string, q: string | undefined): string {
  const hasSign = `contains(${x}, '.') OR contains(${x}, 'e') OR contains(${x}, 'E') OR NOT isfinite(${d})`
  const isCode = `(${x} >= '00' AND ${x} < '0:') OR (${x} >= '-00' AND ${x} < '-0:')`
  const marks = [
    `CASE WHEN ${hasSign} THEN ${FRACTION} WHEN abs(${d}) < 9007199254740992 THEN 0 WHEN length(${x}) > ${MOST_DIGITS} THEN ${LARGE + LONG} ELSE ${LARGE} END`,
    `CASE WHEN ${isCode} THEN ${CODE} ELSE 0 END`,
    ...(q === undefined ? [] : [`CASE WHEN ${q} THEN ${QUOTED} ELSE 0 END`]),
  ]
  return `CASE WHEN ${d} IS NOT NULL AND NOT isnan(${d}) AND NOT contains(${x}, '_') THEN ${marks.join(' + ')} END`
}

const OTHERS = 500

/** Some of the cells of a column that are no plain numbers, what occurs often first. */
export function someOthers(session: Session, cells: TextCells): Promise<readonly string[]> {
  const d = 'TRY_CAST(x AS DOUBLE)'
  const isPlain = `${d} IS NOT NULL AND NOT isnan(${d}) AND NOT contains(x, '_')`
  return someCells(session, cells, `NOT (${isPlain})`)
}

/** Some of the cells of a column that no candidate takes and that are not missing, what occurs often first. */
export function someUntaken(
  session: Session,
  cells: TextCells,
  candidates: readonly Candidate[],
  missing: readonly string[],
): Promise<readonly string[]> {
  const taken = candidates.map((candidate) => `${valueSql(candidate, { text: 'x' })} IS NOT NULL`)
  const isMissing = isMissingSql('x', missing)
  return someCells(session, cells, `NOT (${isMissing}) AND NOT (${taken.join(' OR ')})`)
}

/** @param condition - on the cell `x` */
async function someCells(
  { connection }: Session,
  { from, text }: TextCells,
  condition: string,
): Promise<readonly string[]> {
  const result = await connection.runAndReadAll(
    `SELECT approx_top_k(x, ${OTHERS}) FROM (SELECT ${text} AS x FROM ${from}) WHERE x IS NOT NULL AND ${condition}`,
  )
  const [row] = result.getColumnsJS()
  return ((row?.[0] ?? []) as (string | null)[]).filter((cell) => cell !== null)
}

/** What begins with a digit is none of them, mostly: that is found out more quickly. */
function isMissingSql(text: string, missing: readonly string[]): string {
  const isOne = `coalesce(${isOneOfSql(trimmedSql(text), ['', ...missing])}, false)`
  if (missing.some((known) => /^[2-9]/.test(known))) return isOne
  return `CASE WHEN ${text} >= '2' AND ${text} < ':' THEN false ELSE ${isOne} END`
}

/** How many cells of a column some candidates take, and how many are one of some texts. */
export interface CandidateCounts {
  readonly cells: number
  readonly missing: number
  /** Of each candidate. */
  readonly values: readonly number[]
  /** Of the first two candidates: what one of them takes and the other does not; what both take, for different values. */
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly different: number
}

export async function countCandidates(
  { connection }: Session,
  cells: TextCells,
  candidates: readonly Candidate[],
  missing: readonly string[],
): Promise<CandidateCounts> {
  const values = candidates.map((candidate, i) => `${valueSql(candidate, { text: 't' })} AS v${i}`)
  const isMissing = isMissingSql('t', missing)
  const rows = `SELECT ${cells.text} AS t FROM ${cells.from}`
  const present = `SELECT t, ${isMissing} AS m${values.length > 0 ? `, ${values.join(', ')}` : ''} FROM (${rows}) WHERE t IS NOT NULL`
  const both = candidates.length > 1
  const when = (condition: string) => `count(CASE WHEN NOT m AND ${condition} THEN 1 END)::DOUBLE`
  const counts = [
    'count(t)::DOUBLE',
    'count(CASE WHEN m THEN 1 END)::DOUBLE',
    ...(both
      ? [
          when('v0 IS NOT NULL AND v1 IS NULL'),
          when('v1 IS NOT NULL AND v0 IS NULL'),
          when(sameKind(candidates) ? 'v0 <> v1' : 'false'),
        ]
      : ['0', '0', '0']),
    ...candidates.map((_, i) => when(`v${i} IS NOT NULL`)),
  ]
  const [row] = (
    await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM (${present})`)
  ).getRowsJS()
  const [n, absent, onlyFirst, onlySecond, different, ...of] = row!.map(Number)
  return {
    cells: n!,
    missing: absent!,
    values: of,
    onlyFirst: onlyFirst!,
    onlySecond: onlySecond!,
    different: different!,
  }
}

function sameKind([first, second]: readonly Candidate[]): boolean {
  return first?.kind === second?.kind
}

/** What is not a value of a column: texts that stand for a missing cell, and those that do not fit. */
export interface LeftTexts {
  /** The most frequent first. */
  readonly missing: ReadonlyArray<{ readonly text: string; readonly count: number }>
  readonly misfits: {
    readonly count: number
    readonly example: string
    readonly row: number
  } | null
}

export const MOST_SPELLINGS = 20

/**
 * @param isTrimmed - are the texts compared without the blanks around a cell?
 * @param standsForNothing - in SQL: is a cell none of these texts, and yet missing?
 */
export async function leftTexts(
  { connection }: Session,
  cells: TextCells,
  value: string,
  missing: readonly string[],
  isTrimmed: boolean,
  standsForNothing = 'false',
): Promise<LeftTexts> {
  const text = isTrimmed ? trimmedSql('t') : 't'
  const known = isTrimmed ? ['', ...missing] : missing.length > 0 ? missing : ['']
  const spelling = `CASE WHEN ${isOneOfSql(text, known)} OR w THEN ${text} END`
  const sql = `SELECT s, count(*)::DOUBLE, min_by(t, r), min(r)::DOUBLE FROM (SELECT t, r, ${spelling} AS s
      FROM (SELECT ${cells.text} AS t, ${value} AS v, ${standsForNothing} AS w, ${cells.row} AS r FROM ${cells.from}) WHERE t IS NOT NULL AND v IS NULL)
    GROUP BY s ORDER BY count(*) DESC, s`
  const rows = (await connection.runAndReadAll(sql)).getRowsJS()
  const misfit = rows.find(([s]) => s === null)
  return {
    missing: rows.flatMap(([s, count]) =>
      s === null ? [] : [{ text: String(s), count: Number(count) }],
    ),
    misfits:
      misfit === undefined
        ? null
        : { count: Number(misfit[1]), example: String(misfit[2]), row: Number(misfit[3]) },
  }
}

/** Are some numbers of a column, told apart as they are written, the same number? */
export async function haveSpellings({ connection }: Session, cells: TextCells): Promise<boolean> {
  const number = `TRY_CAST(${cells.text} AS DOUBLE)`
  const result = await connection.runAndReadAll(
    `SELECT 1 FROM ${cells.from} GROUP BY ${number} HAVING min(${cells.text}) <> max(${cells.text}) AND ${number} IS NOT NULL LIMIT 1`,
  )
  return result.getRows().length > 0
}

/**
 * How many cells of each column are one of some texts, in the order of the columns.
 *
 * @param texts - of each column, those that are looked for
 */
export async function countTexts(
  session: Session,
  columns: readonly TextCells[],
  texts: ReadonlyArray<readonly string[]>,
): Promise<readonly number[]> {
  const counted = columns.map(() => 0)
  for (const { from, places } of batches(columns)) {
    const counts = places.map((place) => {
      const isOne = isOneOfSql(columns[place]!.text, texts[place]!)
      return texts[place]!.length === 0 ? '0' : `count(CASE WHEN ${isOne} THEN 1 END)::DOUBLE`
    })
    const [row] = (
      await session.connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM ${from}`)
    ).getRowsJS()
    for (const [i, place] of places.entries()) counted[place] = Number(row![i])
  }
  return counted
}

/** Columns of one table, some at a time. */
function batches(
  columns: readonly TextCells[],
): ReadonlyArray<{ readonly from: string; readonly places: readonly number[] }> {
  const byTable = new Map<string, number[]>()
  for (const [place, { from }] of columns.entries()) {
    const places = byTable.get(from)
    if (places === undefined) byTable.set(from, [place])
    else places.push(place)
  }
  return [...byTable].flatMap(([from, places]) =>
    Array.from({ length: Math.ceil(places.length / COLUMNS_AT_ONCE) }, (_, i) => ({
      from,
      places: places.slice(i * COLUMNS_AT_ONCE, (i + 1) * COLUMNS_AT_ONCE),
    })),
  )
}
