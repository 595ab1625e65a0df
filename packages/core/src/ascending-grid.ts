import { countBelow } from './ascending.ts'

/**
 * `countBelow` for many numbers: a grid over the range tells about how many are below, and few are left to compare.
 *
 * The cell of a number grows with it, in floating point too: what lies in a lower cell is below. So the answer is exact
 * whatever the cells are; where most of the numbers share one, it is searched.
 */
export class AscendingGrid {
  readonly #ascending: Float64Array
  readonly #low: number
  readonly #high: number
  /** Cells a unit; 0: the range is too wide, or too narrow, to be divided. */
  readonly #perUnit: number
  /** How many lie in lower cells, by cell. */
  readonly #before: Uint32Array

  /** @param ascending - at least one, all finite */
  constructor(ascending: Float64Array) {
    this.#ascending = ascending
    this.#low = ascending[0]!
    this.#high = ascending[ascending.length - 1]!
    const cells = CELLS_EACH * ascending.length
    const perUnit = cells / (this.#high - this.#low)
    this.#perUnit = Number.isFinite(perUnit) ? perUnit : 0
    this.#before = new Uint32Array(cells + 2)
    for (const x of ascending) this.#before[this.#cellOf(x) + 1]!++
    for (let cell = 0; cell <= cells; cell++) this.#before[cell + 1]! += this.#before[cell]!
  }

  /** How many are below a finite x? */
  countBelow(x: number): number {
    const ascending = this.#ascending
    if (x <= this.#low) return 0
    if (x > this.#high) return ascending.length
    if (this.#perUnit === 0) return countBelow(ascending, x)
    const cell = this.#cellOf(x)
    let low = this.#before[cell]!
    let high = this.#before[cell + 1]!
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ascending[middle]! < x) low = middle + 1
      else high = middle
    }
    return low
  }

  #cellOf(x: number): number {
    return Math.trunc((x - this.#low) * this.#perUnit)
  }
}

const CELLS_EACH = 4
