import { Agent, createServer, request } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { initTRPC } from '@trpc/server'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  Router,
} from 'express'
import { describe, expect, test } from 'vitest'
import { type LatencyRecorder, latencyRecorder } from '../src/index.ts'
import { expressRoute, latencyMiddleware } from '../src/middleware/express.ts'
import { instrumentServer } from '../src/middleware/node.ts'
import { get, listen, observed, outcomes, rawClient, tally } from './loopback.ts'

// Both by `require`: there must be one graphql, whatever the bundler of the tests does.
const require = createRequire(import.meta.url)
const { buildSchema } = require('graphql') as typeof import('graphql')
const { createHandler } =
  require('graphql-http/lib/use/express') as typeof import('graphql-http/lib/use/express')

const answerError: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.status(503).send('sorry')
}

/** Build an app behind the middleware, ask it for the paths one after another, and tell what was counted. */
async function ask(
  build: (app: Express) => void,
  paths: readonly string[],
  options: { method?: string; recorder?: LatencyRecorder; ignore?: () => boolean } = {},
): Promise<Record<string, number>> {
  const { method = 'GET', recorder = latencyRecorder(), ignore } = options
  const app = express().disable('x-powered-by').set('env', 'test')
  app.use(latencyMiddleware({ recorder, ...(ignore && { ignore }) }))
  build(app)
  const { origin } = await listen(createServer(app))
  for (const path of paths) {
    await fetch(origin + path, { method }).then((response) => response.text())
  }
  await expect.poll(() => observed(recorder)).toBe(ignore ? 0 : paths.length)
  return tally(recorder)
}

const users = (): Router =>
  Router({ mergeParams: true })
    .get('/', (_, res) => void res.send('list'))
    .get('/users/:id', (_, res) => void res.send('user'))
    .get('/throws', () => {
      throw new Error('sync')
    })
    .get('/rejects', async () => {
      await delay(1)
      throw new Error('async')
    })

describe('the route is the template, never the path', () => {
  test('of an app route, without the query', async () => {
    const counted = await ask(
      (app) => app.get('/users/:id', (_, res) => void res.send('user')),
      ['/users/7?token=secret', '/users/8', '/USERS/9/'],
    )
    expect(counted).toEqual({ 'GET /users/:id 200': 3 })
  })

  test('with the pattern of its mounts, also where a value equals a literal', async () => {
    const counted = await ask(
      (app) => app.use('/org/:org', users()),
      ['/org/acme/users/1', '/org/globex/users/2', '/org/org/users/users', '/org/a%20b/users/%2F'],
    )
    expect(counted).toEqual({ 'GET /org/:org/users/:id 200': 4 })
  })

  test('through several mounts, and of the root of a router', async () => {
    const counted = await ask(
      (app) => {
        app.use('/api', Router().use('/v1', Router().use('/org/:org/', users())))
        app.use(
          '/',
          Router().get('/', (_, res) => void res.send('home')),
        )
      },
      ['/api/v1/org/acme/users/1', '/api/v1/org/acme', '/api/v1/org/acme/', '/'],
    )
    expect(counted).toEqual({
      'GET /api/v1/org/:org/users/:id 200': 1,
      'GET /api/v1/org/:org 200': 2,
      'GET / 200': 1,
    })
  })

  test('of the mount that was taken, where one router is mounted at several places', async () => {
    const shared = users()
    const counted = await ask(
      (app) => {
        app.use('/org/:org', shared)
        app.use(['/team/:team', '/squad'], shared)
        app.use('/org/:org/sub/:sub', shared)
        app.use('/v:version', shared)
      },
      [
        '/org/a/users/1',
        '/team/b/users/1',
        '/squad/users/1',
        '/org/a/sub/c/users/1',
        '/v2/users/1',
      ],
    )
    expect(counted).toEqual({
      'GET /org/:org/users/:id 200': 1,
      'GET /team/:team/users/:id 200': 1,
      'GET /squad/users/:id 200': 1,
      'GET /org/:org/sub/:sub/users/:id 200': 1,
      'GET /v:version/users/:id 200': 1,
    })
  })

  test('of a sub-app, and of an app inside a router', async () => {
    const inner = express().get('/deep/:id', (_, res) => void res.send('deep'))
    const second = express().get('/deep/:other', (_, res) => void res.send('deep'))
    const third = express().use(
      '/more',
      Router().get('/:x', (_, res) => void res.send('x')),
    )
    const counted = await ask(
      (app) => {
        app.use('/sub/:sub', inner.use('/third', third))
        app.use('/second', second)
        app.use(
          '/routed',
          Router().use(
            '/:app',
            express().get('/in', (_, res) => void res.send('in')),
          ),
        )
      },
      ['/sub/a/deep/1', '/sub/b/deep/2', '/second/deep/3', '/sub/a/third/more/4', '/routed/5/in'],
    )
    expect(counted).toEqual({
      'GET /sub/:sub/deep/:id 200': 2,
      'GET /second/deep/:other 200': 1,
      'GET /sub/:sub/third/more/:x 200': 1,
      'GET /routed/:app/in 200': 1,
    })
  })

  test('of the one that matched in an array, and the source of an expression', async () => {
    const counted = await ask(
      (app) => {
        app.get(['/a/:x', '/b/:y'], (_, res) => void res.send('ok'))
        app.get(/^\/colou?r$/, (_, res) => void res.send('ok'))
        app.use(/^\/tenant-\w+/, users())
      },
      ['/a/1', '/b/2', '/color', '/colour', '/tenant-acme/users/1', '/tenant-globex/users/1'],
    )
    expect(counted).toEqual({
      'GET /a/:x 200': 1,
      'GET /b/:y 200': 1,
      'GET /^\\/colou?r$/ 200': 2,
      'GET /^\\/tenant-\\w+//users/:id 200': 2,
    })
  })

  test('where a middleware rewrote req.url', async () => {
    const counted = await ask(
      (app) => {
        app.use((req, _, next) => {
          req.url = req.url.replace('/old/', '/org/')
          next()
        })
        app.use('/org/:org', users())
      },
      ['/old/acme/users/1'],
    )
    expect(counted).toEqual({ 'GET /org/:org/users/:id 200': 1 })
  })

  test('of routes and mounts that are added while requests come in', async () => {
    const recorder = latencyRecorder()
    const app = express().use(latencyMiddleware({ recorder }))
    const shared = Router()
    app.use(
      '/one/:a',
      shared.get('/x', (_, res) => void res.send('x')),
    )
    const { origin } = await listen(createServer(app))
    const sub = express().get('/s', (_, res) => void res.send('s'))
    const steps: [path: string, addition?: () => void][] = [
      ['/one/1/x', () => shared.get('/y', (_, res) => void res.send('y'))],
      ['/one/1/y', () => app.use('/two/:b', shared)],
      ['/two/2/x', () => app.use('/three/:c', sub)],
      ['/three/3/s', () => app.use('/four/:d', sub)],
      ['/four/4/s'],
      ['/three/3/s'],
      ['/one/1/x'],
    ]
    for (const [i, [path, addition]] of steps.entries()) {
      await (await fetch(origin + path)).text()
      await expect.poll(() => observed(recorder)).toBe(i + 1)
      addition?.()
    }
    await expect
      .poll(() => tally(recorder))
      .toEqual({
        'GET /one/:a/x 200': 2,
        'GET /one/:a/y 200': 1,
        'GET /two/:b/x 200': 1,
        'GET /three/:c/s 200': 2,
        'GET /four/:d/s 200': 1,
      })
  })

  test('of routes in a stack that somebody has replaced', async () => {
    const recorder = latencyRecorder()
    const app = express().get('/old/:id', (_, res) => void res.send('old'))
    const server = createServer(app)
    instrumentServer(server, { recorder, route: expressRoute })
    const { origin } = await listen(server)
    await (await fetch(`${origin}/old/1`)).text()
    await expect.poll(() => observed(recorder)).toBe(1)
    const next = Router().use(
      '/new/:tenant',
      Router().get('/:id', (_, res) => void res.send('new')),
    )
    app.router.stack = next.stack
    await (await fetch(`${origin}/new/acme/1`)).text()
    await expect
      .poll(() => tally(recorder))
      .toEqual({ 'GET /old/:id 200': 1, 'GET /new/:tenant/:id 200': 1 })
  })

  test('is * for a mount that cannot be known, and never its value', async () => {
    const hidden = Router().use('/team/:team', users())
    const counted = await ask(
      (app) => app.use('/org/:org', (req, res, next) => hidden(req, res, next)),
      ['/org/acme/team/a/users/1', '/org/globex/team/b/users/2', '/org/acme/team/c/throws'],
    )
    expect(counted).toEqual({
      'GET /org/:org/*/users/:id 200': 2,
      'GET /org/:org/*/throws 500': 1,
    })
  })

  test('is absent where no route matched: 404, a middleware that answers, automatic OPTIONS', async () => {
    const build = (app: Express): void => {
      app.use((req, res, next) => {
        if (req.query.locked === undefined) next()
        else res.status(401).send('no')
      })
      app.get('/users/:id', (_, res) => void res.send('user'))
    }
    expect(await ask(build, ['/nope', '/acme?locked', '/users/7?locked', '/users'])).toEqual({
      'GET - 404': 2,
      'GET - 401': 2,
    })
    expect(await ask(build, ['/users/7'], { method: 'OPTIONS' })).toEqual({ 'OPTIONS - 200': 1 })
    expect(await ask(build, ['/users/7'], { method: 'HEAD' })).toEqual({ 'HEAD /users/:id 200': 1 })
  })

  test('is found from the server too, where the app is its listener', async () => {
    const recorder = latencyRecorder()
    const server = createServer(express().use('/org/:org', users()))
    instrumentServer(server, { recorder, route: expressRoute })
    const { origin } = await listen(server)
    for (const path of ['/org/acme/users/1', '/nope']) await (await fetch(origin + path)).text()
    await expect
      .poll(() => tally(recorder))
      .toEqual({
        'GET /org/:org/users/:id 200': 1,
        'GET - 404': 1,
      })
  })
})

describe('errors keep the route with all its mounts', () => {
  test.each(['throws', 'rejects'])(
    'a handler that %s, answered by an error handler',
    async (path) => {
      const counted = await ask(
        (app) => app.use('/org/:org', users()).use(answerError),
        [`/org/acme/${path}`, `/org/globex/${path}`],
      )
      expect(counted).toEqual({ [`GET /org/:org/${path} 503`]: 2 })
    },
  )

  test.each(['throws', 'rejects'])(
    'a handler that %s, answered by Express itself',
    async (path) => {
      const counted = await ask((app) => app.use('/org/:org', users()), [`/org/acme/${path}`])
      expect(counted).toEqual({ [`GET /org/:org/${path} 500`]: 1 })
    },
  )

  test('an error that leaves a sub-app', async () => {
    const sub = express().use('/org/:org', users())
    const counted = await ask(
      (app) => app.use('/sub/:sub', sub).use(answerError),
      ['/sub/a/org/acme/throws', '/sub/a/org/acme/users/1', '/sub/a/org/acme/throws'],
    )
    expect(counted).toEqual({
      // Before any response has ended inside of it, what is in the sub-app is not known.
      'GET /sub/:sub/*/throws 503': 1,
      'GET /sub/:sub/org/:org/users/:id 200': 1,
      'GET /sub/:sub/org/:org/throws 503': 1,
    })
  })

  test('a path that cannot be decoded is a 400 without a route', async () => {
    const counted = await ask((app) => app.get('/users/:id', () => {}), ['/users/%zz'])
    expect(counted).toEqual({ 'GET - 400': 1 })
  })

  test('an error after the headers counts as 500, for Express cuts the response off', async () => {
    const recorder = latencyRecorder()
    const app = express().set('env', 'test').use(latencyMiddleware({ recorder }))
    app.get('/half', (_, res, next) => {
      res.write('half')
      setTimeout(() => next(new Error('late')), 20)
    })
    const server = await listen(createServer(app))
    await expect(fetch(`${server.origin}/half`).then((r) => r.text())).rejects.toThrow()
    await expect.poll(() => tally(recorder)).toEqual({ 'GET /half 500': 1 })
  })
})

describe('each request is counted exactly once', () => {
  test('where the client leaves before the headers, or in the middle of the body', async () => {
    const recorder = latencyRecorder()
    const app = express().use(latencyMiddleware({ recorder }))
    let hanging = 0
    app.get('/hang/:id', () => {
      hanging++
    })
    app.get('/stream/:id', (_, res) => void res.write('half'))
    const server = await listen(createServer(app))
    for (const path of ['/hang/1', '/stream/2']) {
      const client = await rawClient(server)
      client.write(get(path))
      const reached = (): boolean => (path === '/hang/1' ? hanging > 0 : /half/.test(client.text()))
      await expect.poll(reached).toBe(true)
      client.destroy()
    }
    await expect
      .poll(() => tally(recorder))
      .toEqual({ 'GET /hang/:id 499': 1, 'GET /stream/:id 499': 1 })
  })

  test('where it is installed in the app, in a router and at the server', async () => {
    const recorder = latencyRecorder()
    const middleware = latencyMiddleware({ recorder })
    const app = express().use(middleware, latencyMiddleware({ recorder }))
    app.use('/org/:org', middleware, users())
    const server = createServer(app)
    instrumentServer(server, { recorder })
    const { origin } = await listen(server)
    await (await fetch(`${origin}/org/acme/users/1`)).text()
    await (await fetch(`${origin}/org/acme/users/2`)).text()
    await expect.poll(() => tally(recorder)).toEqual({ 'GET /org/:org/users/:id 200': 2 })
  })

  test('unless it is ignored', async () => {
    const counted = await ask((app) => app.use('/', users()), ['/users/1'], { ignore: () => true })
    expect(counted).toEqual({})
  })

  test('and a recorder that fails is told to onError, not to the client', async () => {
    const errors: unknown[] = []
    const recorder = {
      ...latencyRecorder(),
      slot() {
        throw new Error('slot failed')
      },
    }
    const app = express().use(latencyMiddleware({ recorder, onError: (e) => errors.push(e) }))
    app.get('/', (_, res) => void res.send('ok'))
    const { origin } = await listen(createServer(app))
    expect((await fetch(origin)).status).toBe(200)
    await expect.poll(() => errors).toEqual([new Error('slot failed')])
  })
})

describe.each([
  ['Express 5', express],
  ['Express 4', require('express4') as typeof express],
])('%s', (version, framework) => {
  const built = (build: (app: Express) => void): Express => {
    const app = framework().disable('x-powered-by').set('env', 'test')
    build(app)
    return app
  }
  const answer: RequestHandler = (_, res) => void res.send('ok')
  const router = (): Router => framework.Router({ mergeParams: true }).get('/users/:id', answer)
  const stack = (app: Express): string[] => {
    // Of Express 4, `router` throws.
    const key = version === 'Express 4' ? '_router' : 'router'
    const { stack } = (app as unknown as Record<string, { stack: { name: string }[] }>)[key]!
    return stack.map(({ name }) => name)
  }
  async function askApp(app: Express, ...paths: string[]): Promise<string> {
    const { origin } = await listen(createServer(app))
    for (const path of paths) await (await fetch(origin + path)).text()
    return origin
  }

  test('the first thing that an app uses leaves its stack, and sees the same requests', async () => {
    const recorder = latencyRecorder()
    const app = built((app) => {
      app.use(latencyMiddleware({ recorder }))
      app.get('/before', answer)
      app.use('/org/:org', router())
    })
    expect(stack(app)).toContain('tidegaugeLatency')
    await askApp(app, '/before', '/org/acme/users/1', '/org/globex/users/2', '/nope')
    expect(stack(app)).not.toContain('tidegaugeLatency')
    await expect
      .poll(() => tally(recorder))
      .toEqual({ 'GET /before 200': 1, 'GET /org/:org/users/:id 200': 2, 'GET - 404': 1 })
    expect(recorder.activeRequests).toBe(0)
  })

  test('routes that are added when it has left the stack are found', async () => {
    const recorder = latencyRecorder()
    const app = built((app) => app.use(latencyMiddleware({ recorder })).get('/first', answer))
    const origin = await askApp(app, '/first')
    app.get('/second/:id', answer)
    await (await fetch(`${origin}/second/1`)).text()
    await expect
      .poll(() => tally(recorder))
      .toEqual({ 'GET /first 200': 1, 'GET /second/:id 200': 1 })
  })

  test.each([
    [
      'after something else',
      (app: Express, middleware: RequestHandler) => app.get('/first', answer).use(middleware),
    ],
    ['at a path', (app: Express, middleware: RequestHandler) => app.use('/org', middleware)],
    [
      'in a router',
      (app: Express, middleware: RequestHandler) =>
        app.use('/org', framework.Router().use(middleware)),
    ],
  ])('used %s it sees what reaches it there, and stays', async (_, use) => {
    const recorder = latencyRecorder()
    const app = built((app) => {
      use(app, latencyMiddleware({ recorder }))
      app.get('/first', answer)
      app.use('/org/:org', router())
    })
    await askApp(app, '/first', '/org/acme/users/1', '/org/globex/users/2')
    await expect.poll(() => tally(recorder)).toEqual({ 'GET /org/:org/users/:id 200': 2 })
    expect(recorder.activeRequests).toBe(0)
  })

  test('one in several apps, several in one app, and an app in an app count once each', async () => {
    const [recorder, other] = [latencyRecorder(), latencyRecorder()]
    const middleware = latencyMiddleware({ recorder })
    const inner = built((app) => app.use(middleware).get('/in/:id', answer))
    const outer = built((app) => {
      app.use(middleware, latencyMiddleware({ recorder: other }), [latencyMiddleware({ recorder })])
      app.use('/sub/:sub', inner)
    })
    await askApp(outer, '/sub/a/in/1', '/sub/b/in/2')
    await askApp(
      built((app) => app.use(middleware).get('/in/:id', answer)),
      '/in/3',
    )
    await expect
      .poll(() => tally(recorder))
      .toEqual({ 'GET /sub/:sub/in/:id 200': 2, 'GET /in/:id 200': 1 })
    expect(tally(other)).toEqual({ 'GET /sub/:sub/in/:id 200': 2 })
    expect([recorder.activeRequests, other.activeRequests]).toEqual([0, 0])
  })

  test('what wraps each layer that use() adds, as tracers do, finds one', async () => {
    const recorder = latencyRecorder()
    const wrapped: string[] = []
    const app = built((app) => {
      const { use } = app
      app.use = function (this: Express, ...args: Parameters<typeof use>) {
        const result = use.apply(this, args)
        const name = stack(this).at(-1)
        if (name === undefined) throw new Error('no layer was added')
        wrapped.push(name)
        return result
      } as typeof use
      app.use(latencyMiddleware({ recorder }))
      app.get('/users/:id', answer)
    })
    await askApp(app, '/users/1')
    expect(wrapped).toEqual(['tidegaugeLatency'])
    await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
  })

  test('static files, app.all, arrays, expressions and HEAD', async () => {
    const recorder = latencyRecorder()
    const app = built((app) => {
      app.use(latencyMiddleware({ recorder }))
      app.use('/static', framework.static(import.meta.dirname))
      app.all('/any', answer)
      app.get(/^\/colou?r$/, answer)
    })
    const origin = await askApp(app, '/static/loopback.ts', '/static/nope', '/any', '/color')
    await fetch(`${origin}/any`, { method: 'HEAD' })
    await expect
      .poll(() => tally(recorder))
      .toEqual({
        'GET /static 200': 1,
        'GET - 404': 1,
        'GET /any 200': 1,
        'HEAD /any 200': 1,
        'GET /^\\/colou?r$/ 200': 1,
      })
  })

  const tallied = async (paths: readonly string[], build: (app: Express) => void) => {
    const recorder = latencyRecorder()
    const app = built((app) => {
      app.use(latencyMiddleware({ recorder }))
      build(app)
    })
    await askApp(app, ...paths)
    await expect.poll(() => observed(recorder)).toBe(paths.length)
    return tally(recorder)
  }

  test('what is mounted at a path and answers has the path of its mount', async () => {
    const schema = buildSchema('type Query { hello: String, broken: String }')
    const rootValue = {
      hello: () => 'hello',
      broken: () => {
        throw new Error('a field')
      },
    }
    const t = initTRPC.create()
    const router = t.router({ hello: t.procedure.query(() => 'hello') })
    const upstream = await listen((_, res) => void res.end('upstream'))
    const proxy: RequestHandler = (req, res) => {
      req.url = `/rewritten${req.url}`
      request(upstream.origin + req.url, (answered) => answered.pipe(res)).end()
    }
    const counted = await tallied(
      [
        '/graphql?query={hello}',
        '/graphql?query={nothing}',
        '/trpc/hello',
        '/trpc/none',
        '/proxied/a/b?c=d',
        '/files/loopback.ts',
        '/files/nope.ts',
        '/org/acme/graphql?query={hello}',
        '/org/globex/graphql?query={hello}',
        '/v1/graphql?query={hello}',
        '/v2/graphql?query={hello}',
        '/locked/acme',
        '/nope',
      ],
      (app) => {
        const graphql = createHandler({ schema, rootValue }) as unknown as RequestHandler
        app.use('/graphql', graphql)
        app.use('/trpc', createExpressMiddleware({ router }) as unknown as RequestHandler)
        app.use('/proxied', proxy)
        app.use('/files', framework.static(import.meta.dirname))
        app.use('/org/:org', framework.Router({ mergeParams: true }).use('/graphql', graphql))
        app.use(['/v1', '/v2'], framework().use('/graphql', graphql))
        app.use('/locked/:tenant', (_, res) => void res.status(401).send('no'))
      },
    )
    expect(counted).toEqual({
      'GET /graphql 200': 2,
      'GET /trpc 200': 1,
      'GET /trpc 404': 1,
      'GET /proxied 200': 1,
      'GET /files 200': 1,
      'GET /org/:org/graphql 200': 2,
      'GET /v1/graphql 200': 1,
      'GET /v2/graphql 200': 1,
      'GET /locked/:tenant 401': 1,
      'GET - 404': 2,
    })
  })

  test('also where it fails, where a route passed on before, and where the client leaves', async () => {
    const fails: RequestHandler = () => {
      throw new Error('thrown')
    }
    const paths = ['/fails/1', '/org/acme/fails/2', '/api/all/me', '/api/me', '/api/broken']
    const counted = await tallied(paths, (app) => {
      app.all(version === 'Express 4' ? '*' : '/{*all}', (_req, _res, next) => next())
      app.use('/fails', fails)
      app.use('/org/:org', framework.Router().use('/fails', fails))
      const api = framework.Router()
      api.all('/all/:x', (_req, _res, next) => next())
      api.use('/all', answer)
      api.get('/me', answer)
      api.get('/broken', fails)
      app.use('/api', api)
      app.use('/api', answerError)
    })
    const all = version === 'Express 4' ? '/*' : '/{*all}'
    expect(counted).toEqual({
      // The error has left, and the route that passed on is the last that is known.
      [`GET ${all} 500`]: 2,
      'GET /api/all 200': 1,
      'GET /api/me 200': 1,
      'GET /api/broken 503': 1,
    })
    expect(
      await tallied(['/fails/1', '/org/acme/fails/2', '/org/globex/fails/3'], (app) => {
        app.use('/fails', fails)
        app.use('/org/:org', framework.Router().use('/fails', fails))
      }),
    ).toEqual({ 'GET /fails 500': 1, 'GET /org/:org/fails 500': 2 })
  })

  test('what scanners fill has no route: static files and others that are mounted at the root', async () => {
    const paths = ['/loopback.ts', '/wp-admin', '/.env', '/api/wp-admin']
    const counted = await tallied(paths, (app) => {
      app.use(framework.static(import.meta.dirname))
      app.use('/api', router())
    })
    expect(counted).toEqual({ 'GET - 200': 1, 'GET - 404': 3 })
  })

  test('mounts keep their names where req.url is rewritten', async () => {
    const paths = ['/ingress/org/acme/users/1', '/ingress/a/users/1', '/ingress/b/users/2', '/x/c']
    const counted = await tallied(paths, (app) => {
      app.use((req, _, next) => {
        req.url = req.url.replace(/^\/ingress/, '').replace(/^\/x/, '/v7')
        next()
      })
      app.use('/org/:org', router())
      const shared = router()
      app.use('/a', shared)
      app.use('/b', shared)
      app.use('/v7', framework.Router().get('/c', answer))
    })
    expect(counted).toEqual({
      'GET /org/:org/users/:id 200': 1,
      'GET /a/users/:id 200': 1,
      'GET /b/users/:id 200': 1,
      'GET /v7/c 200': 1,
    })
  })

  test('one of several paths of a mount or a route is written as the one that matched', async () => {
    const paths = ['/v1/c', '/v2/c', '/v3/c', '/v9/c', '/a/1', '/b/2', '/de/shop/c', '/shop/c']
    const counted = await tallied(paths, (app) => {
      app.use(['/v1', '/v2'], framework.Router().get('/c', answer))
      app.use(['/v3', '/v9'], framework.Router().get('/c', answer))
      app.get(['/a/:x', '/b/:y'], answer)
      const shop = version === 'Express 4' ? '/:locale?/shop' : '{/:locale}/shop'
      app.use(shop, framework.Router().get('/c', answer))
    })
    const shop = version === 'Express 4' ? '/:locale?/shop' : '/{/:locale}/shop'
    expect(counted).toEqual({
      'GET /v1/c 200': 1,
      'GET /v2/c 200': 1,
      'GET /v3/c 200': 1,
      'GET /v9/c 200': 1,
      'GET /a/:x 200': 1,
      'GET /b/:y 200': 1,
      [`GET ${shop}/c 200`]: 2,
    })
  })

  test('layers that are exchanged while requests come in have their names', async () => {
    type Stacked = { stack: { handle: unknown }[] }
    const one = (path: string) => framework.Router().get(path, answer) as unknown as Stacked
    const [held, exchanged, replaced] = [one('/old/:a'), one('/old/:b'), one('/old/:c')]
    let behind = one('/old/:d')
    const recorder = latencyRecorder()
    const app = built((app) => {
      app.use(latencyMiddleware({ recorder }))
      app.use('/held/:h', held as never)
      app.use('/exchanged/:e', exchanged as never)
      app.use('/replaced/:r', replaced as never)
      app.use('/behind/:f', (req, res, next) => (behind as never as RequestHandler)(req, res, next))
    })
    const mounts = ['/held/1', '/exchanged/1', '/replaced/1', '/behind/1']
    const origin = await askApp(app, ...mounts.map((mount) => `${mount}/old/1`))
    const key = version === 'Express 4' ? '_router' : 'router'
    const { stack: layers } = (app as never as Record<string, Stacked>)[key]!
    held.stack[0] = one('/new/:a').stack[0]!
    layers.find(({ handle }) => handle === exchanged)!.handle = one('/new/:b')
    replaced.stack = one('/new/:c').stack
    behind = one('/new/:d')
    for (const mount of mounts) await (await fetch(`${origin}${mount}/new/1`)).text()
    await expect.poll(() => observed(recorder)).toBe(8)
    expect(tally(recorder)).toEqual({
      'GET /held/:h/old/:a 200': 1,
      'GET /exchanged/:e/old/:b 200': 1,
      'GET /replaced/:r/old/:c 200': 1,
      'GET /behind/:f/old/:d 200': 1,
      'GET /held/:h/new/:a 200': 1,
      'GET /exchanged/:e/new/:b 200': 1,
      'GET /replaced/:r/new/:c 200': 1,
      'GET /behind/:f/new/:d 200': 1,
    })
  })

  test('server-sent events are counted when they begin, in a stack and before it', async () => {
    for (const before of [(_: Express) => {}, (app: Express) => app.get('/first', answer)]) {
      const recorder = latencyRecorder()
      const app = built((app) => {
        before(app)
        app.use(latencyMiddleware({ recorder }))
        app.get('/events/:id', (_, res) => {
          res.set('Content-Type', 'text/event-stream').write('data: 1\n\n')
        })
      })
      const server = await listen(createServer(app))
      const client = await rawClient(server)
      client.write(get('/events/1'))
      await expect.poll(() => outcomes(recorder)).toEqual({ 'GET /events/:id 200 -': 1 })
      expect(recorder.activeRequests).toBe(1)
      client.destroy()
      await expect.poll(() => recorder.activeRequests).toBe(0)
      expect(observed(recorder)).toBe(1)
    }
  })
})

test('labels of your own are asked at the end, with what handlers left', async () => {
  const recorder = latencyRecorder({ extraLabels: ['plan'] })
  const app = express()
  app.use(
    latencyMiddleware({
      recorder,
      labels: (_req, res) => [String(res.locals.plan)],
    }),
  )
  app.get('/', (_, res) => {
    res.locals.plan = 'free'
    res.send('ok')
  })
  const { origin } = await listen(createServer(app))
  await (await fetch(origin)).text()
  await expect.poll(() => recorder.snapshot()[0]?.labels.extra).toEqual(['free'])
})

test.each<[string, (app: Express) => void]>([
  ['first of all', () => {}],
  ['in the stack', (app) => app.use((_req, _res, next) => next())],
])(
  "%s, ignore is asked with Express' request, and labels with what the app made of it",
  async (_, before) => {
    const recorder = latencyRecorder({ extraLabels: ['plan'] })
    const seen: unknown[] = []
    const app = express().set('trust proxy', true)
    before(app)
    app.use(
      latencyMiddleware({
        recorder,
        ignore: (req) => {
          seen.push([req.path, req.query.x, req.hostname, req.get('x-plan'), req.ip, 'path' in req])
          return req.path === '/healthz'
        },
        labels: (req) => [`${(req as unknown as { user: string }).user} ${req.path}`],
      }),
    )
    app.use((req, _res, next) => {
      Object.assign(req, { user: 'ada' })
      next()
    })
    app.get('/{*any}', (_, res) => void res.send('ok'))
    const { origin } = await listen(createServer(app))
    const headers = { 'x-plan': 'free', 'x-forwarded-for': '192.0.2.7' }
    for (const path of ['/healthz?x=1', '/flights?x=2']) {
      await (await fetch(origin + path, { headers })).text()
    }
    await expect.poll(() => observed(recorder)).toBe(1)
    expect(seen).toEqual([
      ['/healthz', '1', '127.0.0.1', 'free', '192.0.2.7', true],
      ['/flights', '2', '127.0.0.1', 'free', '192.0.2.7', true],
    ])
    expect(recorder.snapshot()[0]!.labels.extra).toEqual(['ada /flights'])
  },
)

test('a hostile crowd leaves a bounded number of series, and real routes keep their names', async () => {
  const recorder = latencyRecorder()
  const app = express().use(latencyMiddleware({ recorder }))
  app.use('/org/:org', users())
  const server = await listen(createServer(app))
  // More of either than the 2,000 series that there are at most; the soak sends a million.
  const paths = [
    ...Array.from({ length: 2500 }, (_, i) => `/${(i * 7919).toString(36)}/${i}.php?x=${i}`),
    ...Array.from({ length: 2500 }, (_, i) => `/org/tenant-${i}/users/${i}`),
  ]
  const methods = ['PROPFIND', 'MKCOL', 'LOCK', 'PURGE', 'M-SEARCH', 'REPORT']
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  await Promise.all(paths.map((path) => statusOf(`${server.origin}${path}`, agent)))
  agent.destroy()
  for (const method of methods) {
    const client = await rawClient(server)
    client.write(get('/org/x', method))
  }
  await expect.poll(() => observed(recorder)).toBe(paths.length + methods.length)
  expect(tally(recorder)).toEqual({
    'GET - 404': 2500,
    'GET /org/:org/users/:id 200': 2500,
    '_OTHER - 404': 6,
  })
})

function statusOf(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
      .once('error', reject)
      .end()
  })
}
