import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  describeWithServer,
  prometheusIs,
  promtool,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
import { expositionText } from '../src/exposition/text/text.ts'
import { metricsHandler } from '../src/handler/metrics-handler.ts'
import { type LatencyRecorder, latencyRecorder, NAMINGS } from '../src/index.ts'
import { counter, gauge, sample, sourceOf } from './source-of.ts'

const NAME = 'http_server_request_duration_seconds'
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const HOSTILE = ['/a"b', '/a\\b', '/a\nb', '/a\\nb', '/{a},b="c"} 1', '/ü😀', '/a\rb\tc', '/# EOF']
const TOKEN = 's3cret'

/** Log-normal, with a median of 40 ms, the same in every run. */
function durations(n: number): number[] {
  let state = 1
  const uniform = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return Array.from({ length: n }, () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    return 0.04 * Math.exp(0.8 * normal)
  })
}

const seconds = durations(20_000)
const sorted = seconds.toSorted((a, b) => a - b)
const exactQuantile = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1]!

function recorded(): LatencyRecorder {
  const recorder = latencyRecorder({
    native: true,
    timeToHeaders: true,
    responseSize: true,
    exemplars: () => ({ traceId: TRACE, spanId: SPAN }),
  })
  for (const value of seconds) recorder.observe('GET', '/users/:id', 200, value)
  for (const route of HOSTILE) recorder.observe('GET', route, 200, 0.25)
  recorder.observe('GET', '/zero', 200, 0)
  const slot = recorder.slot('GET', '/users/:id', 200)
  recorder.responseSize!.observe(slot, 2_000_000)
  recorder.timeToHeaders!.observe(slot, 0.5)
  recorder.requestStarted()
  return recorder
}

describeWithServer('prometheus', 'promtool check metrics', () => {
  const check = (text: string) => promtool(['check', 'metrics'], { input: text })

  test('has nothing to say against a page with every metric and hostile labels', () => {
    const label = `${'"\n\\ü'.repeat(2500)}\ud800`
    const text = expositionText(recorded(), NAMINGS.opentelemetry, { region: label })
    expect(text).toContain('http_server_response_body_size_bytes_bucket')
    expect(check(text)).toEqual({ status: 0, output: '' })
  })

  test('nor against an empty one', () => {
    const text = expositionText(latencyRecorder(), NAMINGS.opentelemetry)
    expect(check(text)).toEqual({ status: 0, output: '' })
  })

  test('does find what is wrong', () => {
    expect(check(`# TYPE a histogram\na_bucket{le="x"} 1\n`).status).not.toBe(0)
  })
})

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [time: number, value: string]
}

describeWithServer('prometheus', 'a real Prometheus', () => {
  const recorder = recorded()
  const source = sourceOf(
    counter(
      'jobs_done',
      ['queue'],
      HOSTILE.map((queue, i) => sample(i * 1e15, queue)),
    ),
    gauge('pressure_ratio', [], [sample(-0.1)]),
  )
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Counter({ name: 'jobs_total', help: 'Jobs.', registers: [registry] }).inc(3)
  new Counter({ name: 'hits', help: 'Without "_total".', registers: [registry] }).inc(3)
  new Gauge({ name: 'depth', help: 'Depth.', registers: [registry] }).set(3)
  const wait = new Histogram({ name: 'wait_seconds', help: 'Waits.', registers: [registry] })
  const size = new Summary({ name: 'size_bytes', help: 'Sizes.', registers: [registry] })
  for (const value of [1, 2, 3]) {
    wait.observe(value)
    size.observe(value)
  }
  const options = { recorder, token: TOKEN, onError: (error: unknown) => errors.push(error) }
  const handlers = new Map([
    ['/metrics', metricsHandler(options)],
    ['/with-registry', metricsHandler({ ...options, registry })],
    ['/both', metricsHandler({ ...options, classicBuckets: true })],
    ['/sources', metricsHandler({ sources: [source], token: TOKEN, onError: options.onError })],
  ])
  const errors: unknown[] = []
  /** What each path was answered with. */
  const contentTypes = new Map<string, Set<string>>()
  let service: Server

  beforeAll(async () => {
    service = createServer((req, res) => {
      const path = req.url!.split('?')[0]!
      const native = req.url!.endsWith('native')
      res.once('finish', () => {
        const key = `${native ? 'native ' : ''}${path}`
        const seen = contentTypes.get(key) ?? new Set()
        contentTypes.set(
          key,
          seen.add(`${res.getHeader('content-encoding')} ${res.getHeader('content-type')}`),
        )
      })
      void handlers.get(path)!(req, res)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => service.once('listening', resolve))
  })
  afterAll(() => {
    service?.closeAllConnections()
    service?.close()
  })

  function describePrometheus(
    title: string,
    mode: 'classic' | 'native',
    features: readonly string[],
    tests: (query: (expr: string) => Promise<Sample[]>, url: () => string) => void,
  ): void {
    describe(title, () => {
      let prometheus: RunningPrometheus
      let url: string

      beforeAll(async () => {
        const { port } = service.address() as AddressInfo
        const jobs = [...handlers.keys()].map((path) => ({
          job_name: path,
          metrics_path: path,
          params: { mode: [mode] },
          authorization: { credentials: TOKEN },
          static_configs: [{ targets: [`127.0.0.1:${port}`] }],
        }))
        const global = { scrape_interval: '2s', scrape_timeout: '2s' }
        const config = { global, scrape_configs: jobs }
        prometheus = await startPrometheus({ config, features })
        url = prometheus.url
        await vi.waitFor(async () => expect(await query('up == 1')).toHaveLength(handlers.size), {
          timeout: 50_000,
          interval: 200,
        })
      })
      afterAll(() => prometheus?.stop())

      async function query(expr: string): Promise<Sample[]> {
        const body = new URLSearchParams({ query: expr })
        const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
        const { status, error, data } = (await response.json()) as {
          status: string
          error?: string
          data: { result: Sample[] }
        }
        if (status !== 'success') throw new Error(`${error}: ${expr}`)
        return data.result
      }

      tests(query, () => url)

      test('keeps every hostile label as it is, and has told of no failure', async () => {
        const expr =
          mode === 'native'
            ? `histogram_count(${NAME}{job="/metrics"})`
            : `${NAME}_count{job="/metrics"}`
        const routes = (await query(expr)).map(({ metric }) => metric.http_route)
        expect(routes.sort()).toEqual(['/users/:id', '/zero', ...HOSTILE].sort())
        expect(errors).toEqual([])
      })

      test('has the counters and gauges of a source, exactly', async () => {
        const jobs = await query('jobs_done_total{job="/sources"}')
        const values = new Map(jobs.map(({ metric, value }) => [metric.queue, Number(value[1])]))
        expect(values).toEqual(new Map(HOSTILE.map((queue, i) => [queue, i * 1e15])))
        const pressure = await query('pressure_ratio{job="/sources"}')
        expect(pressure.map(({ value }) => Number(value[1]))).toEqual([-0.1])
      })
    })
  }

  const number = (samples: readonly Sample[]): number => {
    expect(samples).toHaveLength(1)
    return Number(samples[0]!.value[1])
  }
  const sum = seconds.reduce((total, value) => total + value, 0)

  describePrometheus('without native histograms', 'classic', ['exemplar-storage'], (query, url) => {
    test('asks for OpenMetrics, and is sent it, with a registry in text too', () => {
      expect([...contentTypes.get('/metrics')!]).toEqual([
        'gzip application/openmetrics-text; version=1.0.0; charset=utf-8',
      ])
      expect([...contentTypes.get('/with-registry')!]).toEqual([
        'gzip application/openmetrics-text; version=1.0.0; charset=utf-8',
      ])
    })

    test.each(['/metrics', '/with-registry'])('counts exactly, from %s', async (job) => {
      const series = `job="${job}",http_route="/users/:id"`
      expect(number(await query(`${NAME}_count{${series}}`))).toBe(seconds.length)
      expect(number(await query(`${NAME}_sum{${series}}`))).toBe(sum)
      const buckets = await query(`${NAME}_bucket{${series}}`)
      expect(buckets).toHaveLength(recorder.bounds.length + 1)
      for (const { metric, value } of buckets) {
        const bound = metric.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(metric.le)
        expect(Number(value[1]), metric.le!).toBe(sorted.filter((one) => one <= bound).length)
      }
      expect(number(await query(`http_server_active_requests{job="${job}"}`))).toBe(1)
    })

    test("has the registry's own metrics beside ours, each under its name", async () => {
      const own = ['jobs_total', 'hits', 'wait_seconds_count', 'size_bytes_count', 'depth']
      for (const name of own) {
        expect(number(await query(`${name}{job="/with-registry"}`)), name).toBe(3)
      }
      const up = await query('process_cpu_seconds_total{job="/with-registry"}')
      expect(number(up)).toBeGreaterThan(0)
    })

    test.each(['/metrics', '/with-registry'])('has the exemplars, from %s', async (job) => {
      const parameters = new URLSearchParams({
        query: `${NAME}_bucket{job="${job}",http_route="/users/:id"}`,
        start: String(Date.now() / 1000 - 600),
        end: String(Date.now() / 1000 + 600),
      })
      const response = await fetch(`${url()}/api/v1/query_exemplars?${parameters}`)
      const { data } = (await response.json()) as {
        data: { exemplars: { labels: Record<string, string> }[] }[]
      }
      expect(data.length).toBeGreaterThan(3)
      for (const { exemplars } of data) {
        expect(exemplars[0]!.labels).toEqual({ trace_id: TRACE, span_id: SPAN })
      }
    })
  })

  describePrometheus('with native histograms', 'native', ['native-histograms'], (query) => {
    test('is sent protobuf, from a registry in text too', async () => {
      for (const path of handlers.keys()) {
        expect([...contentTypes.get(`native ${path}`)!], path).toEqual([
          'gzip application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
        ])
      }
      expect(number(await query('jobs_total{job="/with-registry"}'))).toBe(3)
      expect(number(await query('http_server_active_requests{job="/metrics"}'))).toBe(1)
    })

    test.each(['/metrics', '/with-registry', '/both'])('counts exactly, from %s', async (job) => {
      const series = `${NAME}{job="${job}",http_route="/users/:id"}`
      expect(number(await query(`histogram_count(${series})`))).toBe(seconds.length)
      expect(number(await query(`histogram_sum(${series})`))).toBeCloseTo(sum, 6)
    })

    test.each([0.5, 0.9, 0.99])('the quantile %d is within 5 %% of the exact one', async (q) => {
      const series = `${NAME}{job="/metrics",http_route="/users/:id"}`
      const estimate = number(await query(`histogram_quantile(${q}, ${series})`))
      expect(Math.abs(estimate / exactQuantile(q) - 1)).toBeLessThan(0.05)
    })

    test('a share of requests below a bound is exact where the bound is one of the buckets', async () => {
      const series = `${NAME}{job="/metrics",http_route="/users/:id"}`
      const share = number(await query(`histogram_fraction(0, 0.0625, ${series})`))
      const exact = sorted.filter((value) => value <= 0.0625).length / sorted.length
      expect(share).toBeCloseTo(exact, 9)
    })

    test('a histogram of zeros alone is one', async () => {
      const zero = `${NAME}{job="/metrics",http_route="/zero"}`
      expect(number(await query(`histogram_count(${zero})`))).toBe(1)
    })

    test('sizes and times to headers are native histograms too', async () => {
      for (const name of [
        'http_server_response_body_size_bytes',
        'http_server_time_to_headers_seconds',
      ]) {
        expect(number(await query(`histogram_count(${name}{job="/metrics"})`)), name).toBe(1)
      }
    })
  })
})

describeWithServer('prometheus', 'the first failure of a route', () => {
  const source = { now: 0, startTime: 0 }
  let service: Server
  const [recorder, native] = [latencyRecorder(), latencyRecorder({ native: true })]
  /** With start timestamps where this version knows them, without, and with native histograms too. */
  const servers = new Map<'with' | 'without' | 'native', RunningPrometheus>()

  beforeAll(async () => {
    const jobs = {
      families: () => [
        {
          ...counter('jobs_done', ['queue'], source.now === 0 ? [] : [sample(source.now, 'mail')]),
          startTime: source.startTime,
        },
      ],
    }
    const [classicPage, nativePage] = [recorder, native].map((recorder) =>
      metricsHandler({ recorder, sources: [jobs] }),
    )
    service = createServer((req, res) => {
      void (req.url === '/native' ? nativePage : classicPage)!(req, res)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => service.once('listening', resolve))
    const { port } = service.address() as AddressInfo
    const config = (path: string) => ({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'a',
          metrics_path: path,
          static_configs: [{ targets: [`127.0.0.1:${port}`] }],
        },
      ],
    })
    const zeros = 'created-timestamp-zero-ingestion'
    servers.set('without', await startPrometheus({ config: config('/') }))
    if (prometheusIs('2.50')) {
      servers.set('with', await startPrometheus({ config: config('/'), features: [zeros] }))
    }
    if (prometheusIs('3.0')) {
      const features = [zeros, 'native-histograms']
      servers.set('native', await startPrometheus({ config: config('/native'), features }))
    }
    for (const each of [recorder, native]) each.observe('GET', '/', 200, 0.1)
    const scraped = async (prometheus: RunningPrometheus) =>
      expect(await prometheus.query('count_over_time(up[1m]) > 5')).toHaveLength(1)
    const soon = { timeout: 60_000, interval: 200 }
    for (const one of servers.values()) await vi.waitFor(() => scraped(one), soon)

    for (const each of [recorder, native]) each.observe('GET', '/', 500, 0.1)
    Object.assign(source, { now: 7, startTime: Date.now() })
    const failed = 'count_over_time({__name__=~"jobs_done_total"}[1m]) > 3'
    for (const one of servers.values()) {
      await vi.waitFor(async () => expect(await one.query(failed)).toHaveLength(1), soon)
    }
  })
  afterAll(async () => {
    for (const one of servers.values()) await one.stop()
    service?.closeAllConnections()
    service?.close()
  })

  const FAILED = `http_response_status_code="500"`
  const increaseOf = async (server: 'with' | 'without' | 'native', expr: string) =>
    (await servers.get(server)!.query(expr)).map(({ value }) => value)

  test('is missed by a Prometheus that is told nothing of when a series began', async () => {
    expect(await increaseOf('without', `increase(${NAME}_count{${FAILED}}[1m])`)).toEqual([0])
    expect(await increaseOf('without', 'increase(jobs_done_total[1m])')).toEqual([0])
  })

  test.runIf(prometheusIs('2.50'))('is seen by one that takes start timestamps', async () => {
    const once = [expect.closeTo(1, 0)]
    expect(await increaseOf('with', `increase(${NAME}_count{${FAILED}}[1m])`)).toEqual(once)
    expect(await increaseOf('with', `increase(${NAME}_bucket{${FAILED},le="+Inf"}[1m])`)).toEqual(
      once,
    )
    const [jobs] = await increaseOf('with', 'increase(jobs_done_total[1m])')
    expect(jobs).toBeGreaterThan(6.9)
    // And nothing is seen twice.
    expect(await increaseOf('with', `resets(${NAME}_count{${FAILED}}[1m])`)).toEqual([0])
  })

  test.runIf(prometheusIs('3.0'))('and in a native histogram', async () => {
    const expr = `histogram_count(increase(${NAME}{${FAILED}}[1m]))`
    expect(await increaseOf('native', expr)).toEqual([expect.closeTo(1, 0)])
  })
})
