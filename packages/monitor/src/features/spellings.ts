import type { StoredColumn } from '@tidegauge/drift'

/** Texts that stood for a missing value where the reference was read. */
export function spellingsOf(reading: StoredColumn['reading']): ReadonlySet<string> {
  return new Set(reading?.missing?.map(({ text }) => text))
}
