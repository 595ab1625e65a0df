import type { NumericProfile } from '@tidegauge/core'
import { AscendingGrid, countBelow, countUpTo } from '@tidegauge/core/internal'
import { decilePlacesOf, decilesOf } from '@tidegauge/drift'

/**
 * Is a value in a slot, in SQL? Slot 0 is below the edges, slot i between edge i - 1 and edge i, the last one above them; what
 * lies on the upper edge is left out.
 */
export function slotSql(value: string, edges: readonly number[], slot: number): string {
  const number = (x: number) => `'${x}'::DOUBLE`
  const above =
    slot === 0 ? [] : [`${value} ${slot === 1 ? '>=' : '>'} ${number(edges[slot - 1]!)}`]
  const below = slot === edges.length ? [] : [`${value} < ${number(edges[slot]!)}`]
  return `(${[...above, ...below].join(' AND ')})`
}

/** The finite values of some slots, as `slotSql` has them; ascending. */
export function valuesInSlots(
  values: Float64Array,
  edges: readonly number[],
  slots: readonly number[],
): Float64Array {
  const bounds = Float64Array.from(edges)
  const grid = new AscendingGrid(bounds)
  const isWanted = new Uint8Array(edges.length + 1)
  for (const slot of slots) isWanted[slot] = 1
  return values
    .filter((x) => {
      if (x - x !== 0) return false
      const slot = x === bounds[0] ? 1 : grid.countBelow(x)
      return isWanted[slot] === 1 && x !== bounds[slot]
    })
    .sort()
}

/**
 * Counts of a column with its exact deciles among the edges, by the values of the bins in which they lie: a few hundredths of
 * all.
 *
 * @param counted - all values of the column, between the quantiles of a sample of them
 * @param valuesIn - the finite values of some slots, ascending; null: they are too many
 * @returns `counted` itself where the sample was so unlike the column that too many values would have to be held
 */
export async function decilesFrom(
  counted: NumericProfile,
  valuesIn: (slots: readonly number[]) => Promise<Float64Array | null>,
): Promise<NumericProfile> {
  const { edges, n } = counted
  if (n === 0) return counted
  const upToSlot = cumulativeOf(counted)
  const slotOfPlace = (place: number) => upToSlot.findIndex((count) => count > place)
  const slots = [...new Set(decilePlacesOf(n).map(slotOfPlace))]
  const values = await valuesIn(slots)
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

function partOf(values: Float64Array, edges: readonly number[], slot: number): Float64Array {
  const [low, high] = [edges[slot - 1], edges[slot]]
  const before = slot === 1 ? countBelow : countUpTo
  const from = low === undefined ? 0 : before(values, low)
  const to = high === undefined ? values.length : countBelow(values, high)
  return values.subarray(from, to)
}
