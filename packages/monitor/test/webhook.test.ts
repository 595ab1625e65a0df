import { once } from 'node:events'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Alert, type RetrainWebhookOptions, retrainWebhook } from '../src/webhook/webhook.ts'
import { ask, listen, rawClient } from './loopback.ts'

function alert(changes: object = {}): Record<string, unknown> {
  return {
    status: 'firing',
    labels: { alertname: 'DriftAction', model: 'flights' },
    annotations: { summary: 'Retrain flights.' },
    startsAt: '2026-11-23T20:00:00.123Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph',
    fingerprint: 'c9a5a0b1e2d3f4a5',
    ...changes,
  }
}

/** As Alertmanager 0.25 sends it. */
function notification(alerts: unknown = [alert()], changes: object = {}): string {
  return JSON.stringify({
    receiver: 'retrain',
    status: 'firing',
    alerts,
    groupLabels: { alertname: 'DriftAction' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    version: '4',
    groupKey: '{}:{alertname="DriftAction"}',
    truncatedAlerts: 0,
    ...changes,
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }

interface Served {
  readonly runs: (readonly Alert[])[]
  readonly errors: unknown[]
  post(body?: string | Uint8Array, headers?: Record<string, string>): Promise<number>
}

async function serve(options: Partial<RetrainWebhookOptions> = {}) {
  const runs: (readonly Alert[])[] = []
  const errors: unknown[] = []
  const webhook = retrainWebhook({
    retrain: (alerts) => void runs.push(alerts),
    onError: (error) => errors.push(error),
    ...options,
  })
  const loopback = await listen(webhook)
  const post: Served['post'] = async (body = notification(), headers = JSON_TYPE) =>
    (await ask(loopback.origin, { method: 'POST', headers, body })).status
  return { ...loopback, runs, errors, post }
}

/** A retrain that ends when it is told to. */
function heldRetrain() {
  const runs: (readonly Alert[])[] = []
  const ends: (() => void)[] = []
  const retrain = (alerts: readonly Alert[]) => {
    runs.push(alerts)
    return new Promise<void>((resolve) => ends.push(resolve))
  }
  return { runs, retrain, end: () => ends.shift()!() }
}

const numbered = (...numbers: number[]) =>
  notification(numbers.map((i) => alert({ fingerprint: `f${i}` })))

describe('a notification', () => {
  test('that asks for a retrain is answered with 202, and its alerts are handed over', async () => {
    const { runs, errors, origin } = await serve()
    const answer = await ask(origin, { method: 'POST', headers: JSON_TYPE, body: notification() })
    expect(answer).toMatchObject({
      status: 202,
      text: 'A retrain begins.\n',
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    })
    await expect.poll(() => runs).toHaveLength(1)
    const { endsAt, generatorURL, ...kept } = alert()
    expect(runs).toEqual([[kept]])
    expect(errors).toEqual([])
  })

  test('is answered before the training begins, also where that holds the thread', async () => {
    let answered = false
    let answeredBefore: boolean | undefined
    const webhook = retrainWebhook({
      retrain() {
        answeredBefore = answered
      },
    })
    const { origin } = await listen((req, res) => {
      const { end } = res
      res.end = ((text: string) => {
        answered = true
        return end.call(res, text, 'utf8')
      }) as typeof end
      webhook(req, res)
    })
    await ask(origin, { method: 'POST', headers: JSON_TYPE, body: notification() })
    await expect.poll(() => answeredBefore).toBe(true)
  })

  test.each([
    ['is resolved', notification([alert({ status: 'resolved' })], { status: 'resolved' })],
    ['is another alert', notification([alert({ labels: { alertname: 'FeatureDrift' } })])],
    ['has no such label', notification([alert({ labels: {} })])],
    ['is empty', notification([])],
  ])('that %s is 200, and nothing runs', async (_, body) => {
    const { runs, post } = await serve()
    expect(await post(body)).toBe(200)
    expect(await post(notification([alert({ fingerprint: 'last' })]))).toBe(202)
    await expect.poll(() => runs).toMatchObject([[{ fingerprint: 'last' }]])
  })

  test('hands over those of its alerts alone that ask for a retrain', async () => {
    const { runs, post } = await serve()
    const body = notification([
      alert({ fingerprint: 'a', status: 'resolved' }),
      alert({ fingerprint: 'b' }),
      alert({ fingerprint: 'c', labels: { alertname: 'LatencyDrift' } }),
      alert({ fingerprint: 'd' }),
      alert({ fingerprint: 'b' }),
    ])
    expect(await post(body)).toBe(202)
    await expect.poll(() => runs).toMatchObject([[{ fingerprint: 'b' }, { fingerprint: 'd' }]])
  })

  test('matches by the labels that were chosen, all of them', async () => {
    const { runs, post } = await serve({ match: { team: 'ml', severity: 'page' } })
    const labelled = (labels: object, fingerprint: string) =>
      notification([alert({ labels, fingerprint })])
    expect(await post(labelled({ team: 'ml' }, 'a'))).toBe(200)
    expect(await post(labelled({ team: 'ml', severity: 'warn' }, 'b'))).toBe(200)
    expect(await post(labelled({ team: 'ml', severity: 'page', more: 'x' }, 'c'))).toBe(202)
    await expect.poll(() => runs).toMatchObject([[{ fingerprint: 'c' }]])
  })

  test('with labels named as what every object has is no match, and does no harm', async () => {
    const { runs, post } = await serve({ match: { constructor: 'x' } })
    expect(await post(notification([alert({ labels: {} })]))).toBe(200)
    const labels = '{"__proto__":"polluted","constructor":"x"}'
    const body = notification().replace(/"labels":\{[^}]*\}/, `"labels":${labels}`)
    expect(await post(body)).toBe(202)
    await expect.poll(() => runs).toHaveLength(1)
    expect(Object.entries(runs[0]![0]!.labels)).toEqual(Object.entries(JSON.parse(labels)))
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('one retrain at a time', () => {
  test('what arrives meanwhile is run together, once, when it has ended', async () => {
    const { runs, retrain, end } = heldRetrain()
    const { origin, post } = await serve({ retrain })
    expect(await post(numbered(1))).toBe(202)
    await expect.poll(() => runs).toHaveLength(1)
    const second = await ask(origin, { method: 'POST', headers: JSON_TYPE, body: numbered(2, 3) })
    expect(second.status).toBe(202)
    expect(second.text).toContain('already running')
    expect(await post(numbered(3, 4))).toBe(202)
    await delay(20)
    expect(runs).toHaveLength(1)
    end()
    await expect.poll(() => runs).toHaveLength(2)
    expect(runs[1]!.map(({ fingerprint }) => fingerprint)).toEqual(['f2', 'f3', 'f4'])
    end()
    expect(await post(numbered(1, 2, 3, 4))).toBe(200)
    expect(await post(numbered(5))).toBe(202)
    await expect.poll(() => runs).toHaveLength(3)
  })

  test('an alert is run once, however often it is told, until it fires anew', async () => {
    const { runs, retrain, end } = heldRetrain()
    const { post } = await serve({ retrain })
    expect(await post()).toBe(202)
    await expect.poll(() => runs).toHaveLength(1)
    expect(await post()).toBe(200)
    end()
    for (let i = 0; i < 3; i++) expect(await post()).toBe(200)
    expect(await post(notification([alert({ startsAt: '2026-11-23T21:00:00Z' })]))).toBe(202)
    await expect.poll(() => runs).toHaveLength(2)
  })

  test('a hundred deliveries at once are one run', async () => {
    const { runs, retrain, end } = heldRetrain()
    const { post } = await serve({ retrain })
    const statuses = await Promise.all(Array.from({ length: 100 }, () => post()))
    expect(statuses.filter((status) => status === 202)).toHaveLength(1)
    expect(statuses.filter((status) => status === 200)).toHaveLength(99)
    await expect.poll(() => runs).toHaveLength(1)
    end()
    expect(await post()).toBe(200)
    expect(runs).toHaveLength(1)
  })

  test.each([
    ['throws', () => expect.fail('no data')],
    ['rejects', () => Promise.reject(new Error('no data'))],
  ])(
    'that %s is told of, and each repeat begins another and is 503 until one succeeds',
    async (_, failingRetrain) => {
      let fails = true
      const runs: unknown[] = []
      const { errors, origin, post } = await serve({
        retrain(alerts) {
          runs.push(alerts)
          return fails ? failingRetrain() : undefined
        },
      })
      expect(await post()).toBe(202)
      await expect.poll(() => errors).toMatchObject([{ message: 'no data' }])
      const again = await ask(origin, { method: 'POST', headers: JSON_TYPE, body: notification() })
      expect([again.status, again.headers['retry-after']]).toEqual([503, '60'])
      expect(again.text).toBe('The last retrain failed; another begins.\n')
      await expect.poll(() => errors).toHaveLength(2)
      fails = false
      expect(await post(notification([alert(), alert({ fingerprint: 'new' })]))).toBe(503)
      await expect.poll(() => runs).toHaveLength(3)
      expect(await post()).toBe(200)
      expect(await post(notification([alert({ fingerprint: 'new' })]))).toBe(200)
      expect(errors).toHaveLength(2)
    },
  )

  test('what failed is 503 while another run is under way, and what is new waits for the next', async () => {
    const runs: unknown[] = []
    const ends: ((error?: Error) => void)[] = []
    const { errors, post } = await serve({
      retrain: (alerts) =>
        new Promise<void>((resolve, reject) => {
          runs.push(alerts)
          ends.push((error) => (error === undefined ? resolve() : reject(error)))
        }),
    })
    const ended = async (error?: Error) => {
      await expect.poll(() => ends.length).toBeGreaterThan(0)
      ends.shift()!(error)
    }
    expect(await post(numbered(1))).toBe(202)
    await ended(new Error('no data'))
    await expect.poll(() => errors).toHaveLength(1)
    expect(await post(numbered(2))).toBe(202)
    await expect.poll(() => runs).toHaveLength(2)
    expect(await post(numbered(1))).toBe(503)
    expect(await post(numbered(1))).toBe(503)
    expect(await post(numbered(3))).toBe(202)
    expect(await post(numbered(2))).toBe(200)
    await ended()
    await expect.poll(() => runs).toHaveLength(3)
    expect(runs[2]).toMatchObject([{ fingerprint: 'f1' }, { fingerprint: 'f3' }])
    expect(await post(numbered(1))).toBe(503)
    await ended()
    await expect.poll(() => post(numbered(1))).toBe(200)
    expect(await post(numbered(1, 2, 3))).toBe(200)
    expect(runs).toHaveLength(3)
  })

  test('what waits is bounded: 503, so that Alertmanager tells it again', async () => {
    const { runs, retrain, end } = heldRetrain()
    const { origin, post } = await serve({ retrain, maxAlerts: 2 })
    expect(await post(numbered(1))).toBe(202)
    await expect.poll(() => runs).toHaveLength(1)
    expect(await post(numbered(2, 3))).toBe(202)
    const full = await ask(origin, { method: 'POST', headers: JSON_TYPE, body: numbered(4) })
    expect([full.status, full.headers['retry-after']]).toEqual([503, '60'])
    end()
    await expect.poll(() => runs).toHaveLength(2)
    expect(await post(numbered(4))).toBe(202)
  })

  test('one notification of more alerts than may wait is run where nothing waits', async () => {
    const { runs, post } = await serve({ maxAlerts: 1 })
    expect(await post(numbered(1, 2, 3))).toBe(202)
    await expect.poll(() => runs).toMatchObject([{ length: 3 }])
  })

  test('what is remembered is bounded: the one told of longest ago is forgotten first', async () => {
    const { runs, post } = await serve({ maxAlerts: 2 })
    for (const i of [1, 2]) {
      expect(await post(numbered(i))).toBe(202)
      await expect.poll(() => runs).toHaveLength(i)
    }
    expect(await post(numbered(1))).toBe(200)
    expect(await post(numbered(3))).toBe(202)
    await expect.poll(() => runs).toHaveLength(3)
    expect(await post(numbered(1))).toBe(200)
    expect(await post(numbered(2))).toBe(202)
  })
})

describe('who may not ask', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    '%s is answered with 405',
    async (method) => {
      const { origin, runs } = await serve()
      const { status, headers } = await ask(origin, { method })
      expect([status, headers.allow]).toEqual([405, 'POST'])
      expect(runs).toEqual([])
    },
  )

  test.each([
    [401, undefined],
    [401, 'Bearer wrong'],
    [401, 'Basic s3cret'],
    [202, 'Bearer s3cret'],
  ])('a token is asked for: %d for %s', async (expected, authorization) => {
    const { post } = await serve({ token: 's3cret' })
    const headers = { ...JSON_TYPE, ...(authorization && { authorization }) }
    expect(await post(notification(), headers)).toBe(expected)
  })

  test('with a token also under other names, as from another machine', async () => {
    const { post } = await serve({ token: 's3cret' })
    const headers = { ...JSON_TYPE, host: 'flights:3000', authorization: 'Bearer s3cret' }
    expect(await post(notification(), headers)).toBe(202)
  })

  test.each([
    ['X-Forwarded-For', '127.0.0.1'],
    ['Forwarded', 'for=127.0.0.1'],
    ['X-Real-IP', '127.0.0.1'],
    ['Host', 'rebound.example'],
    ['Via', '1.1 proxy'],
    ['True-Client-IP', '127.0.0.1'],
    ['Origin', 'https://evil.example'],
    ['Sec-Fetch-Site', 'cross-site'],
  ])('without a token 403 for what came from elsewhere, by %s', async (name, value) => {
    const { post, runs } = await serve()
    expect(await post(notification(), { ...JSON_TYPE, [name]: value })).toBe(403)
    expect(runs).toEqual([])
  })

  test('what a page of a foreign site may send unasked is refused: no other type than JSON', async () => {
    const { post, runs } = await serve()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      expect(await post(notification(), { 'content-type': type })).toBe(415)
    }
    expect(await post(notification(), {})).toBe(415)
    expect(await post(notification(), { ...JSON_TYPE, 'content-encoding': 'gzip' })).toBe(415)
    expect(runs).toEqual([])
    const cased = { 'content-type': 'Application/JSON ; charset=UTF-8' }
    expect(await post(notification(), cased)).toBe(202)
  })
})

describe('a body', () => {
  test.each([
    ['that is no JSON', '{"version":'],
    ['that is empty', ''],
    ['of invalid UTF-8', Buffer.from(notification().replace('flights', '\u00ff'), 'latin1')],
    ['of half a surrogate pair in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['that is an array', '[]'],
    ['that is null', 'null'],
    ['of deep arrays', '['.repeat(60_000)],
    ['of deep arrays that end', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['of deep objects', `${'{"alerts":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ['without a version', notification([alert()], { version: undefined })],
    ['of version 3', notification([alert()], { version: '3' })],
    ['of a numeric version', notification([alert()], { version: 4 })],
    ['of another status', notification([alert()], { status: 'pending' })],
    ['without alerts', notification(null)],
    ['of alerts that are an object', notification({ length: 1 })],
    ['of an alert that is null', notification([null])],
    ['of an alert that is text', notification(['firing'])],
    ['of an alert of another status', notification([alert({ status: 'FIRING' })])],
    ['of an alert without labels', notification([alert({ labels: undefined })])],
    ['of labels that are an array', notification([alert({ labels: ['DriftAction'] })])],
    ['of a label that is a number', notification([alert({ labels: { alertname: 1 } })])],
    ['of an annotation that is an object', notification([alert({ annotations: { a: {} } })])],
    ['without a start', notification([alert({ startsAt: undefined })])],
    ['of a start that is no time', notification([alert({ startsAt: 'now' })])],
    ['without a fingerprint', notification([alert({ fingerprint: undefined })])],
    ['of an empty fingerprint', notification([alert({ fingerprint: '' })])],
    [
      'of one bad alert among good ones',
      notification([alert(), alert({ status: 1, fingerprint: 'b' })]),
    ],
  ])('%s is 400, and nothing runs', async (_, body) => {
    const { post, runs, errors } = await serve()
    expect(await post(body)).toBe(400)
    expect(await post(notification([alert({ fingerprint: 'last' })]))).toBe(202)
    await expect.poll(() => runs).toMatchObject([[{ fingerprint: 'last' }]])
    expect(errors).toEqual([])
  })

  test('says what it must be, and does not repeat what it was', async () => {
    const { origin } = await serve()
    const body = notification([alert(), alert({ status: '<script>' })])
    const { text } = await ask(origin, { method: 'POST', headers: JSON_TYPE, body })
    expect(text).toBe('"alerts[1].status" must be "firing" or "resolved".\n')
  })

  const padded = (bytes: number) => {
    const text = notification()
    return text + ' '.repeat(bytes - Buffer.byteLength(text))
  }

  test('of just the bytes that are allowed is read, of one more it is 413', async () => {
    const { post } = await serve({ maxBodyBytes: 2000 })
    expect(await post(padded(2001))).toBe(413)
    const chunked = { ...JSON_TYPE, 'transfer-encoding': 'chunked' }
    expect(await post(padded(2001), chunked)).toBe(413)
    expect(await post(padded(2000), chunked)).toBe(202)
    expect(await post(padded(2000))).toBe(200)
  })

  test('that announces to be too long is refused before it is sent', async () => {
    const loopback = await serve()
    const client = await rawClient(loopback)
    client.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n',
    )
    await expect.poll(() => client.text()).toContain('HTTP/1.1 413 ')
  })

  test('of many megabytes in chunks is refused, and its client can read that', async () => {
    const { origin } = await serve()
    const headers = { ...JSON_TYPE, 'transfer-encoding': 'chunked' }
    const body = Buffer.alloc(8_000_000, '[')
    expect((await ask(origin, { method: 'POST', headers, body })).status).toBe(413)
  })

  const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  const connections = ({ server }: Pick<Awaited<ReturnType<typeof serve>>, 'server'>) =>
    new Promise<number>((resolve) => {
      server.getConnections((_, count) => resolve(count))
    })

  test.each([
    ['of known length', 'Content-Length: 500\r\n\r\n{"version"'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'],
  ])('that never ends, %s, is 408, and its connection is closed', async (_, rest) => {
    const loopback = await serve({ timeoutSeconds: 0.1 })
    const client = await rawClient(loopback)
    client.write(head + rest)
    await expect.poll(() => client.text()).toContain('HTTP/1.1 408 ')
    await expect.poll(() => connections(loopback)).toBe(0)
  })

  test.each([
    ['is refused for its type', head.replace('json', 'xml'), 415],
    ['is refused for its method', head.replace('POST', 'PUT'), 405],
    ['is refused for its name', head.replace('localhost', 'rebound.example'), 403],
    ['is too long', head, 413],
  ])('that never ends where the request %s is broken off', async (_, start, status) => {
    const loopback = await serve({ timeoutSeconds: 0.5, maxBodyBytes: 10 })
    const client = await rawClient(loopback)
    client.write(`${start}Transfer-Encoding: chunked\r\n\r\nf\r\n012345678901234\r\n`)
    await expect.poll(() => client.text()).toContain(`HTTP/1.1 ${status} `)
    await expect.poll(() => connections(loopback)).toBe(0)
  })

  test('that waited since something held the thread is read all the same', async () => {
    const { post: _, ...loopback } = await serve({ timeoutSeconds: 0.2 })
    const client = await rawClient(loopback)
    const body = notification()
    const half = body.length >> 1
    loopback.server.once('request', () => {
      client.write(body.slice(half))
      for (const until = performance.now() + 1200; performance.now() < until; );
    })
    client.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body.slice(0, half)}`,
    )
    await expect.poll(() => client.text()).toContain('HTTP/1.1 202')
  })

  test('that is broken off does no harm', async () => {
    const loopback = await serve()
    const client = await rawClient(loopback)
    const arrived = once(loopback.server, 'request')
    client.write(`${head}Content-Length: 500\r\n\r\n{"version"`)
    await arrived
    client.resetAndDestroy()
    await expect.poll(() => connections(loopback)).toBe(0)
    expect(await loopback.post()).toBe(202)
    await expect.poll(() => loopback.runs).toHaveLength(1)
    expect(loopback.errors).toEqual([])
  })

  test('that comes byte by byte is read', async () => {
    const loopback = await serve()
    const client = await rawClient(loopback)
    client.setNoDelay()
    const body = Buffer.from(notification([alert({ annotations: { summary: 'Größe → 2' } })]))
    client.write(`${head}Content-Length: ${body.length}\r\n\r\n`)
    for (const byte of body) {
      client.write(Buffer.of(byte))
      await new Promise(setImmediate)
    }
    await expect.poll(() => client.text()).toContain('HTTP/1.1 202 ')
    await expect
      .poll(() => loopback.runs)
      .toMatchObject([[{ annotations: { summary: 'Größe → 2' } }]])
  })
})

describe('stands in', () => {
  const body = notification()

  async function expectRun(origin: string, runs: unknown[]) {
    const { status } = await ask(`${origin}/retrain`, { method: 'POST', headers: JSON_TYPE, body })
    expect(status).toBe(202)
    await expect.poll(() => runs).toHaveLength(1)
  }

  function webhook() {
    const runs: unknown[] = []
    return { runs, handle: retrainWebhook({ retrain: (alerts) => void runs.push(alerts) }) }
  }

  test.each([
    ['no parser', undefined],
    ['express.json()', express.json()],
    ['express.raw()', express.raw({ type: 'application/json' })],
  ])('Express, behind %s', async (_, parser) => {
    const { runs, handle } = webhook()
    const app = express()
    if (parser !== undefined) app.use(parser)
    app.post('/retrain', handle)
    await expectRun((await listen(app)).origin, runs)
  })

  test('Express, behind a parser that leaves nothing: 500, at once', async () => {
    const { handle } = webhook()
    const app = express()
    app.use(express.raw({ type: 'application/json' }), (req, _, next) => {
      req.body = undefined
      next()
    })
    app.post('/', handle)
    const { origin } = await listen(app)
    const answer = await ask(origin, { method: 'POST', headers: JSON_TYPE, body })
    expect([answer.status, answer.text]).toEqual([500, expect.stringContaining('req.body')])
  })

  test('Fastify, with the body that it has parsed', async () => {
    const { runs, handle } = webhook()
    const app = fastify({ forceCloseConnections: true })
    app.post('/retrain', ({ raw, body }, reply) => {
      reply.hijack()
      handle(Object.assign(raw, { body }), reply.raw)
    })
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => app.close())
    await expectRun(origin, runs)
  })

  test('Koa', async () => {
    const { runs, handle } = webhook()
    const app = new Koa()
    app.use((ctx) => {
      ctx.respond = false
      handle(ctx.req, ctx.res)
    })
    await expectRun((await listen(app.callback())).origin, runs)
  })

  test('HTTP/2, also for a body that never ends', async () => {
    const runs: unknown[] = []
    const handle = retrainWebhook({
      retrain: (alerts) => void runs.push(alerts),
      timeoutSeconds: 1,
    })
    const server = createHttp2Server()
    server.on('request', (req, res) => handle(req as never, res as never))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.close()
      server.close()
    })
    const statusOf = (authority: string | undefined, text: string, ends: boolean) =>
      new Promise<number>((resolve, reject) => {
        const stream = client.request({
          ':path': '/',
          ':method': 'POST',
          ...(authority && { ':authority': authority }),
          ...JSON_TYPE,
        })
        stream.on('response', (headers) => resolve(headers[':status']!))
        stream.on('error', reject)
        if (ends) stream.end(text)
        else stream.write(text)
      })
    expect(await statusOf(undefined, '{', false)).toBe(408)
    expect(await statusOf('rebound.example', body, true)).toBe(403)
    expect(await statusOf(undefined, body, true)).toBe(202)
    await expect.poll(() => runs).toHaveLength(1)
  })
})

test('a failure that nobody is told of is a process warning, once', async () => {
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warnings.mockRestore())
  const retrain = vi.fn(() => Promise.reject(new Error('no data')))
  const { origin } = await listen(retrainWebhook({ retrain }))
  for (let run = 1; run <= 2; run++) {
    await ask(origin, { method: 'POST', headers: JSON_TYPE, body: notification() })
    await expect.poll(() => retrain.mock.calls).toHaveLength(run)
  }
  expect(warnings.mock.calls).toEqual([
    ['a retrain failed: no data', { type: 'TidegaugeWarning', code: 'TIDEGAUGE_MONITOR_FAILED' }],
  ])
})

test.each([
  [undefined, '"options" must be an object of options'],
  [{}, '"retrain" must be a function'],
  [{ retrain() {}, match: null }, '"match" must be labels'],
  [{ retrain() {}, match: { severity: 1 } }, '"match.severity" must be text'],
  [{ retrain() {}, maxBodyBytes: 0 }, '"maxBodyBytes" must be a whole number from 1'],
  [{ retrain() {}, maxAlerts: 1.5 }, '"maxAlerts" must be a whole number from 1'],
  [{ retrain() {}, timeoutSeconds: 0 }, '"timeoutSeconds" must be above 0'],
  [{ retrain() {}, timeoutSeconds: Number.NaN }, '"timeoutSeconds" must be above 0'],
  [{ retrain() {}, timeoutSeconds: 1e9 }, '"timeoutSeconds" must be above 0'],
  [{ retrain() {}, token: '' }, '"token" must be visible ASCII characters'],
])('the options %# are refused', (options, message) => {
  expect(() => retrainWebhook(options as never)).toThrow(message)
})
