import { type NumericProfile, profileQuantile } from '@tidegauge/core'
import { countsAtEdges } from './few-values.ts'

/** A quantile as far as counts in bins tell of it. */
export interface EstimatedQuantile {
  readonly value: number
  /** It lies outside of all bins, on this side of the value; empty: it is about the value. */
  readonly beyond: '' | '> ' | '< '
}

/** null where nothing was counted. */
export function estimatedQuantile(
  profile: NumericProfile,
  level: number,
): EstimatedQuantile | null {
  const { edges, underflow, overflow, n, min, max } = profile
  const rank = level * n
  const known = n === 0 ? null : countsAtEdges(profile)
  if (known !== null) return { value: valueAtRank(known, rank), beyond: '' }
  // Of what lies outside of the bins only the extreme is known, which may be far from all others.
  if (underflow > 0 && rank <= underflow) return outside(edges[0]!, '< ', min)
  if (overflow > 0 && rank > n - overflow) return outside(edges[edges.length - 1]!, '> ', max)
  const estimate = profileQuantile(profile, level)
  if (estimate === null) return null
  // Inside of its bin, but no further out than any value.
  return { value: Math.min(max ?? estimate, Math.max(min ?? estimate, estimate)), beyond: '' }
}

/** The smallest value up to which so many are, of values in ascending order. */
function valueAtRank(counts: ReadonlyMap<number, number>, rank: number): number {
  let upTo = 0
  let last = Number.NaN
  for (const [value, count] of counts) {
    upTo += count
    last = value
    if (upTo >= rank - 1e-9) break
  }
  return last
}

function outside(
  edge: number,
  beyond: EstimatedQuantile['beyond'],
  extreme: number | null,
): EstimatedQuantile {
  return extreme === edge ? { value: edge, beyond: '' } : { value: edge, beyond }
}
