import type { BinnedProfile } from '@tidegauge/core'
import { currentProfile } from '@tidegauge/core/internal'

/** A report whose profiles are as they would be stored today, whatever it is else: a release that had others wrote it. */
export function withCurrentProfiles<T>(report: T): T {
  const { columns } = (report ?? {}) as { readonly columns?: unknown }
  if (!Array.isArray(columns)) return report
  return { ...report, columns: columns.map(withCurrentSides) }
}

function withCurrentSides(column: unknown): unknown {
  if (typeof column !== 'object' || column === null) return column
  const sides = Object.entries(column).map(([key, side]: [string, unknown]) => {
    const isSide = (key === 'reference' || key === 'current') && typeof side === 'object' && side
    return [key, isSide ? currentProfile(side as BinnedProfile) : side] as const
  })
  return Object.fromEntries(sides)
}
