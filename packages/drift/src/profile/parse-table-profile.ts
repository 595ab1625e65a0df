import {
  assertProfile,
  type BinnedProfile,
  InvalidArgumentError,
  type NumericProfile,
  numericProfile,
  uncounted,
} from '@tidegauge/core'
import { currentProfile } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { StoredColumn, UnprofiledColumn } from '../measure/measured-column.ts'
import { assertColumnReading, assertTableReading } from '../reading/assert-reading.ts'
import type { ColumnType } from '../report/drift-report.ts'
import { assertWhole } from './assert-whole.ts'
import {
  currentTableProfile,
  isIdOfVersion1,
  isTableProfile,
  madeProfile,
  onlyTimeRange,
  type ProfileOrigin,
  profileId,
  type TableProfile,
} from './table-profile.ts'

/**
 * Read a profile that was stored as JSON.
 *
 * @throws UnsupportedVersionError where another version of the format wrote it
 * @throws InvalidArgumentError where it is not a profile of a table
 */
export function parseTableProfile(json: string): TableProfile {
  let read: unknown
  try {
    read = JSON.parse(json)
  } catch (cause) {
    throw new InvalidArgumentError('json', 'the JSON of a table profile', (cause as Error).message)
  }
  if (!isTableProfile(read)) {
    throw new InvalidArgumentError('json', 'a table profile, as profile() makes it', read)
  }
  const value = currentTableProfile('profile', read)
  assertParts('profile', value)
  return withId(value)
}

/**
 * The profile of columns that were counted elsewhere: by a `GROUP BY`, say.
 *
 * @param parts - `timeRange` is that of the only column of dates, unless it is given
 * @throws InvalidArgumentError where the counts of a column do not add up, or are more than there are rows
 * @example
 * tableProfileOf({ rows: 3, columns: [{ name: 'x', type: 'numeric', profile: numericProfile([1, 2, 3], [0, 2, 4]) }] })
 */
export function tableProfileOf(
  parts: Omit<TableProfile, 'format' | 'version' | 'id'>,
): TableProfile {
  assertOptions('parts', parts, PARTS)
  assertParts('parts', parts)
  const columns = parts.columns.map((column) => ({
    ...column,
    profile: currentProfile(column.profile),
  }))
  const timeRange = parts.timeRange ?? onlyTimeRange(columns)
  return madeProfile({ ...parts, columns, ...(timeRange !== undefined && { timeRange }) })
}

/** Of a whole profile that was changed, the first three are made anew. */
const PARTS: Readonly<Record<keyof TableProfile, true>> = {
  format: true,
  version: true,
  id: true,
  rows: true,
  timeRange: true,
  origin: true,
  reading: true,
  columns: true,
  unprofiled: true,
}

/** @param at - what an error calls the whole */
function assertParts(at: string, parts: Omit<TableProfile, 'format' | 'version' | 'id'>): void {
  if (!Array.isArray(parts.columns)) {
    throw new InvalidArgumentError(`${at}.columns`, 'an array', parts.columns)
  }
  assertWhole(`${at}.rows`, parts.rows, 0)
  const names = new Set<string>()
  parts.columns.forEach((column: StoredColumn | null, i) => {
    if (typeof column !== 'object' || column === null || Array.isArray(column)) {
      throw new InvalidArgumentError(`${at}.columns[${i}]`, 'an object', column)
    }
    assertStored(`${at}.columns[${i}]`, column)
    if (names.has(column.name)) {
      throw new InvalidArgumentError(`${at}.columns[${i}].name`, 'a name of its own', column.name)
    }
    names.add(column.name)
    assertRows(`${at}.rows`, column, parts.rows)
  })
  assertUnprofiled(`${at}.unprofiled`, parts.unprofiled, names)
  if (parts.timeRange !== undefined) assertTimeRange(`${at}.timeRange`, parts.timeRange)
  if (parts.origin !== undefined) assertOrigin(`${at}.origin`, parts.origin)
  if (parts.reading !== undefined) assertTableReading(`${at}.reading`, parts.reading)
}

/** Whoever changes a profile by hand leaves its id out: it is that of what was counted. */
function withId(profile: TableProfile): TableProfile {
  const { format, version, ...content } = profile
  const id = profileId(profile)
  if (profile.id === undefined) return { format, version, ...content, id }
  if (profile.id === id || isIdOfVersion1(profile)) return profile
  const expected = `${id}, as its counts say: leave it out of a profile that was changed, or use tableProfileOf`
  throw new InvalidArgumentError('profile.id', expected, profile.id)
}

function assertTimeRange(at: string, range: unknown): void {
  const [from, to] = Array.isArray(range) ? (range as unknown[]) : []
  if (Number.isFinite(from) && Number.isFinite(to) && (from as number) <= (to as number)) return
  throw new InvalidArgumentError(at, 'two times, the earlier one first', range)
}

/** @throws InvalidArgumentError where it is no origin of a profile */
export function assertOrigin(argument: string, origin: ProfileOrigin): void {
  const { source, at } = (origin ?? {}) as Partial<ProfileOrigin>
  if (typeof source !== 'string') {
    throw new InvalidArgumentError(`${argument}.source`, 'a text', source)
  }
  if (at !== undefined && !Number.isFinite(at)) {
    throw new InvalidArgumentError(`${argument}.at`, 'milliseconds since 1970', at)
  }
}

const TYPES: ReadonlyArray<ColumnType | null> = ['numeric', 'datetime', 'categorical', 'text', null]

function assertUnprofiled(path: string, listed: unknown, names: Set<string>): void {
  if (listed === undefined) return
  if (!Array.isArray(listed)) {
    throw new InvalidArgumentError(path, 'an array', listed)
  }
  listed.forEach((column: Partial<UnprofiledColumn> | null, i) => {
    const at = `${path}[${i}]`
    const { name, type, reason } = column ?? {}
    if (typeof name !== 'string' || names.has(name)) {
      throw new InvalidArgumentError(`${at}.name`, 'a name of its own', name)
    }
    names.add(name)
    if (!TYPES.includes(type as ColumnType | null)) {
      throw new InvalidArgumentError(`${at}.type`, 'a type of columns or null', type)
    }
    if (typeof reason !== 'string') throw new InvalidArgumentError(`${at}.reason`, 'a text', reason)
  })
}

/** Of categories too many to be counted one by one, a sample of the rows was. */
function assertRows(at: string, { name, profile, invalid = 0 }: StoredColumn, rows: number): void {
  const counted = profile.n + uncounted(profile)
  const isWhole = counted === rows || counted + invalid === rows
  if (profile.kind === 'numeric' ? isWhole : counted <= rows) return
  const expected = `the rows of column "${name}", which has ${counted} (profile the data again)`
  throw new InvalidArgumentError(at, expected, rows)
}

function assertStored(at: string, column: StoredColumn): void {
  const { name, type, profile, sample, keyCheck, invalid } = column
  if (typeof profile !== 'object' || profile === null) {
    throw new InvalidArgumentError(`${at}.profile`, 'an object', profile)
  }
  if (invalid !== undefined && !(Number.isInteger(invalid) && invalid >= 0)) {
    throw new InvalidArgumentError(`${at}.invalid`, 'a whole number', invalid)
  }
  if (keyCheck !== undefined && typeof keyCheck !== 'string') {
    throw new InvalidArgumentError(`${at}.keyCheck`, 'a string', keyCheck)
  }
  if (typeof name !== 'string') throw new InvalidArgumentError(`${at}.name`, 'a string', name)
  const counted: BinnedProfile = assertProfile(profile)
  const expected = counted.kind === 'categorical' ? ['categorical'] : ['numeric', 'datetime']
  if (!expected.includes(type)) {
    throw new InvalidArgumentError(`${at}.type`, expected.join(' or '), type)
  }
  assertKnown(at, column)
  if (sample === undefined) return
  if (counted.kind !== 'numeric' || !Array.isArray(sample)) {
    const expected = 'an array of numbers, of a column of numbers'
    throw new InvalidArgumentError(`${at}.sample`, expected, sample)
  }
  for (let i = 0; i < sample.length; i++) {
    if (!Number.isFinite(sample[i]) || (i > 0 && sample[i]! < sample[i - 1]!)) {
      throw new InvalidArgumentError(`${at}.sample`, 'finite and ascending', sample[i])
    }
  }
  assertSampleOf(at, counted, sample)
}

/** What is kept beside the counts. */
function assertKnown(at: string, { moments, distinct, reading, profile }: StoredColumn): void {
  const { mean, squaredDeviations } = moments ?? { mean: 0, squaredDeviations: 0 }
  const areMoments = Number.isFinite(mean) && squaredDeviations >= 0 && squaredDeviations < Infinity
  if (!areMoments || (moments !== undefined && profile.n === 0)) {
    const expected = 'a mean and squared deviations of its values'
    throw new InvalidArgumentError(`${at}.moments`, expected, moments)
  }
  const most = profile.n
  if (
    distinct !== undefined &&
    !(Number.isInteger(distinct) && distinct >= 0 && distinct <= most)
  ) {
    const expected = `a whole number of at most ${most}`
    throw new InvalidArgumentError(`${at}.distinct`, expected, distinct)
  }
  if (reading === undefined) return
  assertColumnReading(`${at}.reading`, reading)
  // What is no value of its type is missing.
  const told = reading.misfits?.count ?? 0
  if (told > uncounted(profile)) {
    const expected = `at most ${uncounted(profile)}, the values that its profile counts as missing`
    throw new InvalidArgumentError(`${at}.reading.misfits.count`, expected, told)
  }
}

/** A sample is all of the values, or an even part of them where they were too many to be kept. */
function assertSampleOf(at: string, counted: NumericProfile, sample: readonly number[]): void {
  const { counts, underflow, overflow } = numericProfile(sample, counted.edges)
  const kept = [underflow, ...counts, overflow]
  const all = [counted.underflow, ...counted.counts, counted.overflow]
  const isWhole = sample.length === counted.n
  if (kept.every((count, i) => (isWhole ? count === all[i] : count <= all[i]!))) return
  const expected = `values that its bins count (${counted.n})`
  throw new InvalidArgumentError(`${at}.sample`, expected, sample)
}
