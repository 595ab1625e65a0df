import type { ColumnDrift, Verdict } from '@tidegauge/drift'

/** What needs a reader first, comes first. */
export const VERDICTS: readonly Verdict[] = [
  'drifted',
  'insufficient-data',
  'error',
  'negligible',
  'stable',
]

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  drifted: 'Drifted',
  'insufficient-data': 'Insufficient data',
  error: 'Error',
  negligible: 'Negligible',
  stable: 'Stable',
}

/**
 * Columns by verdict, and within one by how many times its threshold the effect is: a distance and a
 * PSI have no common scale, their multiples of a threshold do. Equal ones keep the report's order.
 */
export function columnsByConcern(columns: readonly ColumnDrift[]): ColumnDrift[] {
  return [...columns].sort(
    (a, b) =>
      VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
      // ∞ − ∞ is NaN, which a comparator may return: it counts as equal.
      (timesThreshold(b) ?? -1) - (timesThreshold(a) ?? -1),
  )
}

/** `effect / threshold`; null where there is no effect, infinite where any effect at all counts as drift. */
export function timesThreshold({
  effect,
  threshold,
}: Pick<ColumnDrift, 'effect' | 'threshold'>): number | null {
  if (effect === null) return null
  if (threshold === 0) return effect === 0 ? 1 : Number.POSITIVE_INFINITY
  return effect / threshold
}
