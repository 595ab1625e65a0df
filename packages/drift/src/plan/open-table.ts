import {
  assertProfile,
  type BinnedProfile,
  type TableColumn,
  type TableInput,
  type UnreadColumn,
  uncounted,
} from '@tidegauge/core'
import { currentProfile, type Steps, toTableInSteps } from '@tidegauge/core/internal'
import type { StoredColumn, UnprofiledColumn } from '../measure/measured-column.ts'
import { currentTableProfile, isTableProfile, type TableProfile } from '../profile/table-profile.ts'
import type { TimeRange } from '../report/time-range.ts'

/** One histogram a column: of latencies, say, as scraped from Prometheus. */
export type Profiles = Readonly<Record<string, BinnedProfile>>

/** What a comparison is planned by. */
export interface TableShape {
  readonly rowCount: number
  readonly columnNames: readonly string[]
  /** Of a stored profile: its id, and when its rows are from. */
  readonly profileId?: string
  readonly timeRange?: TimeRange
}

/** A side of a comparison, however it was given. */
export interface ReadableTable extends TableShape {
  read(name: string): ColumnSide
  /** The same with its cells not yet read, where reading costs. */
  unread(name: string): ColumnSide
}

/** What a table has of a column: cells or counts, one or the other that cannot be had, or nothing (null). */
export type ColumnSide =
  | { readonly kind: 'cells'; readonly column: TableColumn | UnreadColumn }
  | StoredSource
  | UnprofiledSource
  | FailedSource
  /** It is there; nobody has read it. */
  | { readonly kind: 'unread' }
  | null

export interface ColumnSides {
  readonly reference: ColumnSide
  readonly current: ColumnSide
}

export interface StoredSource {
  readonly kind: 'profile'
  readonly column: StoredColumn
}

/** Of a stored profile: a column that it does not hold, and why. */
export interface UnprofiledSource {
  readonly kind: 'unprofiled'
  readonly column: UnprofiledColumn
}

/** Reading it threw. */
export interface FailedSource {
  readonly kind: 'failed'
  readonly error: unknown
}

/** Whatever a column does (a throwing getter, say) ends that column alone. */
export function readSide<T>(read: () => T): T | FailedSource {
  try {
    return read()
  } catch (error) {
    return { kind: 'failed', error }
  }
}

/**
 * @param argument - what an error calls the side
 * @throws InvalidArgumentError where the input is no table, no stored profile and no record of profiles
 */
export function* openTable(
  argument: string,
  input: TableInput | TableProfile | Profiles,
): Steps<ReadableTable> {
  if (isTableProfile(input)) {
    return storedTable(currentTableProfile(argument, input))
  }
  const profiles = profilesIn(input)
  if (profiles !== null) return tableOfProfiles(profiles)
  const table = yield* toTableInSteps(argument, input as TableInput)
  const known = new Set(table.columnNames)
  return {
    rowCount: table.rowCount,
    columnNames: table.columnNames,
    read: (name) =>
      readSide<ColumnSide>(() =>
        known.has(name) ? { kind: 'cells', column: table.column(name) } : null,
      ),
    unread: (name) =>
      readSide<ColumnSide>(() =>
        known.has(name) ? { kind: 'cells', column: table.unreadColumn(name) } : null,
      ),
  }
}

function storedTable({
  id,
  rows,
  columns,
  timeRange,
  unprofiled = [],
}: TableProfile): ReadableTable {
  const byName = new Map<string, SourceOfProfile>([
    ...unprofiled.map((column) => [column.name, { kind: 'unprofiled', column }] as const),
    ...columns.map((column) => [column.name, storedSource(column, rows)] as const),
  ])
  return {
    ...tableOfSources(rows, byName),
    profileId: id,
    ...(timeRange !== undefined && { timeRange }),
  }
}

type SourceOfProfile = StoredSource | UnprofiledSource | FailedSource

function tableOfSources(
  rowCount: number,
  byName: ReadonlyMap<string, SourceOfProfile>,
): ReadableTable {
  const find = (name: string) => byName.get(name) ?? null
  return { rowCount, columnNames: [...byName.keys()], read: find, unread: find }
}

/** A column in which nothing was counted, not even what is missing, lacks a value in each row that its table has. */
export function storedSource(stored: StoredColumn, rowCount: number): StoredSource {
  const profile = currentProfile(stored.profile)
  const column = profile === stored.profile ? stored : { ...stored, profile }
  if (profile.n + uncounted(profile) > 0) return { kind: 'profile', column }
  return { kind: 'profile', column: { ...column, profile: { ...profile, missing: rowCount } } }
}

interface FoundProfile {
  readonly name: string
  readonly found: BinnedProfile | FailedSource
}

/** null where it is no record of profiles: one that throws when it is read may be one, where another is. */
function profilesIn(input: unknown): readonly FoundProfile[] | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null
  const profiles: FoundProfile[] = []
  for (const name of Object.keys(input)) {
    const found = readSide(() => {
      const value: unknown = input[name as keyof typeof input]
      return isProfile(value) ? currentProfile(value) : null
    })
    if (found === null) return null
    profiles.push({ name, found })
  }
  return profiles.some(({ found }) => found.kind !== 'failed') ? profiles : null
}

function isProfile(value: unknown): value is BinnedProfile {
  const kind = (value as Partial<BinnedProfile> | null)?.kind
  return kind === 'numeric' || kind === 'categorical'
}

function tableOfProfiles(profiles: readonly FoundProfile[]): ReadableTable {
  const rowCount = profiles.reduce(
    (most, { found }) =>
      found.kind === 'failed' ? most : Math.max(most, found.n + uncounted(found)),
    0,
  )
  const sources = profiles.map(({ name, found }): [string, SourceOfProfile] => [
    name,
    found.kind === 'failed' ? found : storedSource(asStored(name, found), rowCount),
  ])
  return tableOfSources(rowCount, new Map(sources))
}

function asStored(name: string, profile: BinnedProfile): StoredColumn {
  return { name, type: profile.kind, profile: assertProfile(profile) }
}
