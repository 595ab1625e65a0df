import { createServer, type IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { createServer as createSecureServer, request as secureRequest } from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { latencyRecorder } from '../src/index.ts'
import {
  type InstrumentServerOptions,
  instrumentServer,
  latencyMiddleware,
} from '../src/middleware/node.ts'
import {
  get,
  type Loopback,
  listen,
  observed,
  outcomes,
  rawClient,
  tally,
  totalOf,
} from './loopback.ts'

const route = (req: IncomingMessage): string | undefined =>
  req.url?.startsWith('/users/') ? '/users/:id' : undefined

async function instrumented(
  handler: RequestListener,
  options: Partial<InstrumentServerOptions> = {},
) {
  const recorder = options.recorder ?? latencyRecorder()
  let handled = 0
  const server = createServer((req, res) => {
    handled++
    handler(req, res)
  })
  const instrumentation = instrumentServer(server, { route, ...options, recorder })
  const arrived = (requests: number): Promise<void> =>
    expect.poll(() => handled, { interval: 5 }).toBe(requests)
  return { recorder, instrumentation, arrived, ...(await listen(server)) }
}

/** Nothing more is observed once everything that could have been closed is closed. */
async function settled({ server }: Loopback): Promise<void> {
  await vi.waitFor(async () => {
    const open = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
    if (open !== 0) throw new Error(`${open} connections are open`)
  }, 60_000)
  await delay(20)
}

test('counts a request under its method, route and status, with the time it took', async () => {
  const { recorder, origin } = await instrumented((_, res) => {
    setTimeout(() => res.writeHead(201).end('made'), 60)
  })
  const before = performance.now()
  await (await fetch(`${origin}/users/7?secret=1`, { method: 'POST' })).text()
  await expect.poll(() => tally(recorder)).toEqual({ 'POST /users/:id 201': 1 })
  expect(recorder.snapshot()[0]!.sum).toBeGreaterThan(0.055)
  // In seconds, and within what the test saw of it.
  expect(recorder.snapshot()[0]!.sum).toBeLessThan((performance.now() - before) / 1000)
})

test('times until the last byte of a stream, not until the headers', async () => {
  const { recorder, origin } = await instrumented((_, res) => {
    res.write('first')
    setTimeout(() => res.end('last'), 60)
  })
  await (await fetch(`${origin}/users/7`)).text()
  await expect.poll(() => observed(recorder)).toBe(1)
  expect(recorder.snapshot()[0]!.sum).toBeGreaterThan(0.055)
})

test('counts each request of a kept-alive connection, HEAD and OPTIONS among them', async () => {
  const server = await instrumented((_, res) => res.end('ok'))
  const client = await rawClient(server)
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'GET']) {
    const before = observed(server.recorder)
    client.write(get('/users/7', method))
    await expect.poll(() => observed(server.recorder)).toBe(before + 1)
  }
  expect(tally(server.recorder)).toEqual({
    'GET /users/:id 200': 2,
    'HEAD /users/:id 200': 1,
    'OPTIONS /users/:id 200': 1,
  })
})

test('counts pipelined requests once each', async () => {
  const server = await instrumented((req, res) => {
    setTimeout(() => res.end('ok'), req.url === '/users/slow' ? 40 : 0)
  })
  const client = await rawClient(server)
  client.write(get('/users/slow') + get('/users/b') + get('/other'))
  await expect.poll(() => client.text().split('HTTP/1.1 200').length - 1).toBe(3)
  client.destroy()
  await settled(server)
  expect(tally(server.recorder)).toEqual({ 'GET /users/:id 200': 2, 'GET - 200': 1 })
})

test('counts a request whose body is not read, and one that waits for 100-continue', async () => {
  const server = await instrumented((_, res) => res.writeHead(413).end())
  const client = await rawClient(server)
  const head = 'POST /users/7 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n'
  client.write(`${head}\r\nabc`)
  await expect.poll(() => tally(server.recorder)).toEqual({ 'POST /users/:id 413': 1 })
  const other = await rawClient(server)
  other.write(`${head}Expect: 100-continue\r\n\r\n`)
  await expect.poll(() => tally(server.recorder)).toEqual({ 'POST /users/:id 413': 2 })
})

test('counts a method that nobody knows as _OTHER, and one in lower case never becomes a request', async () => {
  const server = await instrumented((_, res) => res.end('ok'))
  for (const method of ['PROPFIND', 'MKCOL', 'get', 'BREW']) {
    const client = await rawClient(server)
    client.write(get('/', method))
    await expect.poll(() => client.text()).toMatch(/^HTTP\/1.1 (200|400)/)
  }
  await expect.poll(() => tally(server.recorder)).toEqual({ '_OTHER - 200': 2 })
})

test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'a client that leaves by %s() before the headers counts as 499, once',
  async (leave) => {
    const server = await instrumented((_, res) => {
      res.statusCode = 404 // set, and never sent
      setTimeout(() => res.end('too late'), 80)
    })
    const client = await rawClient(server)
    client.write(get('/users/7'))
    await server.arrived(1)
    client[leave]()
    await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 499': 1 })
    await delay(100)
    expect(observed(server.recorder)).toBe(1)
  },
)

test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'a client that leaves by %s() in the middle of the body counts as 499',
  async (leave) => {
    const server = await instrumented((_, res) => void res.write('half'))
    const client = await rawClient(server)
    client.write(get('/users/7'))
    await expect.poll(() => client.text()).toContain('half')
    client[leave]()
    await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 499': 1 })
  },
)

test('a client that resets a large body after res.end() counts as 499', async () => {
  const server = await instrumented((_, res) => res.end(Buffer.alloc(50_000_000)))
  const client = await rawClient(server)
  client.pause()
  client.write(get('/users/7'))
  await server.arrived(1)
  client.resetAndDestroy()
  await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 499': 1 })
})

test('an error status that was sent stays, also where its body is cut off', async () => {
  const server = await instrumented((_, res) => void res.writeHead(503).write('half'))
  const client = await rawClient(server)
  client.write(get('/users/7'))
  await expect.poll(() => client.text()).toContain('half')
  client.destroy()
  await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 503': 1 })
})

test.each(['destroy', 'resetAndDestroy'] as const)(
  'a client that leaves by %s() with requests in the pipeline is counted for each of them',
  async (leave) => {
    const server = await instrumented((req, res) => {
      req.resume()
      if (req.url !== '/users/hangs') res.end('ok')
    })
    const client = await rawClient(server)
    const post = 'POST /users/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc'
    client.write(get('/users/hangs') + get('/users/a') + post)
    await server.arrived(3)
    await delay(20) // for the body to be read, and its request to be closed
    client[leave]()
    await expect
      .poll(() => tally(server.recorder))
      .toEqual({ 'GET /users/:id 499': 2, 'POST /users/:id 499': 1 })
    await settled(server)
    expect(observed(server.recorder)).toBe(3)
  },
)

test('a response that had to wait, and is cut off when its turn has come, counts once', async () => {
  const first: ServerResponse[] = []
  const server = await instrumented((req, res) => {
    req.resume()
    if (req.url === '/users/first') first.push(res)
  })
  const client = await rawClient(server)
  const post = 'POST /users/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc'
  client.write(get('/users/first') + post)
  await server.arrived(2)
  await delay(20) // for the body to be read, and its request to be closed
  first[0]!.end('ok')
  await expect.poll(() => client.text()).toContain('200 OK')
  client.destroy()
  await settled(server)
  expect(tally(server.recorder)).toEqual({ 'GET /users/:id 200': 1, 'POST /users/:id 499': 1 })
})

test.each([
  ['res.destroy() before the headers', (_, res) => res.destroy()],
  ['res.destroy(error)', (_, res) => res.once('error', () => {}).destroy(new Error('gone'))],
  ['req.socket.destroy()', (req) => req.socket.destroy()],
  [
    'res.destroy() in the middle of the body',
    (_, res) => {
      res.write('half')
      setTimeout(() => res.destroy(), 20)
    },
  ],
  [
    'a stream that fails half-way',
    (_, res) => {
      const source = Readable.from(
        (async function* () {
          yield 'half'
          await delay(20)
          throw new Error('disk')
        })(),
      )
      pipeline(source, res).catch(() => {})
    },
  ],
] as [string, RequestListener][])(
  '%s counts as 500, for the server broke it off',
  async (_, handler) => {
    const server = await instrumented(handler)
    const client = await rawClient(server)
    client.write(get('/users/7'))
    await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 500': 1 })
    await settled(server)
    expect(observed(server.recorder)).toBe(1)
  },
)

test('a stream that is read to its end counts as what was sent', async () => {
  const server = await instrumented((_, res) => {
    pipeline(Readable.from(Array(100).fill('x'.repeat(10_000))), res).catch(() => {})
  })
  expect((await (await fetch(`${server.origin}/users/7`)).text()).length).toBe(1_000_000)
  await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 200': 1 })
})

test.each([
  ['first', [{ route }, {}]],
  ['last', [{}, { route }]],
])(
  'installed twice it counts once, and the one that knows routes names it: the %s',
  async (_, twice) => {
    const recorder = latencyRecorder()
    const server = createServer((_, res) => res.end('ok'))
    for (const options of twice) instrumentServer(server, { recorder, ...options })
    const { origin } = await listen(server)
    await (await fetch(`${origin}/users/7`)).text()
    await (await fetch(`${origin}/users/8`)).text()
    await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 2 })
  },
)

test('two recorders on one server both count', async () => {
  const other = latencyRecorder()
  const { server, recorder, origin } = await instrumented((_, res) => res.end('ok'))
  instrumentServer(server, { recorder: other })
  await (await fetch(`${origin}/users/7`)).text()
  await expect.poll(() => [observed(recorder), observed(other)]).toEqual([1, 1])
})

test('what is ignored is not counted, and is asked about before the handler runs', async () => {
  const seen: string[] = []
  const server = await instrumented(
    (req, res) => {
      seen.push(`handled ${req.url}`)
      res.end('ok')
    },
    {
      ignore(req) {
        seen.push(`asked ${req.url}`)
        return req.url === '/healthz'
      },
    },
  )
  for (const path of ['/healthz', '/users/7']) await (await fetch(server.origin + path)).text()
  await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 200': 1 })
  expect(seen).toEqual(['asked /healthz', 'handled /healthz', 'asked /users/7', 'handled /users/7'])
})

test('stop() leaves new requests alone and still counts the one under way', async () => {
  const waiting: ServerResponse[] = []
  const server = await instrumented((req, res) => {
    if (req.url === '/users/7') waiting.push(res)
    else res.end('ok')
  })
  const underWay = fetch(`${server.origin}/users/7`).then((response) => response.text())
  await server.arrived(1)
  server.instrumentation.stop()
  await (await fetch(`${server.origin}/new`)).text()
  waiting[0]!.end('ok')
  await underWay
  await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /users/:id 200': 1 })
})

test('works for https, a client that leaves included', async () => {
  // A pre-shared key, so that no certificate lies about in the tests.
  const psk = Buffer.alloc(32, 7)
  const tls = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const
  const recorder = latencyRecorder()
  let hanging = 0
  const server = createSecureServer({ ...tls, pskCallback: () => psk }, (req, res) => {
    if (req.url !== '/users/hangs') res.end('ok')
    else hanging++
  })
  instrumentServer(server, { recorder, route })
  const { port } = await listen(server)
  const pskCallback = (): { psk: Buffer; identity: string } => ({ psk, identity: 'test' })
  const client = {
    ...tls,
    port,
    host: '127.0.0.1',
    pskCallback,
    checkServerIdentity: () => undefined,
  }
  secureRequest({ ...client, path: '/users/7' }, (res) => res.resume()).end()
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
  const leaving = secureRequest({ ...client, path: '/users/hangs' }).once('error', () => {})
  leaving.end()
  await expect.poll(() => hanging).toBe(1)
  leaving.destroy()
  await expect
    .poll(() => tally(recorder))
    .toEqual({ 'GET /users/:id 200': 1, 'GET /users/:id 499': 1 })
})

const failing = {
  ignore: () => {
    throw new Error('ignore failed')
  },
  route: () => {
    throw new Error('route failed')
  },
  recorder: {
    ...latencyRecorder(),
    slot() {
      throw new Error('slot failed')
    },
  },
}

test.each(['ignore', 'route', 'recorder'] as const)(
  'a failure in %s goes to onError, and the request is answered',
  async (part) => {
    const errors: unknown[] = []
    const server = await instrumented((_, res) => res.end('ok'), {
      [part]: failing[part],
      onError: (error) => errors.push(error),
    })
    const response = await fetch(`${server.origin}/users/7`)
    expect([response.status, await response.text()]).toEqual([200, 'ok'])
    const message = part === 'recorder' ? 'slot failed' : `${part} failed`
    await expect.poll(() => errors).toEqual([new Error(message)])
    if (part === 'ignore') expect(tally(server.recorder)).toEqual({ 'GET /users/:id 200': 1 })
    if (part === 'route') expect(tally(server.recorder)).toEqual({ 'GET - 200': 1 })
  },
)

test.each([
  ['without onError', {}],
  [
    'with an onError that throws',
    {
      onError: () => {
        throw new Error('slot failed, and so did onError')
      },
    },
  ],
])('%s a failure warns once per instrumentation', async (_, options) => {
  const warnings: Error[] = []
  const warned = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', warned)
  onTestFinished(() => {
    process.off('warning', warned)
  })
  const server = await instrumented((_, res) => res.end('ok'), {
    recorder: failing.recorder,
    ...options,
  })
  for (let i = 0; i < 3; i++) await (await fetch(`${server.origin}/users/7`)).text()
  await expect.poll(() => warnings.map(({ message }) => message)).toHaveLength(1)
  await delay(50)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ name: 'TidegaugeWarning', code: 'TIDEGAUGE_METRICS_FAILED' })
  expect(warnings[0]!.message).toMatch(/^request metrics failed: slot failed/)
})

test('rejects what is no recorder or no server', () => {
  expect(() => instrumentServer(createServer(), { recorder: {} as never })).toThrow(
    '"recorder" must be a LatencyRecorder',
  )
  expect(() => instrumentServer({} as never, { recorder: latencyRecorder() })).toThrow(
    '"server" must be a server of node:http, https or http2',
  )
})

test('says who broke an exchange off, and nothing where nobody did', async () => {
  const server = await instrumented((req, res) => {
    if (req.url === '/users/destroys') res.destroy()
    else if (req.url === '/users/answers') res.end('ok')
    else if (req.url === '/users/fails') res.writeHead(503).write('half')
  })
  for (const [i, name] of ['destroys', 'answers', 'hangs', 'fails'].entries()) {
    const client = await rawClient(server)
    client.write(get(`/users/${name}`))
    await server.arrived(i + 1)
    if (name === 'fails') await expect.poll(() => client.text()).toContain('half')
    if (name === 'hangs' || name === 'fails') client.destroy()
    await expect.poll(() => observed(server.recorder)).toBe(i + 1)
  }
  await expect
    .poll(() => outcomes(server.recorder))
    .toEqual({
      'GET /users/:id 500 response_aborted': 1,
      'GET /users/:id 200 -': 1,
      'GET /users/:id 499 client_disconnected': 1,
      'GET /users/:id 503 client_disconnected': 1,
    })
})

test('requests under way are counted while they are, however they end', async () => {
  const server = await instrumented(
    (req, res) => {
      if (req.url === '/users/destroys') res.destroy()
      else if (req.url !== '/users/hangs') res.end('ok')
    },
    { ignore: (req) => req.url === '/healthz' },
  )
  server.server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  const hanging = await rawClient(server)
  hanging.write(get('/users/hangs'))
  await server.arrived(1)
  expect(server.recorder.activeRequests).toBe(1)
  const upgrade = await rawClient(server)
  upgrade.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
  await expect.poll(() => upgrade.text()).toContain('101')
  for (const path of ['/users/destroys', '/healthz', '/users/7']) {
    await fetch(server.origin + path).then(
      (response) => response.text(),
      () => {},
    )
  }
  await expect.poll(() => observed(server.recorder)).toBe(2)
  expect(server.recorder.activeRequests).toBe(1)
  server.server.close()
  hanging.destroy()
  await expect.poll(() => server.recorder.activeRequests).toBe(0)
  expect(observed(server.recorder)).toBe(3) // the upgrade is no request
})

test('an upgraded request that is handed to a request listener is not counted', async () => {
  const server = await instrumented((_, res) => res.end('ok'))
  server.server.on('upgrade', (req, socket) => {
    const res = new ServerResponse(req)
    res.assignSocket(socket as Socket)
    server.server.emit('request', req, res)
  })
  const client = await rawClient(server)
  client.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
  await expect.poll(() => client.text()).toContain('200 OK')
  client.destroy()
  await delay(30)
  expect([observed(server.recorder), server.recorder.activeRequests]).toEqual([0, 0])
})

describe('server-sent events', () => {
  const begins: [string, RequestListener][] = [
    [
      'writeHead and write',
      (_, res) => {
        res
          .writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
          .write('data: 1\n\n')
      },
    ],
    [
      'setHeader and flushHeaders',
      (_, res) => res.setHeader('content-type', 'Text/Event-Stream').flushHeaders(),
    ],
    [
      'writeHead with pairs, and a stream',
      (_, res) => {
        res.writeHead(200, ['content-type', 'text/event-stream'])
        Readable.from(['data: 1\n\n', new Promise(() => {})]).pipe(res)
      },
    ],
  ]

  test.each(begins)('begun by %s are counted once, when they begin', async (_, begin) => {
    const server = await instrumented((req, res) => {
      setTimeout(begin, 40, req, res)
    })
    const client = await rawClient(server)
    client.write(get('/users/7'))
    await expect.poll(() => outcomes(server.recorder)).toEqual({ 'GET /users/:id 200 -': 1 })
    const { sum } = server.recorder.snapshot()[0]!
    expect(sum).toBeGreaterThan(0.035)
    expect(server.recorder.activeRequests).toBe(1)
    client.destroy()
    await expect.poll(() => server.recorder.activeRequests).toBe(0)
    expect(observed(server.recorder)).toBe(1)
    expect(server.recorder.snapshot()[0]!.sum).toBe(sum)
  })

  test.each([
    ['duration', { 'GET /users/:id 499 client_disconnected': 1 }],
    ['ignore', {}],
  ] as const)("streams: '%s'", async (streams, counted) => {
    const server = await instrumented(begins[0]![1], { streams })
    const client = await rawClient(server)
    client.write(get('/users/7'))
    await expect.poll(() => client.text()).toContain('data: 1')
    expect(observed(server.recorder)).toBe(0)
    client.destroy()
    await expect.poll(() => server.recorder.activeRequests).toBe(0)
    expect(outcomes(server.recorder)).toEqual(counted)
  })

  test('other streams count until their end, also beside time to headers', async () => {
    const recorder = latencyRecorder({ timeToHeaders: true })
    const server = await instrumented(
      (_, res) => {
        res.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).write('{}\n')
        setTimeout(() => res.end('{}\n'), 60)
      },
      { recorder },
    )
    await (await fetch(`${server.origin}/users/7`)).text()
    await expect.poll(() => observed(recorder)).toBe(1)
    expect(totalOf(recorder, 'timeToHeaders').observations).toBe(1)
    // What lies between them is the timer, and no less.
    const { sum } = totalOf(recorder, 'duration')
    expect(sum - totalOf(recorder, 'timeToHeaders').sum).toBeGreaterThan(0.055)
  })

  test('a policy that nobody knows is rejected', () => {
    expect(() =>
      instrumentServer(createServer(), { recorder: latencyRecorder(), streams: 'no' as never }),
    ).toThrow('"streams" must be')
  })
})

test('sizes of bodies: by Content-Length, in chunks, in strings of any encoding, and of none', async () => {
  const recorder = latencyRecorder({ requestSize: true, responseSize: true })
  const server = await instrumented(
    (req, res) => {
      req.resume().on('end', () => {
        if (req.url === '/empty') res.writeHead(204).end()
        else if (req.url === '/pieces') {
          res.write('äö') // 4
          res.write('ff00', 'hex') // 2
          res.write(new Uint8Array(5))
          res.end(Buffer.from('123'))
        } else res.end('1234567')
      })
    },
    { recorder },
  )
  const sizes = async (send: () => Promise<unknown>): Promise<number[]> => {
    const before = observed(recorder)
    const sum = () => [totalOf(recorder, 'requestSize').sum, totalOf(recorder, 'responseSize').sum]
    const [request, response] = sum()
    await send()
    await expect.poll(() => observed(recorder)).toBe(before + 1)
    return [sum()[0]! - request!, sum()[1]! - response!]
  }
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(server.origin + path, init).then((answer) => answer.text())
  expect(await sizes(() => ask('/whole'))).toEqual([0, 7])
  expect(await sizes(() => ask('/pieces', { method: 'POST', body: 'äbc' }))).toEqual([4, 14])
  expect(await sizes(() => ask('/empty'))).toEqual([0, 0])
  expect(await sizes(() => ask('/whole', { method: 'HEAD' }))).toEqual([0, 0])
  const chunked =
    'POST /whole HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n'
  expect(
    await sizes(async () => {
      const client = await rawClient(server)
      client.write(chunked)
      await expect.poll(() => client.text()).toContain('1234567')
    }),
  ).toEqual([5, 7])
  expect(totalOf(recorder, 'responseSize').observations).toBe(5)
})

test('labels of your own are asked at the end, with request and response', async () => {
  const recorder = latencyRecorder({ extraLabels: ['plan', 'cache'] })
  const server = await instrumented((_, res) => void res.setHeader('x-cache', 'hit').end('ok'), {
    recorder,
    labels: (req, res) => [String(req.headers['x-plan']), String(res.getHeader('x-cache'))],
  })
  await (await fetch(`${server.origin}/users/7`, { headers: { 'x-plan': 'free' } })).text()
  await expect.poll(() => recorder.snapshot()[0]?.labels.extra).toEqual(['free', 'hit'])
})

test('labels that are no array are told of once, and cost no request and no route', async () => {
  const recorder = latencyRecorder({ extraLabels: ['plan'] })
  const errors: unknown[] = []
  const server = await instrumented((_, res) => void res.end('ok'), {
    recorder,
    labels: (() => ({ plan: 'free' })) as never,
    onError: (error) => errors.push(error),
  })
  for (const id of [7, 8]) await (await fetch(`${server.origin}/users/${id}`)).text()
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 2 })
  expect(errors.map(String)).toEqual([
    'InvalidArgumentError: "labels()" must be an array of 1 values, in the order of the recorder\'s extraLabels (plan), received an object of Object',
  ])
})

test('labels are asked also where the route fails', async () => {
  const recorder = latencyRecorder({ extraLabels: ['plan'] })
  const errors: unknown[] = []
  const server = await instrumented((_, res) => void res.end('ok'), {
    recorder,
    route: () => {
      throw new Error('no table of routes')
    },
    labels: () => ['free'],
    onError: (error) => errors.push(error),
  })
  await (await fetch(`${server.origin}/users/7`)).text()
  await expect.poll(() => recorder.snapshot()[0]?.labels.extra).toEqual(['free'])
  expect(errors.map(String)).toEqual(['Error: no table of routes'])
})

test('an exemplar is the span that was active when the request arrived', async () => {
  const span = (digit: string) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16) })
  let active = span('a')
  const recorder = latencyRecorder({ exemplars: () => active, bounds: [10] })
  const server = await instrumented(
    (_, res) => {
      active = span('b')
      res.end('ok')
    },
    { recorder },
  )
  await (await fetch(`${server.origin}/users/7`)).text()
  await expect.poll(() => observed(recorder)).toBe(1)
  expect(recorder.duration.exemplar(1, 0)).toMatchObject(span('a'))
})

test('as a request listener it times what reaches it, and calls next where there is one', async () => {
  const recorder = latencyRecorder()
  const measure = latencyMiddleware({ recorder, route })
  const server = await listen((req, res) => {
    if (req.url === '/unmeasured') return void res.end('ok')
    measure(req, res, () => res.end('ok'))
    measure(req, res)
  })
  for (const path of ['/users/7', '/unmeasured']) await (await fetch(server.origin + path)).text()
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
})

test('a second one on the same response finds the first: late, and from another copy of the module', async () => {
  vi.resetModules()
  const other: typeof import('../src/middleware/node.ts') = await import(
    '../src/middleware/node.ts'
  )
  expect(other.latencyMiddleware).not.toBe(latencyMiddleware)
  const recorder = latencyRecorder()
  const late = other.latencyMiddleware({ recorder, route: () => '/named/late' })
  const server = await instrumented(
    async (req, res) => {
      res.on('close', () => {}) // as on-finished leaves one
      await delay(5)
      late(req, res)
      res.end('ok')
    },
    { recorder },
  )
  await Promise.all(
    [1, 2, 3].map((id) => fetch(`${server.origin}/users/${id}`).then((r) => r.text())),
  )
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /named/late 200': 3 })
  await delay(30)
  expect([observed(recorder), recorder.activeRequests]).toEqual([3, 0])
})

test('a request that the second one ignores is not counted', async () => {
  const recorder = latencyRecorder()
  const inner = latencyMiddleware({ recorder, ignore: ({ url }) => url === '/healthz' })
  const { origin } = await instrumented(
    (req, res) => {
      inner(req, res)
      res.end('ok')
    },
    { recorder },
  )
  for (const path of ['/healthz', '/users/7']) await (await fetch(origin + path)).text()
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
  expect(recorder.activeRequests).toBe(0)
})

test('one that is ignored, once or twice, ends once: another that is under way stays so', async () => {
  const recorder = latencyRecorder()
  const isProbe = ({ url }: IncomingMessage) => url === '/healthz'
  const inner = latencyMiddleware({ recorder, ignore: isProbe })
  const server = await instrumented(
    (req, res) => {
      if (req.url === '/users/hangs') return
      inner(req, res)
      inner(req, res)
      res.end('ok')
    },
    { recorder },
  )
  const hanging = await rawClient(server)
  hanging.write(get('/users/hangs'))
  await server.arrived(1)
  for (const path of ['/healthz', '/users/7']) await (await fetch(server.origin + path)).text()
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
  expect(recorder.activeRequests).toBe(1)
  hanging.destroy()
  await expect.poll(() => recorder.activeRequests).toBe(0)
})

test('a stream that has begun before it is ignored is under way until it is closed', async () => {
  const recorder = latencyRecorder()
  const inner = latencyMiddleware({ recorder, ignore: () => true })
  const server = await instrumented(
    (req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n')
      inner(req, res)
    },
    { recorder },
  )
  const client = await rawClient(server)
  client.write(get('/users/7'))
  await expect.poll(() => client.text()).toContain('data: 1')
  expect([observed(recorder), recorder.activeRequests]).toEqual([1, 1])
  client.destroy()
  await expect.poll(() => recorder.activeRequests).toBe(0)
  expect(observed(recorder)).toBe(1)
})
