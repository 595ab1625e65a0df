import {
  categoricalProfile,
  mergeProfiles,
  type NumericProfile,
  numericProfile,
} from '@tidegauge/core'
import type { StoredColumn } from '@tidegauge/drift'
import type { DataColumn, DataTable } from './data-table.ts'
import {
  type CategoryReading,
  categoryReading,
  numberBlocks,
  type OnRows,
  type Selection,
  selectFrom,
} from './read-values.ts'
import type { Session } from './session.ts'
import type { KnownNames } from './stored-profile.ts'

/** So many numbers are counted at once. */
const BLOCK = 2 ** 18

/** Counts of a column that is never held: every value is counted, between the given edges. */
export async function countNumbers(
  session: Session,
  table: DataTable,
  column: DataColumn,
  edges: readonly number[],
  onRows: OnRows,
): Promise<NumericProfile> {
  let profile = numericProfile([], edges)
  const buffer = new Float64Array(BLOCK)
  let n = 0
  const flush = () => {
    profile = mergeProfiles(profile, numericProfile(buffer.subarray(0, n), edges))
    n = 0
  }
  for await (const block of numberBlocks(session, { table, column })) {
    if (n + block.length > BLOCK) flush()
    buffer.set(block, n)
    n += block.length
    onRows(block.length)
  }
  flush()
  return profile
}

/** The same of values that are held; block by block too, so that the sum is no less exact. */
export function countHeld(values: Float64Array, edges: readonly number[]): NumericProfile {
  let profile = numericProfile([], edges)
  for (let at = 0; at < values.length; at += BLOCK) {
    profile = mergeProfiles(profile, numericProfile(values.subarray(at, at + BLOCK), edges))
  }
  return profile
}

export interface CountedCategories {
  readonly columns: readonly StoredColumn[]
  /** Are there more categories than are told apart? */
  readonly isCut: boolean
  /** Too many even to be counted one by one: an even sample was. */
  readonly isSampled: boolean
}

/** More categories than this are not told apart: the least frequent ones are counted together. */
export const MOST_CATEGORIES = 100_000

/**
 * How often each category occurs on one or two sides. They are ranked by both sides together, so that both
 * name the same ones.
 *
 * @param options - `known`: these are counted by name however rare they are
 */
export async function countCategories(
  session: Session,
  name: string,
  columns: readonly Selection[],
  {
    exactRows,
    onRows,
    known,
  }: {
    readonly exactRows: number
    readonly onRows: OnRows
    readonly known?: KnownNames | undefined
  },
): Promise<CountedCategories> {
  const sample = (await haveTooMany(session, columns, exactRows))
    ? Math.min(exactRows, MOST_COUNTED)
    : undefined
  const sides = columns.map((side) => ({ ...side, sample }))
  const { kept, hidden } = await mostFrequent(session, sides, known)
  const isCut = hidden.some((count) => count > 0)
  const counted: StoredColumn[] = []
  for (const [i, side] of sides.entries()) {
    const counts = kept.flatMap(({ category, counts }) => {
      return counts[i]! > 0 ? [[category, counts[i]!] as const] : []
    })
    const named = counts.reduce((sum, [, count]) => sum + count, 0)
    const rows = sample === undefined ? side.table.rowCount : await countRows(session, side)
    const n = isCut ? await countRows(session, side, present(categoryReading(side.column))) : named
    const profile = categoricalProfile(counts, {
      missing: rows - n,
      maxCategories: Math.max(1, counts.length),
      other: n - named,
      otherAtMost: hidden[i]!,
    })
    const isWhole = !isCut && sample === undefined
    counted.push({
      name,
      type: 'categorical',
      profile,
      ...(isWhole && { distinct: counts.length }),
    })
    onRows(side.table.rowCount)
  }
  return { columns: counted, isCut, isSampled: sample !== undefined }
}

interface Groups {
  readonly kept: ReadonlyArray<{ readonly category: string; readonly counts: readonly number[] }>
  /** The largest count on each side of a category that is not kept; 0 where all are. */
  readonly hidden: readonly number[]
}

/** The most frequent categories, with a count for each side. */
async function mostFrequent(
  { connection }: Session,
  sides: readonly Selection[],
  known: KnownNames = (names) => names.map(() => false),
): Promise<Groups> {
  const readings = sides.map(({ column }) => categoryReading(column))
  const tables = sides.map((side, i) => {
    const select = selectFrom(readings[i]!.expression, side)
    return `g${i} AS (SELECT v, count(*) AS c FROM (${select}) WHERE ${present(readings[i]!)} GROUP BY v)`
  })
  const joined =
    sides.length === 1
      ? 'SELECT v, c AS c0, 0 AS c1 FROM g0'
      : 'SELECT coalesce(g0.v, g1.v) AS v, coalesce(g0.c, 0) AS c0, coalesce(g1.c, 0) AS c1 FROM g0 FULL JOIN g1 ON g0.v = g1.v'
  const ranked = `WITH ${tables.join(', ')} SELECT v, c0::DOUBLE AS c0, c1::DOUBLE AS c1 FROM (${joined}) ORDER BY c0 + c1 DESC, v`
  const result = await connection.runAndReadAll(`${ranked} LIMIT ${MOST_CATEGORIES + 1}`)
  const [values = [], first, second] = result.getColumnsJS()
  const { nameOf } = readings[0]!
  const groupsOf = (values: readonly unknown[], ...counts: ReadonlyArray<readonly unknown[]>) =>
    values.map((value, i) => ({
      category: nameOf(value)!,
      counts: counts.map((ofSide) => Number(ofSide[i])),
    }))
  const groups = groupsOf(values, first!, second!)
  if (groups.length <= MOST_CATEGORIES) return { kept: groups, hidden: [0, 0] }
  const kept = groups.slice(0, MOST_CATEGORIES)
  const hidden = [0, 0]
  const rest = await connection.stream(`${ranked} OFFSET ${MOST_CATEGORIES}`)
  for (;;) {
    const chunk = await rest.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { kept, hidden }
    const [values, first, second] = [0, 1, 2].map((i) => chunk.getColumnValues(i))
    const rare = groupsOf(values!, first!, second!)
    const isKnown = known(rare.map(({ category }) => category))
    for (const [i, group] of rare.entries()) {
      if (isKnown[i]) kept.push(group)
      else
        group.counts.forEach((count, side) => {
          hidden[side] = Math.max(hidden[side]!, count)
        })
    }
  }
}

/** A number that is none is missing. */
function present({ kind }: CategoryReading): string {
  return kind === 'number' ? 'v IS NOT NULL AND NOT isnan(v)' : 'v IS NOT NULL'
}

async function countRows(
  { connection }: Session,
  side: Selection,
  condition = 'true',
): Promise<number> {
  const select = selectFrom(categoryReading(side.column).expression, side)
  const result = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE FROM (${select}) WHERE ${condition}`,
  )
  return Number(result.getRows()[0]![0])
}

/** More distinct values than this do not fit into the memory that DuckDB is given to count them. */
export const MOST_COUNTED = 1_000_000

/** Estimated, in memory that does not grow. */
async function haveTooMany(
  { connection }: Session,
  sides: readonly Selection[],
  exactRows: number,
): Promise<boolean> {
  for (const { table, column } of sides) {
    if (table.rowCount <= exactRows) continue
    const result = await connection.runAndReadAll(
      `SELECT approx_count_distinct(v)::DOUBLE FROM (${selectFrom(categoryReading(column).expression, { table, column })})`,
    )
    if (Number(result.getRows()[0]![0]) > MOST_COUNTED) return true
  }
  return false
}
