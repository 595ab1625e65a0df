import { type DistanceBracket, distanceBracket, sameEdges } from '@tidegauge/core'
import type { ColumnDrift } from '@tidegauge/drift'

/**
 * Between which numbers the Kolmogorov-Smirnov distance of a column lies whose sides were stored in bins of their own;
 * null of any other.
 */
export function bracketOf({ current, finding, reference }: ColumnDrift): DistanceBracket | null {
  if (finding !== undefined) return null
  if (reference?.kind !== 'numeric' || current?.kind !== 'numeric') return null
  if (reference.n === 0 || current.n === 0 || sameEdges(reference, current)) return null
  return distanceBracket(reference, current)
}
