import {
  type BinnedProfile,
  IncompatibleProfilesError,
  InvalidArgumentError,
  mergeProfiles as mergeColumnProfiles,
  sameEdges,
  uncounted,
} from '@tidegauge/core'
import type { StoredColumn } from '../measure/measured-column.ts'
import { invalidIn, isBlank } from '../read/held-column.ts'
import { mergedReading, mergedTableReading } from '../reading/merge-readings.ts'
import type { TimeRange } from '../report/time-range.ts'
import { sortNumbers } from '../samples/sort-numbers.ts'
import { mergedMoments } from './stored-moments.ts'
import {
  currentTableProfile,
  madeProfile,
  type ProfileOrigin,
  type TableProfile,
} from './table-profile.ts'

/**
 * Add two profiles that were counted into the same bins: of two replicas, or two days.
 *
 * @throws IncompatibleProfilesError where the edges of a column differ
 * @throws InvalidArgumentError where the columns differ
 */
export function mergeTableProfiles(first: TableProfile, second: TableProfile): TableProfile {
  if (Array.isArray(first)) {
    const cure = 'of a list, list.reduce((a, b) => mergeTableProfiles(a, b))'
    throw new InvalidArgumentError('a', `one of two table profiles: ${cure}`, first)
  }
  const a = currentTableProfile('a', first)
  const b = currentTableProfile('b', second)
  const others = new Map(b.columns.map((column) => [column.name, column]))
  if (others.size !== a.columns.length || !a.columns.every(({ name }) => others.has(name))) {
    throw new InvalidArgumentError(
      'b',
      `a profile of the columns ${a.columns.map(({ name }) => name).join(', ')}`,
      [...others.keys()].join(', '),
    )
  }
  const columns = a.columns.map((column) =>
    mergeColumns(counted(column, a.rows), counted(others.get(column.name)!, b.rows)),
  )
  const ofA = a.unprofiled ?? []
  const unprofiled = [
    ...ofA,
    ...(b.unprofiled ?? []).filter(({ name }) => ofA.every((one) => one.name !== name)),
  ]
  const timeRange = joinedRange(a, b)
  const time = joinedTime(a, b)
  const origin = joinedOrigin(a.origin, b.origin)
  const reading = mergedTableReading(a.reading, b.reading)
  return madeProfile({
    rows: a.rows + b.rows,
    ...(timeRange !== undefined && { timeRange }),
    ...(time !== undefined && { time }),
    ...(origin !== undefined && { origin }),
    ...(reading !== undefined && { reading }),
    columns,
    unprofiled,
  })
}

/** Rows of which the times are not known leave those of all unknown. */
function joinedRange(first: TableProfile, second: TableProfile): TimeRange | undefined {
  const [a, b] = [first.timeRange, second.timeRange]
  if (first.rows === 0) return b
  if (second.rows === 0) return a
  if (a === undefined || b === undefined) return undefined
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
}

/** What one of them calls its times, unless the other calls another column so. */
function joinedTime({ time: a }: TableProfile, { time: b }: TableProfile): string | undefined {
  return (b ?? a) === (a ?? b) ? (a ?? b) : undefined
}

/** Of both, where they come from one source: then it is as new as the newer one. */
function joinedOrigin(
  a: ProfileOrigin | undefined,
  b: ProfileOrigin | undefined,
): ProfileOrigin | undefined {
  if (a === undefined || a.source !== b?.source) return undefined
  const times = [a.at, b.at].filter((at) => at !== undefined)
  return times.length === 2 ? { source: a.source, at: Math.max(...times) } : { source: a.source }
}

/** A column in which nothing was counted, not even what is missing, lacks a value in each row. */
function counted(column: StoredColumn, rows: number): StoredColumn {
  const { profile } = column
  if (profile.n + uncounted(profile) > 0) return column
  return { ...column, profile: { ...profile, missing: rows } }
}

function mergeColumns(a: StoredColumn, b: StoredColumn): StoredColumn {
  const { name, type, keyCheck } = a
  if (isBlank(a.profile)) return withMissing(b, a)
  if (isBlank(b.profile)) return withMissing(a, b)
  // Bins that hold nothing are none that the other side's could differ from.
  if (type === b.type && a.profile.n === 0) return withMissing(b, a)
  if (type === b.type && b.profile.n === 0) return withMissing(a, b)
  if (type !== b.type) {
    throw new IncompatibleProfilesError(
      `column "${name}" is ${type} in one and ${b.type} in the other`,
    )
  }
  if (keyCheck !== b.keyCheck) {
    throw new IncompatibleProfilesError(`column "${name}" was redacted with another key`)
  }
  if (
    a.profile.kind === 'numeric' &&
    b.profile.kind === 'numeric' &&
    !sameEdges(a.profile, b.profile)
  ) {
    throw new IncompatibleProfilesError(
      `column "${name}" has bins of its own in each: count the tables into those of one, by profile(table, { like })`,
    )
  }
  const profile = mergeColumnProfiles(a.profile, b.profile)
  const invalid = invalidOf(a, b)
  const moments = mergedMoments(a.moments, a.profile.n, b.moments, b.profile.n)
  const reading = mergedReading(a.reading, b.reading)
  const merged = {
    name,
    type,
    profile,
    ...(moments !== undefined && { moments }),
    ...(keyCheck === undefined ? {} : { keyCheck }),
    ...(invalid > 0 && { invalid }),
    ...(reading !== undefined && { reading }),
  }
  const [first, second] = [wholeSample(a), wholeSample(b)]
  if (first === undefined || second === undefined) return merged
  const both = Float64Array.from([...Array.from(first), ...Array.from(second)])
  return { ...merged, sample: Array.from(sortNumbers(both)) }
}

/** A part of one side's values beside all of the other's would be no even part of both. */
function wholeSample({ sample, profile }: StoredColumn): StoredColumn['sample'] {
  return sample?.length === profile.n ? sample : undefined
}

/** A side without a value has neither a type nor bins of its own. */
function withMissing(column: StoredColumn, empty: StoredColumn): StoredColumn {
  const { profile } = column
  const missing = profile.missing + empty.profile.missing
  const infinite = infiniteOf(profile) + infiniteOf(empty.profile)
  const invalid = invalidOf(column, empty)
  const reading = mergedReading(column.reading, empty.reading)
  return {
    ...column,
    profile:
      profile.kind === 'numeric'
        ? { ...profile, missing, infinite }
        : { ...profile, missing: missing + infinite },
    ...(invalid > 0 && { invalid }),
    ...(reading !== undefined && { reading }),
  }
}

/** 0 where neither counted them but by how it was read, which is merged as well. */
function invalidOf(a: StoredColumn, b: StoredColumn): number {
  if (a.invalid === undefined && b.invalid === undefined) return 0
  return invalidIn(a) + invalidIn(b)
}

function infiniteOf(profile: BinnedProfile): number {
  return profile.kind === 'numeric' ? profile.infinite : 0
}
