import { InvalidArgumentError, type NumericProfile, PROFILE_VERSION } from '@tidegauge/core'
import type { LatencySeries } from './latency-recorder.ts'

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
  const all = Array.isArray(series)
    ? (series as readonly LatencySeries[])
    : [series as LatencySeries]
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  all.forEach((one, i) => {
    if (one.counts.length !== counts.length) {
      throw new InvalidArgumentError(
        `series[${i}].counts`,
        `an array of ${counts.length}, one more than "bounds"`,
        one.counts,
      )
    }
    for (let bucket = 0; bucket < counts.length; bucket++) counts[bucket]! += one.counts[bucket]!
    sum += one.sum
  })
  return bucketProfile([0, ...bounds], counts, sum)
}

/** @param counts - one per bin, and one more above the last edge */
export function bucketProfile(
  edges: readonly number[],
  counts: readonly number[],
  sum: number | null,
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
    min: null,
    max: null,
    sum: sum !== null && Number.isFinite(sum) ? sum : null,
  }
}
