import { createServer } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import mount from 'koa-mount'
import { rawHandlerAt } from '../raw-handlers.ts'
import { type MakeApp, mayHaveBody, mountedHandler, Unprocessable } from './stack.ts'

export const koaApp: MakeApp<Koa> = (instrument, extra = () => {}) => {
  const app = new Koa()
  app.silent = true
  instrument(app)
  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof Unprocessable)) throw error
      ctx.status = 422
    }
  })
  app.use((ctx, next) => {
    if (!ctx.path.startsWith('/denied/')) return next()
    ctx.status = 401
    return undefined
  })
  app.use(
    mount('/mounted', (ctx) => {
      ctx.respond = false
      ctx.res.statusCode = 200
      mountedHandler(ctx.req, ctx.res)
    }),
  )
  const router = new Router()
  router.get('/hello', (ctx) => {
    ctx.body = 'hello'
  })
  router.get('/users/:id', (ctx) => {
    ctx.body = ctx.params.id
  })
  router.post('/echo', (ctx) => {
    ctx.status = 201
    ctx.body = ctx.req
  })
  router.get('/status/:status', (ctx) => {
    ctx.status = Number(ctx.params.status)
    ctx.body = mayHaveBody(ctx.status) ? 'body' : null
    ctx.status = Number(ctx.params.status)
  })
  router.all('/any', (ctx) => {
    ctx.body = 'any'
  })
  const org = new Router()
  org.get('/users/:id', (ctx) => {
    ctx.body = ctx.params
  })
  router.use('/org/:org', org.routes())
  router.get('/throw', () => {
    throw new Error('thrown')
  })
  router.get('/reject', async () => {
    throw new Error('rejected')
  })
  router.get('/unprocessable', () => {
    throw new Unprocessable()
  })
  router.all('/raw/:name', (ctx) => {
    ctx.respond = false
    ctx.res.statusCode = 200
    rawHandlerAt(ctx.url)!(ctx.req, ctx.res)
  })
  app.use(router.routes())
  extra(app)
  return { server: createServer(app.callback()) }
}
