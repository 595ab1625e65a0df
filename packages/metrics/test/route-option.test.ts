import { createServer, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type LatencyRecorder, latencyRecorder } from '../src/index.ts'
import { latencyMiddleware as forExpress } from '../src/middleware/express.ts'
import { latencyMiddleware as forFastify } from '../src/middleware/fastify.ts'
import { latencyMiddleware as forHono } from '../src/middleware/hono.ts'
import { latencyMiddleware as forKoa } from '../src/middleware/koa.ts'
import { latencyMiddleware as forNest } from '../src/middleware/nest.ts'
import { latencyMiddleware as forNode, instrumentServer } from '../src/middleware/node.ts'
import { listen, observed, tally } from './loopback.ts'

/** What a user may ask of any request: each framework hands out its own. */
type Url = (url: string) => string | undefined

interface Options {
  readonly recorder: LatencyRecorder
  readonly onError?: (error: unknown) => void
}

type Start = (options: Options, route: Url) => Promise<(path: string) => Promise<unknown>>

const behind = async (server: Server) => {
  const { origin } = await listen(server)
  return async (path: string) => (await fetch(origin + path)).text()
}

class Empty {}
Module({})(Empty)

async function nest(
  adapter: ExpressAdapter | FastifyAdapter,
  { recorder, onError }: Options,
  route: Url,
) {
  const app = await NestFactory.create(Empty, adapter, { logger: false })
  forNest(app, { recorder, ...(onError && { onError }), route: (req) => route(req.url!) })
  await app.listen(0, '127.0.0.1')
  onTestFinished(() => app.close())
  const url = await app.getUrl()
  return async (path: string) => (await fetch(url + path)).text()
}

const MIDDLEWARES: readonly [string, Start][] = [
  [
    'express',
    (options, route) => {
      const app = express().use(forExpress({ ...options, route: (req) => route(req.url!) }))
      return behind(createServer(app.get('/own/:id', (_, res) => void res.send('own'))))
    },
  ],
  [
    'fastify',
    async (options, route) => {
      const app = fastify()
      app.register(forFastify({ ...options, route: ({ raw }) => route(raw.url!) }))
      app.get('/own/:id', async () => 'own')
      await app.ready()
      return behind(app.server)
    },
  ],
  [
    'koa',
    (options, route) => {
      const app = new Koa().use(forKoa({ ...options, route: (ctx) => route(ctx.req.url!) }))
      app.use((ctx) => {
        ctx.body = 'koa'
      })
      return behind(createServer(app.callback()))
    },
  ],
  [
    'hono',
    (options, route) => {
      const app = new Hono()
      app.use(forHono({ ...options, route: (c) => route(new URL(c.req.raw.url).pathname) }))
      app.get('/own/:id', (c) => c.text('own'))
      return behind(createAdaptorServer({ fetch: app.fetch }) as Server)
    },
  ],
  [
    'hono without Node',
    async (options, route) => {
      const app = new Hono()
      app.use(forHono({ ...options, route: (c) => route(new URL(c.req.raw.url).pathname) }))
      app.get('/own/:id', (c) => c.text('own'))
      return async (path) => (await app.request(path)).text()
    },
  ],
  [
    'node',
    (options, route) => {
      const measure = forNode({ ...options, route: (req) => route(req.url!) })
      return behind(
        createServer((req, res) => {
          measure(req, res)
          res.end('node')
        }),
      )
    },
  ],
  [
    'a server',
    (options, route) => {
      const server = createServer((_, res) => void res.end('server'))
      instrumentServer(server, { ...options, route: (req) => route(req.url!) })
      return behind(server)
    },
  ],
  ['nest on express', (options, route) => nest(new ExpressAdapter(), options, route)],
  ['nest on fastify', (options, route) => nest(new FastifyAdapter(), options, route)],
]

const routes = (recorder: LatencyRecorder): (string | undefined)[] =>
  recorder.snapshot().map(({ labels }) => labels.route)

describe.each(MIDDLEWARES)('route, on %s', (name, start) => {
  const own = /^(express|fastify|hono)/.test(name) ? '/own/:id' : undefined

  test('is asked first; undefined leaves it to the framework, an empty one is none', async () => {
    const recorder = latencyRecorder()
    const ask = await start({ recorder }, (url) => {
      if (url.startsWith('/mine/')) return '/mine/:id'
      return url.startsWith('/own/none') ? '' : undefined
    })
    for (const path of ['/mine/1', '/mine/2', '/own/1', '/own/none']) await ask(path)
    await expect.poll(() => observed(recorder)).toBe(4)
    expect(new Set(routes(recorder))).toEqual(new Set(['/mine/:id', own, undefined]))
  })

  test('that throws, or is no text, is told to onError, and the request has the route it had', async () => {
    const recorder = latencyRecorder()
    const errors: unknown[] = []
    const ask = await start({ recorder, onError: (error) => errors.push(error) }, (url) => {
      if (url.startsWith('/own/throws')) throw new Error('mine')
      return { not: 'a text' } as never
    })
    for (const path of ['/own/throws', '/own/1']) expect(await ask(path)).not.toBe('')
    await expect.poll(() => observed(recorder)).toBe(2)
    expect(routes(recorder).every((route) => route === own)).toBe(true)
    expect(errors).toEqual([
      new Error('mine'),
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    ])
  })

  test('counts in the limit of series, and is cut at a length', async () => {
    const recorder = latencyRecorder({ maxSeries: 3 })
    const ask = await start({ recorder }, (url) => url + 'x'.repeat(5000))
    for (let i = 0; i < 6; i++) await ask(`/${i}`)
    await expect.poll(() => observed(recorder)).toBe(6)
    const lengths = Object.keys(tally(recorder)).map((series) => series.length)
    expect(lengths.length).toBe(4)
    expect(Math.max(...lengths)).toBeLessThan(1100)
    expect(routes(recorder)).toContain('__overflow__')
  })

  test('that is no function is refused when the middleware is made', async () => {
    const options = { recorder: latencyRecorder(), route: '/mine' as never }
    const make = [forExpress, forFastify, forKoa, forHono, forNode]
    for (const middleware of make) expect(() => middleware(options)).toThrow('"route" must be')
  })
})
