import { type CategoricalProfile, categoricalProfile, categoryOf } from '@tidegauge/core'
import type { ColumnRole, StoredColumn } from '@tidegauge/drift'
import type { FrequentNames } from '../window/unmet-names.ts'
import type { Slice } from '../window/window-ring.ts'
import { spellingsOf } from './spellings.ts'

/**
 * Counts values of a categorical column under the categories of its reference, reading them as `categoryOf` of core
 * does. What the reference does not name is counted together as `other`, however many names come, and the most frequent
 * of these names are kept beside it; what is no category is invalid. Texts that its reference counted as missing are
 * missing.
 */
export class CategoricalFeature {
  readonly name: string
  /** Does every object have something of that name? */
  readonly isInherited: boolean
  readonly role: ColumnRole
  readonly type = 'categorical'
  readonly reference: CategoricalProfile
  /** The categories and `other`: from `start` on, and then the missing and the invalid ones. */
  readonly cells: number
  readonly start: number
  /** Which of the categorical features it is. */
  readonly index: number
  readonly #cellOfText: ReadonlyMap<string, number>
  /** Of the categories that are a number's text: a number is not turned into text on each request. */
  readonly #cellOfNumber: ReadonlyMap<number, number>
  readonly #spellings: ReadonlySet<string>

  constructor(
    { name, reading }: StoredColumn,
    reference: CategoricalProfile,
    role: ColumnRole,
    start: number,
    index = 0,
  ) {
    this.index = index
    this.name = name
    this.isInherited = name in Object.prototype
    this.role = role
    this.reference = reference
    this.cells = reference.categories.length + 1
    this.start = start
    const cells = reference.categories.map((category, i) => [category, i] as const)
    this.#cellOfText = new Map(cells)
    this.#spellings = spellingsOf(reading)
    this.#cellOfNumber = new Map(
      cells
        .filter(([category]) => String(Number(category)) === category)
        .map(([category, i]) => [Number(category), i]),
    )
  }

  count(value: unknown, { counts, unmet }: Slice): void {
    const cell = this.#cellOf(value)
    counts[this.start + cell]!++
    if (cell === this.cells - 1) unmet[this.index]!.add(categoryOf(value)!)
  }

  #cellOf(value: unknown): number {
    const other = this.cells - 1
    const missing = this.cells
    if (typeof value === 'number' && !Number.isNaN(value)) {
      return this.#cellOfNumber.get(value) ?? other
    }
    const category = categoryOf(value)
    if (category === null) return missing
    if (category === undefined) return missing + 1
    const cell = this.#cellOfText.get(category)
    if (cell !== undefined) return cell
    return typeof value === 'string' && this.#spellings.has(value) ? missing : other
  }

  /** Behind the last of its cells. */
  get end(): number {
    return this.start + this.cells + 2
  }

  /** @param counts - of all features */
  missingIn(counts: ArrayLike<number>): number {
    return counts[this.start + this.cells]!
  }

  /**
   * @param counts - of all features
   * @param unmet - names that the reference does not have
   */
  profile(counts: Float64Array, { names, othersAtMost }: FrequentNames): CategoricalProfile {
    const { start, cells, reference } = this
    const named = reference.categories.map((category, i) => [category, counts[start + i]!] as const)
    const all = [...named, ...names]
    const maxCategories = Math.max(1, all.length)
    const missing = counts[start + cells]! + counts[start + cells + 1]!
    const other = names.reduce((rest, [, count]) => rest - count, counts[start + cells - 1]!)
    return categoricalProfile(all, { missing, maxCategories, other, otherAtMost: othersAtMost })
  }
}
