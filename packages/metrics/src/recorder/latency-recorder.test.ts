import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramRow } from '../contract/recorder-reader.ts'
import { REQUEST_DURATION } from '../naming/request-duration.ts'
import { type LatencySeries, latencyRecorder } from './latency-recorder.ts'
import type { LatencyRecorderOptions } from './recorder-options.ts'

const total = (series: readonly LatencySeries[]): number =>
  series.reduce((sum, { count }) => sum + count, 0)

test('has the fourteen bounds of the semantic conventions by default', () => {
  expect(latencyRecorder().bounds).toEqual([
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ])
})

test('a bound is upper and inclusive, and what is above the last one is kept', () => {
  const recorder = latencyRecorder({ bounds: [0.1, 1] })
  for (const seconds of [0, 0.1, 0.1 + Number.EPSILON, 1, 1.5, 1000]) {
    recorder.observe('GET', '/a', 200, seconds)
  }
  expect(recorder.snapshot()).toEqual([
    {
      labels: { method: 'GET', route: '/a', statusCode: 200, errorType: undefined, extra: [] },
      counts: [2, 2, 2],
      sum: 0 + 0.1 + (0.1 + Number.EPSILON) + 1 + 1.5 + 1000,
      count: 6,
      native: null,
    },
  ])
})

test('counts every observation once, in the bucket that holds it, by method, route and status', () => {
  const observation = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    route: fc.constantFrom('/a', '/b', undefined),
    statusCode: fc.constantFrom(200, 500),
    seconds: fc.double({ min: 0, max: 20, noNaN: true }),
  })
  const agreesWithCountingByHand = fc.property(fc.array(observation), (observations) => {
    const recorder = latencyRecorder()
    for (const { method, route, statusCode, seconds } of observations) {
      recorder.observe(method, route, statusCode, seconds)
    }
    const edges = [...recorder.bounds, Number.POSITIVE_INFINITY]
    const series = recorder.snapshot()
    for (const { labels, counts, count } of series) {
      const mine = observations.filter(
        ({ method, route, statusCode }) =>
          method === labels.method && route === labels.route && statusCode === labels.statusCode,
      )
      const byHand = edges.map(
        (edge, i) =>
          mine.filter(({ seconds }) => seconds <= edge && (i === 0 || seconds > edges[i - 1]!))
            .length,
      )
      expect(counts).toEqual(byHand)
      expect(count).toBe(mine.length)
    }
    expect(total(series)).toBe(observations.length)
  })
  fc.assert(agreesWithCountingByHand)
})

test('keeps more series than it first made room for', () => {
  const recorder = latencyRecorder()
  for (let i = 0; i < 1000; i++) recorder.observe('GET', `/route-${i}`, 200, i / 100)
  const series = recorder.snapshot()
  expect(series.map(({ labels }) => labels.route)).toEqual(
    Array.from({ length: 1000 }, (_, i) => `/route-${i}`),
  )
  expect(series.map(({ sum }) => sum)).toEqual(Array.from({ length: 1000 }, (_, i) => i / 100))
})

test.each([
  ['an unknown method', 'BREW', '/a', 200, { method: '_OTHER', route: '/a', statusCode: 200 }],
  ['a method in lower case', 'get', '/a', 200, { method: '_OTHER', route: '/a', statusCode: 200 }],
  ['a status below 100', 'GET', '/a', 99, { method: 'GET', route: '/a', statusCode: undefined }],
  ['a status above 599', 'GET', '/a', 600, { method: 'GET', route: '/a', statusCode: undefined }],
  ['a fraction', 'GET', '/a', 200.5, { method: 'GET', route: '/a', statusCode: undefined }],
  ['NaN', 'GET', '/a', Number.NaN, { method: 'GET', route: '/a', statusCode: undefined }],
  ['an empty route', 'GET', '', 404, { method: 'GET', route: undefined, statusCode: 404 }],
  [
    'the name __proto__',
    '__proto__',
    '__proto__',
    200,
    { method: '_OTHER', route: '__proto__', statusCode: 200 },
  ],
] as const)('labels %s by something bounded', (_, method, route, statusCode, labels) => {
  const recorder = latencyRecorder()
  recorder.observe(method, route, statusCode, 0.1)
  recorder.observe(method, route, statusCode, 0.1)
  expect(recorder.snapshot()).toMatchObject([{ labels, count: 2 }])
})

test.each([Number.NaN, -0.001, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])(
  'a duration of %d is counted as rejected and enters no histogram',
  (seconds) => {
    const recorder = latencyRecorder()
    recorder.observe('GET', '/a', 200, seconds)
    expect(recorder.rejected).toBe(1)
    expect(recorder.snapshot()).toEqual([])
  },
)

test('what exceeds the limit of matched series is counted together, and known ones keep counting', () => {
  const recorder = latencyRecorder({ maxSeries: 2 })
  for (const route of ['/a', '/b', '/c', '/d', '/a']) recorder.observe('GET', route, 200, 0.1)
  expect(recorder.snapshot().map(({ labels, count }) => [labels.route, count])).toEqual([
    ['__overflow__', 2],
    ['/a', 2],
    ['/b', 1],
  ])
})

test('unmatched requests use up their own limit and leave the routes theirs', () => {
  const recorder = latencyRecorder({ maxSeries: 1, maxUnmatchedSeries: 3 })
  for (let status = 100; status < 600; status++) recorder.observe('GET', undefined, status, 0.1)
  recorder.observe('GET', '/real', 200, 0.1)
  expect(recorder.snapshot().map(({ labels, count }) => [labels.route, count])).toEqual([
    ['__overflow__', 497],
    [undefined, 1],
    [undefined, 1],
    [undefined, 1],
    ['/real', 1],
  ])
})

test('a route that is called __overflow__ does not make two series of one name', () => {
  const recorder = latencyRecorder({ maxSeries: 1 })
  for (const route of ['__overflow__', '/a', '/b']) recorder.observe('GET', route, 200, 0.1)
  const routes = recorder.snapshot().map(({ labels }) => labels.route)
  expect(routes).toEqual(['__overflow__', '/a'])
})

test('any input at all leaves the series bounded and distinct, and loses no request', () => {
  const anything = fc.record({
    method: fc.string(),
    route: fc.option(fc.string(), { nil: undefined }),
    statusCode: fc.oneof(fc.integer(), fc.double()),
  })
  const staysBounded = fc.property(fc.array(anything, { minLength: 50 }), (requests) => {
    const recorder = latencyRecorder({ maxSeries: 5, maxUnmatchedSeries: 5 })
    for (const { method, route, statusCode } of requests) {
      recorder.observe(method, route, statusCode, 0.1)
    }
    const series = recorder.snapshot()
    const names = new Set(series.map(({ labels }) => JSON.stringify(labels)))
    expect(series.length).toBeLessThanOrEqual(11)
    expect(names.size).toBe(series.length)
    expect(total(series)).toBe(requests.length)
  })
  fc.assert(staysBounded)
})

test('a snapshot is a copy: later observations and its reader leave it and the recorder alone', () => {
  const recorder = latencyRecorder({ bounds: [1] })
  recorder.observe('GET', '/a', 200, 0.5)
  const [before] = recorder.snapshot()
  recorder.observe('GET', '/a', 200, 0.5)
  expect(before).toMatchObject({ counts: [1, 0], sum: 0.5, count: 1 })
  ;(before!.counts as number[])[0] = 99
  ;(before!.labels as { route: string }).route = '/changed'
  expect(recorder.snapshot()).toMatchObject([{ labels: { route: '/a' }, counts: [2, 0] }])
})

test('reset forgets the series, makes room again and begins a new start time', () => {
  let clock = 1000
  const recorder = latencyRecorder({ maxSeries: 1, now: () => clock })
  recorder.observe('GET', '/a', 200, 0.1)
  recorder.observe('GET', '/b', 200, 0.1)
  recorder.observe('GET', '/b', 200, Number.NaN)
  expect(recorder.startTime).toBe(1000)
  clock = 2000
  recorder.reset()
  expect(recorder.snapshot()).toEqual([])
  expect(recorder.startTime).toBe(2000)
  expect(recorder.rejected).toBe(0)
  recorder.observe('GET', '/b', 200, 0.1)
  expect(recorder.snapshot()).toMatchObject([{ labels: { route: '/b' }, count: 1 }])
})

test('a reset in the same millisecond still begins another start time', () => {
  const recorder = latencyRecorder({ now: () => 1000 })
  recorder.reset()
  expect(recorder.startTime).toBe(1001)
})

test('the bounds given and the defaults stay as they were', () => {
  const bounds = [0.1, 1]
  const recorder = latencyRecorder({ bounds })
  bounds.push(Number.NaN)
  expect(recorder.bounds).toEqual([0.1, 1])
  expect(() => (latencyRecorder().bounds as number[]).push(11)).toThrow(TypeError)
  expect(REQUEST_DURATION.bounds).toHaveLength(14)
})

test.each([
  [[], /"bounds" must be at least one number/],
  [[0, 1], /"bounds\[0\]" must be a positive finite number, received 0/],
  [[-1, 1], /"bounds\[0\]" must be a positive finite number, received -1/],
  [[1, Number.NaN], /"bounds\[1\]" must be a positive finite number, received NaN/],
  [[1, Number.POSITIVE_INFINITY], /"bounds\[1\]" must be a positive finite number/],
  [[1, 1], /"bounds\[1\]" must be above bounds\[0\] \(1\), received 1/],
  [['1' as unknown as number], /"bounds\[0\]" must be a positive finite number/],
])('rejects the bounds %j', (bounds, message) => {
  expect(() => latencyRecorder({ bounds })).toThrow(message)
})

test.each(['maxSeries', 'maxUnmatchedSeries'])('rejects a %s that is no whole number', (limit) => {
  for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => latencyRecorder({ [limit]: value })).toThrow(`"${limit}" must be a whole number`)
  }
})

test('both kinds of buckets count the same observations', () => {
  const sameCount = fc.property(
    fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }),
    (durations) => {
      const recorder = latencyRecorder({ native: true })
      for (const seconds of durations) recorder.observe('GET', '/a', 200, seconds)
      const [{ counts, count, native } = {} as never] = recorder.snapshot()
      expect(count).toBe(durations.length)
      expect(counts.reduce((sum, one) => sum + one, 0)).toBe(count)
      expect(native!.counts.reduce((sum, one) => sum + one, native!.zeroCount)).toBe(count)
    },
  )
  fc.assert(sameCount)
})

test('native buckets begin with the schema and keep to the budget given', () => {
  const recorder = latencyRecorder({ native: { schema: 5, maxBuckets: 10 } })
  recorder.observe('GET', '/a', 200, 1)
  expect(recorder.duration.native(1)).toMatchObject({ schema: 5 })
  recorder.observe('GET', '/a', 200, 1.5)
  expect(recorder.duration.native(1)).toMatchObject({ schema: 3 })
  expect(latencyRecorder().duration.native(0)).toBe(null)
})

test('records the instruments that are asked for, duration first', () => {
  const keys = (options: LatencyRecorderOptions): string[] =>
    latencyRecorder(options).histograms.map(({ key }) => key)
  expect(keys({})).toEqual(['duration'])
  expect(latencyRecorder()).toMatchObject({
    timeToHeaders: null,
    requestSize: null,
    responseSize: null,
  })
  const all = { responseSize: true, requestSize: true, timeToHeaders: true }
  expect(keys(all)).toEqual(['duration', 'timeToHeaders', 'requestSize', 'responseSize'])
  const { timeToHeaders, responseSize } = latencyRecorder({ ...all, bounds: [1] })
  expect(timeToHeaders!.bounds).toEqual([1])
  expect(responseSize!.bounds).toEqual([
    256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
  ])
})

test('an instrument shows only the slots that it observed', () => {
  const recorder = latencyRecorder({ timeToHeaders: true, responseSize: true })
  const first = recorder.slot('GET', '/a', 200)
  const second = recorder.slot('GET', '/b', 200)
  recorder.responseSize!.observe(first, 300)
  recorder.duration.observe(second, 0.2)
  const row = histogramRow(recorder.responseSize!)
  expect(recorder.responseSize!.read(first, row)).toBe(true)
  expect(row).toMatchObject({ sum: 300, count: 1 })
  expect(Array.from(row.counts).slice(0, 3)).toEqual([0, 1, 0])
  expect(recorder.responseSize!.read(second, row)).toBe(false)
  expect(row).toMatchObject({ sum: 0, count: 0 })
  expect(recorder.snapshot().map(({ labels }) => labels.route)).toEqual(['/b'])
})

test('own labels and the error type are part of a series', () => {
  const recorder = latencyRecorder({ extraLabels: ['tenant', 'zone'] })
  const slot = recorder.slot('GET', '/a', 499, 'client_disconnected', ['acme'])
  recorder.duration.observe(slot, 0.1)
  recorder.observe('GET', '/a', 499, 0.1)
  expect(recorder.extraLabels).toEqual(['tenant', 'zone'])
  expect(recorder.snapshot().map(({ labels }) => [labels.errorType, labels.extra])).toEqual([
    ['client_disconnected', ['acme', '']],
    [undefined, ['', '']],
  ])
})

test('a slot that is none, or was one before the reset, is refused', () => {
  const recorder = latencyRecorder({ native: true })
  const slot = recorder.slot('GET', '/a', 200)
  recorder.reset()
  for (const none of [slot, -1, Number.NaN, 1e9]) recorder.duration.observe(none, 0.1)
  expect(recorder.rejected).toBe(4)
  recorder.slot('GET', '/b', 200)
  expect(recorder.snapshot()).toEqual([])
})

test('nothing of a row is left to the series that gets its slot after a reset', () => {
  const recorder = latencyRecorder({ native: true })
  recorder.observe('GET', '/a', 200, 0.1)
  recorder.reset()
  recorder.observe('GET', '/b', 200, 4)
  expect(recorder.snapshot()).toMatchObject([{ sum: 4, count: 1, native: { offset: 16 } }])
  expect(recorder.duration.native(1)!.counts).toEqual(Float64Array.of(1))
})

test('a refused value makes no series', () => {
  const recorder = latencyRecorder()
  recorder.observe('GET', '/a', 200, Number.NaN)
  expect(recorder.seriesCount).toBe(1)
  recorder.duration.observe(0, -1)
  expect(recorder.rejected).toBe(2)
})

test('requests under way are counted up and down, never below none, and survive a reset', () => {
  const recorder = latencyRecorder()
  recorder.requestEnded()
  expect(recorder.activeRequests).toBe(0)
  recorder.requestStarted()
  recorder.requestStarted()
  recorder.reset()
  expect(recorder.activeRequests).toBe(2)
  recorder.requestEnded()
  expect(recorder.activeRequests).toBe(1)
  for (let i = 0; i < 3; i++) recorder.requestEnded()
  expect(recorder.activeRequests).toBe(0)
  recorder.requestStarted()
  expect(recorder.activeRequests).toBe(1)
})

test.each([
  [{ native: { schema: 9 } }, '"native.schema" must be a whole number from -4 to 8, received 9'],
  [{ native: { schema: 2.5 } }, '"native.schema" must be a whole number from -4 to 8'],
  [{ native: { maxBuckets: 0 } }, '"native.maxBuckets" must be a whole number above 0, received 0'],
  [{ extraLabels: ['1a'] }, '"extraLabels[0]" must be a label name of its own, received 1a'],
  [{ extraLabels: ['a', '__b'] }, '"extraLabels[1]" must be a label name of its own'],
  [{ extraLabels: ['a', 'a'] }, '"extraLabels[1]" must be a label name of its own, received a'],
  [{ extraLabels: ['le'] }, '"extraLabels[0]" must be a label name of its own, received le'],
  [{ exemplars: true as never }, '"exemplars" must be a function, received true'],
])('rejects the options %j', (options, message) => {
  expect(() => latencyRecorder(options)).toThrow(message)
})
