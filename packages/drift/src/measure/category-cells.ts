import { logLowerTail } from '../distributions/hypergeometric.ts'
import type { Cells } from '../samples/cells.ts'
import { largestPooledTotal, poolUpTo } from '../samples/pool-rare-cells.ts'
import type { CategoryCounts, CategoryNames } from './category-names.ts'

/** The cells of a test, and the categories that have none of their own. */
export interface CategoryCells {
  readonly cells: Cells
  /** Indices into the names; the cell of all of them is the last one. */
  readonly pooled: readonly number[]
  /** Indices of those that have a cell, in the order of the cells. */
  readonly own: readonly number[]
}

/** Rarer categories are pooled. */
const MINIMUM_EXPECTED_COUNT = 5

/**
 * Which categories can be told from each other, by how often they occur on both sides together: that alone makes the
 * choice fair.
 *
 * Where a side has categories without a name, those that it names are no fair choice. It named them because it had
 * many of them, by chance too, and the other side has fewer: without any drift they seem to shrink, and what has no
 * name to grow. So a category has a cell only where it is so frequent that it is as good as always named, and where
 * both counts are known. All others are one cell, those without a name among them.
 */
export function categoryCells(known: CategoryNames): CategoryCells {
  const { reference, current } = known
  const least = smallestTotal(known)
  const own: number[] = []
  const pooled: number[] = []
  const rest = { reference: reference.other, current: current.other }
  for (let i = 0; i < known.names.length; i++) {
    const total = reference.atLeast[i]! + current.atLeast[i]!
    if (total >= least && isKnown(reference, i) && isKnown(current, i)) own.push(i)
    else {
      pooled.push(i)
      rest.reference += reference.atLeast[i]!
      rest.current += current.atLeast[i]!
    }
  }
  const hasRest = rest.reference + rest.current > 0
  const cellsOf = ({ atLeast }: CategoryCounts, ofRest: number) => {
    const counts = own.map((i) => atLeast[i]!)
    if (hasRest) counts.push(ofRest)
    return counts
  }
  const cells: Cells = {
    reference: cellsOf(reference, rest.reference),
    current: cellsOf(current, rest.current),
    ...(hasRest && { hasRest: true }),
  }
  const limit = largestPooledTotal(cells, MINIMUM_EXPECTED_COUNT)
  if (limit === null) return { cells, own, pooled }
  const isPooled = (i: number) => reference.atLeast[i]! + current.atLeast[i]! <= limit
  return {
    cells: poolUpTo(cells, limit),
    own: own.filter((i) => !isPooled(i)),
    pooled: pooled.concat(own.filter(isPooled)),
  }
}

/** What a side may have of a category under `other` is no matter where chance moves its count four times as far. */
const NO_MATTER = 0.25

function isKnown({ atLeast, atMost }: CategoryCounts, i: number): boolean {
  return atMost[i]! - atLeast[i]! <= NO_MATTER * Math.sqrt(atLeast[i]!)
}

/** So many categories may lack a cell by chance, without drift. */
const HIDDEN_CELLS = 0.01

/** Categories with fewer values on both sides together may have no cell by chance. */
function smallestTotal({ names, reference, current }: CategoryNames): number {
  let least = 0
  const isHiding = reference.other > 0 || current.other > 0
  if (!isHiding) return least
  for (const [side, opposite] of [
    [reference, current],
    [current, reference],
  ] as const) {
    // Who names all that the other does was asked for those names: they are the other side's choice.
    const hasChosen = side.namesAll
      ? opposite.namesAll && opposite.other > 0
      : side.other > 0 || opposite.namesAll
    if (hasChosen) least = Math.max(least, leastNamedTotal(side, opposite, names.length))
  }
  names.forEach((_, i) => {
    const total = reference.atLeast[i]! + current.atLeast[i]!
    const isOnBoth = reference.atLeast[i]! > 0 && current.atLeast[i]! > 0
    // As many are too few to be always named in all parts of a merged profile.
    if (isOnBoth && total >= least && !(isKnown(reference, i) && isKnown(current, i))) {
      least = total + 1
    }
  })
  return least
}

/** The smallest total of a category of which chance leaves `side` no more than it can hide as good as never. */
function leastNamedTotal(side: CategoryCounts, opposite: CategoryCounts, names: number): number {
  const [n, m] = [Math.round(side.n), Math.round(opposite.n)]
  const hidden = Math.ceil(side.otherAtMost)
  const level = Math.log(HIDDEN_CELLS / names)
  const isNamed = (drawn: number) => drawn > n + m || logLowerTail(hidden, { n, m, drawn }) <= level
  let low = hidden
  let high = hidden + 1
  while (!isNamed(high)) [low, high] = [high, 2 * high]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isNamed(middle)) high = middle
    else low = middle
  }
  return high
}
