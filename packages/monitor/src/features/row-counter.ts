import type { Strangers } from '@tidegauge/core'
import {
  type StoredColumn,
  type TableProfile,
  tableProfileOf,
  type UnprofiledColumn,
} from '@tidegauge/drift'
import type { WindowOptions } from '../feature-monitor-options.ts'
import type { SteadyClock } from '../window/steady-clock.ts'
import { frequentNames } from '../window/unmet-names.ts'
import { WindowRing } from '../window/window-ring.ts'
import { CategoricalFeature } from './categorical-feature.ts'
import { NumericFeature } from './numeric-feature.ts'
import type { UnheldFeature } from './unheld-feature.ts'
import type { WatchedFeatures } from './watched-features.ts'

type Row = Readonly<Record<string, unknown>>

/** Counts rows, one cell a feature. */
export class RowCounter {
  readonly ring: WindowRing
  readonly #features: ReadonlyArray<NumericFeature | CategoricalFeature>
  readonly #unheld: readonly UnheldFeature[]
  readonly #counted: ReadonlyArray<NumericFeature | CategoricalFeature | UnheldFeature>
  readonly #onError: (error: unknown) => void

  /** @param onError - told of values that cannot even be read */
  constructor(
    { features, unheld, cells, numericFeatures, categoricalFeatures }: WatchedFeatures,
    window: Required<WindowOptions>,
    onError: (error: unknown) => void,
  ) {
    this.ring = new WindowRing({ ...window, cells, numericFeatures, categoricalFeatures })
    this.#features = features
    this.#unheld = unheld
    this.#counted = [...features, ...unheld]
    this.#onError = onError
  }

  count(row: Row, clock: SteadyClock): void {
    const ownOnly = hasOwnColumnsOnly(row)
    const slice = this.ring.sliceForRow(clock)
    const features = this.#counted
    for (let i = 0; i < features.length; i++) {
      // A getter or a proxy may throw: the row's other features are counted all the same.
      try {
        for (; i < features.length; i++) {
          const feature = features[i]!
          const { name, isInherited } = feature
          const isOwn = (ownOnly && !isInherited) || Object.hasOwn(row, name)
          feature.count(isOwn ? row[name] : undefined, slice)
        }
      } catch (error) {
        const { start, cells } = features[i]!
        slice.counts[start + cells + 1]!++
        this.#onError(error)
      }
    }
  }

  /**
   * The window in the reference's bins.
   *
   * @param minimumValues - fewer rows do not tell that a column is gone
   */
  profile(minimumValues: number): TableProfile {
    const counts = this.ring.window()
    const moments = this.ring.moments()
    const columns = this.#features.map((feature): StoredColumn => {
      const { name, type } = feature
      const profile =
        feature instanceof NumericFeature
          ? feature.profile(counts, moments)
          : feature.profile(counts, frequentNames(this.ring.unmet(feature.index)))
      const invalid = counts[feature.start + feature.cells + 1]!
      return { name, type, profile, ...(invalid === 0 ? {} : { invalid }) }
    })
    const { rows, timeRange } = this.ring
    const unprofiled = this.#unheld
      .map((feature) => feature.unprofiled(counts, rows, minimumValues))
      .filter((column): column is UnprofiledColumn => column !== undefined)
    return tableProfileOf({ rows, columns, unprofiled, ...(timeRange !== null && { timeRange }) })
  }

  /** Of the window: what the reference does not know, by feature. */
  strangers(): Strangers[] {
    const counts = this.ring.window()
    return this.#features
      .map((feature) => {
        const { name, start, cells } = feature
        const isNamed = feature instanceof CategoricalFeature
        const unnamed = isNamed ? counts[start + cells - 1]! : 0
        return { feature: name, unnamed, invalid: counts[start + cells + 1]! }
      })
      .filter(({ unnamed, invalid }) => unnamed + invalid > 0)
  }
}

const NOTHING = {}

/**
 * Can a name that is not among the built-in ones of every object be read off the row as it is? To ask for each
 * name whether it is the row's own takes as long as to count it.
 */
function hasOwnColumnsOnly(row: Row): boolean {
  const prototype: unknown = Object.getPrototypeOf(row)
  if (prototype !== null && prototype !== Object.prototype) return false
  // Whatever was put into Object.prototype by assignment ("prototype pollution") shows up here.
  for (const _ in NOTHING) return false
  return true
}
