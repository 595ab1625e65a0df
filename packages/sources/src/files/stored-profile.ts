import { readFile } from 'node:fs/promises'
import { categoricalProfile } from '@tidegauge/core'
import {
  parseTableProfile,
  profile,
  redactTableProfile,
  type StoredColumn,
  type TableProfile,
} from '@tidegauge/drift'
import { SourceError } from '../source-error.ts'
import type { Located } from './locate.ts'

/** @throws SourceError where the file holds no stored profile that can be read */
export async function readStored({ label, paths }: Located): Promise<TableProfile> {
  try {
    return parseTableProfile((await readFile(paths[0]!, 'utf8')).replace(/^\ufeff/, ''))
  } catch (error) {
    throw new SourceError(`cannot read ${label}: ${(error as Error).message}`)
  }
}

/**
 * The library would call it an error of each column, and judge the others.
 *
 * @throws SourceError where categories were stored under another key, or there is none
 */
export function assertKey(
  label: string,
  columns: readonly StoredColumn[],
  key: string | undefined,
): void {
  const redacted = columns.find(({ keyCheck }) => keyCheck !== undefined)
  if (redacted === undefined) return
  if (key === undefined) {
    throw new SourceError(`${label} was stored redacted: say its key (\`redact\`)`)
  }
  const [{ keyCheck }] = profile({ x: ['a'] }, { redact: key }).columns as [StoredColumn]
  if (keyCheck === redacted.keyCheck) return
  throw new SourceError(`${label} was stored redacted with another key`)
}

/** Which of some names does a stored column have? */
export type KnownNames = (names: readonly string[]) => readonly boolean[]

/** @param key - the one that its names were stored under, where they were */
export function namesKnownTo(
  { profile: { kind, ...counted }, keyCheck }: StoredColumn,
  key: string | undefined,
): KnownNames | undefined {
  const categories = 'categories' in counted ? counted.categories : []
  if (kind !== 'categorical' || categories.length === 0) return undefined
  const known = new Set(categories)
  if (keyCheck === undefined) return (names) => names.map((name) => known.has(name))
  if (key === undefined) return undefined
  return (names) => codesOf(names, key).map((code) => known.has(code))
}

function codesOf(names: readonly string[], key: string): readonly string[] {
  if (names.length === 0) return []
  // A profile has its most frequent category first: the order of the names is kept by their counts.
  const counts = names.map((name, i) => [name, names.length - i] as const)
  const counted = categoricalProfile(counts, { maxCategories: names.length })
  const column: StoredColumn = { name: '', type: 'categorical', profile: counted }
  const [coded] = redactTableProfile({ ...profile({}), columns: [column] }, key).columns
  return coded!.profile.kind === 'categorical' ? coded!.profile.categories : []
}
