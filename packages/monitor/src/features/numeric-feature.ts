import { type NumericProfile, numberOf, numericProfile } from '@tidegauge/core'
import type { ColumnRole, StoredColumn } from '@tidegauge/drift'
import type { Slice } from '../window/window-ring.ts'
import { BinFinder } from './bin-finder.ts'
import { spellingsOf } from './spellings.ts'

/**
 * Counts values of a numeric or date column into the bins of its reference, reading them as `numberOf` of core does.
 * What is no number is invalid, the text of a date among it; but texts that its reference counted as missing are missing.
 */
export class NumericFeature {
  readonly name: string
  /** Does every object have something of that name? */
  readonly isInherited: boolean
  readonly role: ColumnRole
  readonly type: 'numeric' | 'datetime'
  readonly reference: NumericProfile
  /** Underflow, the bins, overflow: from `start` on, and then the missing, the invalid and the infinite ones. */
  readonly cells: number
  readonly start: number
  readonly #finder: BinFinder
  readonly #empty: NumericProfile
  readonly #moments: number
  readonly #spellings: ReadonlySet<string>

  /** @param moments - which of the numeric features it is */
  constructor(
    { name, type, reading }: StoredColumn,
    reference: NumericProfile,
    role: ColumnRole,
    start: number,
    moments: number,
  ) {
    this.name = name
    this.isInherited = name in Object.prototype
    this.role = role
    this.type = type === 'datetime' ? 'datetime' : 'numeric'
    this.reference = reference
    this.cells = reference.edges.length + 1
    this.start = start
    this.#empty = numericProfile([], reference.edges)
    this.#finder = new BinFinder(reference.edges)
    this.#moments = 3 * moments
    this.#spellings = spellingsOf(reading)
  }

  count(value: unknown, { counts, moments }: Slice): void {
    // Before it is read as a number: -999 may be one of them.
    const isSpelling = typeof value === 'string' && this.#spellings.has(value)
    const x = isSpelling ? Number.NaN : numberOf(value)
    if (x === undefined) {
      counts[this.start + this.cells + 1]!++
      return
    }
    // ∞ − ∞ and NaN are no numbers; x − x of any other is 0.
    if (x - x !== 0) {
      counts[this.start + this.cells + (Number.isNaN(x) ? 0 : 2)]!++
      return
    }
    counts[this.start + this.#finder.slotOf(x)]!++
    const i = this.#moments
    if (x < moments[i]!) moments[i] = x
    if (x > moments[i + 1]!) moments[i + 1] = x
    moments[i + 2]! += x
  }

  /** Behind the last of its cells. */
  get end(): number {
    return this.start + this.cells + 3
  }

  /** @param counts - of all features; infinite values are among them, as in the reference's share */
  missingIn(counts: ArrayLike<number>): number {
    const { start, cells } = this
    return counts[start + cells]! + counts[start + cells + 2]!
  }

  /** @param counts - of all features */
  profile(counts: Float64Array, moments: Float64Array): NumericProfile {
    const { start, cells } = this
    const n = sumOf(counts, start, start + cells)
    const i = this.#moments
    const [min, max, sum] = moments.subarray(i, i + 3)
    return {
      ...this.#empty,
      counts: Array.from(counts.subarray(start + 1, start + cells - 1)),
      underflow: counts[start]!,
      overflow: counts[start + cells - 1]!,
      n,
      missing: counts[start + cells]! + counts[start + cells + 1]!,
      infinite: counts[start + cells + 2]!,
      min: n === 0 ? null : min!,
      max: n === 0 ? null : max!,
      sum: Number.isFinite(sum) ? sum! : null,
    }
  }
}

export function sumOf(counts: ArrayLike<number>, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += counts[i]!
  return sum
}
