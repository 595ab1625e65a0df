import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer, request as secureRequest } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { latencyRecorder } from '../src/index.ts'
import { type InstrumentServerOptions, instrumentServer } from '../src/middleware/node.ts'
import { get, type Loopback, listen, observed, rawClient, tally } from './loopback.ts'

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
  })
  await delay(20)
}

test('counts a request under its method, route and status, with the time it took', async () => {
  const { recorder, origin } = await instrumented((_, res) => {
    setTimeout(() => res.writeHead(201).end('made'), 60)
  })
  await (await fetch(`${origin}/users/7?secret=1`, { method: 'POST' })).text()
  await expect.poll(() => tally(recorder)).toEqual({ 'POST /users/:id 201': 1 })
  expect(recorder.snapshot()[0]!.sum).toBeGreaterThan(0.055)
  expect(recorder.snapshot()[0]!.sum).toBeLessThan(5)
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
