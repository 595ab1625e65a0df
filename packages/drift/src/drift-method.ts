import type { CategoricalProfile, NumericProfile } from '@tidegauge/core'
import type { Divergence, HypothesisTest } from './methods/result.ts'

/**
 * A way to compare two columns: a name, and a function for each type of column that it takes. Built-in ones
 * are such objects; so is one's own.
 *
 * @example
 * const medianShift: DriftMethod = {
 *   name: 'median-shift',
 *   numeric: (reference, current) => ({
 *     kind: 'divergence',
 *     statistic: Math.abs(current[current.length >> 1] - reference[reference.length >> 1]),
 *   }),
 *   threshold: 5,
 * }
 */
export interface DriftMethod {
  readonly name: string
  /** Numbers and dates: finite values, ascending, at least one on each side. */
  readonly numeric?: (reference: Float64Array, current: Float64Array) => MethodResult
  /** The same where only counts are known: profiles with the same edges. */
  readonly binned?: (reference: NumericProfile, current: NumericProfile) => MethodResult
  /**
   * Which bins `binned` gets. `stored`: those of the side that is stored. `deciles`: the ten or so between the
   * reference's deciles, for a statistic that is summed over bins and grows with their number. Default `stored`.
   */
  readonly bins?: 'stored' | 'deciles'
  /** Counts by category; no category is under `other` where the cells themselves were at hand. */
  readonly categorical?: (
    reference: CategoricalProfile,
    current: CategoricalProfile,
  ) => MethodResult
  readonly text?: (reference: readonly string[], current: readonly string[]) => MethodResult
  /** For a divergence: the smallest statistic that counts as drift. Without it, the effect decides. */
  readonly threshold?: number
}

export type MethodResult = HypothesisTest | Divergence
