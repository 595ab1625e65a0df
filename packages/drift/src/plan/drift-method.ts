import type { CategoricalProfile, NumericProfile } from '@tidegauge/core'
import type { Divergence, HypothesisTest } from '../methods/result.ts'

/** What can be known of a side of a column, by the name that a method asks for it with. */
export interface EvidenceByKind {
  /** Numbers and dates: finite values, ascending, at least one on each side. */
  readonly values: Float64Array
  /** The same where only counts are known: profiles with the same edges. */
  readonly bins: NumericProfile
  /** By category; none is under `other` where the cells themselves were at hand. */
  readonly counts: CategoricalProfile
  /** Texts. */
  readonly documents: readonly string[]
}

export type EvidenceKind = keyof EvidenceByKind

/**
 * A way to compare two columns: a name, and a function for each kind of evidence that it takes. Built-in ones
 * are such objects; so is one's own.
 *
 * @example
 * const medianShift: DriftMethod = {
 *   name: 'median-shift',
 *   compare: {
 *     values: (reference, current) => ({
 *       kind: 'divergence',
 *       statistic: Math.abs(current[current.length >> 1] - reference[reference.length >> 1]),
 *     }),
 *   },
 *   threshold: 5,
 * }
 */
export interface DriftMethod {
  readonly name: string
  readonly compare: {
    readonly [K in EvidenceKind]?: (
      reference: EvidenceByKind[K],
      current: EvidenceByKind[K],
    ) => MethodResult
  }
  /**
   * Which bins `compare.bins` gets. `stored`: those of the side that is stored. `deciles`: the ten or so between the
   * reference's deciles, for a statistic that is summed over bins and grows with their number. Default `stored`.
   */
  readonly bins?: 'stored' | 'deciles'
  /** For a divergence: the smallest statistic that counts as drift. Without it, the effect decides. */
  readonly threshold?: number
}

export type MethodResult = HypothesisTest | Divergence
