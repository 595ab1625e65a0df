import { assertProfile, mergeProfiles, numericProfile, profileQuantile } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencyProfile } from './latency-profile.ts'
import { latencyRecorder } from './latency-recorder.ts'

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
