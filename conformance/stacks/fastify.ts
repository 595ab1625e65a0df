import middie from '@fastify/middie'
import fastify, { type FastifyInstance } from 'fastify'
import { rawHandlerAt } from '../raw-handlers.ts'
import { type MakeApp, mayHaveBody, mountedHandler, Unprocessable } from './stack.ts'

export const fastifyApp: MakeApp<FastifyInstance> = async (instrument, extra = () => {}) => {
  const app = fastify({ forceCloseConnections: true })
  instrument(app)
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.removeContentTypeParser('application/json')
  app.setErrorHandler((error, _request, reply) => {
    reply.code(error instanceof Unprocessable ? 422 : 500).send()
  })
  app.register(async (routes) => {
    routes.addHook('onRequest', async (request, reply) => {
      if (request.url.startsWith('/denied/')) return reply.code(401).send()
    })
    routes.get('/denied/:page', async () => 'never')
  })
  await app.register(middie)
  app.use('/mounted', mountedHandler)
  app.get('/hello', async () => 'hello')
  app.get<{ Params: { id: string } }>('/users/:id', async (request) => request.params.id)
  app.post('/echo', (request, reply) => reply.code(201).send(request.body))
  app.get<{ Params: { status: number } }>('/status/:status', (request, reply) => {
    const status = Number(request.params.status)
    return reply.code(status).send(mayHaveBody(status) ? 'body' : undefined)
  })
  app.all('/any', async () => 'any')
  app.register(
    async (org) => {
      org.get('/users/:id', async (request) => request.params)
    },
    { prefix: '/org/:org' },
  )
  app.get('/throw', () => {
    throw new Error('thrown')
  })
  app.get('/reject', async () => {
    throw new Error('rejected')
  })
  app.get('/unprocessable', async () => {
    throw new Unprocessable()
  })
  app.all('/raw/:name', { bodyLimit: 1 << 30 }, (request, reply) => {
    reply.hijack()
    rawHandlerAt(request.url)!(request.raw, reply.raw)
  })
  extra(app)
  await app.ready()
  return { server: app.server, dispose: async () => void (await app.close()) }
}
