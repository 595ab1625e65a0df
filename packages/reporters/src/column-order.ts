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
  error: 'Could not be compared',
  negligible: 'Negligible',
  stable: 'Stable',
}

const FINDING_WORDS: Readonly<Record<NonNullable<ColumnDrift['finding']>, string>> = {
  gone: 'Gone',
  'changed-type': 'Changed type',
  new: 'New column',
  'left-out': 'Left out',
}

/** What is wrong with the column itself, else its verdict. */
export function verdictWords({
  finding,
  verdict,
}: Pick<ColumnDrift, 'finding' | 'verdict'>): string {
  return finding === undefined ? VERDICT_WORDS[verdict] : FINDING_WORDS[finding]
}

/**
 * Columns by verdict, and within one by their effects: the one scale that all columns have, whatever their
 * methods measure. Equal ones keep the report's order.
 */
export function columnsByConcern(columns: readonly ColumnDrift[]): ColumnDrift[] {
  return [...columns].sort(
    (a, b) =>
      VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
      (concernEffect(b) ?? -1) - (concernEffect(a) ?? -1),
  )
}

/** The effect on the values, or that on the share of missing ones where it is what drifted and is larger. */
export function concernEffect({
  effect,
  missing,
}: Pick<ColumnDrift, 'effect' | 'missing'>): number | null {
  return missing.drifted ? Math.max(effect ?? 0, missing.effect ?? 0) : effect
}

/** How often a threshold goes into what was measured; infinite where anything at all counts as drift. */
export function timesThreshold(value: number, threshold: number): number {
  if (threshold > 0) return value / threshold
  return value === 0 ? 1 : Number.POSITIVE_INFINITY
}

/** Is the column itself not on that side? One that lost all of its values is gone too, and has rows. */
export function isAbsent(column: ColumnDrift, side: 'reference' | 'current'): boolean {
  const finding = side === 'current' ? 'gone' : 'new'
  return column.finding === finding && column[side] === null && column.missing[side] !== 1
}
