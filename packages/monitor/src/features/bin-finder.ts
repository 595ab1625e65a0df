/** Cells of the guide: nearly four for each of 260 bins. */
const CELLS = 1024
/** The grid leaves out this share of the edges at each end: one extreme value would stretch it over nothing. */
const TAIL = 1 / 32

/**
 * Finds the bin of a number as `numericProfile` does, several times as fast as by halving: a grid of equal cells
 * tells which few edges are near.
 *
 * Right whatever the rounding: the cell is a monotone function of x, so that only the edges of its own cell can lie
 * on either side of it. Edges that are spread unevenly cost time, never a count.
 *
 * @see Chen & Asau (1974), AIIE Transactions 6, 163-166: guide tables
 */
export class BinFinder {
  readonly #edges: Float64Array
  readonly #low: number
  readonly #scale: number
  /** The number of edges in the cells before each cell. */
  readonly #edgesBefore: Uint32Array

  /** @param edges - at least two finite numbers, strictly increasing */
  constructor(edges: ArrayLike<number>) {
    this.#edges = Float64Array.from(edges)
    const last = edges.length - 1
    const left = Math.floor(last * TAIL)
    this.#low = edges[left]!
    this.#scale = CELLS / (edges[last - left]! - this.#low)
    this.#edgesBefore = new Uint32Array(CELLS + 3)
    for (const edge of this.#edges) this.#edgesBefore[this.#cellOf(edge) + 1]!++
    for (let i = 1; i < CELLS + 3; i++) this.#edgesBefore[i]! += this.#edgesBefore[i - 1]!
  }

  /** 0 below the first edge, i + 1 in bin i, B + 1 above the last edge. */
  slotOf(x: number): number {
    const edges = this.#edges
    const cell = this.#cellOf(x)
    let low = this.#edgesBefore[cell]!
    let high = this.#edgesBefore[cell + 1]!
    while (low < high) {
      const middle = (low + high) >>> 1
      if (edges[middle]! < x) low = middle + 1
      else high = middle
    }
    return low === 0 && x === edges[0] ? 1 : low
  }

  /** 0 left of the grid, CELLS + 1 right of it. */
  #cellOf(x: number): number {
    const position = (x - this.#low) * this.#scale
    if (position < 0) return 0
    // NaN, of 0 · ∞ where the edges span all doubles or next to none, becomes the first cell.
    return position >= CELLS ? CELLS + 1 : (position | 0) + 1
  }
}
