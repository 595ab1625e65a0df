import {
  type BinnedProfile,
  InvalidArgumentError,
  type NumericProfile,
  PROFILE_VERSION,
} from '@tidegauge/core'
import { assertList, assertObject } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { HistogramRow, NativeRow } from '../contract/recorder-reader.ts'
import { bucketBound, bucketIndexer, MIN_SCHEMA } from '../native/bucket-index.ts'
import { coarserRow, mergeNativeRows } from '../native/native-rows.ts'
import type { LatencySeries } from '../recorder/latency-recorder.ts'

/**
 * Latency series as one distribution: several are added, so that a service can be compared as a whole,
 * by route, or with itself a week ago.
 *
 * Bin 0 holds 0 ≤ seconds ≤ bounds[0]; `overflow` holds what lies above the last bound. Extremes are
 * not recorded, so that `min` and `max` are null.
 *
 * @param bounds - the recorder's bounds, in seconds
 * @throws InvalidArgumentError where a series does not have one count more than there are bounds
 * @example
 * const recorder = latencyRecorder({ bounds: [0.1, 1] })
 * recorder.observe('GET', '/users/:id', 200, 0.05)
 * latencyProfile(recorder.snapshot(), recorder.bounds).counts // [1, 0]
 */
export function latencyProfile(
  series: LatencySeries | readonly LatencySeries[],
  bounds: readonly number[],
): NumericProfile {
  const all = listOf(series)
  assertList('bounds', bounds, 'those of the recorder: recorder.bounds')
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  all.forEach((one, i) => {
    if (one.counts?.length !== counts.length) {
      throw new InvalidArgumentError(
        `series[${i}].counts`,
        `an array of ${counts.length}, one more than "bounds"`,
        one.counts,
      )
    }
    for (let bucket = 0; bucket < counts.length; bucket++) counts[bucket]! += one.counts[bucket]!
    sum += one.sum
  })
  return bucketProfile([0, ...bounds], counts, sum, 'seconds')
}

export interface NativeProfileOptions {
  /** Default: the coarsest of the series. Give it where profiles are to be compared: only the same edges can be. */
  readonly schema?: number
  /** Seconds; what is not above it shares bin 0. Default 0.0001. */
  readonly lowest?: number
  /** Seconds; what is above its bucket is `overflow`. Default 100. */
  readonly highest?: number
}

/**
 * The exponential buckets of latency series as one distribution: eight bins a doubling at schema 3, the default classic ones have one or two.
 *
 * Edges are 0 and the bounds 2^(i/2^schema) from `lowest` to `highest`, whatever was observed, so that this week's
 * profile can be compared with last week's.
 *
 * @throws InvalidArgumentError where a series has no native buckets or coarser ones than `schema`, and where the
 * range is none
 * @example
 * const recorder = latencyRecorder({ native: true })
 * recorder.observe('GET', '/users/:id', 200, 0.05)
 * profileQuantile(nativeProfile(recorder.snapshot(), { schema: 3 }), 0.5) // 0.0504, within 4.4 %
 */
export function nativeProfile(
  series: LatencySeries | readonly LatencySeries[],
  options: NativeProfileOptions = {},
): NumericProfile {
  assertOptions('options', options, PROFILE_OPTIONS)
  const { schema, lowest = 0.0001, highest = 100 } = options
  const all = listOf(series)
  const rows = all.map(({ native }, i) => {
    if (native === null || native === undefined) {
      const expected = 'recorded: latencyRecorder({ native: true })'
      throw new InvalidArgumentError(`series[${i}].native`, expected, native)
    }
    return native
  })
  if (!(lowest > 0 && highest > lowest && highest < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('lowest', `above 0 and below "highest" (${highest})`, lowest)
  }
  const row = atSchema(rows, schema)
  const index = bucketIndexer(row.schema)
  const first = index(lowest)
  const last = Math.max(first + 1, index(highest))
  const edges = [0]
  for (let i = first; i <= last; i++) edges.push(bucketBound(row.schema, i))
  const counts = new Array<number>(edges.length).fill(0)
  counts[0] = row.zeroCount
  row.counts.forEach((count, i) => {
    const bin = Math.min(Math.max(row.offset + i - first, 0), counts.length - 1)
    counts[bin]! += count
  })
  return bucketProfile(
    edges,
    counts,
    all.reduce((sum, one) => sum + one.sum, 0),
    'seconds',
  )
}

/**
 * A profile as a row of the recorder's kind: the way back of `latencyProfile`.
 *
 * @returns `sum` is NaN where the profile does not know it
 * @throws InvalidArgumentError where the profile is not one of numbers from 0 up
 * @example
 * profileRow(latencyProfile(recorder.snapshot(), recorder.bounds)).bounds // recorder.bounds
 */
export function profileRow(profile: BinnedProfile): { bounds: number[]; row: HistogramRow } {
  if (profile?.kind !== 'numeric') {
    throw new InvalidArgumentError('profile', 'a numeric profile', profile?.kind)
  }
  if (profile.edges[0] !== 0 || profile.underflow !== 0) {
    throw new InvalidArgumentError(
      'profile.edges[0]',
      '0, with nothing below it',
      `${profile.edges[0]} and ${profile.underflow} below`,
    )
  }
  return {
    bounds: profile.edges.slice(1),
    row: {
      counts: Float64Array.from([...profile.counts, profile.overflow]),
      sum: profile.sum ?? Number.NaN,
      count: profile.n,
      startTime: Number.NaN,
    },
  }
}

const PROFILE_OPTIONS: Readonly<Record<keyof NativeProfileOptions, true>> = {
  schema: true,
  lowest: true,
  highest: true,
}

function listOf(series: LatencySeries | readonly LatencySeries[]): readonly LatencySeries[] {
  const all: readonly unknown[] = Array.isArray(series) ? series : [series]
  all.forEach((one, i) => {
    assertObject(`series[${i}]`, one, 'of a recorder: recorder.snapshot()')
  })
  return all as readonly LatencySeries[]
}

function atSchema(rows: readonly NativeRow[], schema: number | undefined): NativeRow {
  if (rows.length === 0) throw new InvalidArgumentError('series', 'at least one', rows)
  const sum = mergeNativeRows(rows, Number.POSITIVE_INFINITY)
  if (schema === undefined) return sum
  if (!(Number.isInteger(schema) && schema >= MIN_SCHEMA && schema <= sum.schema)) {
    throw new InvalidArgumentError(
      'schema',
      `a whole number from ${MIN_SCHEMA} to that of the series (${sum.schema})`,
      schema,
    )
  }
  return coarserRow(sum, schema)
}

/** @param counts - one per bin, and one more above the last edge */
export function bucketProfile(
  edges: readonly number[],
  counts: readonly number[],
  sum: number | null,
  unit: string | undefined,
  underflow = 0,
): NumericProfile {
  return {
    kind: 'numeric',
    version: PROFILE_VERSION,
    edges,
    counts: counts.slice(0, -1),
    underflow,
    overflow: counts[counts.length - 1]!,
    n: counts.reduce((total, count) => total + count, underflow),
    missing: 0,
    infinite: 0,
    min: null,
    max: null,
    sum: sum !== null && Number.isFinite(sum) ? sum : null,
    ...(unit !== undefined && { unit }),
  }
}
