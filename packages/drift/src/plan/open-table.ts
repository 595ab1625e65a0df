import {
  assertProfile,
  type BinnedProfile,
  InvalidArgumentError,
  type TableColumn,
  type TableInput,
  type UnreadColumn,
  uncounted,
} from '@tidegauge/core'
import { currentProfile, type Steps, toTableInSteps } from '@tidegauge/core/internal'
import type {
  StoredColumn,
  UnprofiledColumn,
  UnreadableColumn,
} from '../measure/measured-column.ts'
import {
  currentTableProfile,
  isTableProfile,
  type TableProfile,
  timeOf,
} from '../profile/table-profile.ts'
import type { ColumnReading, TableReading } from '../reading/column-reading.ts'
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
  /** The column of its times, where it was stored as that. */
  readonly time?: string
  /** How the file was read that it is; of a stored profile: that it was made of. */
  readonly reading?: TableReading
}

/** The sides of a comparison, and nothing else: what one of them holds has a name of its own. */
export type Side = 'reference' | 'current'

/** A side of a comparison, however it was given. */
export interface ReadableTable extends TableShape {
  read(name: string): ColumnContent
  /** The same with its cells not yet read, where reading costs. */
  unread(name: string): ColumnContent
}

/** What a table has of a column: cells or counts, one or the other that cannot be had, or nothing (null). */
export type ColumnContent =
  | {
      readonly kind: 'cells'
      readonly column: TableColumn | UnreadColumn
      readonly reading?: ColumnReading
    }
  | StoredContent
  | UnprofiledContent
  | UnreadableContent
  | FailedContent
  /** It is there; nobody has read it. */
  | { readonly kind: 'unread' }
  | null

export interface ColumnContents {
  readonly reference: ColumnContent
  readonly current: ColumnContent
}

export interface StoredContent {
  readonly kind: 'profile'
  readonly column: StoredColumn
}

/** Of a stored profile: a column that it does not hold, and why. */
export interface UnprofiledContent {
  readonly kind: 'unprofiled'
  readonly column: UnprofiledColumn
  readonly reading?: ColumnReading
}

/** Of a table: a column that cannot be read, and why. */
export interface UnreadableContent {
  readonly kind: 'unreadable'
  readonly column: UnreadableColumn
  readonly reading?: ColumnReading
}

/** Reading it threw. */
export interface FailedContent {
  readonly kind: 'failed'
  readonly error: unknown
}

/** Whatever a column does (a throwing getter, say) ends that column alone. */
export function contentOrFailure<T>(read: () => T): T | FailedContent {
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
  if (typeof input === 'string') {
    const expected = 'a table, or a stored profile: parseTableProfile reads its JSON'
    throw new InvalidArgumentError(argument, expected, 'a text')
  }
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
      contentOrFailure<ColumnContent>(() =>
        known.has(name) ? { kind: 'cells', column: table.column(name) } : null,
      ),
    unread: (name) =>
      contentOrFailure<ColumnContent>(() =>
        known.has(name) ? { kind: 'cells', column: table.unreadColumn(name) } : null,
      ),
  }
}

function storedTable(stored: TableProfile): ReadableTable {
  const { id, rows, columns, timeRange, reading, unprofiled = [] } = stored
  const time = timeOf(stored)
  const byName = new Map<string, ContentOfProfile>([
    ...unprofiled.map((column) => [column.name, { kind: 'unprofiled', column }] as const),
    ...columns.map((column) => [column.name, storedContent(column, rows)] as const),
  ])
  return {
    ...tableOf(rows, byName),
    profileId: id,
    ...(timeRange !== undefined && { timeRange }),
    ...(time !== undefined && { time }),
    ...(reading !== undefined && { reading }),
  }
}

type ContentOfProfile = StoredContent | UnprofiledContent | FailedContent

function tableOf(rowCount: number, byName: ReadonlyMap<string, ContentOfProfile>): ReadableTable {
  const find = (name: string) => byName.get(name) ?? null
  return { rowCount, columnNames: [...byName.keys()], read: find, unread: find }
}

/** How its cells were read; undefined where nobody told. */
export function readingOf(content: ColumnContent): ColumnReading | undefined {
  switch (content?.kind) {
    case 'cells':
    case 'unprofiled':
    case 'unreadable':
      return content.reading
    case 'profile':
      return content.column.reading
    default:
      return undefined
  }
}

/** A column in which nothing was counted, not even what is missing, lacks a value in each row that its table has. */
export function storedContent(stored: StoredColumn, rowCount: number): StoredContent {
  const profile = currentProfile(stored.profile)
  const column = profile === stored.profile ? stored : { ...stored, profile }
  if (profile.n + uncounted(profile) > 0) return { kind: 'profile', column }
  return { kind: 'profile', column: { ...column, profile: { ...profile, missing: rowCount } } }
}

interface FoundProfile {
  readonly name: string
  readonly found: BinnedProfile | FailedContent
}

/** null where it is no record of profiles: one that throws when it is read may be one, where another is. */
function profilesIn(input: unknown): readonly FoundProfile[] | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null
  const profiles: FoundProfile[] = []
  for (const name of Object.keys(input)) {
    const found = contentOrFailure(() => {
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
  const sizes = profiles.map(({ found }) =>
    found.kind === 'failed' ? 0 : found.n + uncounted(found),
  )
  const rowCount = sizes.reduce((most, size) => Math.max(most, size), 0)
  // The columns of a table have as many rows each. Histograms of routes, say, have their own: one that nobody asked for
  // has lost no value.
  const isOfOneTable = new Set(sizes.filter((size) => size > 0)).size <= 1
  const contentOf = (name: string, profile: BinnedProfile): StoredContent => {
    const column = asStored(name, profile)
    return isOfOneTable ? storedContent(column, rowCount) : { kind: 'profile', column }
  }
  const contents = profiles.map(({ name, found }): [string, ContentOfProfile] => [
    name,
    found.kind === 'failed' ? found : contentOf(name, found),
  ])
  return tableOf(rowCount, new Map(contents))
}

function asStored(name: string, profile: BinnedProfile): StoredColumn {
  return { name, type: profile.kind, profile: assertProfile(profile) }
}
