import type { NumericProfile } from '@tidegauge/core'
import { assertOneProfile } from '@tidegauge/core/internal'
import { assertCounted, assertSameEdges, binsOf, total } from '../samples/cells.ts'
import type { Divergence } from './result.ts'

export interface BinnedKolmogorovSmirnov extends Divergence {
  /** The largest difference of both distribution functions at a bin edge: D is at least this. */
  readonly statistic: number
  /** D is at most this. */
  readonly upperBound: number
}

/**
 * Kolmogorov–Smirnov distance of two samples of which only the counts per bin are known: an interval
 * that holds the exact D = sup_x |F(x) − G(x)|.
 *
 * At the bin edges F and G are known, which bounds D from below. Inside a bin F stays between its values
 * at both ends, and so does G: |F − G| ≤ max(F_end − G_start, G_end − F_start). Underflow and overflow
 * are bins like the others, with ends at 0 and 1.
 *
 * There is no p-value: that of the lower bound would be too large, by an unknown factor.
 *
 * @param reference - profile of n ≥ 1 values
 * @param current - profile of m ≥ 1 values, with the same edges
 * @throws IncompatibleProfilesError where the edges differ
 * @throws InvalidArgumentError where a side counted nothing, or a count is not a non-negative number
 * @example
 * const edges = [0, 1, 2, 3]
 * binnedKolmogorovSmirnov(
 *   numericProfile([0.5, 1.5, 2.5, 2.5], edges),
 *   numericProfile([0.5, 0.5, 1.5, 2.5], edges),
 * ) // statistic 0.25, upperBound 0.5
 */
export function binnedKolmogorovSmirnov(
  reference: NumericProfile,
  current: NumericProfile,
): BinnedKolmogorovSmirnov {
  assertOneProfile('reference', reference, 'numeric')
  assertOneProfile('current', current, 'numeric')
  assertCounted('reference', reference)
  assertCounted('current', current)
  assertSameEdges(reference, current)
  return distanceBounds(binsOf(reference), binsOf(current))
}

function distanceBounds(
  reference: readonly number[],
  current: readonly number[],
): BinnedKolmogorovSmirnov {
  const n = total(reference)
  const m = total(current)
  // nm · F and nm · G at the start of the bin: integers where the counts are.
  let before = 0
  let after = 0
  let lowest = 0
  let highest = 0
  for (let i = 0; i < reference.length; i++) {
    const beforeEnd = before + reference[i]! * m
    const afterEnd = after + current[i]! * n
    lowest = Math.max(lowest, Math.abs(beforeEnd - afterEnd))
    highest = Math.max(highest, beforeEnd - after, afterEnd - before)
    before = beforeEnd
    after = afterEnd
  }
  return { kind: 'divergence', statistic: lowest / (n * m), upperBound: highest / (n * m) }
}
