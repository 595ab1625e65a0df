import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { Counter, type OpenMetricsContentType, Registry } from 'prom-client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { prometheusAdapter, prometheusSources } from '../src/adapters/prometheus.ts'
import {
  fetchMetricsHandler,
  type MetricsHandlerOptions,
  metricsHandler,
} from '../src/handler/metrics-handler.ts'
import { latencyRecorder, mergeStates, type RecorderReader, readState } from '../src/index.ts'
import { get, listen, rawClient } from './loopback.ts'
import { decodeFamilies } from './metric-family.ts'
import { readExposition } from './read-exposition.ts'
import { counter, sample, sourceOf } from './source-of.ts'

const NAME = 'http_server_request_duration_seconds'
const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'

function recorded(series = 2) {
  const recorder = latencyRecorder({ bounds: [0.5, 1], maxSeries: 20_000, native: true })
  for (let i = 0; i < series; i++) recorder.observe('GET', `/route-${i}`, 200, 0.25)
  return recorder
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Without the headers that fetch adds by itself. */
function ask(
  origin: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(`${origin}/metrics`, { method, headers }, (res) => {
      const pieces: Buffer[] = []
      res.on('data', (piece) => pieces.push(piece))
      res.on('error', reject)
      res.on('end', () => {
        resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(pieces) })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

async function serve(options: Partial<MetricsHandlerOptions> = {}) {
  const errors: unknown[] = []
  const handler = metricsHandler({
    recorder: recorded(),
    onError: (error) => errors.push(error),
    ...options,
  })
  return { ...(await listen(handler)), errors }
}

describe('the format is agreed on', () => {
  test.each([
    ['no Accept header', undefined, TEXT],
    ['anything', '*/*', TEXT],
    ['OpenMetrics', 'application/openmetrics-text;version=1.0.0,*/*;q=0.1', OPEN_METRICS],
    ['protobuf', `${PROTOBUF},*/*;q=0.1`, PROTOBUF],
  ])('for %s', async (_, accept, contentType) => {
    const { origin } = await serve()
    const { status, headers, body } = await ask(origin, accept === undefined ? {} : { accept })
    expect(status).toBe(200)
    expect(headers['content-type']).toBe(contentType)
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers.vary).toBe('Accept, Accept-Encoding')
    if (contentType === PROTOBUF) {
      expect(decodeFamilies(body)[0]).toMatchObject({ name: NAME, metric: { length: 2 } })
    } else {
      expect(readExposition(body.toString(), NAME)).toHaveLength(2)
      expect(body.toString().endsWith('\n# EOF\n')).toBe(contentType === OPEN_METRICS)
    }
  })

  test('HEAD has the headers and nothing else', async () => {
    const recorder = vi.fn(() => recorded())
    const { origin } = await serve({ recorder })
    const { status, headers, body } = await ask(
      origin,
      { accept: PROTOBUF, 'accept-encoding': 'gzip' },
      'HEAD',
    )
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': PROTOBUF, 'content-encoding': 'gzip' })
    expect(body).toHaveLength(0)
    expect(recorder).not.toHaveBeenCalled()
  })
})

describe('gzip', () => {
  test.each([true, { level: 0 }, { level: 9 }])(
    'with the option %j holds the same page',
    async (gzip) => {
      const { origin } = await serve({ recorder: recorded(3000), gzip })
      const plain = await ask(origin)
      const zipped = await ask(origin, { 'accept-encoding': 'gzip' })
      expect(zipped.headers['content-encoding']).toBe('gzip')
      expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true)
    },
  )

  test.each([
    [{ gzip: false }, 'gzip'],
    [{}, 'br'],
    [{}, 'gzip;q=0'],
  ])('is not used with the options %j for %s', async (options, encoding) => {
    const { origin } = await serve(options)
    const { headers, body } = await ask(origin, { 'accept-encoding': encoding })
    expect(headers['content-encoding']).toBeUndefined()
    expect(readExposition(body.toString(), NAME)).toHaveLength(2)
  })
})

describe('who may not read', () => {
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    '%s is answered with 405',
    async (method) => {
      const { origin } = await serve()
      const { status, headers, body } = await ask(origin, {}, method)
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
      expect(body.toString()).not.toContain(NAME)
    },
  )

  test.each([
    [401, undefined],
    [401, 'Bearer'],
    [401, 'Bearer wrong'],
    [401, 'Bearer s3cret2'],
    [401, 'Bearer s3cret x'],
    [401, 'Basic s3cret'],
    [401, 's3cret'],
    [200, 'Bearer s3cret'],
    [200, 'bearer  s3cret'],
  ])('a token is asked for: %d for %s', async (expected, authorization) => {
    const { origin } = await serve({ token: 's3cret' })
    const { status, headers, body } = await ask(origin, authorization ? { authorization } : {})
    expect(status).toBe(expected)
    expect(headers['www-authenticate']).toBe(expected === 401 ? 'Bearer' : undefined)
    expect(body.toString().includes(NAME)).toBe(expected === 200)
  })

  test.each([
    [200, '127.0.0.1'],
    [200, '127.8.9.10'],
    [200, '::1'],
    [200, '::ffff:127.0.0.1'],
    [403, '::ffff:10.0.0.1'],
    [403, '10.0.0.1'],
    [403, '128.0.0.1'],
    [403, '::2'],
    [403, 'localhost'],
    [403, undefined],
  ])('with loopbackOnly: %d for %s', async (expected, remoteAddress) => {
    const handler = fetchMetricsHandler({ recorder: recorded(), loopbackOnly: true })
    const { status } = await handler(new Request('http://localhost/'), { remoteAddress })
    expect(status).toBe(expected)
  })

  test.each(['Forwarded', 'X-Forwarded-For', 'X-Real-IP', 'Via', 'Fly-Client-IP'])(
    'with loopbackOnly: who came through a proxy, by %s',
    async (header) => {
      const { origin } = await serve({ loopbackOnly: true })
      expect((await ask(origin)).status).toBe(200)
      expect((await ask(origin, { [header]: '' })).status).toBe(403)
      expect((await ask(origin, { [header]: '127.0.0.1' })).status).toBe(403)
    },
  )

  test.each([
    ['Origin', 'https://evil.example'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Host', 'rebound.example'],
  ])('with loopbackOnly: 403 for the page of another site, by %s: %s', async (header, value) => {
    const { origin } = await serve({ loopbackOnly: true })
    expect((await ask(origin, { [header]: value })).status).toBe(403)
    const handler = fetchMetricsHandler({ recorder: recorded(), loopbackOnly: true })
    const url = header === 'Host' ? `http://${value}/` : 'http://localhost/'
    const request = new Request(url, { headers: { [header]: value } })
    expect((await handler(request, { remoteAddress: '127.0.0.1' })).status).toBe(403)
  })
})

const jobs = sourceOf(counter('jobs_done', [], [sample(1)]))

describe("the user's registry", () => {
  function registryOf(contentType: string) {
    const registry = new Registry<OpenMetricsContentType>()
    registry.setContentType(contentType as OpenMetricsContentType)
    const counter = new Counter({
      name: 'jobs_total',
      help: 'Jobs.',
      registers: [registry as never],
    })
    counter.inc(3)
    return registry
  }

  test.each([
    ['text', TEXT, TEXT],
    ['text', OPEN_METRICS, OPEN_METRICS],
    ['text', PROTOBUF, PROTOBUF],
    ['OpenMetrics', TEXT, TEXT],
    ['OpenMetrics', OPEN_METRICS, OPEN_METRICS],
    ['OpenMetrics', PROTOBUF, PROTOBUF],
  ])('in %s follows ours for %s', async (kind, accept, contentType) => {
    const registry = registryOf(kind === 'text' ? TEXT : OPEN_METRICS)
    const { origin, errors } = await serve({ registry })
    const { headers, body } = await ask(origin, { accept })
    expect(headers['content-type']).toBe(contentType)
    if (contentType === PROTOBUF) {
      expect(decodeFamilies(body).map(({ name, type }) => `${name} ${type}`)).toEqual([
        `${NAME} HISTOGRAM`,
        'http_server_active_requests GAUGE',
        'tidegauge_rejected_observations_total COUNTER',
        'jobs_total COUNTER',
      ])
      return
    }
    const text = body.toString()
    const family = contentType === OPEN_METRICS ? 'jobs' : 'jobs_total'
    expect(text).toContain(`# TYPE ${family} counter\njobs_total 3\n`)
    expect(text.split('# EOF')).toHaveLength(contentType === OPEN_METRICS ? 2 : 1)
    expect(readExposition(text, NAME)).toHaveLength(2)
    expect(errors).toEqual([])
  })

  test('is all there is where there is no recorder', async () => {
    const { origin } = await listen(metricsHandler({ registry: registryOf(TEXT) }))
    expect((await ask(origin)).body.toString()).toBe(
      '# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 3\n',
    )
  })

  test('that shows the recorder already is refused when the handler is made', () => {
    const registry = registryOf(TEXT)
    const recorder = recorded()
    const adapter = prometheusAdapter({ recorder, registry: registry as never })
    expect(() => metricsHandler({ recorder, registry })).toThrow(
      '"registry" must be without the metrics of the recorder (show it in one place',
    )
    adapter.stop()
    metricsHandler({ recorder, registry })
    const stop = prometheusSources({ sources: [jobs], registry: registry as never })
    expect(() => metricsHandler({ sources: [jobs], registry })).toThrow('jobs_done')
    stop.stop()
    metricsHandler({ sources: [jobs], registry })
  })

  test('that comes to have a metric of ours is a 500, and told of', async () => {
    const registry = registryOf(TEXT)
    const { origin, errors } = await serve({ registry })
    new Counter({ name: NAME, help: 'Mine.', registers: [registry as never] })
    const { status, headers, body } = await ask(origin)
    expect([status, headers['content-type']]).toEqual([500, 'text/plain; charset=utf-8'])
    expect(body.toString()).toContain('could not be collected')
    expect(String(errors)).toContain(NAME)
  })

  test.each([
    ['rejects', { contentType: TEXT, metrics: () => Promise.reject(new Error('gone')) }, 'gone'],
    [
      'throws',
      {
        contentType: TEXT,
        metrics: () => {
          throw new Error('gone')
        },
      },
      'gone',
    ],
    [
      'gives no text',
      { contentType: TEXT, metrics: () => 7 as never },
      '"registry.metrics()" must be text',
    ],
  ])('that %s is a 500, and told of', async (_, registry, message) => {
    const { origin, errors } = await serve({ registry })
    expect((await ask(origin)).status).toBe(500)
    expect(String(errors)).toContain(message)
  })

  test('that is malformed breaks a page that it is converted for, and not the one in text', async () => {
    const registry = { contentType: TEXT, metrics: () => 'what is this?\n' }
    const { origin, errors } = await serve({ registry })
    await expect(ask(origin, { accept: PROTOBUF })).rejects.toThrow()
    expect(String(errors)).toContain('what is this?')
    expect((await ask(origin)).body.toString()).toContain('what is this?\n')
  })
})

describe('what fails', () => {
  test('before the page begins is a 500, and the next scrape is good', async () => {
    let fails = true
    const recorder = async () => {
      if (fails) throw new Error('no workers')
      return recorded()
    }
    const { origin, errors } = await serve({ recorder })
    const { status, body } = await ask(origin)
    expect(status).toBe(500)
    expect(body.toString()).not.toContain('no workers')
    expect(errors).toEqual([new Error('no workers')])
    fails = false
    expect((await ask(origin)).status).toBe(200)
  })

  test.each([{}, { 'accept-encoding': 'gzip' }])(
    'in the middle of the page breaks it off, with the headers %j',
    async (headers) => {
      const recorder = recorded(10_000)
      let broken = true
      const reader: RecorderReader = Object.create(recorder, {
        labelsAt: {
          value: (slot: number) => {
            if (broken && slot === 9000) throw new Error('slot 9000')
            return recorder.labelsAt(slot)
          },
        },
      })
      const { origin, errors } = await serve({ recorder: reader })
      await expect(ask(origin, headers)).rejects.toThrow('aborted')
      expect(errors).toEqual([new Error('slot 9000')])
      broken = false
      const { body } = await ask(origin)
      expect(readExposition(body.toString(), NAME)).toHaveLength(10_000)
    },
  )

  test('is a process warning, once, where nobody is told', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warnings.mockRestore())
    const registry = { contentType: TEXT, metrics: () => Promise.reject(new Error('gone')) }
    const { origin } = await listen(metricsHandler({ registry }))
    for (let i = 0; i < 3; i++) expect((await ask(origin)).status).toBe(500)
    expect(warnings.mock.calls).toEqual([
      [
        'a scrape of the metrics failed: gone',
        { type: 'TidegaugeWarning', code: 'TIDEGAUGE_METRICS_FAILED' },
      ],
    ])
  })

  test('does no harm where onError fails too', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warnings.mockRestore())
    const { origin } = await serve({
      recorder: () => Promise.reject(new Error('gone')),
      onError: () => {
        throw new Error('worse')
      },
    })
    expect((await ask(origin)).status).toBe(500)
    expect(warnings).toHaveBeenCalledOnce()
  })
})

describe('many scrapes', () => {
  test('at once have one page each, undisturbed by one another', async () => {
    const { origin } = await serve({ recorder: recorded(5000) })
    const { body: expected } = await ask(origin)
    const headers = [
      {},
      { 'accept-encoding': 'gzip' },
      { accept: PROTOBUF },
      {},
      { 'accept-encoding': 'gzip' },
    ]
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(headers.map((one) => ask(origin, one)))
      const pages = answers.map(({ headers, body }) =>
        headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body,
      )
      for (const page of [0, 1, 3, 4].map((i) => pages[i]!))
        expect(page.equals(expected)).toBe(true)
      expect(decodeFamilies(pages[2]!)[0]!.metric).toHaveLength(5000)
    }
  })

  test('more than are allowed are 503, until one that does not read has left', async () => {
    const loopback = await serve({ recorder: recorded(20_000), maxScrapes: 1 })
    const client = await rawClient(loopback)
    client.pause()
    client.write(get('/metrics'))
    await expect.poll(async () => (await ask(loopback.origin)).status).toBe(503)
    const { headers } = await ask(loopback.origin)
    expect(headers['retry-after']).toBe('1')
    client.destroy()
    await expect.poll(async () => (await ask(loopback.origin, {}, 'GET')).status).toBe(200)
    expect(loopback.errors).toEqual([])
  })

  test('one that takes too long is broken off, and told of', async () => {
    const loopback = await serve({ recorder: recorded(20_000), timeoutSeconds: 0.3 })
    const client = await rawClient(loopback)
    client.pause()
    client.write(get('/metrics'))
    await expect.poll(() => loopback.errors).toHaveLength(1)
    expect(loopback.errors[0]).toMatchObject({ code: 'ERR_SCRAPE_TIMEOUT' })
    // Also where the scraper never reads another byte.
    const connections = () =>
      new Promise<number>((resolve) => {
        loopback.server.getConnections((_, count) => resolve(count))
      })
    await expect.poll(connections).toBe(0)
    let received = 0
    client.on('data', (piece) => {
      received += piece.length
    })
    client.resume()
    await expect.poll(() => client.readableEnded || client.destroyed).toBe(true)
    expect(received).toBeGreaterThan(0)
    expect(client.text().endsWith('0\r\n\r\n')).toBe(false)
  })

  test('a registry that never answers is a 503 after the time', async () => {
    const registry = { contentType: TEXT, metrics: () => new Promise<string>(() => {}) }
    const { origin, errors } = await serve({ registry, timeoutSeconds: 0.05, maxScrapes: 1 })
    expect((await ask(origin)).status).toBe(503)
    expect((await ask(origin)).status).toBe(503)
    expect(errors).toHaveLength(2)
  })

  test('a scraper that leaves while a registry is asked is no failure, and frees its place', async () => {
    let answerFirst: ((text: string) => void) | undefined
    const metrics = () => {
      if (answerFirst !== undefined) return 'up 1\n'
      return new Promise<string>((resolve) => {
        answerFirst = resolve
      })
    }
    const loopback = await serve({ registry: { contentType: TEXT, metrics }, maxScrapes: 1 })
    const client = await rawClient(loopback)
    client.write(get('/metrics'))
    await expect.poll(() => answerFirst).toBeDefined()
    client.destroy()
    await expect.poll(async () => (await ask(loopback.origin)).status).toBe(200)
    answerFirst!('up 1\n')
    expect(loopback.errors).toEqual([])
  })
})

test('a large page is made in many turns of the event loop, and requests are answered meanwhile', async () => {
  const handler = fetchMetricsHandler({ recorder: recorded(10_000) })
  let turns = 0
  let running = true
  const count = () => {
    turns++
    if (running) setImmediate(count)
  }
  setImmediate(count)
  const response = await handler(new Request('http://localhost/'))
  const text = await response.text()
  running = false
  expect(readExposition(text, NAME)).toHaveLength(10_000)
  // A slice is a millisecond: where the machine is busy, less is done in one, and there are the more.
  expect(turns).toBeGreaterThan(5)
})

test('what gives a reader anew is asked at each scrape: the merged state of two, here', async () => {
  const [a, b] = [recorded(), recorded()]
  const { origin } = await serve({
    recorder: async () => readState(mergeStates([a.state(), b.state()])),
  })
  expect(readExposition((await ask(origin)).body.toString(), NAME)).toMatchObject([
    { count: 2 },
    { count: 2 },
  ])
  b.observe('GET', '/route-0', 200, 0.1)
  expect(readExposition((await ask(origin)).body.toString(), NAME)).toMatchObject([
    { count: 3 },
    { count: 2 },
  ])
})

test('the page of a recorder is that of the moment, also of its gauge', async () => {
  const recorder = recorded()
  const { origin } = await serve({ recorder })
  expect((await ask(origin)).body.toString()).toContain('http_server_active_requests 0\n')
  recorder.requestStarted()
  recorder.observe('GET', '/new', 200, 0.1)
  recorder.observe('GET', '/new', 200, Number.NaN)
  const text = (await ask(origin)).body.toString()
  expect(text).toContain('http_server_active_requests 1\n')
  expect(text).toContain('tidegauge_rejected_observations_total 1\n')
  expect(readExposition(text, NAME)).toHaveLength(3)
})

test('several recorders are told apart by labels and by names', async () => {
  const { origin } = await serve({
    recorder: recorded(1),
    recorders: [
      { recorder: recorded(1), labels: { server: 'admin' } },
      { recorder: recorded(1), naming: 'fastify-metrics', labels: { server: 'old' } },
    ],
    labels: { service: 'shop' },
  })
  const text = (await ask(origin)).body.toString()
  expect(text.match(/_count\{.*/g)).toEqual([
    '_count{service="shop",http_request_method="GET",http_route="/route-0",http_response_status_code="200"} 1',
    '_count{service="shop",server="admin",http_request_method="GET",http_route="/route-0",http_response_status_code="200"} 1',
    '_count{service="shop",server="old",method="GET",route="/route-0",status_code="200"} 1',
  ])
})

describe('stands in', () => {
  async function expectPage(origin: string) {
    const { status, headers, body } = await ask(origin)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe(TEXT)
    expect(readExposition(body.toString(), NAME)).toHaveLength(2)
  }

  test('Express', async () => {
    const app = express()
    app.get('/metrics', metricsHandler({ recorder: recorded() }))
    await expectPage((await listen(app)).origin)
  })

  test('Fastify', async () => {
    const metrics = metricsHandler({ recorder: recorded() })
    const app = fastify({ forceCloseConnections: true })
    app.get('/metrics', (request, reply) => {
      reply.hijack()
      void metrics(request.raw, reply.raw)
    })
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => app.close())
    await expectPage(origin)
  })

  test('Koa', async () => {
    const metrics = metricsHandler({ recorder: recorded() })
    const app = new Koa()
    app.use(async (ctx) => {
      ctx.respond = false
      await metrics(ctx.req, ctx.res)
    })
    await expectPage((await listen(app.callback())).origin)
  })

  test('Hono, as Request and Response', async () => {
    const metrics = fetchMetricsHandler({ recorder: recorded(3000), gzip: true })
    const app = new Hono()
    app.get('/metrics', (c) => metrics(c.req.raw))
    const response = await app.request('/metrics', { headers: { accept: OPEN_METRICS } })
    expect(response.headers.get('content-type')).toBe(OPEN_METRICS)
    expect(readExposition(await response.text(), NAME)).toHaveLength(3000)
    const zipped = await app.request('/metrics', { headers: { 'accept-encoding': 'gzip' } })
    const text = gunzipSync(Buffer.from(await zipped.arrayBuffer())).toString()
    expect(readExposition(text, NAME)).toHaveLength(3000)
    const head = await app.request('/metrics', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  test('HTTP/2', async () => {
    const server = createHttp2Server()
    const metrics = metricsHandler({ recorder: recorded(3000) })
    server.on('request', (req, res) => void metrics(req as never, res as never))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.close()
      server.close()
    })
    const stream = client.request({ ':path': '/metrics' })
    let text = ''
    stream.setEncoding('utf8').on('data', (piece) => {
      text += piece
    })
    await new Promise((resolve) => stream.once('end', resolve))
    expect(readExposition(text, NAME)).toHaveLength(3000)
  })
})

test('a Response that is read no further is let go of', async () => {
  const errors: unknown[] = []
  const handler = fetchMetricsHandler({
    recorder: recorded(10_000),
    maxScrapes: 1,
    onError: (error) => errors.push(error),
  })
  const response = await handler(new Request('http://localhost/'))
  expect((await handler(new Request('http://localhost/'))).status).toBe(503)
  await response.body!.cancel()
  const abort = new AbortController()
  const aborted = await handler(new Request('http://localhost/', { signal: abort.signal }))
  expect(aborted.status).toBe(200)
  abort.abort()
  await expect(aborted.text()).rejects.toThrow()
  expect((await handler(new Request('http://localhost/'))).status).toBe(200)
  expect(errors).toEqual([])
})

test.each([
  [{}, '"recorder" must be given'],
  [{ recorder: {} }, '"recorder" must be a LatencyRecorder'],
  [{ recorders: {} }, '"recorders" must be an array'],
  [{ registry: {} }, '"registry" must be a Registry of prom-client'],
  [{ registry: { metrics() {}, contentType: 'text/html' } }, '"registry.contentType" must be'],
  [{ recorder: recorded(), naming: 'other' }, '"naming" must be one of'],
  [{ recorder: recorded(), labels: { le: '1' } }, '"labels" must be'],
  [{ recorder: recorded(), labels: { a: 1 } }, '"labels.a" must be text'],
  [
    { recorder: recorded(), token: '' },
    '"token" must be visible ASCII characters, received a string',
  ],
  [{ recorder: recorded(), token: 'two words' }, 'received a string'],
  [{ recorder: recorded(), gzip: { level: 10 } }, '"gzip.level" must be'],
  [{ recorder: recorded(), maxScrapes: 0 }, '"maxScrapes" must be'],
  [{ recorder: recorded(), timeoutSeconds: 0 }, '"timeoutSeconds" must be'],
  [{ recorder: recorded(), timeoutSeconds: Number.NaN }, '"timeoutSeconds" must be'],
  [{ recorder: recorded(), timeoutSeconds: 1e10 }, '"timeoutSeconds" must be'],
])('the options %# are refused', (options, message) => {
  expect(() => metricsHandler(options as never)).toThrow(message)
})

test('one recorder twice is refused at once', () => {
  const recorder = recorded()
  expect(() => metricsHandler({ recorder, recorders: [{ recorder }] })).toThrow(
    '"recorders" must be told apart by a naming or by labels',
  )
})

test('fetch: not compressed unless told to, since frameworks take the header away and leave the bytes', async () => {
  const recorder = recorded()
  const ask = async (options: { gzip?: boolean }) =>
    fetchMetricsHandler({ recorder, ...options })(
      new Request('http://localhost/metrics', { headers: { 'accept-encoding': 'gzip' } }),
    )
  const plain = await ask({})
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(await plain.text()).toContain('# TYPE http_server_request_duration_seconds histogram')
  const zipped = await ask({ gzip: true })
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  const bytes = gunzipSync(Buffer.from(await zipped.arrayBuffer()))
  expect(bytes.toString()).toContain('# TYPE http_server_request_duration_seconds histogram')
})
