import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import Router from '@koa/router'
import Koa from 'koa'
import mount from 'koa-mount'
import { expect, test } from 'vitest'
import { type LatencyRecorder, latencyRecorder } from '../src/index.ts'
import { type KoaOptions, koaRoute, latencyMiddleware } from '../src/middleware/koa.ts'
import { get, type Loopback, listen, observed, outcomes, rawClient, tally } from './loopback.ts'

const require = createRequire(import.meta.url)
// An alias has no types.
const Router7 = require('koa-router7') as typeof Router
// Both by `require`: there must be one graphql, whatever the bundler of the tests does.
const { buildSchema } = require('graphql') as typeof import('graphql')
const { createHandler } =
  require('graphql-http/lib/use/koa') as typeof import('graphql-http/lib/use/koa')

async function served(
  build: (app: Koa) => void,
  options: Partial<KoaOptions> = {},
): Promise<Loopback & { recorder: LatencyRecorder }> {
  const { recorder = latencyRecorder() } = options
  const app = new Koa()
  app.silent = true
  app.use(latencyMiddleware({ ...options, recorder }))
  build(app)
  return { recorder, ...(await listen(createServer(app.callback()) as Server)) }
}

async function ask(origin: string, ...paths: (string | [method: string, path: string])[]) {
  for (const asked of paths) {
    const [method, path] = typeof asked === 'string' ? ['GET', asked] : asked
    await (await fetch(origin + path, { method })).text()
  }
}

const users = (): Router =>
  new Router()
    .get('/users/:id', (ctx) => {
      ctx.body = 'user'
    })
    .get('/throws', () => {
      throw new Error('sync')
    })
    .get('/rejects', async () => {
      await delay(1)
      throw new Error('async')
    })

test('the route is the template with the prefixes of all routers around it', async () => {
  const { recorder, origin } = await served((app) => {
    const org = new Router({ prefix: '/org/:org' }).use(users().routes())
    const api = new Router().use('/api/:version', users().routes())
    const other = new Router()
      .all('/any', (ctx) => {
        ctx.body = 'any'
      })
      .get(['/a/:x', '/b/:y'], (ctx) => {
        ctx.body = 'array'
      })
      .get(/^\/colou?r$/, (ctx) => {
        ctx.body = 'expression'
      })
      .get('/me', (ctx) => {
        ctx.body = 'me'
      })
      .get('/:page', (ctx) => {
        ctx.body = 'page'
      })
    for (const router of [org, api, other]) app.use(router.routes()).use(router.allowedMethods())
  })
  await ask(
    origin,
    '/org/acme/users/1?x=1',
    '/org/globex/users/2',
    '/api/v1/users/1',
    ['DELETE', '/any'],
    '/a/1',
    '/b/1',
    '/color',
    '/colour',
    '/imprint',
    ['HEAD', '/org/acme/users/1'],
  )
  await expect.poll(() => observed(recorder)).toBe(10)
  expect(tally(recorder)).toEqual({
    'GET /org/:org/users/:id 200': 2,
    'GET /api/:version/users/:id 200': 1,
    'DELETE /any 200': 1,
    'GET /a/:x 200': 1,
    'GET /b/:y 200': 1,
    'GET /^\\/colou?r$/ 200': 2,
    'GET /:page 200': 1,
    'HEAD /org/:org/users/:id 200': 1,
  })
  expect(recorder.activeRequests).toBe(0)
})

test('is absent where no route answered: 404, a wrong method, a middleware of app or router', async () => {
  const { recorder, origin } = await served((app) => {
    app.use((ctx, next) => {
      if (!ctx.path.startsWith('/static/')) return next()
      ctx.body = 'file'
      return undefined
    })
    const guarded = new Router({ prefix: '/org/:org' })
      .use((ctx) => {
        ctx.status = 401
      })
      .get('/users/:id', () => {})
    const router = users().use((ctx, next) => {
      if (ctx.query.locked === undefined) return next()
      ctx.status = 401
      return undefined
    })
    router.get('/behind', () => {})
    app.use(guarded.routes()).use(router.routes()).use(router.allowedMethods())
  })
  await ask(
    origin,
    '/nope',
    '/static/a.png',
    '/org/acme/users/1',
    '/behind?locked',
    ['POST', '/users/1'],
    ['OPTIONS', '/users/1'],
  )
  await expect
    .poll(() => tally(recorder))
    .toEqual({
      'GET - 404': 1,
      'GET - 200': 1,
      'GET /org/:org 401': 1,
      'GET - 401': 1,
      'POST - 405': 1,
      'OPTIONS - 200': 1,
    })
})

test.each([
  ['/org/:org([^/]*)', '/org/:org'], // @koa/router 12
  ['/org/:org(.*)', '/org/:org'],
  ['([^/]*)', undefined],
])('a middleware at %s that answers is called by its mount: %s', (path, route) => {
  const layer = { path, methods: [] }
  expect(koaRoute({ routerPath: '', _matchedRoute: path, matched: [layer] } as never)).toBe(route)
})

test('what koa-mount has mounted is named with its mounts, and by them where it answers itself', async () => {
  const schema = buildSchema('type Query { hello: String }')
  const graphql = createHandler({ schema, rootValue: { hello: () => 'hello' } })
  const { recorder, origin } = await served((app) => {
    const inner = new Koa()
      .use(mount('/v1', new Koa().use(users().routes()).use(mount('/graphql', graphql))))
      .use(mount('/v2', users().routes()))
    app.use(mount('/passes', (_, next) => next()))
    app.use(mount('/graphql', graphql))
    app.use(mount('/api', inner))
    app.use(
      new Router()
        .get('/passes/:x', (ctx) => {
          ctx.body = ctx.mountPath
        })
        .routes(),
    )
    app.use(
      mount('/broken', () => {
        throw new Error('broken')
      }),
    )
  })
  await ask(
    origin,
    '/graphql?query={hello}',
    '/api/v1/users/1',
    '/api/v1/graphql?query={hello}',
    '/api/v2/users/2',
    '/api/v2/throws',
    '/api/v3/none',
    '/passes/1',
    '/passes',
    '/broken/x',
    '/nope',
  )
  expect(await (await fetch(`${origin}/passes/2`)).text()).toBe('/passes')
  await expect.poll(() => observed(recorder)).toBe(11)
  expect(tally(recorder)).toEqual({
    'GET /graphql 200': 1,
    'GET /api/v1/users/:id 200': 1,
    'GET /api/v1/graphql 200': 1,
    'GET /api/v2/users/:id 200': 1,
    'GET /api/v2/throws 500': 1,
    'GET /passes/:x 200': 2,
    'GET /broken 500': 1,
    'GET - 404': 3,
  })
})

const says =
  (text: string): Koa.Middleware =>
  (ctx) => {
    ctx.body = text
  }

test('koa-router 7, which calls the last route that matches the one that answered, is read right', async () => {
  const { recorder, origin } = await served((app) => {
    const router = new Router7() as unknown as Router
    router.get('/me', says('me'))
    router.get('/:page', (ctx, next) =>
      ctx.params.page === 'next' ? next() : says('page')(ctx, next),
    )
    router.get('/:other', says('other'))
    const org = new Router7({ prefix: '/org/:org' }) as unknown as Router
    org.use((ctx, next) => {
      if (ctx.query.locked === undefined) return next()
      ctx.status = 401
      return undefined
    })
    org.get('/users/:id', says('user'))
    org.get('/users/:id', says('never'))
    app.use(org.routes()).use(mount('/in', router.routes())).use(router.routes())
  })
  await ask(
    origin,
    '/me',
    '/imprint',
    '/next',
    '/org/acme/users/1',
    '/org/globex/users/2?locked',
    '/in/me',
    '/a/b/c',
  )
  await expect.poll(() => observed(recorder)).toBe(7)
  expect(tally(recorder)).toEqual({
    'GET /me 200': 1,
    'GET /:page 200': 1,
    'GET /:other 200': 1,
    'GET /org/:org/users/:id 200': 1,
    'GET /org/:org 401': 1,
    'GET /in/me 200': 1,
    'GET - 404': 1,
  })
})

test('errors keep the route: thrown, rejected, and answered by an error handler', async () => {
  const build = (app: Koa): unknown =>
    app.use(new Router({ prefix: '/org/:org' }).use(users().routes()).routes())
  const plain = await served(build)
  await ask(plain.origin, '/org/acme/throws', '/org/acme/rejects')
  await expect
    .poll(() => tally(plain.recorder))
    .toEqual({ 'GET /org/:org/throws 500': 1, 'GET /org/:org/rejects 500': 1 })

  const handled = await served((app) => {
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch {
        ctx.status = 503
      }
    })
    build(app)
  })
  await ask(handled.origin, '/org/acme/throws')
  await expect.poll(() => tally(handled.recorder)).toEqual({ 'GET /org/:org/throws 503': 1 })
})

test('clients that leave, streams, ctx.respond = false and server-sent events', async () => {
  let hanging = 0
  const server = await served((app) => {
    const router = new Router()
      .get('/hangs/:id', () => {
        hanging++
        return new Promise(() => {})
      })
      .get('/raw', (ctx) => {
        ctx.respond = false
        ctx.res.writeHead(200).end('mine')
      })
      .get('/events', (ctx) => {
        ctx.respond = false
        ctx.res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      })
      .get('/destroys', (ctx) => {
        ctx.respond = false
        ctx.res.destroy()
      })
    app.use(router.routes())
  })
  const [hangs, events] = [await rawClient(server), await rawClient(server)]
  hangs.write(get('/hangs/1'))
  events.write(get('/events'))
  await expect.poll(() => hanging).toBe(1)
  await expect.poll(() => events.text()).toContain('data: 1')
  expect(server.recorder.activeRequests).toBe(2)
  hangs.destroy()
  events.destroy()
  await ask(server.origin, '/raw')
  await expect(fetch(`${server.origin}/destroys`)).rejects.toThrow()
  await expect
    .poll(() => outcomes(server.recorder))
    .toEqual({
      'GET /hangs/:id 499 client_disconnected': 1,
      'GET /raw 200 -': 1,
      'GET /events 200 -': 1,
      'GET /destroys 500 response_aborted': 1,
    })
  await expect.poll(() => server.recorder.activeRequests).toBe(0)
})

test('twice counts once; ignored is not counted; labels are asked with the context', async () => {
  const recorder = latencyRecorder({ extraLabels: ['plan'] })
  const middleware = latencyMiddleware({
    recorder,
    labels: (ctx: Koa.Context) => [ctx.state.plan],
  } as KoaOptions)
  const { origin } = await served(
    (app) => {
      app.use(middleware)
      app.use((ctx, next) => {
        ctx.state.plan = 'free'
        return next()
      })
      app.use(users().routes())
    },
    { recorder, ignore: (ctx) => ctx.req.url === '/healthz' },
  )
  await ask(origin, '/users/1')
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
  expect(recorder.snapshot()[0]!.labels.extra).toEqual(['free'])

  const other = await served((app) => app.use(users().routes()), {
    ignore: (ctx) => ctx.req.url === '/users/2',
  })
  await ask(other.origin, '/users/1', '/users/2')
  await expect.poll(() => tally(other.recorder)).toEqual({ 'GET /users/:id 200': 1 })
})
