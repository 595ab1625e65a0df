import type { IncomingMessage, Server, ServerResponse } from 'node:http'
// Before the server, which does not know it again where its own Response made it.
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { fetchHandlerAt } from '../fetch-handlers.ts'
import { rawHandlerAt } from '../raw-handlers.ts'
import { type MakeApp, mayHaveBody, Unprocessable } from './stack.ts'

export interface NodeBindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}
export type HonoApp = Hono<{ Bindings: NodeBindings }>

export const honoApp: MakeApp<HonoApp> = async (instrument, extra) => {
  const app = buildHono(instrument, extra)
  // Here alone, for it replaces the Response of other runtimes, and they do not take its own.
  const { createAdaptorServer } = await import('@hono/node-server')
  return { server: createAdaptorServer({ fetch: app.fetch }) as Server }
}

export function buildHono(
  instrument: (app: HonoApp) => void,
  extra: (app: HonoApp) => void = () => {},
): HonoApp {
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
  app.all('/raw/:name', async (c) => {
    const { pathname } = new URL(c.req.url)
    const { incoming, outgoing } = (c.env ?? {}) as Partial<NodeBindings>
    if (incoming === undefined || outgoing === undefined)
      return fetchHandlerAt(pathname)!(c.req.raw)
    rawHandlerAt(pathname)!(incoming, outgoing)
    return RESPONSE_ALREADY_SENT
  })
  extra(app)
  return app
}
