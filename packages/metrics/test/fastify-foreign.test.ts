import fastifyExpress from '@fastify/express'
import middie from '@fastify/middie'
import express, { Router } from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { latencyRecorder } from '../src/index.ts'
import { latencyMiddleware } from '../src/middleware/fastify.ts'
import { listen, observed, tally } from './loopback.ts'

async function asked(
  build: (app: FastifyInstance) => Promise<void>,
  paths: readonly string[],
): Promise<Record<string, number>> {
  const recorder = latencyRecorder()
  const app = fastify()
  await app.register(latencyMiddleware({ recorder }))
  await build(app)
  app.get('/own/:id', async () => 'own')
  app.get('/*', async () => 'page')
  await app.ready()
  const { origin } = await listen(app.server)
  for (const path of paths) await (await fetch(origin + path)).text()
  await expect.poll(() => observed(recorder)).toBe(paths.length)
  return tally(recorder)
}

const users = () =>
  Router({ mergeParams: true }).get('/users/:id', (_, res) => void res.end('user'))

test('@fastify/express: the routes of Express, what is mounted there, and those of Fastify', async () => {
  const counted = await asked(
    async (app) => {
      await app.register(fastifyExpress)
      app.use((_req, _res, next) => next())
      app.use('/org/:org', users())
      app.use('/sub', express().use('/deep/:d', users()))
      app.use('/graphql', (_, res) => void res.end('graphql'))
      app.express.get('/plain/:x', (req, res) => {
        res.status(req.params.x === 'teapot' ? 418 : 200).send('plain')
      })
    },
    [
      '/org/acme/users/1',
      '/org/globex/users/2?x=1',
      '/sub/deep/1/users/2',
      '/graphql?query={hello}',
      '/plain/1',
      '/plain/teapot',
      '/own/1',
      '/org/acme/none',
    ],
  )
  expect(counted).toEqual({
    'GET /org/:org/users/:id 200': 2,
    'GET /sub/deep/:d/users/:id 200': 1,
    'GET /graphql 200': 1,
    'GET /plain/:x 200': 1,
    'GET /plain/:x 418': 1,
    'GET /own/:id 200': 1,
    'GET /* 200': 1,
  })
})

test('@fastify/middie: handlers at a path, an app of Express at one, and one within a prefix', async () => {
  const counted = await asked(
    async (app) => {
      await app.register(middie)
      app.use((_req, _res, next) => next())
      app.use('/graphql', (_, res) => void res.end('graphql'))
      app.use('/tenant/:tenant', (req, res, next) => {
        if (req.url === '/mine') res.end('mine')
        else next()
      })
      app.use('/api', express().use('/org/:org', users()) as never)
      await app.register(
        async (inner) => {
          inner.use('/mounted', (_, res) => void res.end('mounted'))
          inner.get('/mounted/*', async () => 'never')
        },
        { prefix: '/prefix' },
      )
    },
    [
      '/graphql?query={hello}',
      '/graphql/',
      '/tenant/a/mine',
      '/tenant/b/mine',
      '/tenant/b/other',
      '/api/org/acme/users/1',
      '/api/org/globex/users/2?x=/y',
      '/own/1',
      '/prefix/mounted/x',
    ],
  )
  expect(counted).toEqual({
    'GET /graphql 200': 2,
    'GET /tenant/:tenant 200': 2,
    'GET /* 200': 1,
    'GET /api/org/:org/users/:id 200': 2,
    'GET /own/:id 200': 1,
    'GET /prefix/mounted 200': 1,
  })
})
