import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramRow, type RecorderReader, type SpanIds } from '../contract/recorder-reader.ts'
import { type LatencyRecorder, latencyRecorder } from './latency-recorder.ts'
import { mergeStates } from './merge-states.ts'
import type { LatencyRecorderOptions } from './recorder-options.ts'
import { readState } from './recorder-state.ts'

const everything: LatencyRecorderOptions = {
  native: { maxBuckets: 40 },
  timeToHeaders: true,
  requestSize: true,
  responseSize: true,
  extraLabels: ['tenant'],
  now: () => 1000,
}

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'BREW'),
  route: fc.constantFrom(undefined, '/a', '/b', '/c'),
  statusCode: fc.constantFrom(200, 404, 500),
  errorType: fc.constantFrom(undefined, 'client_disconnected' as const),
  tenant: fc.constantFrom('x', 'y', '__proto__'),
  // Sixty-fourths add up exactly, in any order.
  seconds: fc.oneof(
    fc.integer({ min: 0, max: 2000 }).map((i) => i / 64),
    fc.constantFrom(2 ** -20, 2 ** 20),
  ),
  bytes: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
})
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never

function recordAll(recorder: LatencyRecorder, requests: readonly Request[]): LatencyRecorder {
  for (const { method, route, statusCode, errorType, tenant, seconds, bytes } of requests) {
    const slot = recorder.slot(method, route, statusCode, errorType, [tenant])
    recorder.duration.observe(slot, seconds)
    recorder.timeToHeaders?.observe(slot, seconds / 2)
    if (bytes !== undefined) recorder.responseSize?.observe(slot, bytes)
  }
  return recorder
}

/** All that a reader shows: by labels, since the order of series is no part of what they say. */
function contents(reader: RecorderReader): unknown {
  const series = new Map<string, unknown>()
  for (let slot = 0; slot < reader.seriesCount; slot++) {
    const histograms = reader.histograms.map((histogram) => {
      const row = histogramRow(histogram)
      const observed = histogram.read(slot, row)
      const exemplars = Array.from(row.counts, (_, i) => histogram.exemplar(slot, i))
      return { key: histogram.key, observed, row, native: histogram.native(slot), exemplars }
    })
    series.set(JSON.stringify(reader.labelsAt(slot)), histograms)
  }
  const { startTime, activeRequests, rejected, extraLabels, histograms } = reader
  const bounds = histograms.map((one) => one.bounds)
  return { startTime, activeRequests, rejected, extraLabels, bounds, series }
}

test('a state that was posted elsewhere reads as the recorder it is of', () => {
  const sameContents = fc.property(fc.array(request), (requests) => {
    let next = 0
    const exemplars = (): SpanIds => ({
      traceId: String(++next).padStart(32, '0'),
      spanId: String(next).padStart(16, '0'),
    })
    const recorder = recordAll(latencyRecorder({ ...everything, exemplars }), requests)
    recorder.requestStarted()
    recorder.observe('GET', '/a', 200, Number.NaN)
    const there = readState(structuredClone(recorder.state()))
    expect(contents(there)).toEqual(contents(recorder))
    expect(there.seriesCount).toBe(recorder.seriesCount)
  })
  fc.assert(sameContents, { numRuns: 50 })
})

test('states that are merged are the state of one recorder that observed everything', () => {
  const asOne = fc.property(
    fc.array(fc.array(request), { minLength: 1, maxLength: 4 }),
    fc.boolean(),
    (parts, statusClasses) => {
      const options = { ...everything, statusClasses }
      const states = parts.map((part) => recordAll(latencyRecorder(options), part).state())
      const one = recordAll(latencyRecorder(options), parts.flat())
      const merged = mergeStates(states.map((state) => structuredClone(state)))
      expect(contents(readState(merged))).toEqual(contents(one))
    },
  )
  fc.assert(asOne, { numRuns: 50 })
})

test('overflow is added to overflow, and no budget cuts a merged state', () => {
  const recorder = (route: string): LatencyRecorder => {
    const one = latencyRecorder({ maxSeries: 1 })
    for (const each of [route, '/x', '/y']) one.observe('GET', each, 200, 0.5)
    return one
  }
  const merged = readState(mergeStates([recorder('/a').state(), recorder('/b').state()]))
  const row = histogramRow(merged.histograms[0]!)
  const counts = Array.from({ length: merged.seriesCount }, (_, slot) => {
    merged.histograms[0]!.read(slot, row)
    return [merged.labelsAt(slot).route, row.count]
  })
  expect(counts).toEqual([
    ['__overflow__', 4],
    ['/a', 1],
    ['/b', 1],
  ])
})

test('limits that are given hold for the sum, and lose no request', () => {
  const states = ['/a', '/b', '/c'].map((route) => {
    const one = latencyRecorder()
    one.observe('GET', route, 200, 0.5)
    one.observe('GET', undefined, 404, 0.5)
    return one.state()
  })
  const merged = readState(mergeStates(states, { maxSeries: 2, maxUnmatchedSeries: 0 }))
  const row = histogramRow(merged.histograms[0]!)
  const counts = Array.from({ length: merged.seriesCount }, (_, slot) => {
    merged.histograms[0]!.read(slot, row)
    return [merged.labelsAt(slot).route, row.count]
  })
  expect(counts).toEqual([
    ['__overflow__', 4],
    ['/a', 1],
    ['/b', 1],
  ])
})

test('the start is the earliest, gauges are added, and an exemplar is the latest', () => {
  const at = (time: number): LatencyRecorder => {
    const traceId = String(time).padStart(32, '0')
    const exemplars = (): SpanIds => ({ traceId, spanId: '00000000000000ab' })
    const one = latencyRecorder({ bounds: [1], now: () => time, exemplars })
    one.requestStarted()
    one.observe('GET', '/a', 200, time / 1e6)
    one.observe('GET', '/a', 200, -1)
    return one
  }
  const times = [2000, 3000, 1000]
  const merged = readState(mergeStates(times.map((time) => at(time).state())))
  expect(merged).toMatchObject({ startTime: 1000, activeRequests: 3, rejected: 3 })
  expect(merged.histograms[0]!.exemplar(1, 0)).toMatchObject({ timestamp: 3000, value: 0.003 })
  expect(merged.histograms[0]!.exemplar(1, 1)).toBe(undefined)
  const row = histogramRow(merged.histograms[0]!)
  merged.histograms[0]!.read(1, row)
  expect(row).toMatchObject({ count: 3, startTime: 1000 })
})

test('native buckets take the coarser of two schemas', () => {
  const native = { maxBuckets: 20 }
  const wide = latencyRecorder({ native })
  for (const seconds of [1e-5, 1, 1e3]) wide.observe('GET', '/a', 200, seconds)
  const narrow = latencyRecorder({ native })
  narrow.observe('GET', '/a', 200, 1)
  const schemaOf = (reader: RecorderReader): number => reader.histograms[0]!.native(1)!.schema
  expect(schemaOf(narrow)).toBe(3)
  expect(schemaOf(wide)).toBeLessThan(1)
  const merged = readState(mergeStates([narrow.state(), wide.state()]))
  expect(schemaOf(merged)).toBe(schemaOf(wide))
})

test('a state is a copy: later observations and a reset leave it alone', () => {
  const recorder = latencyRecorder({ native: true })
  recorder.observe('GET', '/a', 200, 0.5)
  const state = recorder.state()
  const before = contents(readState(state))
  recorder.observe('GET', '/a', 200, 0.5)
  recorder.observe('GET', '/b', 200, 0.5)
  expect(contents(readState(state))).toEqual(before)
  recorder.reset()
  expect(contents(readState(state))).toEqual(before)
})

test('merging changes none of the states', () => {
  const states = [0.1, 0.2].map((seconds) => {
    const recorder = latencyRecorder({ native: true })
    recorder.observe('GET', '/a', 200, seconds)
    return recorder.state()
  })
  const before = structuredClone(states)
  mergeStates(states)
  expect(states).toEqual(before)
})

test.each([
  [
    'bounds',
    { bounds: [1, 2] },
    /"states\[1\]\.histograms\[0\]\.bounds" must be as in states\[0\]/,
  ],
  ['own labels', { extraLabels: ['zone'] }, /"states\[1\]\.extraLabels" must be as in/],
  ['instruments', { responseSize: true }, /"states\[1\]\.histograms" must be as in/],
  ['native buckets', { native: true }, /"states\[1\]\.histograms\[0\]\.native" must be as in/],
  ['status classes', { statusClasses: true }, /"states\[1\]\.series\.statusClasses" must be/],
])('differing %s are refused', (_, options, message) => {
  const states = [latencyRecorder().state(), latencyRecorder(options).state()]
  expect(() => mergeStates(states)).toThrow(message)
})

test('what is no state of this version is refused', () => {
  expect(() => mergeStates([])).toThrow('"states" must be at least one state')
  const state = latencyRecorder().state()
  const next = { ...state, version: 3 as 2 }
  expect(() => readState(next)).toThrow('"state.version" must be 2, received 3')
  expect(() => readState(undefined as never)).toThrow('"state.version" must be 2')
  expect(() => mergeStates([state, next])).toThrow('"states[1].version" must be 2, received 3')
})

test('any number of states is one', () => {
  const state = latencyRecorder({ bounds: [1] }).state()
  const many = Array.from({ length: 130_000 }, (_, i) => ({ ...state, startTime: 2000 - (i % 7) }))
  expect(mergeStates(many)).toMatchObject({ startTime: 1994, rejected: 0 })
})
