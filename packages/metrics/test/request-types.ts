/**
 * Compiled, never run, by `pnpm typecheck` and, as a stranger's program, by scripts/check-packages.ts: what `ignore`
 * and `labels` are asked with has the type that its framework gives it.
 */
import type { LatencyRecorder } from '@tidegauge/metrics'
import { type ExpressOptions, latencyMiddleware as forExpress } from '@tidegauge/metrics/express'
import { latencyMiddleware as forFastify } from '@tidegauge/metrics/fastify'
import { latencyMiddleware as forHono } from '@tidegauge/metrics/hono'
import { latencyMiddleware as forKoa } from '@tidegauge/metrics/koa'
import { latencyMiddleware as forNest, type NestApp } from '@tidegauge/metrics/nest'
import { latencyMiddleware as forNode } from '@tidegauge/metrics/node'
import express, { type Request } from 'express'
import Fastify, { type FastifyRequest } from 'fastify'
import { Hono } from 'hono'
import Koa, { type Context } from 'koa'

interface User {
  readonly plan: string
}

// As passport and the plugins of Fastify do it.
declare global {
  namespace Express {
    interface Request {
      user?: User
    }
  }
}
declare module 'fastify' {
  interface FastifyRequest {
    user: User | null
  }
}

export function expressOptions(recorder: LatencyRecorder): void {
  const options: ExpressOptions = {
    recorder,
    ignore: (req) => req.path === '/healthz' || req.hostname === 'probe' || req.get('x') === 'y',
    labels: (req, res) => [req.user?.plan ?? 'none', String(res.locals.cache)],
  }
  express().use(forExpress(options))
  express().use(forExpress({ recorder, labels: (req) => [req.path, req.baseUrl] }))
  express().use(forExpress({ recorder, labels: (req: Request & { org: User }) => [req.org.plan] }))
  // @ts-expect-error not an array
  forExpress({ recorder, labels: (req) => ({ plan: req.user?.plan }) })
  // @ts-expect-error there is no such property
  forExpress({ recorder, ignore: (req) => req.pathh === '/healthz' })
}

export function fastifyOptions(recorder: LatencyRecorder): void {
  Fastify().register(
    forFastify({
      recorder,
      ignore: (request) => request.url === '/healthz' || request.routeOptions.url === '/ready',
      labels: (request, res) => [request.user?.plan ?? 'none', String(res.statusCode)],
    }),
  )
  // @ts-expect-error later is too late
  forFastify({ recorder, labels: async () => ['free'] })
}

export function koaOptions(recorder: LatencyRecorder): void {
  new Koa().use(
    forKoa({
      recorder,
      ignore: (ctx) => ctx.path === '/healthz' || ctx.get('x') === 'y',
      route: (ctx) => (ctx.path.startsWith('/rpc') ? '/rpc' : undefined),
      labels: (ctx) => [ctx.state.user.plan, ctx.hostname.trim()],
    }),
  )
  forKoa({ recorder, labels: (ctx: Context & { user: User }) => [ctx.user.plan] })
}

export function honoOptions(recorder: LatencyRecorder): void {
  new Hono<{ Variables: { user: User } }>().use(
    forHono({
      recorder,
      ignore: (c) => c.req.path === '/healthz' || c.req.header('x') === 'y',
      labels: (c) => [c.get('user').plan, c.req.path.trim()],
    }),
  )
}

export function nestOptions(app: NestApp, recorder: LatencyRecorder): void {
  forNest(app, { recorder, ignore: (req) => req.path === '/healthz', labels: (req) => [req.user] })
  forNest(app, { recorder, labels: (req: Request) => [req.path] })
  forNest(app, { recorder, labels: (req: FastifyRequest) => [req.user?.plan ?? 'none'] })
}

export function nodeOptions(recorder: LatencyRecorder): void {
  forNode({ recorder, ignore: (req) => req.url === '/healthz', route: () => undefined })
}
