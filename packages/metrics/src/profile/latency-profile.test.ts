import {
  assertProfile,
  categoricalProfile,
  mergeProfiles,
  numericProfile,
  profileQuantile,
  sameEdges,
} from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramRow } from '../contract/recorder-reader.ts'
import { type LatencySeries, latencyRecorder } from '../recorder/latency-recorder.ts'
import { latencyProfile, nativeProfile, profileRow } from './latency-profile.ts'

const duration = fc.double({ min: 0, max: 20, noNaN: true })

test('is the profile that core counts from the same durations, but for the extremes', () => {
  const sameBins = fc.property(fc.array(duration), (durations) => {
    const recorder = latencyRecorder()
    for (const seconds of durations) recorder.observe('GET', '/a', 200, seconds)
    const profile = latencyProfile(recorder.snapshot(), recorder.bounds)
    expect(profile).toEqual({
      ...numericProfile(durations, [0, ...recorder.bounds]),
      min: null,
      max: null,
      unit: 'seconds',
    })
    expect(() => assertProfile(profile)).not.toThrow()
  })
  fc.assert(sameBins)
})

test('several series make the profile that merging them one by one makes', () => {
  const recorder = latencyRecorder({ bounds: [0.1, 1] })
  for (const [route, seconds] of [
    ['/a', 0.25],
    ['/b', 0.5],
    ['/b', 4],
  ] as const) {
    recorder.observe('GET', route, 200, seconds)
  }
  const [a, b] = recorder.snapshot()
  const together = latencyProfile([a!, b!], recorder.bounds)
  expect(together).toEqual(
    mergeProfiles(latencyProfile(a!, recorder.bounds), latencyProfile(b!, recorder.bounds)),
  )
  expect(together).toMatchObject({ counts: [0, 2], overflow: 1, n: 3, sum: 4.75 })
})

test('a quantile is read off as Prometheus would, and stops at the last bound', () => {
  const recorder = latencyRecorder({ bounds: [1, 2] })
  for (const seconds of [1.2, 1.4, 1.6, 50]) recorder.observe('GET', '/a', 200, seconds)
  const profile = latencyProfile(recorder.snapshot(), recorder.bounds)
  expect(profileQuantile(profile, 0.375)).toBe(1.5)
  expect(profileQuantile(profile, 1)).toBe(2)
})

test('rejects bounds that are not those of the series', () => {
  const recorder = latencyRecorder({ bounds: [0.1, 1] })
  recorder.observe('GET', '/a', 200, 0.5)
  expect(() => latencyProfile(recorder.snapshot(), [1])).toThrow(
    '"series[0].counts" must be an array of 2, one more than "bounds", received an array of 3',
  )
})

function nativeSeries(durations: readonly number[], native: object | true = true): LatencySeries[] {
  const recorder = latencyRecorder({ native })
  for (const seconds of durations) recorder.observe('GET', '/a', 200, seconds)
  return recorder.snapshot()
}

test('native buckets make the profile that core counts from the same durations in their edges', () => {
  const sameBins = fc.property(
    fc.array(fc.oneof(duration, fc.constantFrom(0, 1e-5, 1e-4, 1e-3, 128, 500)), { minLength: 1 }),
    fc.integer({ min: -1, max: 3 }),
    (durations, schema) => {
      const profile = nativeProfile(nativeSeries(durations, { maxBuckets: 1000 }), { schema })
      const { sum, ...expected } = numericProfile(durations, profile.edges)
      expect(profile).toMatchObject({ ...expected, min: null, max: null })
      expect(profile.sum).toBeCloseTo(sum!, 6)
      expect(() => assertProfile(profile)).not.toThrow()
    },
  )
  fc.assert(sameBins)
})

test('native bins are as wide as the schema says, over the range that is asked for', () => {
  const series = nativeSeries([1, 1.1, 1.3, 1.7])
  expect(nativeProfile(series, { schema: 0, lowest: 0.3, highest: 4 })).toMatchObject({
    edges: [0, 0.5, 1, 2, 4],
    counts: [0, 1, 3, 0],
  })
  const [, first, second] = nativeProfile(series).edges
  expect(second! / first!).toBeCloseTo(2 ** (1 / 8), 12)
})

test('two weeks have the same edges whatever was observed, so that their distance can be taken', () => {
  const lastWeek = Array.from({ length: 500 }, (_, i) => 0.01 * 1.005 ** i)
  const shares = (durations: readonly number[]): number[] => {
    const { counts, n } = nativeProfile(nativeSeries(durations), { schema: 3 })
    return counts.map((count) => count / n)
  }
  const distance = (a: readonly number[], b: readonly number[]): number => {
    const before = shares(a)
    return shares(b).reduce((sum, share, i) => sum + Math.abs(share - before[i]!), 0) / 2
  }
  const edges = [lastWeek, [5]].map((one) => nativeProfile(nativeSeries(one), { schema: 3 }))
  expect(sameEdges(edges[0]!, edges[1]!)).toBe(true)
  expect(distance(lastWeek, lastWeek.toReversed())).toBe(0)
  const slower = lastWeek.map((seconds) => seconds * 1.3)
  expect(distance(lastWeek, slower)).toBeGreaterThan(0.1)
  const muchSlower = lastWeek.map((seconds) => seconds * 100)
  expect(distance(lastWeek, muchSlower)).toBeGreaterThan(0.8)
})

test('a native quantile is within the bound of its schema', () => {
  const durations = Array.from({ length: 1000 }, (_, i) => 0.001 * 1.007 ** i)
  const profile = nativeProfile(nativeSeries(durations), { schema: 3 })
  for (const q of [0.5, 0.9, 0.99]) {
    const exact = durations[Math.ceil(q * 1000) - 1]!
    const share = Math.abs(profileQuantile(profile, q)! - exact) / exact
    expect(share).toBeLessThan(2 ** (1 / 8) - 1)
  }
})

test.each([
  [{ schema: 4 }, '"schema" must be a whole number from -4 to that of the series (3), received 4'],
  [{ schema: 1.5 }, '"schema" must be a whole number from -4'],
  [{ lowest: 0 }, '"lowest" must be above 0 and below "highest" (100), received 0'],
  [{ lowest: 200 }, '"lowest" must be above 0 and below "highest" (100), received 200'],
  [
    { highest: Number.POSITIVE_INFINITY },
    '"lowest" must be above 0 and below "highest" (Infinity)',
  ],
])('refuses the native profile %j', (options, message) => {
  expect(() => nativeProfile(nativeSeries([1]), options)).toThrow(message)
})

test('refuses a native profile of series that have none', () => {
  const recorder = latencyRecorder()
  recorder.observe('GET', '/a', 200, 1)
  expect(() => nativeProfile(recorder.snapshot())).toThrow(
    '"series[0].native" must be recorded: latencyRecorder({ native: true }), received null',
  )
  expect(() => nativeProfile([])).toThrow('"series" must be at least one')
})

test('a profile comes back as the row it was made of', () => {
  const roundTrip = fc.property(fc.array(duration, { minLength: 1 }), (durations) => {
    const recorder = latencyRecorder()
    for (const seconds of durations) recorder.observe('GET', '/a', 200, seconds)
    const row = histogramRow(recorder.duration)
    recorder.duration.read(1, row)
    const stored = JSON.parse(JSON.stringify(latencyProfile(recorder.snapshot(), recorder.bounds)))
    expect(profileRow(stored)).toEqual({
      bounds: recorder.bounds,
      row: { ...row, startTime: Number.NaN }, // which a profile does not tell
    })
  })
  fc.assert(roundTrip)
})

test('a profile that is no histogram of durations is refused as a row', () => {
  expect(profileRow({ ...numericProfile([1], [0, 2]), sum: null }).row.sum).toBeNaN()
  expect(() => profileRow(categoricalProfile([['a', 1]]))).toThrow(
    '"profile" must be a numeric profile, received categorical',
  )
  for (const profile of [numericProfile([1], [0.5, 2]), numericProfile([-1], [0, 2])]) {
    expect(() => profileRow(profile)).toThrow('"profile.edges[0]" must be 0, with nothing below it')
  }
})

test('of any number of series', () => {
  const [one] = nativeSeries([0.5])
  expect(nativeProfile(Array.from({ length: 130_000 }, () => one!)).n).toBe(130_000)
})
