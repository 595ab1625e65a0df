import type { MetricSource } from '@tidegauge/core'
import { Counter, Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { describeWithServer, promtool } from '../../../vitest.servers.ts'
import { fetchMetricsHandler, type MetricsHandlerOptions } from '../src/handler/metrics-handler.ts'
import { latencyRecorder } from '../src/index.ts'
import { decodeFamilies } from './metric-family.ts'
import { counter, gauge, sample, sourceOf } from './source-of.ts'

const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0'
const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'

async function scrape(
  options: MetricsHandlerOptions,
  accept = 'text/plain',
): Promise<{ page: Uint8Array; text: string; status: number }> {
  const respond = fetchMetricsHandler(options)
  const response = await respond(new Request('http://localhost/', { headers: { accept } }))
  const page = new Uint8Array(await response.arrayBuffer())
  return { page, text: Buffer.from(page).toString(), status: response.status }
}

const bins = sourceOf(
  counter(
    'drift_feature_bin',
    ['feature', 'bin'],
    [sample(3, 'dep "delay"', '00'), sample(0, 'carrier', '')],
    'Values\nby "bin" \\.',
  ),
  gauge('drift_reference_bin_ratio_', [], [sample(0.1)]),
  gauge('empty', ['feature'], []),
)

const TEXT = String.raw`# HELP drift_feature_bin_total Values\nby "bin" \\.
# TYPE drift_feature_bin_total counter
drift_feature_bin_total{feature="dep \"delay\"",bin="00"} 3
drift_feature_bin_total{feature="carrier"} 0
# HELP drift_reference_bin_ratio_ Measured.
# TYPE drift_reference_bin_ratio_ gauge
drift_reference_bin_ratio_ 0.1
# HELP empty Measured.
# TYPE empty gauge
`

test('text 0.0.4 is this page, of sources alone', async () => {
  expect((await scrape({ sources: [bins] })).text).toBe(TEXT)
})

test('OpenMetrics is this page: no suffix on the family of the counter, quotes escaped in its help', async () => {
  const { text } = await scrape({ sources: [bins] }, OPEN_METRICS)
  expect(text).toBe(
    `${TEXT.replaceAll(/(HELP|TYPE) drift_feature_bin_total/g, '$1 drift_feature_bin').replace('by "bin"', String.raw`by \"bin\"`)}# EOF\n`,
  )
})

test('protobuf has counters and gauges, and no families without samples', async () => {
  const { page } = await scrape({ sources: [bins] }, PROTOBUF)
  expect(decodeFamilies(page)).toEqual([
    {
      name: 'drift_feature_bin_total',
      help: 'Values\nby "bin" \\.',
      type: 'COUNTER',
      metric: [
        {
          label: [
            { name: 'feature', value: 'dep "delay"' },
            { name: 'bin', value: '00' },
          ],
          counter: { value: 3 },
        },
        { label: [{ name: 'feature', value: 'carrier' }], counter: { value: 0 } },
      ],
    },
    {
      name: 'drift_reference_bin_ratio_',
      help: 'Measured.',
      type: 'GAUGE',
      metric: [{ gauge: { value: 0.1 } }],
    },
  ])
})

test('tells, in protobuf, since when the counters of a source count', async () => {
  const startTime = 1_700_000_000_123
  const counted = { ...counter('jobs', [], [sample(3)]), startTime }
  const source = sourceOf(counted, counter('hits', [], [sample(3)]), gauge('g', [], [sample(1)]))
  const { page } = await scrape({ sources: [source] }, PROTOBUF)
  const told = decodeFamilies(page).map(({ metric }) => metric![0]!.counter ?? metric![0]!.gauge)
  const createdTimestamp = { seconds: 1_700_000_000, nanos: 123_000_000 }
  expect(told).toEqual([{ value: 3, createdTimestamp }, { value: 3 }, { value: 1 }])
  for (const wrong of [Number.NaN, -1, '0']) {
    const sources = [sourceOf({ ...counted, startTime: wrong as number })]
    expect(() => fetchMetricsHandler({ sources })).toThrow(
      '"sources[0].families()[0].startTime" must be milliseconds since the epoch',
    )
  }
})

describe('beside others', () => {
  const recorder = latencyRecorder()
  recorder.observe('GET', '/', 200, 0.25)

  test('stands behind the recorder and before the registry, with the labels of the handler', async () => {
    const registry = new Registry()
    new Counter({ name: 'jobs_total', help: 'Jobs.', registers: [registry] })
    const { text } = await scrape({ recorder, sources: [bins], registry, labels: { zone: 'a"b' } })
    const order = [
      'http_server_request_duration_seconds_count',
      'drift_feature_bin_total',
      'jobs_total',
    ]
    const places = order.map((name) => text.indexOf(`\n${name}`))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
    expect(text).toContain('drift_feature_bin_total{zone="a\\"b",feature="carrier"} 0\n')
    expect(text).toContain('drift_reference_bin_ratio_{zone="a\\"b"} 0.1\n')
  })

  test.each(['http_server_active_requests', 'http_server_request_duration_seconds_sum'])(
    'a source with a metric of the recorder, %s, is refused',
    (name) => {
      const sources = [sourceOf(gauge(name, [], []))]
      expect(() => fetchMetricsHandler({ recorder, sources })).toThrow(/that of no other metric/)
    },
  )

  test('one with a metric of the registry is refused, or told where it comes later, and the page is whole', async () => {
    const errors: unknown[] = []
    const registry = new Registry()
    new Counter({ name: 'jobs_total', help: 'Jobs.', registers: [registry] }).inc(3)
    const late = sourceOf(counter('jobs', [], [sample(9)]), gauge('rest', [], [sample(1)]))
    expect(() => fetchMetricsHandler({ sources: [late], registry })).toThrow('no other metric')
    let asked = 0
    const sources = [{ families: () => (asked++ === 0 ? [] : late.families()) }]
    const onError = (error: unknown) => errors.push(error)
    const { status, text } = await scrape({ recorder, sources, registry, onError })
    expect(status).toBe(200)
    expect(text.match(/^jobs_total .*$/gm)).toEqual(['jobs_total 3'])
    expect(text).toContain('rest 1\n')
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' })])
  })

  test('a label that the handler has too is refused', () => {
    const sources = [sourceOf(gauge('g', ['zone'], []))]
    expect(() => fetchMetricsHandler({ sources, labels: { zone: 'a' } })).toThrow(
      '"sources[0].families()[0].labelNames[0]" must be a name that no other label has',
    )
    expect(() => fetchMetricsHandler({ sources: [], labels: { 'a-b': 'c' } })).toThrow('"labels"')
    expect(() => fetchMetricsHandler({ sources: [], labels: { a: 1 as never } })).toThrow(
      'labels.a',
    )
  })
})

test('a page of any length comes whole, and others have their turns meanwhile', async () => {
  const series = 20_000
  const source: MetricSource = {
    *families() {
      yield counter('c', ['i'], samples())
      yield gauge('last', [], [sample(1)])
    },
  }
  function* samples() {
    for (let i = 0; i < series; i++) yield sample(i, `${i} ${'"'.repeat(i % 50)}`)
  }
  let turns = 0
  let done = false
  const count = () => {
    turns++
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  const { text } = await scrape({ sources: [source], maxSamples: series + 1 })
  done = true
  const values = [...text.matchAll(/^c_total\{i="(\d+) [^}]*"\} (\d+)$/gm)]
  expect(values).toHaveLength(series)
  for (const [line, i, value] of values) expect(value, line).toBe(i)
  expect(text.endsWith('last 1\n')).toBe(true)
  expect(turns).toBeGreaterThan(3)
})

test('a source that reuses its arrays is read as it was', async () => {
  const labelValues: string[] = []
  const source: MetricSource = {
    families: () => [gauge('g', ['i'], samples())],
  }
  function* samples() {
    for (const text of ['a', 'b']) {
      labelValues[0] = text
      yield { labelValues, value: 1 }
    }
  }
  const { text } = await scrape({ sources: [source] })
  expect(text).toContain('g{i="a"} 1\ng{i="b"} 1\n')
})

describeWithServer('prometheus', 'promtool check metrics', () => {
  test('has nothing to say against sources with hostile texts', async () => {
    const hostile = `${'"\n\\ü{}'.repeat(100)}\ud800`
    const sources = [
      sourceOf(
        counter('drift_feature_bin', ['feature'], [sample(1e21, hostile)], hostile),
        gauge(
          'drift_reference_bin_ratio',
          ['bin'],
          [sample(Number.NaN, ''), sample(-1e-9, hostile)],
        ),
      ),
    ]
    const { text } = await scrape({ sources, recorder: latencyRecorder() })
    expect(promtool(['check', 'metrics'], { input: text })).toEqual({ status: 0, output: '' })
  })
})
