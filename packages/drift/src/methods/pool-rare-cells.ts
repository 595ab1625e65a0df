import { type Cells, total } from './cells.ts'

/**
 * Put rare cells together until every expected count is large enough for the chi-squared distribution.
 *
 * The cells with the fewest values, of both sides together, become one last cell; it grows by the next
 * rarest as long as it is rare itself, but never takes in the most frequent cells where those are not rare.
 * Which cells are pooled depends on those totals alone (equal ones share their fate), not on how the sides
 * differ, so that a test of the pooled cells keeps its level. What is lost is drift between cells that were
 * pooled. Where all are equally rare one cell remains: nothing can be told of them. Two cells are left as
 * they are.
 *
 * The rest, which has no names, is one of the pooled: it holds what is rare on one side. On its own it would
 * seem to grow without any drift, by the categories that the reference is too small to have met.
 *
 * @param cells - at least one filled on each side
 * @param minimumExpectedCount - of the smaller side in each cell; 5 is the customary bound, 0 pools nothing
 * @returns `cells` itself where nothing is to be pooled, else the other cells in their order and the pooled one
 * @see Cochran (1954), Biometrics 10, 417–451
 * @example
 * poolRareCells({ reference: [90, 8, 2], current: [92, 5, 3] }, 5) // reference [90, 10], current [92, 8]
 */
export function poolRareCells(cells: Cells, minimumExpectedCount: number): Cells {
  const limit = largestPooledTotal(cells, minimumExpectedCount)
  if (limit === null) return cells
  const named = cells.hasRest ? cells.reference.length - 1 : cells.reference.length
  const isPooled = (_: number, i: number): boolean =>
    i >= named || cells.reference[i]! + cells.current[i]! <= limit
  return {
    ...cells,
    reference: pool(cells.reference, isPooled),
    current: pool(cells.current, isPooled),
  }
}

/** Cells of at most so many values on both sides together are pooled, and the rest; null where nothing is. */
export function largestPooledTotal(cells: Cells, minimumExpectedCount: number): number | null {
  if (cells.reference.length <= 2) return null
  const totals = cells.reference.map((count, i) => count + cells.current[i]!)
  const named = cells.hasRest ? totals.slice(0, -1) : totals
  const n = total(cells.reference)
  const m = total(cells.current)
  const enough = (minimumExpectedCount * (n + m)) / Math.min(n, m)
  const rest = cells.hasRest ? totals.at(-1)! : 0
  const limit = largestPooled(named, enough, rest)
  const pooled = named.filter((count) => count <= limit).length + (cells.hasRest ? 1 : 0)
  return pooled < 2 ? null : limit
}

/** The cells up to which total have to be pooled, to `pooled` values that already are; −1 where none has. */
function largestPooled(totals: readonly number[], enough: number, pooled: number): number {
  const cellsOfTotal = new Map<number, number>()
  for (const size of totals) cellsOfTotal.set(size, (cellsOfTotal.get(size) ?? 0) + 1)
  const sizes = [...cellsOfTotal.keys()].sort((a, b) => a - b)
  const largest = sizes[sizes.length - 1]!
  let limit = -1
  for (const size of sizes) {
    const cells = cellsOfTotal.get(size)!
    const isEnough = size >= enough && (pooled === 0 || pooled >= enough)
    if (isEnough || (size === largest && (size >= enough || cells === 1))) break
    pooled += size * cells
    limit = size
  }
  return limit
}

function pool(
  counts: readonly number[],
  isPooled: (count: number, i: number) => boolean,
): number[] {
  const others = counts.filter((count, i) => !isPooled(count, i))
  return [...others, total(counts.filter(isPooled))]
}
