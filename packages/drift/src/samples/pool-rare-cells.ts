import { InvalidArgumentError } from '@tidegauge/core'
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
  return poolUpTo(cells, limit)
}

/** An infinite one would pool all cells into one, in which nothing can be seen: p would be 1. */
export function assertMinimumExpectedCount(count: unknown): void {
  if (Number.isFinite(count) && (count as number) >= 0) return
  throw new InvalidArgumentError('minimumExpectedCount', 'a non-negative number', count)
}

/** Cells of at most so many values on both sides together, and the rest, as one last cell. */
export function poolUpTo(cells: Cells, limit: number): Cells {
  const { reference, current } = cells
  const named = namedCells(cells)
  const pooled = { reference: 0, current: 0 }
  const kept = { reference: [] as number[], current: [] as number[] }
  for (let i = 0; i < reference.length; i++) {
    if (i >= named || reference[i]! + current[i]! <= limit) {
      pooled.reference += reference[i]!
      pooled.current += current[i]!
    } else {
      kept.reference.push(reference[i]!)
      kept.current.push(current[i]!)
    }
  }
  return {
    ...cells,
    reference: [...kept.reference, pooled.reference],
    current: [...kept.current, pooled.current],
  }
}

/** How many cells have a name of their own: all but the rest. */
function namedCells({ reference, hasRest }: Cells): number {
  return hasRest ? reference.length - 1 : reference.length
}

/** Cells of at most so many values on both sides together are pooled, and the rest; null where nothing is. */
export function largestPooledTotal(cells: Cells, minimumExpectedCount: number): number | null {
  const { reference, current, hasRest } = cells
  if (reference.length <= 2) return null
  const named = namedCells(cells)
  // Of a million cells few have another total.
  const cellsOfTotal = new Map<number, number>()
  for (let i = 0; i < named; i++) {
    const size = reference[i]! + current[i]!
    cellsOfTotal.set(size, (cellsOfTotal.get(size) ?? 0) + 1)
  }
  const n = total(reference)
  const m = total(current)
  const enough = (minimumExpectedCount * (n + m)) / Math.min(n, m)
  const rest = hasRest ? reference[named]! + current[named]! : 0
  const limit = largestPooled(cellsOfTotal, enough, rest)
  let pooled = hasRest ? 1 : 0
  for (const [size, count] of cellsOfTotal) if (size <= limit) pooled += count
  return pooled < 2 ? null : limit
}

/** The cells up to which total have to be pooled, to `pooled` values that already are; −1 where none has. */
function largestPooled(
  cellsOfTotal: ReadonlyMap<number, number>,
  enough: number,
  pooled: number,
): number {
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
