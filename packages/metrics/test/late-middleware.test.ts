import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import Router from '@koa/router'
import express, { type Express } from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { latencyRecorder } from '../src/index.ts'
import { latencyMiddleware as forExpress } from '../src/middleware/express.ts'
import { latencyMiddleware as forFastify } from '../src/middleware/fastify.ts'
import { latencyMiddleware as forKoa } from '../src/middleware/koa.ts'
import { listen, observed, tally } from './loopback.ts'

const express4 = createRequire(import.meta.url)('express4') as typeof express
const warnings: string[] = []
const hear = (warning: Error & { code?: string }): void => void warnings.push(warning.code ?? '')

beforeEach(() => {
  warnings.length = 0
  process.on('warning', hear)
})
afterEach(() => void process.off('warning', hear))

/** Warnings are emitted in a later turn. */
const heard = async (): Promise<string[]> => {
  await new Promise((resolve) => setImmediate(resolve))
  return warnings.filter((code) => code === 'TIDEGAUGE_LATE_MIDDLEWARE')
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('%s', (_, framework) => {
  const users = () => framework.Router().get('/users/:id', (_req, res) => void res.end('user'))
  async function asked(
    build: (app: Express, recorder: ReturnType<typeof latencyRecorder>) => void,
  ) {
    const recorder = latencyRecorder()
    const app = framework()
    build(app, recorder)
    const { origin } = await listen(createServer(app))
    for (const path of ['/first', '/users/1', '/none', '/none'])
      await (await fetch(origin + path)).text()
    await expect.poll(() => observed(recorder)).toBeGreaterThan(1)
    return tally(recorder)
  }

  test('a middleware behind all routes counts only 404s, and says so once', async () => {
    const counted = await asked((app, recorder) => {
      app.get('/first', (_req, res) => void res.end('first'))
      app.use('/', users())
      app.use(forExpress({ recorder }))
    })
    expect(counted).toEqual({ 'GET - 404': 2 })
    expect(await heard()).toHaveLength(1)
  })

  test('one that leaves out what comes before it on purpose says nothing', async () => {
    await asked((app, recorder) => {
      app.get('/first', (_req, res) => void res.end('first'))
      app.use(forExpress({ recorder }))
      app.use(users())
    })
    expect(await heard()).toEqual([])
  })
})

test('Koa: behind the routers it says so, between them it does not', async () => {
  const users = () =>
    new Router()
      .get('/users/:id', (ctx) => {
        ctx.body = 'user'
      })
      .routes()
  for (const late of [true, false]) {
    const recorder = latencyRecorder()
    const app = new Koa().use(users()).use(forKoa({ recorder }))
    if (!late) app.use(users())
    const { origin } = await listen(createServer(app.callback()))
    for (const path of ['/users/1', '/none', '/none']) await (await fetch(origin + path)).text()
    await expect.poll(() => tally(recorder)).toEqual({ 'GET - 404': 2 })
    expect(await heard()).toHaveLength(1)
  }
})

test('Fastify: registered behind the routes it times them all the same', async () => {
  const recorder = latencyRecorder()
  const app = fastify()
  app.get('/users/:id', async () => 'user')
  app.register(forFastify({ recorder }))
  await app.ready()
  const { origin } = await listen(app.server)
  await (await fetch(`${origin}/users/1`)).text()
  await expect.poll(() => tally(recorder)).toEqual({ 'GET /users/:id 200': 1 })
  expect(await heard()).toEqual([])
})
