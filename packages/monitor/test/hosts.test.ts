import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { handle as honoLambda } from 'hono/aws-lambda'
import Koa from 'koa'
import inject from 'light-my-request'
import serverless from 'serverless-http'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { FeatureMonitor } from '../src/feature-monitor.ts'
import { featureHook as expressHook } from '../src/hooks/express.ts'
import { featureHook as fastifyHook } from '../src/hooks/fastify.ts'
import { featureHook as honoHook } from '../src/hooks/hono.ts'
import { featureHook as koaHook } from '../src/hooks/koa.ts'
import { counted, FLIGHT, flightMonitor } from './flight-monitor.ts'
import { listen } from './loopback.ts'

type Lambda = (event: object, context: object) => Promise<unknown>
type Predict = () => Promise<unknown>

// Neither has types that say what it takes.
const require = createRequire(import.meta.url)
const codegenie = require('@codegenie/serverless-express') as (of: { app: unknown }) => Lambda
const vendia = require('@vendia/serverless-express') as (of: { app: unknown }) => Lambda

function expressApp(monitor: FeatureMonitor) {
  return express().post(
    '/predict',
    expressHook(monitor, () => FLIGHT),
    (_, res) => void res.json({}),
  )
}

function koaApp(monitor: FeatureMonitor): Koa {
  const app = new Koa()
  app.use(koaHook(monitor, () => FLIGHT))
  app.use((ctx) => {
    ctx.body = {}
  })
  return app
}

function fastifyApp(monitor: FeatureMonitor) {
  const app = fastify()
  const onResponse = fastifyHook(monitor, () => FLIGHT)
  app.post('/predict', { onResponse }, async () => ({}))
  return app
}

function honoApp(monitor: FeatureMonitor): Hono {
  return new Hono().post(
    '/predict',
    honoHook(monitor, () => FLIGHT),
    (c) => c.json({}),
  )
}

const lambda = (handler: unknown): Predict => {
  const http = { method: 'POST', path: '/predict', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' }
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/predict',
    rawQueryString: '',
    headers: { host: 'localhost', 'content-type': 'application/json' },
    requestContext: { accountId: '1', stage: '$default', http },
    body: '{}',
    isBase64Encoded: false,
  }
  return () => (handler as Lambda)(event, {})
}
const injected =
  (listener: unknown): Predict =>
  () =>
    inject(listener as never, { method: 'POST', url: '/predict', payload: {} })

test.each<[string, (monitor: FeatureMonitor) => Predict | Promise<Predict>]>([
  ['Express, serverless-http', (monitor) => lambda(serverless(expressApp(monitor)))],
  ['Express, codegenie', (monitor) => lambda(codegenie({ app: expressApp(monitor) }))],
  ['Express, vendia', (monitor) => lambda(vendia({ app: expressApp(monitor) }))],
  ['Express, light-my-request', (monitor) => injected(expressApp(monitor))],
  ['Koa, serverless-http', (monitor) => lambda(serverless(koaApp(monitor)))],
  ['Koa, codegenie', (monitor) => lambda(codegenie({ app: koaApp(monitor) }))],
  ['Koa, light-my-request', (monitor) => injected(koaApp(monitor).callback())],
  ['Fastify, serverless-http', (monitor) => lambda(serverless(fastifyApp(monitor) as never))],
  [
    "Fastify's server, serverless-http",
    async (monitor) => {
      const app = fastifyApp(monitor)
      await app.ready()
      return lambda(serverless(app.server))
    },
  ],
  [
    "Fastify's inject()",
    (monitor) => {
      const app = fastifyApp(monitor)
      return () => app.inject({ method: 'POST', url: '/predict', payload: {} })
    },
  ],
  ['Hono, hono/aws-lambda', (monitor) => lambda(honoLambda(honoApp(monitor)))],
])('%s: 5 of 5 rows are counted without a connection', async (_, start) => {
  const monitor = flightMonitor()
  const predict = await start(monitor)
  for (let i = 0; i < 5; i++) await predict()
  await expect.poll(() => counted(monitor)).toBe(5)
})

test('a request whose signal is aborted after it was answered is counted, as on Deno', async () => {
  const monitor = flightMonitor()
  const app = honoApp(monitor)
  for (let i = 0; i < 20; i++) {
    const sent = new AbortController()
    const request = new Request('http://localhost/predict', { method: 'POST', signal: sent.signal })
    await app.fetch(request)
    sent.abort()
  }
  await expect.poll(() => counted(monitor)).toBe(20)
})

test('a request whose client left before the answer is not counted', async () => {
  const monitor = flightMonitor()
  const left = new AbortController()
  const app = new Hono()
    .use(honoHook(monitor, () => FLIGHT))
    .get('/leaves', (c) => {
      left.abort()
      return c.json({})
    })
    .get('/stays', (c) => c.json({}))
  await app.fetch(new Request('http://localhost/leaves', { signal: left.signal }))
  await app.fetch(new Request('http://localhost/stays'))
  await expect.poll(() => counted(monitor)).toBe(1)
})

test('a WebSocket predicts nothing', async () => {
  const monitor = flightMonitor()
  const app = new Hono().use(honoHook(monitor, () => FLIGHT))
  app.get(
    '/socket',
    upgradeWebSocket(() => ({ onOpen: (_, socket) => socket.send('hello') })),
  )
  app.get('/predict', (c) => c.json({}))
  const websocket = { server: new WebSocketServer({ noServer: true }) as never }
  const { origin } = await listen(createAdaptorServer({ fetch: app.fetch, websocket }) as Server)
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`)
  await new Promise((resolve) => socket.once('message', resolve))
  socket.terminate()
  await (await fetch(`${origin}/predict`)).text()
  await expect.poll(() => counted(monitor)).toBe(1)
})
