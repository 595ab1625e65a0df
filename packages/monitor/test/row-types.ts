/**
 * Compiled, never run, by `pnpm typecheck` and, as a stranger's program, by scripts/check-packages.ts: rows and
 * requests have the types that their frameworks give them.
 */
import { type FeatureMonitor, type FeatureMonitorOptions, featureMonitor } from '@tidegauge/monitor'
import { featureHook as expressHook } from '@tidegauge/monitor/express'
import { featureHook as fastifyHook } from '@tidegauge/monitor/fastify'
import { featureHook as honoHook } from '@tidegauge/monitor/hono'
import { featureHook as koaHook } from '@tidegauge/monitor/koa'
import express, { type Request, type Response, Router } from 'express'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { Hono } from 'hono'
import Koa, { type Context } from 'koa'

interface Flight {
  readonly carrier: string
  readonly distance: number
}

class FlightRow implements Flight {
  readonly carrier = 'AA'
  readonly distance = 1200
}

interface Priced {
  price: number
}

export function rows(options: FeatureMonitorOptions, flight: Flight): FeatureMonitor {
  const monitor = featureMonitor(options)
  monitor.observe(flight)
  monitor.observe(new FlightRow())
  monitor.observe({ carrier: 'AA', distance: null })
  // @ts-expect-error a row is an object
  monitor.observe('AA')
  return monitor
}

export function expressHooks(monitor: FeatureMonitor): void {
  const app = express()
  app.use(expressHook(monitor, (req, res) => ({ ...req.body, path: req.path, ...res.locals })))
  app.post(
    '/predict/:id',
    express.json(),
    expressHook(monitor, (req, res) => ({ id: req.params.id, price: res.locals.price })),
    (_req, res) => void res.json({}),
  )
  app.post<object, object, Flight>(
    '/typed',
    expressHook(monitor, (req) => ({ distance: req.body.distance.toFixed(1) })),
  )
  Router().post(
    '/rows',
    expressHook(monitor, (req: Request<object, object, Flight>) => req.body),
  )
  const hook = expressHook(monitor, (req, res) => ({ ip: req.ip, price: res.locals.price }))
  app.post('/later', hook)
  const own = (req: Request & { flight?: Flight }, res: Response) => {
    return req.flight && { ...req.flight, price: res.locals.price }
  }
  app.use(expressHook(monitor, own))
  // @ts-expect-error there is no such property
  expressHook(monitor, (req) => ({ path: req.pathh }))
  // @ts-expect-error a row is an object
  expressHook(monitor, (req) => req.path)
}

export function fastifyHooks(monitor: FeatureMonitor): void {
  const app = Fastify()
  app.addHook('onResponse', fastifyHook(monitor, (request, reply) => ({ url: request.url, t: reply.elapsedTime }))) // biome-ignore format: one line, as a user writes it
  app.post('/a', { onResponse: fastifyHook(monitor, ({ body }) => body) }, () => ({}))
  app.post(
    '/b',
    { onResponse: fastifyHook(monitor, (request) => ({ ...request.body, ip: request.ip.trim() })) },
    () => ({}),
  )
  app.post<{ Body: Flight }>(
    '/c',
    { onResponse: [fastifyHook(monitor, ({ body }) => ({ distance: body.distance.toFixed(1) }))] },
    () => ({}),
  )
  app.post<{ Body: Flight }>(
    '/d',
    { onResponse: fastifyHook(monitor, async (request) => request.body) },
    () => ({}),
  )
  app.route({
    method: 'POST',
    url: '/e',
    onResponse: fastifyHook(monitor, (request) => ({ ...request.body })),
    handler: () => ({}),
  })
  const onResponse = fastifyHook(monitor, (request) => ({ ...request.body, url: request.url }))
  app.post('/f', { onResponse }, () => ({}))
  const own = (request: FastifyRequest & Partial<Priced>, reply: FastifyReply) => {
    return { price: request.price, status: reply.statusCode }
  }
  app.post('/g', { onResponse: fastifyHook(monitor, own) }, () => ({}))
  // @ts-expect-error there is no such property
  fastifyHook(monitor, (request) => ({ url: request.urll }))
}

export function koaHooks(monitor: FeatureMonitor): void {
  const app = new Koa()
  app.use(koaHook(monitor, (ctx) => ({ path: ctx.path.trim(), price: ctx.state.price })))
  const hook = koaHook(monitor, (ctx) => ({ path: ctx.path.trim(), price: ctx.state.price }))
  app.use(hook)
  const typed = new Koa<Priced>()
  typed.use(koaHook(monitor, (ctx) => ({ price: ctx.state.price.toFixed(2) })))
  app.use(koaHook(monitor, (ctx: Context & { flight?: Flight }) => ctx.flight))
}

export function honoHooks(monitor: FeatureMonitor): void {
  const app = new Hono<{ Variables: Priced }>()
  app.use(honoHook(monitor, async (c) => ({ price: c.get('price').toFixed(1) })))
  app.post(
    '/predict',
    honoHook(monitor, async (c) => ({ ...(await c.req.json<Flight>()), price: c.var.price })),
    (c) => c.text(''),
  )
  const hook = honoHook(monitor, (c) => ({ path: c.req.path.trim(), price: c.get('price') }))
  app.post('/later', hook, (c) => c.text(''))
}
