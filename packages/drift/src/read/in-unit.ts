import type { BinnedProfile } from '@tidegauge/core'
import type { ColumnDrift } from '../report/drift-report.ts'

/** A profile of numbers knows what they are in; undefined: as it did before. */
export function inUnit<T extends BinnedProfile | null>(
  profile: T,
  type: ColumnDrift['type'],
  unit: string | undefined,
): T {
  if (unit === undefined || type !== 'numeric' || profile?.kind !== 'numeric') return profile
  return { ...profile, unit }
}
