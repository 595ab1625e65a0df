import type { BinnedProfile } from '@tidegauge/core'
import { currentProfile } from '@tidegauge/core/internal'

/** A report whose profiles are as they would be stored today, whatever it is else: a release that had others wrote it. */
export function withCurrentProfiles<T>(report: T): T {
  const { columns } = (report ?? {}) as { readonly columns?: unknown }
  if (!Array.isArray(columns)) return report
  return { ...report, columns: columns.map(withProfilesOfToday) }
}

function withProfilesOfToday(column: unknown): unknown {
  if (typeof column !== 'object' || column === null) return column
  const entries = Object.entries(column).map(([key, value]: [string, unknown]) => {
    const isProfile =
      (key === 'reference' || key === 'current') && typeof value === 'object' && value
    return [key, isProfile ? currentProfile(value as BinnedProfile) : value] as const
  })
  return Object.fromEntries(entries)
}
