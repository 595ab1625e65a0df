import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { rawHandlerAt } from '../raw-handlers.ts'
import { type MakeApp, mayHaveBody, Unprocessable } from './stack.ts'

export interface NodeBindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}
export type HonoApp = Hono<{ Bindings: NodeBindings }>

export const honoApp: MakeApp<HonoApp> = (instrument, extra = () => {}) => {
  const app: HonoApp = new Hono()
  instrument(app)
  app.onError((error, c) => c.body(null, error instanceof Unprocessable ? 422 : 500))
  app.use('/denied/*', async (c, _next) => c.body(null, 401))
  app.mount('/mounted', () => new Response('mounted'))
  app.get('/hello', (c) => c.text('hello'))
  app.get('/users/:id', (c) => c.text(c.req.param('id')))
  app.post('/echo', (c) => new Response(c.req.raw.body, { status: 201 }))
  app.get('/status/:status', (c) => {
    const status = Number(c.req.param('status'))
    return new Response(mayHaveBody(status) ? 'body' : null, { status })
  })
  app.all('/any', (c) => c.text('any'))
  const org: HonoApp = new Hono()
  org.get('/users/:id', (c) => c.json(c.req.param()))
  app.route('/org/:org', org)
  app.get('/throw', () => {
    throw new Error('thrown')
  })
  app.get('/reject', async () => {
    throw new Error('rejected')
  })
  app.get('/unprocessable', () => {
    throw new Unprocessable()
  })
  app.all('/raw/:name', (c) => {
    rawHandlerAt(new URL(c.req.url).pathname)!(c.env.incoming, c.env.outgoing)
    return RESPONSE_ALREADY_SENT
  })
  extra(app)
  return { server: createAdaptorServer({ fetch: app.fetch }) as Server }
}
