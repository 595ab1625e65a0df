import {
  assertProfile,
  type BinnedProfile,
  type Steps,
  type TableColumn,
  type TableInput,
  toTableInSteps,
  type UnreadColumn,
} from '@tidegauge/core'
import type { ColumnSource, StoredColumn, UnprofiledColumn } from './measured-column.ts'
import { isTableProfile, type TableProfile } from './table-profile.ts'

/** One histogram a column: of latencies, say, as scraped from Prometheus. */
export type Profiles = Readonly<Record<string, BinnedProfile>>

/** What a comparison is planned by. */
export interface TableShape {
  readonly rowCount: number
  readonly columnNames: readonly string[]
}

/** A side of a comparison, however it was given. */
export interface ReadableTable extends TableShape {
  read(name: string): ColumnSide
  /** The same with its cells not yet read, where reading costs. */
  unread(name: string): UnreadSide
}

/** What a table has of a column: cells or counts, one or the other that cannot be had, or nothing (null). */
export type ColumnSide =
  | ColumnSource
  | UnprofiledSource
  /** Reading it threw. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** It is there; nobody has read it. */
  | { readonly kind: 'unread' }
  | null

/** Of a stored profile: a column that it does not hold, and why. */
export interface UnprofiledSource {
  readonly kind: 'unprofiled'
  readonly column: UnprofiledColumn
}

export type UnreadSide =
  | UnprofiledSource
  | { readonly kind: 'cells'; readonly column: TableColumn | UnreadColumn }
  | { readonly kind: 'profile'; readonly column: StoredColumn }
  | null

/** Whatever a column's cells do (a throwing getter, say) ends that column alone. */
export function readSide(read: () => ColumnSide): ColumnSide {
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
  if (isTableProfile(input)) return storedTable(input.rows, input.columns, input.unprofiled)
  if (isRecordOfProfiles(input)) {
    return storedTable(mostRows(input), Object.entries(input).map(asStored))
  }
  const table = yield* toTableInSteps(argument, input as TableInput)
  const known = new Set(table.columnNames)
  return {
    rowCount: table.rowCount,
    columnNames: table.columnNames,
    read: (name) =>
      readSide(() => (known.has(name) ? { kind: 'cells', column: table.column(name) } : null)),
    unread: (name) =>
      known.has(name) ? { kind: 'cells', column: table.unreadColumn(name) } : null,
  }
}

function storedTable(
  rowCount: number,
  columns: readonly StoredColumn[],
  unprofiled: readonly UnprofiledColumn[] = [],
): ReadableTable {
  const byName = new Map<string, Exclude<ColumnSource, { kind: 'cells' }> | UnprofiledSource>([
    ...unprofiled.map((column) => [column.name, { kind: 'unprofiled', column }] as const),
    ...columns.map((column) => [column.name, storedSource(column, rowCount)] as const),
  ])
  const find = (name: string) => byName.get(name) ?? null
  return { rowCount, columnNames: [...byName.keys()], read: find, unread: find }
}

/** A column in which nothing was counted, not even what is missing, lacks a value in each row that its table has. */
export function storedSource(
  column: StoredColumn,
  rowCount: number,
): Extract<ColumnSource, { kind: 'profile' }> {
  const { profile } = column
  if (profile.n + profile.missing > 0) return { kind: 'profile', column }
  return { kind: 'profile', column: { ...column, profile: { ...profile, missing: rowCount } } }
}

function isRecordOfProfiles(input: unknown): input is Profiles {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return false
  const values = Object.values(input)
  return values.length > 0 && values.every(isProfile)
}

function isProfile(value: unknown): boolean {
  const kind = (value as Partial<BinnedProfile> | null)?.kind
  return kind === 'numeric' || kind === 'categorical'
}

function mostRows(profiles: Profiles): number {
  return Object.values(profiles).reduce((most, { n, missing }) => Math.max(most, n + missing), 0)
}

function asStored([name, profile]: [string, BinnedProfile]): StoredColumn {
  return { name, type: profile.kind, profile: assertProfile(profile) }
}
