import { type Cells, total } from './cells.ts'

/**
 * Put rare cells together until every expected count is large enough for the chi-squared distribution.
 *
 * The cells with the fewest values, of both sides together, become one last cell. Which ones depends on
 * those totals alone, not on how the sides differ, so that a test of the pooled cells keeps its level; what
 * is lost is drift between the cells that were pooled. At least two cells remain, however rare: a single
 * one would say "no drift" of anything.
 *
 * @param cells - none empty on both sides
 * @param minimumExpectedCount - of the smaller side in each cell; 5 is the customary bound, 0 pools nothing
 * @returns `cells` itself where nothing is rare, else the frequent ones in their order and the pooled one
 * @see Cochran (1954), Biometrics 10, 417–451
 * @example
 * poolRareCells({ reference: [90, 8, 2], current: [92, 5, 3] }, 5) // reference [90, 10], current [92, 8]
 */
export function poolRareCells(cells: Cells, minimumExpectedCount: number): Cells {
  const totals = cells.reference.map((count, i) => count + cells.current[i]!)
  const rarestFirst = totals.map((_, i) => i).sort((i, j) => totals[i]! - totals[j]!)
  const n = total(cells.reference)
  const m = total(cells.current)
  const enough = (minimumExpectedCount * (n + m)) / Math.min(n, m)
  const rare = rareCells(
    rarestFirst.map((i) => totals[i]!),
    enough,
  )
  if (rare < 2) return cells
  const pooled = new Set(rarestFirst.slice(0, rare))
  return { reference: pool(cells.reference, pooled), current: pool(cells.current, pooled) }
}

/** How many of the rarest cells make one that has enough, with none left that has not; all but one at most. */
function rareCells(ascendingTotals: readonly number[], enough: number): number {
  if (ascendingTotals[0]! >= enough) return 0
  let rare = 1
  let pooled = ascendingTotals[0]!
  while (rare < ascendingTotals.length - 1) {
    const next = ascendingTotals[rare]!
    if (pooled >= enough && next >= enough) break
    pooled += next
    rare++
  }
  return rare
}

function pool(counts: readonly number[], pooled: ReadonlySet<number>): number[] {
  const frequent = counts.filter((_, i) => !pooled.has(i))
  return [...frequent, total(counts.filter((_, i) => pooled.has(i)))]
}
