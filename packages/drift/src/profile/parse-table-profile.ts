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
import type { StoredColumn, StoredMoments, UnprofiledColumn } from '../measure/measured-column.ts'
import { assertColumnReading, assertTableReading } from '../reading/assert-reading.ts'
import type { ColumnType } from '../report/drift-report.ts'
import { assertWhole } from './assert-whole.ts'
import {
  currentTableProfile,
  isIdOfVersion1,
  isTableProfile,
  madeProfile,
  ORIGIN_KEYS,
  onlyTimeRange,
  type ProfileOrigin,
  profileId,
  type TableProfile,
} from './table-profile.ts'

/**
 * Read a profile that was stored as JSON.
 *
 * Fields that this release does not know are kept: a later release of the same version may have added them.
 *
 * @throws UnsupportedVersionError where another version of the format wrote it
 * @throws InvalidArgumentError where it is not a profile of a table
 */
export function parseTableProfile(json: string): TableProfile {
  if (typeof json !== 'string') {
    const expected = 'a text (one that is parsed already is a profile, unless it was changed)'
    throw new InvalidArgumentError('json', expected, json)
  }
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
 * @throws InvalidArgumentError where the counts of a column do not add up, or are more than there are rows, and where what
 *   is told beside them (distinct values, moments, times) is that of no such values
 * @example
 * tableProfileOf({ rows: 3, columns: [{ name: 'x', type: 'numeric', profile: numericProfile([1, 2, 3], [0, 2, 4]) }] })
 */
export function tableProfileOf(
  parts: Omit<TableProfile, 'format' | 'version' | 'id'>,
): TableProfile {
  assertOptions('parts', parts, PARTS)
  assertParts('parts', parts)
  if (parts.origin !== undefined) assertOptions('parts.origin', parts.origin, ORIGIN_KEYS)
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
  time: true,
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
    assertRows(at, i, column, parts.rows)
  })
  assertUnprofiled(`${at}.unprofiled`, parts.unprofiled, names)
  if (parts.timeRange !== undefined) assertTimeRange(`${at}.timeRange`, parts.timeRange)
  if (parts.time !== undefined && typeof parts.time !== 'string') {
    throw new InvalidArgumentError(`${at}.time`, 'the name of a column', parts.time)
  }
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
  const isPair = Array.isArray(range) && range.length === 2
  if (isPair && Number.isFinite(from) && Number.isFinite(to) && (from as number) <= (to as number))
    return
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
function assertRows(at: string, i: number, column: StoredColumn, rows: number): void {
  const { name, profile, invalid = 0 } = column
  const counted = profile.n + uncounted(profile)
  // They are among the missing ones, or were counted beside all.
  if (invalid > profile.missing && counted + invalid > rows) {
    const expected = `at most its missing values (${profile.missing})`
    throw new InvalidArgumentError(`${at}.columns[${i}].invalid`, expected, invalid)
  }
  const isWhole = counted === rows || counted + invalid === rows
  if (profile.kind === 'numeric' ? isWhole : counted <= rows) return
  const expected = `the rows of column "${name}", which has ${counted} (profile the data again)`
  throw new InvalidArgumentError(`${at}.rows`, expected, rows)
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
function assertKnown(at: string, column: StoredColumn): void {
  const { moments, distinct, reading, profile } = column
  if (moments !== undefined && !arePossible(moments, profile)) {
    const expected = 'a mean and squared deviations of its values'
    throw new InvalidArgumentError(`${at}.moments`, expected, JSON.stringify(moments))
  }
  if (distinct !== undefined) assertDistinct(`${at}.distinct`, distinct, profile)
  if (reading === undefined) return
  assertColumnReading(`${at}.reading`, reading)
  // What is no value of its type is missing.
  const told = reading.misfits?.count ?? 0
  if (told > uncounted(profile)) {
    const expected = `at most ${uncounted(profile)}, the values that its profile counts as missing`
    throw new InvalidArgumentError(`${at}.reading.misfits.count`, expected, told)
  }
}

/** Are there values between the extremes that have these, as far as sums of doubles tell? */
function arePossible(moments: StoredMoments | null, profile: BinnedProfile): boolean {
  const { mean = Number.NaN, squaredDeviations = Number.NaN } = moments ?? {}
  if (!(Number.isFinite(mean) && Number.isFinite(squaredDeviations) && squaredDeviations >= 0)) {
    return false
  }
  if (profile.kind !== 'numeric' || profile.n === 0) return false
  const { min, max, n } = profile
  if (min === null || max === null) return true
  const slack = ROUNDING * Math.max(Math.abs(min), Math.abs(max))
  // The most are those of values of which one half is the minimum, the other the maximum (Popoviciu).
  const reach = (max - min) / 2 + slack
  return mean >= min - slack && mean <= max + slack && squaredDeviations / n <= reach * reach
}

const ROUNDING = 1e-6

function assertDistinct(argument: string, distinct: number, profile: BinnedProfile): void {
  // Counts that came through a rate are no whole numbers.
  const most = Math.ceil(profile.n)
  const least = Math.min(1, most)
  if (Number.isInteger(distinct) && distinct >= least && distinct <= most) return
  const expected = most === 0 ? '0, as it has no value' : `a whole number from 1 to ${most}`
  throw new InvalidArgumentError(argument, expected, distinct)
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
