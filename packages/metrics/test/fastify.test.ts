import { setTimeout as delay } from 'node:timers/promises'
import fastify, {
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { type LatencyRecorder, latencyRecorder } from '../src/index.ts'
import { latencyMiddleware } from '../src/middleware/fastify.ts'
import { get, type Loopback, observed, outcomes, rawClient, tally } from './loopback.ts'

async function served(
  build: (app: FastifyInstance) => void,
  {
    recorder = latencyRecorder(),
    options = {},
    ...settings
  }: {
    recorder?: LatencyRecorder
    options?: FastifyServerOptions
    ignore?: (request: FastifyRequest) => boolean
    labels?: (request: FastifyRequest) => string[]
  } = {},
): Promise<Loopback & { app: FastifyInstance; recorder: LatencyRecorder }> {
  const app = fastify(options)
  app.register(latencyMiddleware({ recorder, ...settings } as never))
  build(app)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  return { app, recorder, server: app.server, origin, port: Number(new URL(origin).port) }
}

async function ask(origin: string, ...paths: (string | [method: string, path: string])[]) {
  for (const asked of paths) {
    const [method, path] = typeof asked === 'string' ? ['GET', asked] : asked
    await (await fetch(origin + path, { method })).text()
  }
}

test('the route is the template with all prefixes, whatever plugin it is in', async () => {
  const { recorder, origin } = await served((app) => {
    app.get('/users/:id', () => 'user')
    app.all('/any', () => 'any')
    app.route({ method: ['GET', 'PUT'], url: '/both/:id', handler: () => 'both' })
    app.register(
      async (org) => {
        org.get('/users/:id', () => 'user')
        org.register(async (inner) => void inner.get('/files/*', () => 'file'), { prefix: '/deep' })
      },
      { prefix: '/org/:org' },
    )
    app.get('/at/:hour(^\\d+)h', () => 'at')
  })
  await ask(
    origin,
    '/users/1?x=1',
    '/users/2',
    ['DELETE', '/any'],
    ['PUT', '/both/1'],
    '/org/acme/users/1',
    '/org/globex/users/2',
    '/org/acme/deep/files/a/b',
    '/at/12h',
    ['HEAD', '/users/1'],
  )
  await expect.poll(() => observed(recorder)).toBe(9)
  expect(tally(recorder)).toEqual({
    'GET /users/:id 200': 2,
    'DELETE /any 200': 1,
    'PUT /both/:id 200': 1,
    'GET /org/:org/users/:id 200': 2,
    'GET /org/:org/deep/files/* 200': 1,
    'GET /at/:hour(^\\d+)h 200': 1,
    'HEAD /users/:id 200': 1,
  })
  expect(recorder.activeRequests).toBe(0)
})

test('a 404 has none, nor has a path that cannot be decoded or is too long', async () => {
  const { recorder, origin } = await served((app) => {
    app.get('/users/:id', () => 'user')
    app.register(
      async (child) => void child.setNotFoundHandler((_, reply) => reply.code(404).send()),
      {
        prefix: '/child',
      },
    )
  })
  await ask(origin, '/nope', '/child/nope/1', '/users/%zz', `/users/${'x'.repeat(200)}`, [
    'POST',
    '/users/1',
  ])
  await expect
    .poll(() => tally(recorder))
    .toEqual({ 'GET - 404': 2, 'GET - 400': 1, 'GET - 414': 1, 'POST - 404': 1 })
  expect(recorder.activeRequests).toBe(0)
})

test('errors keep the route: thrown, rejected, of a hook and of a validation', async () => {
  const schema = {
    querystring: { type: 'object', required: ['q'], properties: { q: { type: 'string' } } },
  }
  const { recorder, origin } = await served((app) => {
    app.setErrorHandler((error: Error & { validation?: unknown }, _, reply) => {
      reply.code(error.validation ? 422 : 503).send('sorry')
    })
    app.get('/throws/:id', () => {
      throw new Error('sync')
    })
    app.get('/rejects/:id', async () => {
      await delay(1)
      throw new Error('async')
    })
    app.get('/search', { schema }, () => 'found')
    app.get(
      '/guarded/:id',
      { onRequest: async (_, reply) => reply.code(401).send('no') },
      () => 'ok',
    )
  })
  await ask(origin, '/throws/1', '/rejects/1', '/search', '/guarded/1')
  await expect
    .poll(() => tally(recorder))
    .toEqual({
      'GET /throws/:id 503': 1,
      'GET /rejects/:id 503': 1,
      'GET /search 422': 1,
      'GET /guarded/:id 401': 1,
    })
})

test('a client that leaves, a response that is destroyed and a hijacked one are counted once', async () => {
  let hanging = 0
  const server = await served((app) => {
    app.get('/hangs/:id', () => {
      hanging++
      return new Promise(() => {})
    })
    app.get('/destroys', (_, reply) => void reply.raw.destroy())
    app.get('/hijacks', (_, reply) => {
      reply.hijack()
      reply.raw.end('mine')
    })
  })
  const client = await rawClient(server)
  client.write(get('/hangs/1'))
  await expect.poll(() => hanging).toBe(1)
  expect(server.recorder.activeRequests).toBe(1)
  client.destroy()
  await expect(fetch(`${server.origin}/destroys`)).rejects.toThrow()
  await ask(server.origin, '/hijacks')
  await expect
    .poll(() => outcomes(server.recorder))
    .toEqual({
      'GET /hangs/:id 499 client_disconnected': 1,
      'GET /destroys 500 response_aborted': 1,
      'GET /hijacks 200 -': 1,
    })
  expect(server.recorder.activeRequests).toBe(0)
})

test('inject() is counted too, once', async () => {
  const { app, recorder } = await served((app) => {
    app.get('/users/:id', () => 'user')
    app.get('/fails', () => {
      throw new Error('no')
    })
  })
  for (const url of ['/users/1', '/users/2', '/fails', '/nope']) await app.inject({ url })
  await expect
    .poll(() => outcomes(recorder))
    .toEqual({ 'GET /users/:id 200 -': 2, 'GET /fails 500 -': 1, 'GET - 404 -': 1 })
  expect(recorder.activeRequests).toBe(0)
})

test('a request that comes while the app closes is counted', async () => {
  const server = await served((app) => {
    app.get('/slow', async () => {
      await delay(80)
      return 'ok'
    })
  })
  const client = await rawClient(server)
  client.write(get('/slow'))
  await expect.poll(() => server.recorder.activeRequests).toBe(1)
  const closed = server.app.close()
  await delay(10)
  client.write(get('/slow'))
  await closed
  await expect.poll(() => tally(server.recorder)).toEqual({ 'GET /slow 200': 1, 'GET - 503': 1 })
})

test('ignored requests are not counted; labels are asked with the request', async () => {
  const recorder = latencyRecorder({ extraLabels: ['plan'] })
  const { origin } = await served(
    (app) => {
      app.decorateRequest('plan', '')
      app.addHook('preHandler', (request, _, done) => {
        Object.assign(request, { plan: 'free' })
        done()
      })
      app.get('/healthz', () => 'ok')
      app.get('/users/:id', () => 'user')
    },
    {
      recorder,
      ignore: (request) => request.routeOptions.url === '/healthz',
      labels: (request) => [(request as FastifyRequest & { plan: string }).plan],
    },
  )
  await ask(origin, '/healthz', '/users/1')
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
  expect(recorder.snapshot()[0]!.labels.extra).toEqual(['free'])
  expect(recorder.activeRequests).toBe(0)
})

test('registered in a plugin it times the routes of that plugin; registered twice it counts once', async () => {
  const recorder = latencyRecorder()
  const app = fastify()
  app.get('/outside', () => 'ok')
  app.register(
    async (child) => {
      child.register(latencyMiddleware({ recorder }))
      child.register(latencyMiddleware({ recorder }))
      child.get('/inside/:id', () => 'ok')
    },
    { prefix: '/api' },
  )
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  await ask(origin, '/outside', '/api/inside/1')
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /api/inside/:id 200': 1 })
})

test('server-sent events are counted when they begin', async () => {
  const server = await served((app) => {
    app.get('/events/:id', (_, reply) => {
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    })
  })
  const client = await rawClient(server)
  client.write(get('/events/1'))
  await expect.poll(() => outcomes(server.recorder)).toEqual({ 'GET /events/:id 200 -': 1 })
  client.destroy()
  await expect.poll(() => server.recorder.activeRequests).toBe(0)
  expect(observed(server.recorder)).toBe(1)
})

test('register() takes it as it is', () => {
  const app = fastify()
  app.register(
    latencyMiddleware({ recorder: latencyRecorder(), ignore: (r: FastifyRequest) => r.is404 }),
  )
  expect(() => latencyMiddleware({ recorder: {} as never })).toThrow('"recorder" must be')
})
