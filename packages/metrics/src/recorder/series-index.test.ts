import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelsOf, SeriesIndex, type SeriesIndexOptions } from './series-index.ts'

const seriesIndex = (options: Partial<SeriesIndexOptions> = {}): SeriesIndex =>
  new SeriesIndex({
    maxSeries: 2000,
    maxUnmatchedSeries: 100,
    statusClasses: false,
    extraLabels: 0,
    ...options,
  })

const method = fc.constantFrom('GET', 'POST', 'PUT', 'BREW', 'get', '')
const route = fc.constantFrom(undefined, '', '/a', '/b', '/c', '__overflow__')
const status = fc.constantFrom(200, 201, 404, 500, 99, 600, 200.5)
const error = fc.constantFrom(undefined, 'client_disconnected', 'response_aborted' as const)
const extra = fc.array(fc.constantFrom('', 'x', 'y', '/a', '__overflow__'), { maxLength: 3 })
const request = fc.tuple(method, route, status, error, extra) as fc.Arbitrary<
  Parameters<SeriesIndex['slot']>
>

test('gives one slot to the same labels and different ones to different labels', () => {
  const oneSlotPerLabels = fc.property(
    fc.array(request, { minLength: 100, maxLength: 400 }),
    fc.boolean(),
    (requests, statusClasses) => {
      const index = seriesIndex({ extraLabels: 2, statusClasses })
      const bySlot = new Map<number, string>()
      for (const labels of requests) {
        const slot = index.slot(...labels)
        const text = JSON.stringify(index.labelsAt(slot))
        expect(bySlot.get(slot) ?? text).toBe(text)
        bySlot.set(slot, text)
        expect(index.slot(...labels)).toBe(slot)
      }
      expect(new Set(bySlot.values()).size).toBe(bySlot.size)
      expect(index.size).toBe(new Set([0, ...bySlot.keys()]).size)
    },
  )
  fc.assert(oneSlotPerLabels, { numRuns: 50 })
})

test('labels are read back from the packed entry as they were given', () => {
  const index = seriesIndex({ extraLabels: 2 })
  for (const method of ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'TRACE']) {
    for (const errorType of [undefined, 'client_disconnected', 'response_aborted'] as const) {
      for (const statusCode of [100, 200, 599]) {
        const slot = index.slot(method, '/a', statusCode, errorType, ['eu', 'gold'])
        const labels = { method, route: '/a', statusCode, errorType, extra: ['eu', 'gold'] }
        expect(index.labelsAt(slot)).toEqual(labels)
      }
    }
  }
})

test('an error type that is not ours is none', () => {
  const index = seriesIndex()
  const slot = index.slot('GET', '/a', 500, 'evil' as 'response_aborted')
  expect(index.labelsAt(slot).errorType).toBe(undefined)
  expect(index.slot('GET', '/a', 500)).toBe(slot)
})

test('counts classes of status codes where asked to', () => {
  const index = seriesIndex({ statusClasses: true })
  const slot = index.slot('GET', '/a', 200)
  expect(index.slot('GET', '/a', 299)).toBe(slot)
  expect(index.slot('GET', '/a', 300)).not.toBe(slot)
  expect(index.labelsAt(slot).statusCode).toBe('2xx')
  expect(index.labelsAt(index.slot('GET', '/a', 599)).statusCode).toBe('5xx')
  expect(index.labelsAt(index.slot('GET', '/a', 600)).statusCode).toBe(undefined)
})

test('finds every series again after it has grown many times', () => {
  const index = seriesIndex({ maxSeries: 5000, extraLabels: 1 })
  const all = Array.from({ length: 1000 }, (_, i) => i)
  const slots = all.map((i) => index.slot('GET', `/r${i % 100}`, 200, undefined, [`t${i}`]))
  expect(new Set(slots).size).toBe(1000)
  expect(all.map((i) => index.slot('GET', `/r${i % 100}`, 200, undefined, [`t${i}`]))).toEqual(
    slots,
  )
})

test('finds each of many routes again that differ in nothing else', () => {
  const index = seriesIndex()
  const all = Array.from({ length: 1000 }, (_, i) => `/r${i}`)
  const slots = all.map((route) => index.slot('GET', route, 200))
  expect(slots).toEqual(all.map((_, i) => i + 1))
  expect(all.map((route) => index.slot('GET', route, 200))).toEqual(slots)
  expect(slots.map((slot) => index.labelsAt(slot).route)).toEqual(all)
})

test('a status code that is none is absent, and a route that is none is undefined', () => {
  const index = seriesIndex()
  for (const statusCode of [0, 50, 99, 600, 200.5, Number.NaN, -200]) {
    const slot = index.slot('GET', undefined, statusCode)
    expect(index.labelsAt(slot)).toMatchObject({ route: undefined, statusCode: undefined })
  }
  expect(index.size).toBe(2)
  expect(index.slot('GET', '', 0)).toBe(1)
})

test('extra values that are not given are empty, whether the route is new or known', () => {
  const index = seriesIndex({ extraLabels: 2 })
  const slot = index.slot('GET', '/a', 200)
  expect(index.labelsAt(slot).extra).toEqual(['', ''])
  expect(index.slot('GET', '/a', 200)).toBe(slot)
  expect(index.slot('GET', '/a', 200, undefined, [''])).toBe(slot)
  expect(index.slot('GET', '/a', 200, undefined, ['', '', 'more'])).toBe(slot)
})

test('requests without a route have a budget of their own', () => {
  const index = seriesIndex({ maxSeries: 1, maxUnmatchedSeries: 2 })
  const unmatched = [404, 405, 406].map((status) => index.slot('GET', undefined, status))
  expect(unmatched).toEqual([1, 2, 0])
  expect(index.slot('GET', '/a', 200)).toBe(3)
  expect(index.slot('GET', '/b', 200)).toBe(0)
  expect(index.slot('GET', undefined, 404)).toBe(1)
  const labelled = seriesIndex({ maxUnmatchedSeries: 1, extraLabels: 1 })
  expect(labelled.slot('GET', undefined, 404, undefined, ['x'])).toBe(1)
  expect(labelled.slot('GET', undefined, 404, undefined, ['y'])).toBe(0)
  index.clear()
  expect(index.slot('GET', undefined, 404)).toBe(1)
})

describe('the state', () => {
  const filled = (): SeriesIndex => {
    const index = seriesIndex({ extraLabels: 1 })
    index.slot('GET', '/a', 200, undefined, ['x'])
    index.slot('POST', '/b', 500, 'response_aborted', ['/a'])
    index.slot('GET', undefined, 404)
    return index
  }

  test('is a copy: strings once each, and the entries of the slots in use', () => {
    const index = filled()
    const state = index.state()
    expect(state.strings).toEqual(['', '__overflow__', '/a', 'x', '/b'])
    expect(state).toMatchObject({ size: 4, stride: 3, statusClasses: false })
    expect(state.entries).toHaveLength(12)
    const labels = [0, 1, 2, 3].map((slot) => labelsOf(state, slot))
    expect(labels).toEqual([0, 1, 2, 3].map((slot) => index.labelsAt(slot)))
    index.slot('GET', '/c', 200)
    expect(state.strings).toHaveLength(5)
    expect(() => labelsOf(state, 4)).toThrow('"slot" must be a whole number below 4, received 4')
  })

  test('is taken over: known series where they are, new ones beside them, the overflow to the overflow', () => {
    const index = seriesIndex({ extraLabels: 1 })
    index.slot('PUT', '/b', 201, undefined, ['y'])
    const known = index.slot('POST', '/b', 500, 'response_aborted', ['/a'])
    const state = filled().state()
    const slots = index.adopt(state)
    expect(Array.from(slots)).toEqual([0, 3, known, 4])
    for (let slot = 0; slot < state.size; slot++) {
      expect(index.labelsAt(slots[slot]!)).toEqual(labelsOf(state, slot))
    }
    expect(Array.from(index.adopt(state))).toEqual(Array.from(slots))
    expect(index.size).toBe(5)
    expect(index.slot('GET', '/a', 200, undefined, ['x'])).toBe(slots[1])
  })

  test('what exceeds the budget of who takes it over is overflow', () => {
    const index = seriesIndex({ extraLabels: 1, maxSeries: 1, maxUnmatchedSeries: 0 })
    expect(Array.from(index.adopt(filled().state()))).toEqual([0, 1, 0, 0])
  })

  test('is taken over whatever its size', () => {
    const other = seriesIndex({ extraLabels: 2 })
    for (let i = 0; i < 300; i++) other.slot('GET', `/r${i % 7}`, 200, undefined, [`a${i}`, 'b'])
    const index = seriesIndex({ extraLabels: 2 })
    const slots = index.adopt(other.state())
    expect(new Set(slots).size).toBe(301)
    for (let slot = 1; slot <= 300; slot++) {
      expect(index.labelsAt(slots[slot]!)).toEqual(other.labelsAt(slot))
    }
  })
})

describe('the overflow', () => {
  test('is slot 0, with labels of its own', () => {
    expect(seriesIndex({ extraLabels: 1 }).labelsAt(0)).toEqual({
      method: '_OTHER',
      route: '__overflow__',
      statusCode: undefined,
      errorType: undefined,
      extra: [''],
    })
  })

  test('takes new values of known labels once the budget is used up', () => {
    const index = seriesIndex({ maxSeries: 2, extraLabels: 1 })
    const first = index.slot('GET', '/a', 200, undefined, ['x'])
    index.slot('GET', '/a', 200, undefined, ['y'])
    expect(index.slot('GET', '/a', 200, undefined, ['z'])).toBe(0)
    expect(index.slot('GET', '/a', 404, undefined, ['x'])).toBe(0)
    expect(index.slot('GET', '/b', 200, undefined, ['x'])).toBe(0)
    expect(index.slot('GET', '/a', 200, undefined, ['x'])).toBe(first)
    expect(index.slot('GET', undefined, 200, undefined, ['z'])).not.toBe(0)
  })

  test('cannot be forged by a route or an own label of that name', () => {
    const index = seriesIndex({ extraLabels: 1 })
    expect(index.slot('GET', '__overflow__', 200, undefined, ['x'])).toBe(0)
    const slot = index.slot('GET', '/a', 200, undefined, ['__overflow__'])
    expect(index.labelsAt(slot)).toMatchObject({ route: '/a', extra: ['__overflow__'] })
  })
})

describe('hostile values', () => {
  test('are cut, and what is alike after the cut is one series', () => {
    const index = seriesIndex({ extraLabels: 1 })
    const long = 'x'.repeat(100_000)
    const slot = index.slot('GET', long, 200, undefined, [long])
    expect(index.slot('GET', `${long}y`, 200, undefined, [`${long}z`])).toBe(slot)
    const labels = index.labelsAt(slot)
    expect([labels.route!.length, labels.extra[0]!.length]).toEqual([1024, 128])
  })

  test('that are no text are written as text, or left empty', () => {
    const index = seriesIndex({ extraLabels: 1 })
    const written = (value: unknown): string =>
      index.labelsAt(index.slot('GET', '/a', 200, undefined, [value as string])).extra[0]!
    expect([7, true, null, undefined, {}, Symbol('s'), () => 1].map(written)).toEqual([
      '7',
      'true',
      '',
      '',
      '',
      '',
      '',
    ])
  })

  test('that are not well-formed become one series, as UTF-8 writes them alike', () => {
    const index = seriesIndex({ extraLabels: 1 })
    const slot = index.slot('GET', '/\ud800', 200, undefined, ['\udc00'])
    expect(index.slot('GET', '/\udbff', 200, undefined, ['\ud801'])).toBe(slot)
    expect(index.labelsAt(slot)).toMatchObject({ route: '/\ufffd', extra: ['\ufffd'] })
    // A pair that the cut parts is no exception.
    const cut = index.slot('GET', '/', 200, undefined, [`${'x'.repeat(127)}😀`])
    expect(index.labelsAt(cut).extra[0]).toBe(`${'x'.repeat(127)}\ufffd`)
  })

  test('neither grow what is kept nor keep their parents alive', () => {
    const index = seriesIndex({ maxSeries: 500, maxUnmatchedSeries: 100, extraLabels: 1 })
    const parent = (i: number): string => `${'x'.repeat(20_000)}${String(i).padStart(12, '0')}`
    const hit = (i: number): number =>
      index.slot('GET', parent(i).slice(-20), 200, undefined, [parent(i).slice(-40)])
    for (let i = 0; i < 2000; i++) hit(i)
    const before = heapUsed()
    for (let i = 2000; i < 20_000; i++) expect(hit(i)).toBe(0)
    expect(heapUsed() - before).toBeLessThan(200_000)
    expect(index.size).toBe(501)

    const other = seriesIndex()
    const empty = heapUsed()
    for (let i = 0; i < 500; i++) other.slot('GET', parent(i).slice(-20), 200)
    // 500 parents would be 10 MB.
    expect(heapUsed() - empty).toBeLessThan(500_000)
    expect(other.size).toBe(501)
  })
})

test('there are no labels beyond the last slot', () => {
  const index = seriesIndex()
  for (const slot of [-1, 1, 0.5, Number.NaN]) {
    expect(() => index.labelsAt(slot)).toThrow('"slot" must be a whole number below 1')
  }
})

test('forgets all and begins anew', () => {
  const index = seriesIndex({ maxSeries: 1 })
  index.slot('GET', '/a', 200)
  index.clear()
  expect(index.size).toBe(1)
  expect(index.labelsAt(index.slot('GET', '/b', 200)).route).toBe('/b')
})

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
