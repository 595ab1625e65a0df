import type { NumericProfile } from '@tidegauge/core'
import { countHeld, countNumbers } from './count-values.ts'
import type { DataTable } from './data-table.ts'
import { decilesFrom, slotSql, valuesInSlots } from './exact-deciles.ts'
import {
  doubleBlocks,
  numberExpression,
  type OnRows,
  readNumbers,
  rowsOfSampleSql,
  type Selection,
  selectFrom,
} from './read-values.ts'
import type { Session } from './session.ts'

/** A column of numbers of which more than one thing is asked, and that is too long to be compared by its values. */
export interface LongNumbers {
  /** About so many values, drawn evenly and always the same ones. */
  sample(rows: number): Promise<Float64Array>
  /** All values, between given edges. */
  counted(edges: readonly number[]): Promise<NumericProfile>
  /** The same with the exact deciles among the edges. */
  withDeciles(counted: NumericProfile): Promise<NumericProfile>
}

/** Values enough for edges that hold their share of the values to a thousandth. */
export const EDGE_SAMPLE = 200_000

/** More values than this are not held: 64 MB. */
const MOST_HELD = 2 ** 23

/**
 * Reads a column once where it can be held, to answer all that is asked of it; a longer one once more for each question.
 *
 * @param onRows - told of the rows once, however often they are read
 */
export async function longNumbers(
  session: Session,
  selection: Selection,
  onRows: OnRows,
): Promise<LongNumbers> {
  return selection.table.rowCount > MOST_HELD
    ? unheldNumbers(session, selection, onRows)
    : heldNumbers(session, selection, onRows)
}

export async function heldNumbers(
  session: Session,
  { table, column }: Selection,
  onRows: OnRows,
): Promise<LongNumbers> {
  const all = await readNumbers(session, { table, column }, onRows)
  return {
    sample: async (rows) => {
      if (rows >= table.rowCount) return all
      return (await rowsOfSample(session, table, rows)).map((row) => all[row]!)
    },
    counted: async (edges) => countHeld(all, edges),
    withDeciles: (counted) =>
      decilesFrom(counted, async (slots) => valuesInSlots(all, counted.edges, slots)),
  }
}

export function unheldNumbers(session: Session, selection: Selection, onRows: OnRows): LongNumbers {
  const { table, column } = selection
  return {
    sample: (sample) => readNumbers(session, { ...selection, sample }, () => {}),
    counted: (edges) => countNumbers(session, table, column, edges, onRows),
    withDeciles: (counted) =>
      decilesFrom(counted, (slots) => valuesInside(session, selection, counted.edges, slots)),
  }
}

const samples = new WeakMap<DataTable, Map<number, Promise<Float64Array>>>()

/** Which rows are in the sample, from 0: the same of each column. */
function rowsOfSample(session: Session, table: DataTable, rows: number): Promise<Float64Array> {
  const ofTable = samples.get(table) ?? new Map<number, Promise<Float64Array>>()
  samples.set(table, ofTable)
  const known = ofTable.get(rows)
  if (known !== undefined) return known
  const sql = rowsOfSampleSql(table, rows)
  const drawn = gathered(session, sql, table.rowCount).then((places) => places!)
  ofTable.set(rows, drawn)
  return drawn
}

/** The values in some slots; ascending. */
async function valuesInside(
  session: Session,
  selection: Selection,
  edges: readonly number[],
  slots: readonly number[],
): Promise<Float64Array | null> {
  const all = selectFrom(numberExpression(selection.column), selection)
  const inside = slots.map((slot) => slotSql('v', edges, slot)).join(' OR ')
  const sql = `SELECT v FROM (${all}) WHERE isfinite(v) AND (${inside})`
  return (await gathered(session, sql, MOST_HELD))?.sort() ?? null
}

/** All that a statement selects; null where it is more than that. */
async function gathered(session: Session, sql: string, most: number): Promise<Float64Array | null> {
  const blocks: Float64Array[] = []
  let held = 0
  for await (const block of doubleBlocks(session, sql)) {
    held += block.length
    if (held > most) return null
    blocks.push(block.slice())
  }
  const values = new Float64Array(held)
  let at = 0
  for (const block of blocks) {
    values.set(block, at)
    at += block.length
  }
  return values
}
