import { describe, expect, onTestFinished, test } from 'vitest'
import type {
  Adapter,
  InstrumentKey,
  LatencyRecorder,
  LatencyRecorderOptions,
} from '../src/index.ts'
import { latencyRecorder } from '../src/index.ts'

/** A series as the backend's user reads it, in our words. */
export interface SeriesRead {
  readonly method: string
  readonly route: string | undefined
  readonly statusCode: string | undefined
  readonly errorType: string | undefined
  readonly extra: Readonly<Record<string, string>>
  readonly bounds: readonly number[]
  /** Per bucket, not cumulative; the last is above all bounds. */
  readonly counts: readonly number[]
  readonly sum: number
  readonly count: number
}

export interface AdapterUnderTest {
  readonly adapter: Adapter
  /** What the backend shows of one histogram now, read as its user would. */
  readonly read: (key: InstrumentKey) => Promise<SeriesRead[]>
  /** Requests under way, as the backend shows them. */
  readonly readActiveRequests: () => Promise<number | undefined>
  readonly close?: () => Promise<void>
}

export interface BackendTraits {
  /** The backend adds up what it was given, so that neither a reset nor `stop()` takes that back. */
  readonly addsUp?: boolean
  /** The recorder needs exponential buckets. */
  readonly native?: boolean
}

/**
 * What every adapter must do. `make` builds one on the recorder it is given, and a backend of its own.
 *
 * Bounds are powers of two and sums dyadic: exponential buckets fit into them, and nothing is rounded.
 */
export function describeAdapterContract(
  name: string,
  make: (recorder: LatencyRecorder) => AdapterUnderTest | Promise<AdapterUnderTest>,
  { addsUp = false, native = false }: BackendTraits = {},
): void {
  const bounds = [0.125, 1, 4]

  async function setUp(options: LatencyRecorderOptions = {}) {
    return onRecorder(latencyRecorder({ bounds, native, ...options }))
  }

  async function onRecorder(recorder: LatencyRecorder) {
    const { read, ...made } = await make(recorder)
    onTestFinished(async () => made.close?.())
    return { recorder, ...made, read: (key: InstrumentKey = 'duration') => read(key) }
  }

  describe(`${name} keeps the contract of an adapter`, () => {
    test('shows each series with its labels, buckets, sum and count', async () => {
      const { recorder, read } = await setUp()
      for (const seconds of [0.0625, 0.5, 2, 99])
        recorder.observe('GET', '/users/:id', 200, seconds)
      recorder.observe('POST', '/users', 201, 0.25)
      const alike = { errorType: undefined, extra: {}, bounds }
      expect(await read()).toEqual([
        {
          ...alike,
          method: 'GET',
          route: '/users/:id',
          statusCode: '200',
          counts: [1, 1, 1, 1],
          sum: 101.5625,
          count: 4,
        },
        {
          ...alike,
          method: 'POST',
          route: '/users',
          statusCode: '201',
          counts: [0, 1, 0, 0],
          sum: 0.25,
          count: 1,
        },
      ])
    })

    test('a bucket bound is upper and inclusive, and 0 is in the first', async () => {
      const { recorder, read } = await setUp()
      for (const seconds of [0, ...bounds]) recorder.observe('GET', '/', 200, seconds)
      expect(await read()).toMatchObject([{ counts: [2, 1, 1, 0], count: 4 }])
    })

    test('what has no route or no valid status has no such label', async () => {
      const { recorder, read } = await setUp()
      recorder.observe('BREW', undefined, 999, 0.5)
      expect(await read()).toMatchObject([
        { method: '_OTHER', route: undefined, statusCode: undefined, count: 1 },
      ])
    })

    test('what exceeds the limits is shown once, as the overflow', async () => {
      const { recorder, read } = await setUp({ maxSeries: 1, maxUnmatchedSeries: 0 })
      for (const route of ['/a', '/b', '/c', undefined]) recorder.observe('GET', route, 200, 0.5)
      const shown = (await read()).map(({ route, count }) => [route, count])
      expect(new Map(shown as [string, number][])).toEqual(
        new Map([
          ['__overflow__', 3],
          ['/a', 1],
        ]),
      )
    })

    test('an exchange that failed is a series of its own, under the type of its error', async () => {
      const { recorder, read } = await setUp()
      recorder.duration.observe(recorder.slot('GET', '/', 499), 0.5)
      recorder.duration.observe(recorder.slot('GET', '/', 499, 'client_disconnected'), 0.25)
      recorder.duration.observe(recorder.slot('GET', '/', 200, 'response_aborted'), 2)
      expect(await read()).toMatchObject([
        { statusCode: '499', errorType: undefined, sum: 0.5 },
        { statusCode: '499', errorType: 'client_disconnected', sum: 0.25 },
        { statusCode: '200', errorType: 'response_aborted', sum: 2 },
      ])
    })

    test("shows labels of the user's own, and none where one was not given", async () => {
      const { recorder, read } = await setUp({ extraLabels: ['tenant', 'tier'] })
      const slot = (...extra: string[]) => recorder.slot('GET', '/', 200, undefined, extra)
      recorder.duration.observe(slot('acme', 'gold'), 0.5)
      recorder.duration.observe(slot('', 'gold'), 0.5)
      recorder.duration.observe(slot(), 0.5)
      expect((await read()).map(({ extra }) => extra)).toEqual([
        { tenant: 'acme', tier: 'gold' },
        { tier: 'gold' },
        {},
      ])
    })

    test('a recorder of status classes shows classes', async () => {
      const { recorder, read } = await setUp({ statusClasses: true })
      for (const status of [200, 204, 404, 999]) recorder.observe('GET', '/', status, 0.5)
      expect((await read()).map(({ statusCode, count }) => [statusCode, count])).toEqual([
        ['2xx', 2],
        ['4xx', 1],
        [undefined, 1],
      ])
    })

    test('any text of a label comes out as it went in', async () => {
      const { recorder, read } = await setUp({ extraLabels: ['tenant'] })
      const hostile = [
        'a"b',
        'a\\b',
        'a\nb',
        'a\\nb',
        '{a},b="c"} 1\n',
        'ü😀',
        '__proto__',
        '# EOF\n',
      ]
      for (const text of hostile) {
        recorder.duration.observe(recorder.slot('GET', `/${text}`, 200, undefined, [text]), 0.5)
      }
      const shown = await read()
      expect(shown.map(({ route }) => route)).toEqual(hostile.map((text) => `/${text}`))
      expect(shown.map(({ extra }) => extra.tenant)).toEqual(hostile)
    })

    test('shows every histogram of the recorder with the series it has, in its unit', async () => {
      const { recorder, read } = await setUp({
        timeToHeaders: true,
        requestSize: true,
        responseSize: true,
      })
      const get = recorder.slot('GET', '/', 200)
      const post = recorder.slot('POST', '/', 201)
      recorder.duration.observe(get, 2)
      recorder.timeToHeaders!.observe(get, 0.5)
      recorder.requestSize!.observe(post, 300)
      recorder.responseSize!.observe(get, 70_000)
      recorder.responseSize!.observe(post, 0)
      const inBuckets = (n: number) => recorder.requestSize!.bounds.findIndex((bound) => n <= bound)
      expect(await read()).toMatchObject([{ method: 'GET', sum: 2 }])
      expect(await read('timeToHeaders')).toMatchObject([{ method: 'GET', bounds, sum: 0.5 }])
      const [requests] = await read('requestSize')
      expect(requests).toMatchObject({ method: 'POST', statusCode: '201', sum: 300, count: 1 })
      expect(requests!.bounds).toEqual(recorder.requestSize!.bounds)
      expect(requests!.counts.indexOf(1)).toBe(inBuckets(300))
      const [ofGet, ofPost] = await read('responseSize')
      expect(ofGet).toMatchObject({ method: 'GET', sum: 70_000 })
      expect(ofGet!.counts.indexOf(1)).toBe(inBuckets(70_000))
      expect(ofPost).toMatchObject({ method: 'POST', sum: 0, count: 1 })
      expect(ofPost!.counts.indexOf(1)).toBe(0)
    })

    test('shows how many requests are under way', async () => {
      const { recorder, readActiveRequests } = await setUp()
      expect(await readActiveRequests()).toBe(0)
      recorder.requestStarted()
      recorder.requestStarted()
      expect(await readActiveRequests()).toBe(2)
      recorder.requestEnded()
      expect(await readActiveRequests()).toBe(1)
    })

    test('is cumulative, and reading changes nothing', async () => {
      const { recorder, read } = await setUp()
      recorder.observe('GET', '/', 200, 0.5)
      const first = await read()
      expect(first).toHaveLength(1)
      expect(await read()).toEqual(first)
      recorder.observe('GET', '/', 200, 0.25)
      recorder.observe('GET', '/new', 200, 0.25)
      expect(await read()).toMatchObject([
        { route: '/', counts: [0, 2, 0, 0], sum: 0.75, count: 2 },
        { route: '/new', count: 1 },
      ])
    })

    test('shows nothing where nothing was recorded', async () => {
      const { read } = await setUp()
      expect(await read()).toEqual([])
    })

    test('after a reset the slots are other series', async () => {
      const { recorder, read } = await setUp({ now: () => 1_700_000_000_000 })
      recorder.observe('GET', '/before', 200, 0.5)
      const before = await read()
      recorder.reset()
      if (!addsUp) expect(await read()).toEqual([])
      recorder.observe('POST', '/after', 201, 0.25)
      recorder.observe('POST', '/after', 201, 2)
      expect(await read()).toMatchObject([
        ...(addsUp ? before : []),
        { method: 'POST', route: '/after', statusCode: '201', counts: [0, 1, 1, 0], sum: 2.25 },
      ])
    })

    test('two of them on one recorder show the same', async () => {
      const { recorder, read } = await setUp()
      const other = await onRecorder(recorder)
      recorder.observe('GET', '/', 200, 0.5)
      const series = await read()
      expect(series).toHaveLength(1)
      expect(await other.read()).toEqual(series)
    })

    test('stop() shows nothing more, is idempotent, and the recorder counts on', async () => {
      const { recorder, adapter, read, readActiveRequests } = await setUp()
      recorder.observe('GET', '/', 200, 0.5)
      const before = await read()
      const underWay = await readActiveRequests()
      expect(before).toHaveLength(1)
      adapter.stop()
      adapter.stop()
      recorder.observe('GET', '/', 200, 0.5)
      recorder.requestStarted()
      expect(await read()).toEqual(addsUp ? before : [])
      expect(await readActiveRequests()).toBe(addsUp ? underWay : undefined)
      expect(recorder.snapshot()).toMatchObject([{ count: 2 }])
    })
  })
}
