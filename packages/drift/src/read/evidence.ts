import type { BinnedProfile, CategoricalProfile, NumericProfile } from '@tidegauge/core'
import type { Quantiles } from '../report/drift-report.ts'

/**
 * What is known of one side of a column: all that its comparison needs, and plain data, so that it can be sent and kept.
 * It is made where a column is read; who measures sees nothing else.
 */
export type Evidence = Values | Bins | Counts | StoredCounts | Documents

/** Numbers, or dates by their milliseconds. */
export interface Values {
  readonly kind: 'values'
  /** One for each cell, NaN for a missing one. Of a stored sample: finite and ascending. */
  readonly numbers: ArrayLike<number | bigint>
  /** Where they are a stored sample: what was counted of all the values. */
  readonly stored?: NumericProfile
}

/** Numbers of which a profile alone is left. */
export interface Bins {
  readonly kind: 'bins'
  readonly profile: NumericProfile
}

/**
 * What an engine has found among all values of both sides, which stayed there. Beside counts whose edges hold the reference's
 * deciles it tells as much as the values would.
 */
export interface RankedPair {
  /**
   * The smallest value at which the distribution functions are farthest apart: an edge of both sides' bins, so that their
   * counts tell how far.
   */
  readonly widestAt: number
  /** As of the values: the smallest up to which such a share of them lies. */
  readonly quantiles: Quantiles
  /** The bins of the picture, counted. */
  readonly drawn: { readonly reference: NumericProfile; readonly current: NumericProfile }
}

/** How often each category occurs. */
export interface Counts {
  readonly kind: 'counts'
  /** In the order in which they were met; a category may be in several parts, and is in each once. */
  readonly parts: readonly CountedNames[]
  readonly missing: number
}

export interface CountedNames {
  readonly names: readonly string[]
  readonly counts: readonly number[]
}

/** The same of a stored profile, which need not name them all. */
export interface StoredCounts {
  readonly kind: 'counts'
  readonly profile: CategoricalProfile
  /** Where the names are codes: tells with which key. */
  readonly keyCheck?: string
}

export interface Documents {
  readonly kind: 'documents'
  readonly parts: ReadonlyArray<readonly string[]>
  readonly missing: number
}

/** What was stored of a side; null where its cells were read. */
export function storedProfileOf(evidence: Evidence): BinnedProfile | null {
  if ('profile' in evidence) return evidence.profile
  return 'stored' in evidence ? (evidence.stored ?? null) : null
}
