import type { NumericProfile } from '@tidegauge/core'
import { countBelow, countUpTo } from '@tidegauge/core/internal'
import { decilePlacesOf, decilesOf } from '@tidegauge/drift'
import { doubleBlocks, numberExpression, type Selection, selectFrom } from './read-values.ts'
import type { Session } from './session.ts'

/** More values than this are not held: 64 MB. */
const MOST_VALUES = 2 ** 23

/**
 * The counts of a column that is never held, with its exact deciles among the edges: the bins in which they lie
 * are read once more, a few hundredths of the values.
 *
 * @param counted - all values of the column, between the quantiles of a sample of them
 * @returns `counted` itself where the sample was so unlike the column that too many values would have to be held
 */
export async function withDeciles(
  session: Session,
  selection: Selection,
  counted: NumericProfile,
): Promise<NumericProfile> {
  const { edges, n } = counted
  if (n === 0) return counted
  const upToSlot = cumulativeOf(counted)
  const slotOfPlace = (place: number) => upToSlot.findIndex((count) => count > place)
  const slots = [...new Set(decilePlacesOf(n).map(slotOfPlace))]
  const values = await valuesInside(session, selection, edges, slots)
  if (values === null) return counted
  const known = new Map(slots.map((slot) => [slot, partOf(values, edges, slot)]))
  const deciles = decilesOf(n, (place) => {
    const slot = slotOfPlace(place)
    const inside = known.get(slot)!
    // Those that are not inside lie on the edge.
    return inside[place - (upToSlot[slot - 1] ?? 0)] ?? edges[slot]!
  })
  if (deciles.some((x) => x <= edges[0]! || x > edges[edges.length - 1]!)) return counted
  const upToEdge = (x: number): number => {
    const slot = edges.findIndex((edge) => edge >= x)
    if (edges[slot] === x) return upToSlot[slot]!
    return upToSlot[slot - 1]! + (known.get(slot) ?? []).filter((value) => value <= x).length
  }
  const merged = [...new Set([...edges, ...deciles])].sort((a, b) => a - b)
  const upTo = merged.slice(1).map(upToEdge)
  return {
    ...counted,
    edges: merged,
    counts: upTo.map((count, i) => count - (upTo[i - 1] ?? counted.underflow)),
    deciles: deciles.map((decile) => merged.indexOf(decile)),
  }
}

/** Counts of the underflow, with the first bin, with the next … and of all. */
function cumulativeOf({ underflow, counts, overflow }: NumericProfile): number[] {
  let sum = underflow
  const bins = counts.map((count) => {
    sum += count
    return sum
  })
  return [underflow, ...bins, sum + overflow]
}

/** The values between the edges of some slots, not those on their upper edges; ascending. */
async function valuesInside(
  session: Session,
  selection: Selection,
  edges: readonly number[],
  slots: readonly number[],
): Promise<Float64Array | null> {
  const number = (x: number) => `'${x}'::DOUBLE`
  const conditions = slots.map((slot) => {
    const above = slot === 0 ? [] : [`v ${slot === 1 ? '>=' : '>'} ${number(edges[slot - 1]!)}`]
    const below = slot === edges.length ? [] : [`v < ${number(edges[slot]!)}`]
    return `(${[...above, ...below].join(' AND ')})`
  })
  const all = selectFrom(numberExpression(selection.column), selection)
  const sql = `SELECT v FROM (${all}) WHERE isfinite(v) AND (${conditions.join(' OR ')})`
  const blocks: Float64Array[] = []
  let held = 0
  for await (const block of doubleBlocks(session, sql)) {
    held += block.length
    if (held > MOST_VALUES) return null
    blocks.push(block.slice())
  }
  const values = new Float64Array(held)
  let at = 0
  for (const block of blocks) {
    values.set(block, at)
    at += block.length
  }
  return values.sort()
}

function partOf(values: Float64Array, edges: readonly number[], slot: number): Float64Array {
  const [low, high] = [edges[slot - 1], edges[slot]]
  const before = slot === 1 ? countBelow : countUpTo
  const from = low === undefined ? 0 : before(values, low)
  const to = high === undefined ? values.length : countBelow(values, high)
  return values.subarray(from, to)
}
