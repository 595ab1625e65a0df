import { assertProfile, type BinnedProfile, type TableInput, toTable } from '@tidegauge/core'
import type { ColumnSource, StoredColumn } from './measured-column.ts'
import { isTableProfile, type TableProfile } from './table-profile.ts'

/** One histogram a column: of latencies, say, as scraped from Prometheus. */
export type Profiles = Readonly<Record<string, BinnedProfile>>

/** A side of a comparison, however it was given. */
export interface ColumnSources {
  readonly rowCount: number
  readonly columnNames: readonly string[]
  /** null where there is no such column. */
  column(name: string): ColumnSource | null
}

/**
 * @param argument - what an error calls the side
 * @throws InvalidArgumentError where the input is no table, no stored profile and no record of profiles
 */
export function columnSources(
  argument: string,
  input: TableInput | TableProfile | Profiles,
): ColumnSources {
  if (isTableProfile(input)) return storedSources(input.rows, input.columns)
  if (isRecordOfProfiles(input))
    return storedSources(mostRows(input), Object.entries(input).map(asStored))
  const table = toTable(argument, input as TableInput)
  const known = new Set(table.columnNames)
  return {
    rowCount: table.rowCount,
    columnNames: table.columnNames,
    column: (name) => (known.has(name) ? { kind: 'cells', column: table.column(name) } : null),
  }
}

function storedSources(rowCount: number, columns: readonly StoredColumn[]): ColumnSources {
  const byName = new Map(columns.map((column) => [column.name, column]))
  return {
    rowCount,
    columnNames: [...byName.keys()],
    column(name) {
      const column = byName.get(name)
      return column === undefined ? null : { kind: 'profile', column }
    },
  }
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
  return Math.max(...Object.values(profiles).map(({ n, missing }) => n + missing))
}

function asStored([name, profile]: [string, BinnedProfile]): StoredColumn {
  return { name, type: profile.kind, profile: assertProfile(profile) }
}
