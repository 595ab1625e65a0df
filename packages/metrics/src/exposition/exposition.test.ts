import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFamilies, nativeCounts } from '../../test/metric-family.ts'
import { decodeState, encodeState } from '../cluster/encode-state.ts'
import {
  type HistogramRow,
  type LatencyRecorderOptions,
  latencyRecorder,
  mergeStates,
  NAMINGS,
  parsePrometheusHistogram,
  type RecorderReader,
  readState,
} from '../index.ts'
import { familiesOf, type NamedReader } from './families.ts'
import { renderProtobuf } from './protobuf/protobuf.ts'
import { parseFamilies } from './registry/parse-families.ts'
import { renderAll } from './rendering.ts'
import { renderOpenMetrics } from './text/open-metrics.ts'
import { expositionText, renderText } from './text/text.ts'

const NAME = 'http_server_request_duration_seconds'
const naming = NAMINGS.opentelemetry
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

function named(reader: RecorderReader, labels: Readonly<Record<string, string>> = {}): NamedReader {
  return { reader, naming, labels }
}

function openMetrics(reader: RecorderReader, labels = {}): string {
  return renderAll(renderOpenMetrics(familiesOf([named(reader, labels)]))).toString()
}

function recorded(options: LatencyRecorderOptions = {}) {
  const now = () => 1700000000123
  const recorder = latencyRecorder({ bounds: [0.5, 1], native: true, now, ...options })
  for (const seconds of [0.25, 0.25, 4]) recorder.observe('GET', '/users/:id', 200, seconds)
  recorder.observe('GET', undefined, 404, 1)
  recorder.observe('GET', '/users/:id', 200, Number.NaN)
  recorder.requestStarted()
  return recorder
}

test('text 0.0.4 is this page', () => {
  expect(expositionText(recorded(), naming, { service: 'shop' })).toBe(
    `# HELP http_server_request_duration_seconds Duration of HTTP server requests in seconds.
# TYPE http_server_request_duration_seconds histogram
http_server_request_duration_seconds_bucket{service="shop",http_request_method="GET",http_route="/users/:id",http_response_status_code="200",le="0.5"} 2
http_server_request_duration_seconds_bucket{service="shop",http_request_method="GET",http_route="/users/:id",http_response_status_code="200",le="1"} 2
http_server_request_duration_seconds_bucket{service="shop",http_request_method="GET",http_route="/users/:id",http_response_status_code="200",le="+Inf"} 3
http_server_request_duration_seconds_sum{service="shop",http_request_method="GET",http_route="/users/:id",http_response_status_code="200"} 4.5
http_server_request_duration_seconds_count{service="shop",http_request_method="GET",http_route="/users/:id",http_response_status_code="200"} 3
http_server_request_duration_seconds_bucket{service="shop",http_request_method="GET",http_response_status_code="404",le="0.5"} 0
http_server_request_duration_seconds_bucket{service="shop",http_request_method="GET",http_response_status_code="404",le="1"} 1
http_server_request_duration_seconds_bucket{service="shop",http_request_method="GET",http_response_status_code="404",le="+Inf"} 1
http_server_request_duration_seconds_sum{service="shop",http_request_method="GET",http_response_status_code="404"} 1
http_server_request_duration_seconds_count{service="shop",http_request_method="GET",http_response_status_code="404"} 1
# HELP http_server_active_requests Number of active HTTP server requests.
# TYPE http_server_active_requests gauge
http_server_active_requests{service="shop"} 1
# HELP tidegauge_rejected_observations_total Observations that were negative or not finite.
# TYPE tidegauge_rejected_observations_total counter
tidegauge_rejected_observations_total{service="shop"} 1
`,
  )
})

test('OpenMetrics is this page: bounds with a point, units, exemplars, no suffix on the counter', () => {
  const spans = { traceId: TRACE, spanId: SPAN }
  const recorder = recorded({ exemplars: () => spans })
  expect(openMetrics(recorder)).toBe(
    `# HELP http_server_request_duration_seconds Duration of HTTP server requests in seconds.
# TYPE http_server_request_duration_seconds histogram
# UNIT http_server_request_duration_seconds seconds
http_server_request_duration_seconds_bucket{http_request_method="GET",http_route="/users/:id",http_response_status_code="200",le="0.5"} 2 # {trace_id="${TRACE}",span_id="${SPAN}"} 0.25 1700000000.123
http_server_request_duration_seconds_bucket{http_request_method="GET",http_route="/users/:id",http_response_status_code="200",le="1.0"} 2
http_server_request_duration_seconds_bucket{http_request_method="GET",http_route="/users/:id",http_response_status_code="200",le="+Inf"} 3 # {trace_id="${TRACE}",span_id="${SPAN}"} 4 1700000000.123
http_server_request_duration_seconds_sum{http_request_method="GET",http_route="/users/:id",http_response_status_code="200"} 4.5
http_server_request_duration_seconds_count{http_request_method="GET",http_route="/users/:id",http_response_status_code="200"} 3
http_server_request_duration_seconds_bucket{http_request_method="GET",http_response_status_code="404",le="0.5"} 0
http_server_request_duration_seconds_bucket{http_request_method="GET",http_response_status_code="404",le="1.0"} 1 # {trace_id="${TRACE}",span_id="${SPAN}"} 1 1700000000.123
http_server_request_duration_seconds_bucket{http_request_method="GET",http_response_status_code="404",le="+Inf"} 1
http_server_request_duration_seconds_sum{http_request_method="GET",http_response_status_code="404"} 1
http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404"} 1
# HELP http_server_active_requests Number of active HTTP server requests.
# TYPE http_server_active_requests gauge
# UNIT http_server_active_requests requests
http_server_active_requests 1
# HELP tidegauge_rejected_observations Observations that were negative or not finite.
# TYPE tidegauge_rejected_observations counter
# UNIT tidegauge_rejected_observations observations
tidegauge_rejected_observations_total 1
`,
  )
})

describe('protobuf', () => {
  const decoded = (reader: RecorderReader, options = {}, labels = {}) =>
    decodeFamilies(renderAll(renderProtobuf(familiesOf([named(reader, labels)]), options)))

  test('has classic buckets where there are no native ones', () => {
    const [duration, active, rejected] = decoded(
      recorded({ native: false }),
      {},
      { service: 'shop' },
    )
    expect(duration).toEqual({
      name: NAME,
      help: 'Duration of HTTP server requests in seconds.',
      type: 'HISTOGRAM',
      unit: 'seconds',
      metric: [
        {
          label: [
            { name: 'service', value: 'shop' },
            { name: 'http_request_method', value: 'GET' },
            { name: 'http_route', value: '/users/:id' },
            { name: 'http_response_status_code', value: '200' },
          ],
          histogram: {
            sampleCount: 3,
            sampleSum: 4.5,
            bucket: [
              { cumulativeCount: 2, upperBound: 0.5 },
              { cumulativeCount: 2, upperBound: 1 },
              { cumulativeCount: 3, upperBound: Number.POSITIVE_INFINITY },
            ],
            createdTimestamp: { seconds: 1700000000, nanos: 123000000 },
          },
        },
        {
          label: [
            { name: 'service', value: 'shop' },
            { name: 'http_request_method', value: 'GET' },
            { name: 'http_response_status_code', value: '404' },
          ],
          histogram: {
            sampleCount: 1,
            sampleSum: 1,
            bucket: [
              { cumulativeCount: 0, upperBound: 0.5 },
              { cumulativeCount: 1, upperBound: 1 },
              { cumulativeCount: 1, upperBound: Number.POSITIVE_INFINITY },
            ],
            createdTimestamp: { seconds: 1700000000, nanos: 123000000 },
          },
        },
      ],
    })
    expect(active).toMatchObject({ type: 'GAUGE', metric: [{ gauge: { value: 1 } }] })
    expect(active!.metric![0]!.gauge).toEqual({ value: 1 })
    expect(rejected).toMatchObject({
      name: 'tidegauge_rejected_observations_total',
      type: 'COUNTER',
      metric: [{ label: [{ name: 'service', value: 'shop' }], counter: { value: 1 } }],
    })
  })

  test('has native buckets alone where there are some, both if it is told so', () => {
    const [duration] = decoded(recorded())
    const { histogram } = duration!.metric![0]!
    expect(histogram!.bucket).toBeUndefined()
    expect(histogram).toMatchObject({ sampleCount: 3, sampleSum: 4.5, schema: 3, zeroCount: 0 })
    // 0.25 and 4 are bounds at every schema: bucket i ends at 2^(i/8).
    expect(nativeCounts(histogram!)).toEqual(
      new Map([
        [-16, 2],
        [16, 1],
      ]),
    )
    const both = decoded(recorded(), { classicBuckets: true })[0]!.metric![0]!.histogram!
    expect(both.bucket).toHaveLength(3)
    expect(nativeCounts(both).size).toBe(2)
  })

  test('a histogram of nothing but zeros is still a native one', () => {
    const recorder = latencyRecorder({ native: true })
    recorder.observe('GET', '/', 200, 0)
    const { histogram } = decoded(recorder)[0]!.metric![0]!
    expect(histogram).toMatchObject({ sampleCount: 1, zeroCount: 1 })
    expect(histogram!.zeroThreshold).toBeGreaterThan(0)
    expect(histogram!.positiveSpan).toHaveLength(1)
    expect(histogram!.positiveDelta).toBeUndefined()
  })

  test('has nothing of a histogram without series, not even its name', () => {
    const page = renderAll(renderProtobuf(familiesOf([named(latencyRecorder())])))
    expect(decodeFamilies(page).map(({ name }) => name)).toEqual([
      'http_server_active_requests',
      'tidegauge_rejected_observations_total',
    ])
    expect(page.includes(NAME)).toBe(false)
  })

  test('native buckets are those of the recorder, whatever the gaps between them', () => {
    const exponents = fc.array(
      fc.tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: 1, max: 300 })),
      {
        minLength: 1,
      },
    )
    const agrees = fc.property(exponents, (observations) => {
      const recorder = latencyRecorder({ native: true })
      for (const [exponent, times] of observations) {
        for (let i = 0; i < times; i++)
          recorder.observe('GET', '/', 200, 2 ** ((exponent - 0.5) / 8))
      }
      const native = recorder.duration.native(1)!
      const { histogram } = decoded(recorder)[0]!.metric![0]!
      const expected = new Map([...native.counts].map((count, i) => [native.offset + i, count]))
      const full = (counts: Map<number, number>) => [...counts].filter(([, count]) => count > 0)
      expect(full(nativeCounts(histogram!))).toEqual(full(expected))
      expect(histogram!.schema).toBe(native.schema)
    })
    fc.assert(agrees)
  })

  test('has exemplars with the classic and with the native buckets', () => {
    const spans = { traceId: TRACE, spanId: SPAN }
    const expected = {
      label: [
        { name: 'trace_id', value: TRACE },
        { name: 'span_id', value: SPAN },
      ],
      value: 4,
      timestamp: { seconds: 1700000000, nanos: 123000000 },
    }
    const [classic] = decoded(recorded({ exemplars: () => spans, native: false }))
    expect(classic!.metric![0]!.histogram!.bucket![2]!.exemplar).toEqual(expected)
    const [native] = decoded(recorded({ exemplars: () => spans }))
    expect(native!.metric![0]!.histogram!.exemplars).toMatchObject([{ value: 0.25 }, expected])
  })

  test('says since when it counts: a series since its first observation, in each histogram, a counter since it was 0', () => {
    let time = 1_700_000_000_000
    const recorder = latencyRecorder({
      bounds: [1],
      native: true,
      responseSize: true,
      now: () => time,
    })
    const slot = recorder.slot('GET', '/', 200) // made long before it is used
    time += 60_000.5
    recorder.observe('GET', '/', 200, 0.5)
    time += 59_999.5
    recorder.responseSize!.observe(slot, 100)
    recorder.observe('GET', '/', 200, 0.5)
    recorder.observe('GET', '/', 200, -1)
    recorder.observe('GET', '/other', 200, 0.5)
    const since = (reader: RecorderReader) =>
      decoded(reader, { classicBuckets: true }).map(({ metric }) =>
        metric!.map(({ counter, histogram }) => {
          const { seconds = 0, nanos = 0 } = (counter ?? histogram)?.createdTimestamp ?? {}
          return seconds * 1000 + nanos / 1e6 - 1_700_000_000_000
        }),
      )
    const expected = [[60_000, 120_000], [120_000], [-1_700_000_000_000], [0]]
    expect(since(recorder)).toEqual(expected)
    expect(since(readState(decodeState(encodeState(recorder.state()))))).toEqual(expected)
    time += 60_000
    recorder.reset()
    recorder.observe('GET', '/', 200, 0.5)
    expect(since(recorder)).toEqual([[180_000], [-1_700_000_000_000], [180_000]])
  })

  test('says nothing of since when where the clock told no time', () => {
    const recorder = latencyRecorder({ native: true })
    recorder.observe('GET', '/', 200, 0.5)
    const [duration] = recorder.histograms
    const unknown = {
      ...duration!,
      read: (slot: number, into: HistogramRow) => {
        const any = duration!.read(slot, into)
        into.startTime = Number.NaN
        return any
      },
    }
    const reader = { ...recorder, seriesCount: recorder.seriesCount, histograms: [unknown] }
    const { histogram } = decoded(reader)[0]!.metric![0]!
    expect(histogram!.sampleCount).toBe(1)
    expect(histogram!.createdTimestamp).toBeUndefined()
  })

  test('counts beyond 32 bits are exact', () => {
    const recorder = latencyRecorder({ bounds: [1], native: true })
    recorder.observe('GET', '/', 200, 0.5)
    let state = recorder.state()
    for (let i = 0; i < 45; i++) state = mergeStates([state, state])
    const { histogram } = decoded(readState(state))[0]!.metric![0]!
    expect(histogram).toMatchObject({ sampleCount: 2 ** 45, sampleSum: 2 ** 44 })
    expect([...nativeCounts(histogram!).values()]).toEqual([2 ** 45])
    expect(expositionText(readState(state), naming)).toContain(`le="1"} ${2 ** 45}\n`)
  })
})

const hostile = [
  '/a"b',
  '/a\\b',
  '/a\nb',
  '/a\\nb',
  '/{a},b="c"} 1',
  '/ü😀',
  '/a\rb\tc',
  '/\u2028',
  '/__proto__',
  '/# EOF',
]

describe('any text of a route comes out as it went in, as', () => {
  const recorder = latencyRecorder({ bounds: [1] })
  for (const route of hostile) recorder.observe('GET', route, 200, 0.5)

  test('text 0.0.4', () => {
    const series = parsePrometheusHistogram(expositionText(recorder, naming), NAME)
    expect(series.map(({ labels }) => labels.http_route)).toEqual(hostile)
  })

  test('OpenMetrics', () => {
    const [family] = [...parseFamilies(openMetrics(recorder), 1)].filter((one) => one !== null)
    const counts = family!.samples.filter(({ name }) => name === `${NAME}_count`)
    const routes = counts.map(({ labels }) => new Map(labels).get('http_route'))
    expect(routes).toEqual(hostile)
  })

  test('protobuf', () => {
    const [family] = decodeFamilies(renderAll(renderProtobuf(familiesOf([named(recorder)]))))
    const routes = family!.metric!.map(
      ({ label }) => label!.find(({ name }) => name === 'http_route')!.value,
    )
    expect(routes).toEqual(hostile)
  })
})

test('of any number of buckets', () => {
  const recorder = latencyRecorder({ bounds: Array.from({ length: 130_000 }, (_, i) => i + 1) })
  recorder.observe('GET', '/a', 200, 129_999.5)
  expect(expositionText(recorder, naming)).toContain('le="130000"} 1\n')
})

test('labels of 10,000 characters, a lone surrogate in them, make whole pages', () => {
  const label = `${'"\n\\ü😀'.repeat(1666)}\ud800end`
  const shown = label.replace('\ud800', '\ufffd')
  const readers = [named(recorded(), { region: label })]
  const text = renderAll(renderText(familiesOf(readers))).toString()
  const series = parsePrometheusHistogram(text, NAME)
  expect(series.map(({ labels }) => labels.region)).toEqual([shown, shown])
  const families = decodeFamilies(renderAll(renderProtobuf(familiesOf(readers))))
  for (const { metric } of families) {
    for (const { label } of metric!) expect(label![0]!.value).toBe(shown)
  }
})

test('all formats hold the same, whatever was recorded', () => {
  const observation = fc.record({
    method: fc.constantFrom('GET', 'POST', 'BREW'),
    route: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    statusCode: fc.constantFrom(200, 404, 500, 999),
    seconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
  })
  const agree = fc.property(fc.array(observation, { maxLength: 60 }), (observations) => {
    const recorder = latencyRecorder({ maxSeries: 20, native: false })
    for (const { method, route, statusCode, seconds } of observations) {
      recorder.observe(method, route, statusCode, seconds)
    }
    const families = familiesOf([named(recorder)])
    const inText = parsePrometheusHistogram(expositionText(recorder, naming), NAME)
    const inOpenMetrics = parsePrometheusHistogram(openMetrics(recorder), NAME)
    expect(inOpenMetrics).toEqual(inText)
    const shown = inText.map(({ profile }) => [...profile.counts, profile.overflow])
    expect(shown).toEqual(recorder.snapshot().map(({ counts }) => counts))
    const [duration] = decodeFamilies(renderAll(renderProtobuf(families)))
    const histograms = (duration?.metric ?? []).flatMap(({ histogram }) => histogram ?? [])
    expect(duration?.name === NAME ? histograms.map(({ sampleSum }) => sampleSum) : []).toEqual(
      inText.map(({ profile }) => profile.sum),
    )
  })
  fc.assert(agree)
})

test('a reset in the middle of a page ends its series, and no label is shown for another', () => {
  const recorder = latencyRecorder({ bounds: [1], maxSeries: 5000 })
  for (let i = 0; i < 1000; i++) recorder.observe('GET', `/old-${i}`, 200, 0.5)
  const pieces: Uint8Array[] = []
  let steps = 0
  for (const piece of renderText(familiesOf([named(recorder)]))) {
    if (piece !== null) pieces.push(Uint8Array.from(piece))
    if (++steps !== 20) continue
    recorder.reset()
    for (let i = 0; i < 1000; i++) recorder.observe('GET', `/new-${i}`, 200, 0.5)
  }
  const series = parsePrometheusHistogram(Buffer.concat(pieces).toString(), NAME)
  expect(series.length).toBeGreaterThan(100)
  expect(series.length).toBeLessThan(1000)
  expect(series.every(({ labels }) => labels.http_route!.startsWith('/old-'))).toBe(true)
})

test('what is recorded during a page shows in later series alone, and each agrees with itself', () => {
  const recorder = latencyRecorder({ bounds: [0.1, 1], maxSeries: 5000 })
  const routes = Array.from({ length: 1000 }, (_, i) => `/route-${i}`)
  for (const route of routes) recorder.observe('GET', route, 200, 0.5)
  const pieces: Uint8Array[] = []
  for (const piece of renderText(familiesOf([named(recorder)]))) {
    if (piece !== null) pieces.push(Uint8Array.from(piece))
    for (const route of routes) recorder.observe('GET', route, 200, 0.05)
  }
  // The parser refuses buckets that decrease, or contradict the count.
  const series = parsePrometheusHistogram(Buffer.concat(pieces).toString(), NAME)
  const counts = series.map(({ profile }) => profile.n)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  expect(counts.at(-1)).toBeGreaterThan(counts[0]!)
  for (const { profile } of series) expect(profile.sum).toBeCloseTo(0.5 + (profile.n - 1) * 0.05, 9)
})

describe('several recorders', () => {
  test('are one family, their samples side by side', () => {
    const readers = [named(recorded(), { server: 'a' }), named(recorded(), { server: 'b' })]
    const text = renderAll(renderText(familiesOf(readers))).toString()
    expect(text.split(`# TYPE ${NAME} `)).toHaveLength(2)
    const series = parsePrometheusHistogram(text, NAME)
    expect(series.map(({ labels }) => labels.server)).toEqual(['a', 'a', 'b', 'b'])
  })

  test.each([
    ['the same labels', { server: 'a' }, { server: 'a' }],
    ['the same labels in another order', { a: '1', b: '2' }, { b: '2', a: '1' }],
    ['an empty label and none', { server: '' }, {}],
  ])('are refused with %s', (_, a, b) => {
    expect(() => familiesOf([named(recorded(), a), named(recorded(), b)])).toThrow(
      '"recorders" must be told apart by a naming or by labels',
    )
  })

  test.each(['le', 'http_route', 'a-b', '__name__', ''])('the label %j is refused', (name) => {
    expect(() => familiesOf([named(recorded(), { [name]: 'x' })])).toThrow('"labels" must be')
  })

  test('the labels of the recorder itself are taken', () => {
    const recorder = latencyRecorder({ extraLabels: ['tenant'] })
    expect(() => familiesOf([named(recorder, { tenant: 'x' })])).toThrow('received tenant')
  })

  test('one name for a gauge and a histogram is refused', () => {
    const odd = { ...naming, metric: () => naming.metric('duration') }
    expect(() => familiesOf([{ reader: recorded(), naming: odd, labels: {} }])).toThrow(
      '"naming" must be one name for one metric',
    )
  })
})

test('sizes and times to headers are families of their own, extra labels among theirs', () => {
  const recorder = latencyRecorder({
    bounds: [1],
    extraLabels: ['tenant', 'region'],
    responseSize: true,
    timeToHeaders: true,
  })
  const slot = recorder.slot('GET', '/', 200, undefined, ['acme', ''])
  recorder.responseSize!.observe(slot, 2_000_000)
  const text = openMetrics(recorder)
  expect(text).toContain('# TYPE http_server_time_to_headers_seconds histogram\n')
  expect(text).toContain(
    'http_server_response_body_size_bytes_bucket{http_request_method="GET",http_route="/",http_response_status_code="200",tenant="acme",le="4.194304e+06"} 1\n',
  )
  expect(text).not.toContain(`${NAME}_bucket`)
})

test('the preset names are those that dashboards know', () => {
  const page = expositionText(recorded(), NAMINGS['express-prom-bundle'])
  expect(page).toContain(
    'http_request_duration_seconds_count{method="GET",path="/users/:id",status_code="200"} 3\n',
  )
})
