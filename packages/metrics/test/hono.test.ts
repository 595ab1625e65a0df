import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import { stream, streamSSE, streamText } from 'hono/streaming'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type LatencyRecorder, type LatencyRecorderOptions, latencyRecorder } from '../src/index.ts'
import { type HonoOptions, latencyMiddleware } from '../src/middleware/hono.ts'
import { get, listen, observed, outcomes, rawClient, tally, totalOf } from './loopback.ts'

// Both by `require`: there must be one graphql, whatever the bundler of the tests does.
const require = createRequire(import.meta.url)
const { buildSchema } = require('graphql') as typeof import('graphql')
const { createHandler } =
  require('graphql-http/lib/use/fetch') as typeof import('graphql-http/lib/use/fetch')

type Ask = (method: string, path: string, init?: RequestInit) => Promise<Response>

/** The same app behind a socket, and called as edge runtimes do. */
const RUNTIMES: [string, (app: Hono) => Promise<Ask>][] = [
  [
    'node-server',
    async (app) => {
      const { origin } = await listen(createAdaptorServer({ fetch: app.fetch }) as Server)
      return (method, path, init) => fetch(origin + path, { method, ...init })
    },
  ],
  [
    'fetch',
    async (app) => async (method, path, init) =>
      app.fetch(new Request(`http://localhost${path}`, { method, ...init })),
  ],
]

interface Settings extends Partial<HonoOptions> {
  recording?: LatencyRecorderOptions
}

function instrumented(
  build: (app: Hono) => void,
  { recording, ...options }: Settings = {},
): { app: Hono; recorder: LatencyRecorder } {
  const recorder = options.recorder ?? latencyRecorder(recording)
  const app = new Hono()
  app.use(latencyMiddleware({ ...options, recorder }))
  build(app)
  return { app, recorder }
}

const users = (): Hono =>
  new Hono()
    .get('/users/:id', (c) => c.text('user'))
    .get('/throws', () => {
      throw new Error('sync')
    })
    .get('/rejects', async () => {
      await delay(1)
      throw new Error('async')
    })

describe.each(RUNTIMES)('behind %s', (_, start) => {
  test('the route is the template of the handler, with the base paths of all apps around it', async () => {
    const { app, recorder } = instrumented((app) => {
      app.use('/org/*', async (_, next) => next())
      app.route('/org/:org', new Hono().use(async (_, next) => next()).route('/deep', users()))
      app.route(
        '/team/:team',
        users()
          .all('/all', (c) => c.text('all'))
          .onError((_, c) => c.text('sorry', 503)),
      )
      app.basePath('/api/:version').get('/users/:id', (c) => c.json({}))
      app.all('/any', (c) => c.text('any'))
      app.on(['GET', 'PURGE'], ['/a/:x', '/b/:y'], (c) => c.text('on'))
      app.get('/digits/:id{[0-9]+}', (c) => c.text('digits'))
      app.get('/maybe/:id?', (c) => c.text('maybe'))
      app.get(
        '/guarded/:id',
        (c, next) => (c.req.query('ok') ? next() : Promise.resolve(c.text('no', 401))),
        (c) => c.text('ok'),
      )
      app.get('/files/*', (c) => c.text('file'))
    })
    const ask = await start(app)
    for (const [method, path] of [
      ['GET', '/org/acme/deep/users/1?x=1'],
      ['GET', '/org/globex/deep/users/2'],
      ['GET', '/team/a/users/1'],
      ['PUT', '/team/a/all'],
      ['GET', '/api/v1/users/1'],
      ['DELETE', '/any'],
      ['GET', '/a/1'],
      ['GET', '/b/1'],
      ['GET', '/digits/12'],
      ['GET', '/guarded/1'],
      ['GET', '/guarded/1?ok=1'],
      ['GET', '/files/x/y'],
      ['HEAD', '/any'],
    ] as const) {
      await (await ask(method, path)).text()
    }
    await expect.poll(() => observed(recorder)).toBe(13)
    expect(tally(recorder)).toEqual({
      'GET /org/:org/deep/users/:id 200': 2,
      'GET /team/:team/users/:id 200': 1,
      'PUT /team/:team/all 200': 1,
      'GET /api/:version/users/:id 200': 1,
      'DELETE /any 200': 1,
      'GET /a/:x 200': 1,
      'GET /b/:y 200': 1,
      'GET /digits/:id{[0-9]+} 200': 1,
      'GET /guarded/:id 401': 1,
      'GET /guarded/:id 200': 1,
      'GET /files/* 200': 1,
      'HEAD /any 200': 1,
    })
    expect(recorder.activeRequests).toBe(0)
  })

  test('is absent where no route answered, and never /*', async () => {
    const { app, recorder } = instrumented((app) => {
      app.use('/static/*', async (c, next) => {
        if (!c.req.path.endsWith('.png')) return next()
        return c.text('file')
      })
      app.use(async (c, next) => {
        if (c.req.query('locked') === undefined) return next()
        return c.text('no', 401)
      })
      app.notFound((c) => c.text('nothing here', 404))
      app.route('/', users())
    })
    const ask = await start(app)
    for (const path of ['/nope', '/users?locked', '/static/b', '/wp-admin?locked']) {
      await (await ask('GET', path)).text()
    }
    await (await ask('POST', '/users/1')).text()
    await expect
      .poll(() => tally(recorder))
      .toEqual({ 'GET - 404': 2, 'GET - 401': 2, 'POST - 404': 1 })
  })

  test('what is mounted, and a middleware of a path that answers, has the path of its mount', async () => {
    const t = initTRPC.create()
    const router = t.router({ hello: t.procedure.query(() => 'hello') })
    const schema = buildSchema('type Query { hello: String }')
    const graphql = createHandler({ schema, rootValue: { hello: () => 'hello' } })
    const { app, recorder } = instrumented((app) => {
      app.mount('/graphql', graphql)
      app.mount('/org/:org/inner', new Hono().get('/deep/:id', (c) => c.text('deep')).fetch)
      app.use('/trpc/*', (c) =>
        fetchRequestHandler({
          router,
          req: c.req.raw,
          endpoint: '/trpc',
          createContext: () => ({}),
        }),
      )
      app.use('/static/*', async (c, next) => {
        if (!c.req.path.endsWith('.png')) return next()
        return c.text('file')
      })
      app.use('/locked/:tenant/*', async (c, _next) => c.text('no', 401))
      app.use('/broken/*', async () => {
        throw new Error('broken')
      })
      app.route(
        '/api',
        new Hono().mount('/mounted', () => new Response('mounted')),
      )
    })
    app.onError((_, c) => c.text('sorry', 503))
    const ask = await start(app)
    const paths = ['/graphql?query={hello}', '/org/acme/inner/deep/1', '/org/globex/inner/deep/2']
    paths.push('/trpc/hello', '/static/a.png', '/static/nope', '/locked/acme/x', '/locked/b/y')
    paths.push('/broken/x', '/api/mounted/1', '/api/mounted/2', '/nope')
    for (const path of paths) await (await ask('GET', path)).text()
    await expect.poll(() => observed(recorder)).toBe(paths.length)
    expect(tally(recorder)).toEqual({
      'GET /graphql 200': 1,
      'GET /org/:org/inner 200': 2,
      'GET /trpc 200': 1,
      'GET /static 200': 1,
      'GET /locked/:tenant 401': 2,
      'GET /broken 503': 1,
      'GET /api/mounted 200': 2,
      'GET - 404': 2,
    })
  })

  test('errors keep the route: thrown, rejected, answered by onError of the app or of an inner one', async () => {
    const { app, recorder } = instrumented((app) => {
      app.onError((_, c) => c.text('sorry', 503))
      app.route('/org/:org', users())
      app.route(
        '/team/:team',
        users().onError((_, c) => c.text('sorry', 502)),
      )
    })
    const ask = await start(app)
    for (const path of ['/org/a/throws', '/org/b/rejects', '/team/a/throws']) {
      await (await ask('GET', path)).text()
    }
    await expect
      .poll(() => tally(recorder))
      .toEqual({
        'GET /org/:org/throws 503': 1,
        'GET /org/:org/rejects 503': 1,
        'GET /team/:team/throws 502': 1,
      })
  })

  test('a body that streams counts when it has been read to its end', async () => {
    const { app, recorder } = instrumented(
      (app) => {
        app.get('/stream/:id', (c) =>
          stream(c, async (out) => {
            await out.write('first')
            await delay(60)
            await out.write('last')
          }),
        )
        app.get('/text/:id', (c) =>
          streamText(c, async (out) => {
            await out.write('first')
            await delay(60)
          }),
        )
      },
      { recording: { timeToHeaders: true, responseSize: true } },
    )
    const ask = await start(app)
    const response = await ask('GET', '/stream/1')
    expect([observed(recorder), recorder.activeRequests]).toEqual([0, 1])
    expect(await response.text()).toBe('firstlast')
    expect(await (await ask('GET', '/text/1')).text()).toBe('first')
    await expect
      .poll(() => tally(recorder))
      .toEqual({ 'GET /stream/:id 200': 1, 'GET /text/:id 200': 1 })
    for (const { sum } of recorder.snapshot()) expect(sum).toBeGreaterThan(0.055)
    expect(totalOf(recorder, 'timeToHeaders').observations).toBe(2)
    const waited = totalOf(recorder, 'duration').sum - totalOf(recorder, 'timeToHeaders').sum
    expect(waited).toBeGreaterThan(0.11)
    expect(totalOf(recorder, 'responseSize').sum).toBe(14)
    expect(recorder.activeRequests).toBe(0)
  })

  test('a stream that is no longer wanted is 499, one that fails 500', async () => {
    const { app, recorder } = instrumented((app) => {
      app.get('/endless/:id', (c) =>
        c.body(
          new ReadableStream({
            async pull(controller) {
              await delay(5)
              controller.enqueue(new TextEncoder().encode('more'))
            },
          }),
        ),
      )
      app.get('/fails/:id', (c) =>
        c.body(
          new ReadableStream({
            async pull(controller) {
              await delay(5)
              controller.error(new Error('disk'))
            },
          }),
        ),
      )
    })
    const ask = await start(app)
    const reader = (await ask('GET', '/endless/1')).body!.getReader()
    await reader.read()
    await reader.cancel()
    await ask('GET', '/fails/1')
      .then((response) => response.text())
      .catch(() => {})
    await expect
      .poll(() => outcomes(recorder))
      .toEqual({
        'GET /endless/:id 499 client_disconnected': 1,
        'GET /fails/:id 500 response_aborted': 1,
      })
    expect(recorder.activeRequests).toBe(0)
  })

  test.each([
    ['time-to-headers', { 'GET /events 200 -': 1 }],
    ['duration', { 'GET /events 499 client_disconnected': 1 }],
    ['ignore', {}],
  ] as const)("server-sent events with streams: '%s'", async (streams, counted) => {
    const { app, recorder } = instrumented(
      (app) => {
        app.get('/events', (c) =>
          streamSSE(c, async (out) => {
            while (!out.aborted) {
              await out.writeSSE({ data: '1' })
              await delay(5)
            }
          }),
        )
      },
      { streams },
    )
    const ask = await start(app)
    const reader = (await ask('GET', '/events')).body!.getReader()
    await reader.read()
    expect(recorder.activeRequests).toBe(1)
    expect(observed(recorder)).toBe(streams === 'time-to-headers' ? 1 : 0)
    await reader.cancel()
    await expect.poll(() => recorder.activeRequests).toBe(0)
    expect(outcomes(recorder)).toEqual(counted)
  })

  test('twice counts once; ignored is not counted; labels are asked with the context', async () => {
    const recorder = latencyRecorder({ extraLabels: ['plan'] })
    const { app } = instrumented(
      (app) => {
        app.use(latencyMiddleware({ recorder }))
        app.use(async (c, next) => {
          c.set('plan' as never, 'free' as never)
          await next()
        })
        app.route('/', users())
      },
      {
        recorder,
        ignore: (c) => c.req.path === '/users/2',
        labels: (c) => [c.get('plan')],
      },
    )
    const ask = await start(app)
    await (await ask('GET', '/users/1')).text()
    await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
    expect(recorder.snapshot()[0]!.labels.extra).toEqual(['free'])
    expect(recorder.activeRequests).toBe(0)
  })

  test('labels that are no array are told of once', async () => {
    const recorder = latencyRecorder({ extraLabels: ['plan'] })
    const errors: unknown[] = []
    const { app } = instrumented((app) => app.route('/', users()), {
      recorder,
      labels: (() => ({ plan: 'free' })) as never,
      onError: (error) => errors.push(error),
    })
    const ask = await start(app)
    for (const id of [1, 2]) await (await ask('GET', `/users/${id}`)).text()
    await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 2 })
    expect(errors.map(String)).toEqual([expect.stringContaining('"labels()" must be an array')])
  })

  test('the response reaches the client as it was', async () => {
    const { app } = instrumented((app) => {
      app.get('/cookies', (c) => {
        c.header('set-cookie', 'a=1', { append: true })
        c.header('set-cookie', 'b=2', { append: true })
        return c.body(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode('body'))
              controller.close()
            },
          }),
          203,
        )
      })
    })
    const response = await (await start(app))('GET', '/cookies')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect([response.status, await response.text()]).toEqual([203, 'body'])
  })
})

test('a failure of the metrics goes to onError, and the request is answered', async () => {
  for (const [, start] of RUNTIMES) {
    const errors: unknown[] = []
    const { app } = instrumented((app) => app.get('/', (c) => c.text('ok')), {
      recorder: {
        ...latencyRecorder(),
        slot() {
          throw new Error('slot failed')
        },
      },
      onError: (error) => errors.push(error),
    })
    expect(await (await (await start(app))('GET', '/')).text()).toBe('ok')
    await expect.poll(() => errors).toEqual([new Error('slot failed')])
  }
})

test('node-server: a client that leaves before the headers is 499', async () => {
  let hanging = 0
  const { app, recorder } = instrumented((app) => {
    app.get('/hangs/:id', () => {
      hanging++
      return new Promise<Response>(() => {})
    })
  })
  const server = await listen(createAdaptorServer({ fetch: app.fetch }) as Server)
  const client = await rawClient(server)
  client.write(get('/hangs/1'))
  await expect.poll(() => hanging).toBe(1)
  client.destroy()
  await expect
    .poll(() => outcomes(recorder))
    .toEqual({ 'GET /hangs/:id 499 client_disconnected': 1 })
})

test('fetch: a client that has left when the answer is there is 499, and a body that is there is counted unread', async () => {
  const leaving = new AbortController()
  const { app, recorder } = instrumented((app) => {
    app.get('/left/:id', (c) => {
      leaving.abort()
      return c.text('too late')
    })
    app.get('/json', (c) => c.json({}))
    app.get('/stream', (c) => c.body(new ReadableStream()))
  })
  await app.fetch(new Request('http://localhost/left/1', { signal: leaving.signal }))
  await app.request('/json')
  await app.request('/stream', { method: 'HEAD' })
  expect(outcomes(recorder)).toEqual({
    'GET /left/:id 499 client_disconnected': 1,
    'GET /json 200 -': 1,
    'HEAD /stream 200 -': 1,
  })
  expect(recorder.activeRequests).toBe(0)
})

test('fetch: a client that leaves while nobody answers is 499, and no longer under way', async () => {
  const leaving = new AbortController()
  const { app, recorder } = instrumented((app) => {
    app.get('/hangs/:id', () => new Promise<Response>(() => {}))
  })
  void app.fetch(new Request('http://localhost/hangs/1', { signal: leaving.signal }))
  await expect.poll(() => recorder.activeRequests).toBe(1)
  leaving.abort()
  await expect
    .poll(() => outcomes(recorder))
    .toEqual({ 'GET /hangs/:id 499 client_disconnected': 1 })
  expect(recorder.activeRequests).toBe(0)
})

test('fetch: a signal that is aborted when the answer was sent changes nothing, as on Deno', async () => {
  const { app, recorder } = instrumented((app) => {
    app.get('/json/:id', (c) => c.json({}))
    app.get('/stream', (c) => stream(c, async (out) => void (await out.write('one'))))
  })
  for (const path of ['/json/1', '/json/2', '/stream']) {
    const sent = new AbortController()
    const response = await app.fetch(
      new Request(`http://localhost${path}`, { signal: sent.signal }),
    )
    sent.abort()
    await response.text()
  }
  expect(outcomes(recorder)).toEqual({ 'GET /json/:id 200 -': 2, 'GET /stream 200 -': 1 })
  expect(recorder.activeRequests).toBe(0)
})

test('a WebSocket is no request; one that is refused, and a request beside it, are', async () => {
  const { app, recorder } = instrumented((app) => {
    app.get(
      '/socket',
      upgradeWebSocket(() => ({ onOpen: (_, socket) => socket.send('hello') })),
    )
    app.get('/refused', (c) => c.text('no', 403))
    app.get('/hello', (c) => c.text('hello'))
  })
  const websocket = { server: new WebSocketServer({ noServer: true }) as never }
  const { origin } = await listen(createAdaptorServer({ fetch: app.fetch, websocket }) as Server)
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve) => socket.once('message', resolve))
  const refused = new WebSocket(`${origin.replace('http', 'ws')}/refused`)
  await new Promise((resolve) => refused.once('error', resolve))
  await (await fetch(`${origin}/hello`)).text()
  await expect
    .poll(() => outcomes(recorder))
    .toEqual({ 'GET /refused 403 -': 1, 'GET /hello 200 -': 1 })
  expect(recorder.activeRequests).toBe(0)
})
