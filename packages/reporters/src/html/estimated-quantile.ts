import { type NumericProfile, profileQuantile } from '@tidegauge/core'

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
  // Of what lies outside of the bins only the extreme is known, which may be far from all others.
  if (underflow > 0 && rank <= underflow) return outside(edges[0]!, '< ', min)
  if (overflow > 0 && rank > n - overflow) return outside(edges[edges.length - 1]!, '> ', max)
  const estimate = profileQuantile(profile, level)
  if (estimate === null) return null
  // Inside of its bin, but no further out than any value.
  return { value: Math.min(max ?? estimate, Math.max(min ?? estimate, estimate)), beyond: '' }
}

function outside(
  edge: number,
  beyond: EstimatedQuantile['beyond'],
  extreme: number | null,
): EstimatedQuantile {
  return extreme === edge ? { value: edge, beyond: '' } : { value: edge, beyond }
}
