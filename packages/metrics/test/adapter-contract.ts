import { describe, expect, onTestFinished, test } from 'vitest'
import type { Adapter, LatencyRecorder } from '../src/index.ts'
import { latencyRecorder } from '../src/index.ts'

/** A series as the backend's user reads it, in our words. */
export interface SeriesRead {
  readonly method: string
  readonly route: string | undefined
  readonly statusCode: string | undefined
  readonly bounds: readonly number[]
  /** Per bucket, not cumulative; the last is above all bounds. */
  readonly counts: readonly number[]
  readonly sum: number
  readonly count: number
}

export interface AdapterUnderTest {
  readonly adapter: Adapter
  /** What the backend shows now, read as its user would. */
  readonly read: () => Promise<SeriesRead[]>
  readonly close?: () => Promise<void>
}

/** What every adapter must do. `make` builds one on the recorder it is given, and a backend of its own. */
export function describeAdapterContract(
  name: string,
  make: (recorder: LatencyRecorder) => AdapterUnderTest | Promise<AdapterUnderTest>,
): void {
  const bounds = [0.1, 1, 2.5]

  async function setUp(recorder = latencyRecorder({ bounds })) {
    const made = await make(recorder)
    onTestFinished(async () => made.close?.())
    return { recorder, ...made }
  }

  describe(`${name} keeps the contract of an adapter`, () => {
    test('shows each series with its labels, buckets, sum and count', async () => {
      const { recorder, read } = await setUp()
      for (const seconds of [0.05, 0.5, 2, 99]) recorder.observe('GET', '/users/:id', 200, seconds)
      recorder.observe('POST', '/users', 201, 0.25)
      expect(await read()).toEqual([
        {
          method: 'GET',
          route: '/users/:id',
          statusCode: '200',
          bounds,
          counts: [1, 1, 1, 1],
          sum: 101.55,
          count: 4,
        },
        {
          method: 'POST',
          route: '/users',
          statusCode: '201',
          bounds,
          counts: [0, 1, 0, 0],
          sum: 0.25,
          count: 1,
        },
      ])
    })

    test('a bucket bound is upper and inclusive', async () => {
      const { recorder, read } = await setUp()
      for (const seconds of bounds) recorder.observe('GET', '/', 200, seconds)
      expect(await read()).toMatchObject([{ counts: [1, 1, 1, 0] }])
    })

    test('what has no route or no valid status has no such label', async () => {
      const { recorder, read } = await setUp()
      recorder.observe('BREW', undefined, 999, 0.1)
      expect(await read()).toMatchObject([
        { method: '_OTHER', route: undefined, statusCode: undefined, count: 1 },
      ])
    })

    test('what exceeds the limits is shown once, as the overflow', async () => {
      const { recorder, read } = await setUp(
        latencyRecorder({ bounds, maxSeries: 1, maxUnmatchedSeries: 0 }),
      )
      for (const route of ['/a', '/b', '/c', undefined]) recorder.observe('GET', route, 200, 0.1)
      const shown = (await read()).map(({ route, count }) => [route, count])
      expect(shown).toEqual([
        ['__overflow__', 3],
        ['/a', 1],
      ])
    })

    test('any text of a route comes out as it went in', async () => {
      const { recorder, read } = await setUp()
      const routes = ['/a"b', '/a\\b', '/a\nb', '/a\\nb', '/{a},b="c"}', '/ü😀', '/__proto__']
      for (const route of routes) recorder.observe('GET', route, 200, 0.1)
      expect((await read()).map(({ route }) => route)).toEqual(routes)
    })

    test('is cumulative, and reading changes nothing', async () => {
      const { recorder, read } = await setUp()
      recorder.observe('GET', '/', 200, 0.5)
      const first = await read()
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

    test('two of them on one recorder show the same', async () => {
      const { recorder, read } = await setUp()
      const other = await setUp(recorder)
      recorder.observe('GET', '/', 200, 0.5)
      const series = await read()
      expect(series).toHaveLength(1)
      expect(await other.read()).toEqual(series)
    })

    test('stop() shows nothing more, is idempotent, and the recorder counts on', async () => {
      const { recorder, adapter, read } = await setUp()
      recorder.observe('GET', '/', 200, 0.5)
      expect(await read()).toHaveLength(1)
      adapter.stop()
      adapter.stop()
      expect(await read()).toEqual([])
      recorder.observe('GET', '/', 200, 0.5)
      expect(recorder.snapshot()).toMatchObject([{ count: 2 }])
    })
  })
}
