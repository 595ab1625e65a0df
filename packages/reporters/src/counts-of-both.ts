import type { BinnedProfile } from '@tidegauge/core'

/** How often a category occurs on each side: 0 where a side does not name it. */
export interface CountsOfBoth {
  before: number
  after: number
}

/** Those of both sides, the reference's first. One look-up a name: of a million, that is most of the work. */
export function countsOfBoth(
  reference: BinnedProfile | null,
  current: BinnedProfile | null,
): ReadonlyMap<string, Readonly<CountsOfBoth>> {
  const counts = new Map<string, CountsOfBoth>()
  if (reference?.kind === 'categorical') {
    reference.categories.forEach((name, i) => {
      counts.set(name, { before: reference.counts[i]!, after: 0 })
    })
  }
  if (current?.kind === 'categorical') {
    current.categories.forEach((name, i) => {
      const known = counts.get(name)
      if (known === undefined) counts.set(name, { before: 0, after: current.counts[i]! })
      else known.after = current.counts[i]!
    })
  }
  return counts
}
