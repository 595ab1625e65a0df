import {
  assertProfile,
  type BinnedProfile,
  finish,
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

/** A side of a comparison, however it was given. */
export interface ColumnSources {
  readonly rowCount: number
  readonly columnNames: readonly string[]
  /** null where there is no such column. */
  column(name: string): ColumnSource | UnprofiledSource | null
  /** The same with its cells not yet read, where reading costs. */
  unreadColumn(name: string): UnreadSource | null
}

/** Of a stored profile: a column that it does not hold, and why. */
export interface UnprofiledSource {
  readonly kind: 'unprofiled'
  readonly column: UnprofiledColumn
}

export type UnreadSource =
  | UnprofiledSource
  | { readonly kind: 'cells'; readonly column: TableColumn | UnreadColumn }
  | { readonly kind: 'profile'; readonly column: StoredColumn }

/**
 * @param argument - what an error calls the side
 * @throws InvalidArgumentError where the input is no table, no stored profile and no record of profiles
 */
export function columnSources(
  argument: string,
  input: TableInput | TableProfile | Profiles,
): ColumnSources {
  return finish(columnSourcesInSteps(argument, input))
}

/** `columnSources` for those who have other things to do in between. */
export function* columnSourcesInSteps(
  argument: string,
  input: TableInput | TableProfile | Profiles,
): Steps<ColumnSources> {
  if (isTableProfile(input)) return storedSources(input.rows, input.columns, input.unprofiled)
  if (isRecordOfProfiles(input))
    return storedSources(mostRows(input), Object.entries(input).map(asStored))
  const table = yield* toTableInSteps(argument, input as TableInput)
  const known = new Set(table.columnNames)
  return {
    rowCount: table.rowCount,
    columnNames: table.columnNames,
    column: (name) => (known.has(name) ? { kind: 'cells', column: table.column(name) } : null),
    unreadColumn: (name) =>
      known.has(name) ? { kind: 'cells', column: table.unreadColumn(name) } : null,
  }
}

function storedSources(
  rowCount: number,
  columns: readonly StoredColumn[],
  unprofiled: readonly UnprofiledColumn[] = [],
): ColumnSources {
  const byName = new Map<string, Exclude<ColumnSource, { kind: 'cells' }> | UnprofiledSource>([
    ...unprofiled.map((column) => [column.name, { kind: 'unprofiled', column }] as const),
    ...columns.map((column) => [column.name, storedSource(column, rowCount)] as const),
  ])
  const find = (name: string) => byName.get(name) ?? null
  return { rowCount, columnNames: [...byName.keys()], column: find, unreadColumn: find }
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
