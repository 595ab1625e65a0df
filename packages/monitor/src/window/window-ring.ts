import type { SteadyClock } from './steady-clock.ts'
import { UnmetNames } from './unmet-names.ts'

/** What was counted in one stretch of time. */
export interface Slice {
  readonly counts: Uint32Array
  /** Minimum, maximum and sum, one after the other, of each numeric feature. */
  readonly moments: Float64Array
  /** Of each categorical feature, the names that its reference does not have. */
  readonly unmet: readonly UnmetNames[]
}

interface HeldSlice extends Slice {
  /** Which slice of time it belongs to. */
  index: number
  rows: number
  firstTime: number
}

export interface WindowRingOptions {
  readonly cells: number
  readonly numericFeatures: number
  /** Default 0. */
  readonly categoricalFeatures?: number
  readonly seconds: number
  readonly slices: number
  readonly maxCount: number
}

/** A slice's counts are 32 bits wide: it is closed before one of them could overflow. */
// Stryker disable next-line ArithmeticOperator: it takes four billion rows to see
const MOST_ROWS_OF_A_SLICE = 2 ** 32 - 1

/**
 * Counts of the newest rows, in memory that is taken at the start; names that come later are bounded in number and length.
 *
 * Time is cut into slices of `seconds / slices`, counted from the first moment of the ring. The window is the slice
 * of now and the `slices − 1` before it. With `maxCount` a slice is also closed after `maxCount / slices` rows, and
 * the oldest one leaves before a row would be one too many.
 */
export class WindowRing {
  readonly #held: readonly HeldSlice[]
  readonly #sliceMilliseconds: number
  readonly #slices: number
  readonly #maxCount: number
  readonly #rowsOfASlice: number
  /** Sum of the slices that are in the window, but for the newest. */
  readonly #closed: Float64Array
  /** Sum of those that have left it. */
  readonly #left: Float64Array
  #oldest = 0
  #length = 0
  #rows = 0
  #lastTime = 0

  constructor(options: WindowRingOptions) {
    const { cells, numericFeatures, categoricalFeatures = 0, seconds, slices, maxCount } = options
    this.#sliceMilliseconds = (seconds * 1000) / slices
    this.#slices = slices
    this.#maxCount = maxCount
    this.#rowsOfASlice = Math.min(Math.ceil(maxCount / slices), MOST_ROWS_OF_A_SLICE)
    // Of slices that time closed at most `slices` are in the window, and of full ones as many again.
    const capacity = maxCount === Number.POSITIVE_INFINITY ? slices : 2 * slices
    this.#held = Array.from({ length: capacity }, () => ({
      counts: new Uint32Array(cells),
      moments: new Float64Array(3 * numericFeatures),
      unmet: Array.from({ length: categoricalFeatures }, () => new UnmetNames()),
      index: 0,
      rows: 0,
      firstTime: 0,
    }))
    this.#closed = new Float64Array(cells)
    this.#left = new Float64Array(cells)
  }

  /** Rows in the window. */
  get rows(): number {
    return this.#rows
  }

  /** The times of the first and the last row in the window; null where there is none. */
  get timeRange(): readonly [from: number, to: number] | null {
    if (this.#length === 0) return null
    const from = this.#at(0).firstTime
    return [Math.min(from, this.#lastTime), Math.max(from, this.#lastTime)]
  }

  /** The slice to count the next row in, at the time of the clock's last reading. */
  sliceForRow(clock: Pick<SteadyClock, 'elapsed' | 'time'>): Slice {
    const { elapsed, time } = clock
    this.expire(elapsed)
    while (this.#rows >= this.#maxCount) this.#dropOldest()
    const index = this.#indexAt(elapsed)
    let slice = this.#at(this.#length - 1)
    if (this.#length === 0 || slice.index !== index || slice.rows >= this.#rowsOfASlice) {
      slice = this.#open(index, time)
    }
    slice.rows++
    this.#rows++
    this.#lastTime = time
    return slice
  }

  /** Lets go of what is too old by now. */
  expire(elapsed: number): void {
    const oldestIndex = this.#indexAt(elapsed) - this.#slices + 1
    while (this.#length > 0 && this.#at(0).index < oldestIndex) this.#dropOldest()
  }

  /** Counts of the window. */
  window(): Float64Array {
    const sum = Float64Array.from(this.#closed)
    if (this.#length > 0) add(sum, this.#at(this.#length - 1).counts)
    return sum
  }

  /** Counts of all rows ever seen. */
  lifetime(): Float64Array {
    const sum = this.window()
    add(sum, this.#left)
    return sum
  }

  /** Minimum, maximum and sum of each numeric feature in the window. */
  moments(): Float64Array {
    const all = emptyMoments(new Float64Array(this.#held[0]!.moments.length))
    for (let k = 0; k < this.#length; k++) {
      const { moments } = this.#at(k)
      for (let i = 0; i < all.length; i += 3) {
        all[i] = Math.min(all[i]!, moments[i]!)
        all[i + 1] = Math.max(all[i + 1]!, moments[i + 1]!)
        all[i + 2]! += moments[i + 2]!
      }
    }
    return all
  }

  /** The names of a categorical feature that its reference does not have, by the slices of the window. */
  unmet(feature: number): UnmetNames[] {
    return Array.from({ length: this.#length }, (_, k) => this.#at(k).unmet[feature]!)
  }

  #indexAt(elapsed: number): number {
    return Math.floor(elapsed / this.#sliceMilliseconds)
  }

  /** The k-th slice, the oldest first. */
  #at(k: number): HeldSlice {
    const capacity = this.#held.length
    return this.#held[(this.#oldest + k + capacity) % capacity]!
  }

  #open(index: number, time: number): HeldSlice {
    // Stryker disable next-line ConditionalExpression: the capacity is used up after four billion rows in a slice alone
    if (this.#length === this.#held.length) this.#dropOldest()
    if (this.#length > 0) add(this.#closed, this.#at(this.#length - 1).counts)
    const slice = this.#at(this.#length++)
    slice.counts.fill(0)
    emptyMoments(slice.moments)
    for (const names of slice.unmet) names.clear()
    slice.index = index
    slice.rows = 0
    slice.firstTime = time
    return slice
  }

  #dropOldest(): void {
    const slice = this.#at(0)
    add(this.#left, slice.counts)
    if (this.#length > 1) subtract(this.#closed, slice.counts)
    this.#rows -= slice.rows
    this.#oldest = (this.#oldest + 1) % this.#held.length
    this.#length--
  }
}

function emptyMoments(moments: Float64Array): Float64Array {
  for (let i = 0; i < moments.length; i += 3) {
    moments[i] = Number.POSITIVE_INFINITY
    moments[i + 1] = Number.NEGATIVE_INFINITY
    moments[i + 2] = 0
  }
  return moments
}

function add(sum: Float64Array, counts: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += counts[i]!
}

function subtract(sum: Float64Array, counts: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) sum[i]! -= counts[i]!
}
