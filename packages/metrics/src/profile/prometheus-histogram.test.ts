import fc from 'fast-check'
import { Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { prometheusAdapter } from '../adapters/prometheus.ts'
import { latencyRecorder } from '../recorder/latency-recorder.ts'
import { latencyProfile } from './latency-profile.ts'
import { parsePrometheusHistogram } from './prometheus-histogram.ts'

const page = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('')

test('turns cumulative buckets into counts, with sum and overflow', () => {
  const text = page(
    '# HELP d_seconds How long.',
    '# TYPE d_seconds histogram',
    'd_seconds_bucket{le="0.5"} 2',
    'd_seconds_bucket{le="1"} 2',
    'd_seconds_bucket{le="2.5"} 5',
    'd_seconds_bucket{le="+Inf"} 6',
    'd_seconds_sum 12.5',
    'd_seconds_count 6',
  )
  expect(parsePrometheusHistogram(text, 'd_seconds')).toEqual([
    {
      labels: {},
      profile: {
        kind: 'numeric',
        version: 2,
        edges: [0, 0.5, 1, 2.5],
        counts: [2, 0, 3],
        underflow: 0,
        overflow: 1,
        n: 6,
        missing: 0,
        infinite: 0,
        min: null,
        max: null,
        sum: 12.5,
        unit: 'seconds',
      },
    },
  ])
})

test('reads one profile per label set, whatever the order of labels, lines and buckets', () => {
  const text = page(
    'd_bucket{a="1",b="2",le="+Inf"} 3',
    'd_bucket{le="1",b="3",a="1",} 1',
    'd_bucket{ le = "1.0" , b = "2" , a = "1" } 2 1700000000000',
    'd_sum{b="2",a="1"}\t2.5',
    'd_bucket{a="1",b="3",le="+Inf"} 1e0',
  )
  expect(parsePrometheusHistogram(text, 'd')).toMatchObject([
    { labels: { a: '1', b: '2' }, profile: { counts: [2], overflow: 1, sum: 2.5 } },
    { labels: { a: '1', b: '3' }, profile: { counts: [1], overflow: 0, sum: null } },
  ])
})

test('skips other families unread, also those whose name begins alike', () => {
  const text = page(
    'd_created{le="1"} not read',
    'd2_bucket{le="1"} not read',
    'd_size_bucket{le="1"} not read',
    'other{',
    '# d_bucket{',
    'd_bucket{le="1"} 1',
    'd_bucket{le="+Inf"} 1',
  )
  expect(parsePrometheusHistogram(text, 'd')).toHaveLength(1)
  expect(parsePrometheusHistogram(text, 'absent')).toEqual([])
})

test('an exemplar and a carriage return do not disturb the value', () => {
  const text = 'd_bucket{le="1"} 4 # {trace_id="a b"} 0.5 1.2\r\nd_bucket{le="+Inf"} 5\r\n# EOF\n'
  expect(parsePrometheusHistogram(text, 'd')).toMatchObject([
    { profile: { counts: [4], overflow: 1 } },
  ])
})

test('what is at or below a lowest bound of zero is underflow', () => {
  const text = page(
    'd_bucket{le="0"} 1',
    'd_bucket{le="2"} 4',
    'd_bucket{le="+Inf"} 4',
    'd_sum NaN',
  )
  expect(parsePrometheusHistogram(text, 'd')).toMatchObject([
    { profile: { edges: [0, 2], underflow: 1, counts: [3], overflow: 0, n: 4, sum: null } },
  ])
})

test('a label value that never closes costs no more than its length', () => {
  const text = `d_bucket{a="${'\\\\a'.repeat(100_000)}${'a'.repeat(100_000)}`
  const before = process.cpuUsage()
  expect(() => parsePrometheusHistogram(text, 'd')).toThrow('a malformed label')
  // Of the processor's time; it takes a hundredth of it, and would take minutes if it were quadratic.
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5)
})

test.each([
  [
    'a bucket that decreases',
    ['d_bucket{le="1"} 5', 'd_bucket{le="2"} 4', 'd_bucket{le="+Inf"} 5'],
    'the bucket le="2" decreases',
  ],
  [
    'a bucket twice',
    ['d_bucket{le="1"} 5', 'd_bucket{le="1.0"} 5'],
    'le="1.0" a second time, line 2',
  ],
  ['no +Inf', ['d_bucket{le="1"} 5'], 'no bucket le="+Inf"'],
  ['a sum alone', ['d_sum 5'], 'no bucket le="+Inf"'],
  [
    'another _count',
    ['d_bucket{le="1"} 5', 'd_bucket{le="+Inf"} 5', 'd_count 6'],
    '_count 6 beside 5',
  ],
  ['no finite bound', ['d_bucket{le="+Inf"} 5'], 'too few finite bucket bounds'],
  ['no le', ['d_bucket{a="1"} 5'], 'a bucket without a numeric "le"'],
  ['an le that is no number', ['d_bucket{le="1s"} 5'], 'a bucket without a numeric "le"'],
  ['a NaN count', ['d_bucket{le="1"} NaN'], 'a count that is no count'],
  ['a negative count', ['d_bucket{le="1"} -1'], 'a count that is no count'],
  ['no value', ['d_bucket{le="1"}'], 'no value'],
  ['a value that is no number', ['d_bucket{le="1"} many'], 'a malformed value'],
  ['an open label', ['d_bucket{le="1} 5'], 'a malformed label'],
  ['labels without a comma', ['d_bucket{a="1" le="1"} 5'], 'a malformed label'],
  ['a label twice', ['d_bucket{a="1",a="2",le="1"} 5'], 'the label a twice'],
])('rejects %s', (_, lines, message) => {
  const text = page(...lines)
  expect(() => parsePrometheusHistogram(text, 'd')).toThrow(message)
  expect(() => parsePrometheusHistogram(text, 'd')).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
  )
})

const hostile = fc.string({
  unit: fc.constantFrom(
    '\\',
    '"',
    '\n',
    '\\n',
    '\r',
    '{',
    '}',
    ',',
    '=',
    ' ',
    '#',
    'le="1"',
    'ü',
    '😀',
    'a',
  ),
  minLength: 1,
})
const durations = fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 1 })

test("reads back what prom-client's own histogram wrote, under any label value", async () => {
  const readsBack = fc.asyncProperty(hostile, hostile, durations, async (a, b, values) => {
    const registry = new Registry()
    const histogram = new Histogram({
      name: 'd_seconds',
      help: 'd',
      labelNames: ['a', 'b'],
      buckets: [0.5, 1, 2.5],
      registers: [registry],
    })
    for (const value of values) histogram.observe({ a, b }, value)
    const recorder = latencyRecorder({ bounds: [0.5, 1, 2.5] })
    for (const value of values) recorder.observe('GET', '/', 200, value)
    expect(parsePrometheusHistogram(await registry.metrics(), 'd_seconds')).toEqual([
      { labels: { a, b }, profile: latencyProfile(recorder.snapshot(), recorder.bounds) },
    ])
  })
  await fc.assert(readsBack)
})

test('reads back what our own adapter wrote, under any route', async () => {
  const readsBack = fc.asyncProperty(hostile, hostile, durations, async (a, b, values) => {
    const recorder = latencyRecorder()
    const registry = new Registry()
    prometheusAdapter({ recorder, registry, name: 'd_seconds' })
    for (const value of values) {
      recorder.observe('GET', a, 200, value)
      recorder.observe('GET', b, 200, value)
      recorder.observe('GET', undefined, 404, value)
    }
    const written = recorder.snapshot().map((series) => ({
      labels: {
        http_request_method: 'GET',
        ...(series.labels.route !== undefined && { http_route: series.labels.route }),
        http_response_status_code: String(series.labels.statusCode),
      },
      profile: latencyProfile(series, recorder.bounds),
    }))
    expect(parsePrometheusHistogram(await registry.metrics(), 'd_seconds')).toEqual(written)
  })
  await fc.assert(readsBack)
})
