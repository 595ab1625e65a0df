import { InvalidArgumentError, UnsupportedVersionError } from '@tidegauge/core'
import { contentId } from '@tidegauge/core/hashes'
import { assertObject, assertOneProfile, currentProfile } from '@tidegauge/core/internal'
import type { StoredColumn, UnprofiledColumn } from '../measure/measured-column.ts'
import type { TableReading } from '../reading/column-reading.ts'
import type { TimeRange } from '../report/time-range.ts'

/**
 * A reference that is stored once and compared many times: for each column its counts, and its sorted
 * values where they were asked for. Plain JSON.
 */
export interface TableProfile {
  readonly format: 'tidegauge.table-profile'
  readonly version: typeof TABLE_PROFILE_VERSION
  /**
   * 12 hexadecimal digits that tell profiles apart: a hash of what was counted, so that the same rows have the same id in
   * whichever order they come. One of version 1 keeps the id that it had.
   */
  readonly id: string
  readonly rows: number
  /** First and last time of its rows, in milliseconds since 1970: of the option `time`, else of its only column of dates. */
  readonly timeRange?: TimeRange
  /** The column of its times, where the option `time` named it: where it holds dates, a comparison with it leaves it out. */
  readonly time?: string
  /** Where its rows come from, where the caller told. */
  readonly origin?: ProfileOrigin
  /** How the file was read that its rows come from. */
  readonly reading?: TableReading
  readonly columns: readonly StoredColumn[]
  /** Columns that the table had and that no profile can hold; absent where there was none. */
  readonly unprofiled?: readonly UnprofiledColumn[]
}

export interface ProfileOrigin {
  /** A file, a table, a query: for people. */
  readonly source: string
  /** The moment whose data it is, in milliseconds since 1970: when a file was written, a query made. */
  readonly at?: number
}

export const ORIGIN_KEYS: Readonly<Record<keyof ProfileOrigin, true>> = { source: true, at: true }

/** A later version is refused; a change that old readers would misread raises it. 2: infinite values have a count of their own. */
export const TABLE_PROFILE_VERSION = 2

/** A profile of columns that we counted; who did not, has them checked: `tableProfileOf`. */
export function madeProfile(parts: Omit<TableProfile, 'format' | 'version' | 'id'>): TableProfile {
  const { rows, columns, origin, timeRange, time, reading, unprofiled = [] } = parts
  const content = {
    rows,
    ...(timeRange !== undefined && { timeRange }),
    ...(time !== undefined && { time }),
    ...(origin !== undefined && { origin }),
    ...(reading !== undefined && { reading }),
    columns,
    ...(unprofiled.length > 0 && { unprofiled }),
  }
  return {
    format: 'tidegauge.table-profile',
    version: TABLE_PROFILE_VERSION,
    id: profileId(content),
    ...content,
  }
}

/** The column of its times, where it holds dates: a number that somebody calls a time is compared all the same. */
export function timeOf({ time, columns }: TableProfile): string | undefined {
  return columns.find(({ name }) => name === time)?.type === 'datetime' ? time : undefined
}

/** First and last time of the only column of dates; undefined where there is none, or several are. */
export function onlyTimeRange(columns: readonly StoredColumn[]): TimeRange | undefined {
  const [dates, others] = columns.filter(({ type }) => type === 'datetime')
  if (dates?.profile.kind !== 'numeric' || others !== undefined) return undefined
  const { min, max } = dates.profile
  return min === null || max === null ? undefined : [min, max]
}

/**
 * A hash of what was counted: sums, which depend on the order of the rows, are not in it, nor is how the cells were read.
 * The same values are the same reference, whether they were written with a decimal comma or a point.
 */
export function profileId({
  rows,
  columns,
  unprofiled = [],
}: Pick<TableProfile, 'rows' | 'columns' | 'unprofiled'>): string {
  return contentId({
    rows,
    columns: columns.map(({ name, type, profile, keyCheck, invalid }) => {
      if (profile.kind === 'categorical') return { name, type, profile, keyCheck, invalid }
      const { sum: _, ...counts } = profile
      return { name, type, profile: counts, invalid }
    }),
    unprofiled: unprofiled.map(({ name, type }) => ({ name, type })),
  })
}

/** Is it a stored reference, and not a table? */
export function isTableProfile(input: unknown): input is TableProfile {
  try {
    return (input as Partial<TableProfile> | null)?.format === 'tidegauge.table-profile'
  } catch {
    return false // a column of that name, which throws when it is read
  }
}

/**
 * A profile as it would be stored today. One of version 1 keeps the id that it had there, so that the series of
 * a monitor go on.
 *
 * @param argument - what an error calls it
 * @throws UnsupportedVersionError where a later release made it
 */
export function currentTableProfile(argument: string, profile: TableProfile): TableProfile {
  if (!isTableProfile(profile)) {
    const cure = typeof profile === 'string' ? ': parseTableProfile reads its JSON' : ''
    throw new InvalidArgumentError(
      argument,
      `a table profile, as profile() makes it${cure}`,
      profile,
    )
  }
  const { version } = profile as { readonly version: number }
  if (version !== 1 && version !== TABLE_PROFILE_VERSION) {
    throw new UnsupportedVersionError('the profile', TABLE_PROFILE_VERSION, version)
  }
  if (!Array.isArray(profile.columns)) {
    throw new InvalidArgumentError(`${argument}.columns`, 'an array', profile.columns)
  }
  profile.columns.forEach((column: StoredColumn | null, i) => {
    const at = `${argument}.columns[${i}]`
    assertObject(at, column, 'an object')
    assertOneProfile(`${at}.profile`, column?.profile)
  })
  if (version === TABLE_PROFILE_VERSION) return profile
  const { format, version: _, id: __, ...content } = profile
  const columns = profile.columns.map((column) => ({
    ...column,
    profile: currentProfile(column.profile),
  }))
  return { format, version: TABLE_PROFILE_VERSION, id: idOfVersion1(profile), ...content, columns }
}

/** The id that version 1 gave to a profile, of all but its samples. */
function idOfVersion1(profile: TableProfile): string {
  const columns = profile.columns.map((column) => ({ ...column, sample: undefined }))
  return contentId({ ...profile, columns })
}

/** Had a profile this id as version 1, before it was stored anew? */
export function isIdOfVersion1({ id, ...profile }: TableProfile): boolean {
  const columns = profile.columns.map((column) => {
    const { infinite: _, ...counted } = { infinite: 0, ...column.profile, version: 1 }
    return { ...column, profile: counted }
  })
  return id === idOfVersion1({ ...profile, version: 1, columns } as unknown as TableProfile)
}
