import { Readable } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { expect, onTestFinished, test, vi } from 'vitest'
import { featureHook, type RowOrNothing } from '../src/hooks/fastify.ts'
import { counted, FLIGHT, flightMonitor, tally } from './flight-monitor.ts'
import { ask, rawClient } from './loopback.ts'

declare module 'fastify' {
  interface FastifyRequest {
    delay: number | null
  }
}

type ToRow = (request: FastifyRequest, reply: FastifyReply) => RowOrNothing

const toFlight: ToRow = (request) => ({ ...(request.body as object), delay: request.delay })

/** Answers each flight with its delay, behind the hook. */
async function serve(toRow: ToRow = toFlight, build: (app: FastifyInstance) => void = () => {}) {
  const monitor = flightMonitor()
  const errors: unknown[] = []
  const app = fastify({ forceCloseConnections: true, bodyLimit: 100_000 })
  app.decorateRequest('delay', null)
  build(app)
  const onResponse = featureHook(monitor, toRow, { onError: (error) => errors.push(error) })
  app.post<{ Querystring: { status?: string; wrong?: string } }>(
    '/predict',
    { onResponse },
    async (request, reply) => {
      request.delay = FLIGHT.delay
      if (request.query.wrong !== undefined) throw new Error('wrong')
      return reply.code(Number(request.query.status ?? 200)).send({ delay: FLIGHT.delay })
    },
  )
  app.get('/health', () => 'well')
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const predict = (body: unknown = { distance: 300, carrier: 'UA' }, query = '') =>
    ask(`${origin}/predict${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const { server } = app
  return { app, server, origin, port: Number(new URL(origin).port), monitor, errors, predict }
}

test('each answered request of the route is counted, with what was predicted', async () => {
  const { monitor, origin, predict, errors } = await serve()
  for (let i = 0; i < 20; i++) {
    expect(await predict()).toMatchObject({ status: 200, text: '{"delay":12}' })
    expect((await ask(`${origin}/health`)).status).toBe(200)
  }
  await expect.poll(() => counted(monitor)).toBe(20)
  expect(Object.keys(tally(monitor)).sort()).toEqual(['carrier', 'delay', 'distance'])
  expect(errors).toEqual([])
})

test('so it is by inject(), and as a hook of a whole plugin', async () => {
  const monitor = flightMonitor()
  const app = fastify()
  app.register(async (plugin) => {
    plugin.addHook(
      'onResponse',
      featureHook(monitor, (request) => ({ ...request.body, delay: 12 })),
    )
    plugin.post('/predict', () => 'done')
  })
  app.post('/other', () => 'done')
  onTestFinished(() => app.close())
  const payload = { distance: 300, carrier: 'UA' }
  await app.inject({ method: 'POST', url: '/predict', payload })
  await app.inject({ method: 'POST', url: '/other', payload })
  await expect.poll(() => counted(monitor)).toBe(1)
})

test('what was not answered with a prediction is not counted', async () => {
  const toRow = vi.fn(toFlight)
  const { monitor, predict, errors } = await serve(toRow)
  expect((await predict('{"distance":')).status).toBe(400)
  expect((await predict('{"__proto__":{"distance":300}}')).status).toBe(400)
  expect((await predict({ carrier: 'x'.repeat(200_000) })).status).toBe(413)
  expect((await predict(undefined, '?status=422')).status).toBe(422)
  expect((await predict(undefined, '?wrong=1')).status).toBe(500)
  expect((await predict(undefined, '?status=201')).status).toBe(201)
  await expect.poll(() => counted(monitor)).toBe(1)
  expect(toRow).toHaveBeenCalledOnce()
  expect(errors).toEqual([])
})

test.each<[string, ToRow]>([
  [
    'throws',
    () => {
      throw new Error('toRow() is broken')
    },
  ],
  ['rejects', () => Promise.reject(new Error('toRow() is broken'))],
  ['gives garbage', () => 'row' as never],
])('a toRow that %s never touches the request', async (_, toRow) => {
  const { monitor, predict, errors } = await serve(toRow)
  for (let i = 1; i <= 2; i++) {
    expect(await predict()).toMatchObject({ status: 200, text: '{"delay":12}' })
    await expect.poll(() => errors).toHaveLength(i)
  }
  expect(String(errors[0])).toContain('toRow()')
  expect(counted(monitor)).toBe(0)
})

test('a row may come later, and null is left out', async () => {
  const rows = [null, FLIGHT]
  const { monitor, predict, errors } = await serve(async () => {
    await new Promise(setImmediate)
    return rows.shift()
  })
  await predict()
  await predict()
  await expect.poll(() => counted(monitor)).toBe(1)
  expect(errors).toEqual([])
})

test('a request that is broken off before its answer is not counted', async () => {
  const toRow = vi.fn(toFlight)
  let arrived = (): void => {}
  const loopback = await serve(toRow, (app) =>
    app.addHook('preHandler', async (request) => {
      if (request.headers['x-slow'] === undefined) return
      const closed = new Promise((resolve) => request.raw.socket.once('close', resolve))
      arrived()
      await closed
    }),
  )
  const slow = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const client = await rawClient(loopback)
  client.write(
    'POST /predict HTTP/1.1\r\nHost: localhost\r\nX-Slow: 1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  )
  await slow
  client.resetAndDestroy()
  await loopback.predict()
  await expect.poll(() => counted(loopback.monitor)).toBe(1)
  expect(toRow).toHaveBeenCalledOnce()
  expect(loopback.errors).toEqual([])
})

test('an answer that fails in the middle is not counted', async () => {
  const toRow = vi.fn(toFlight)
  const { origin, monitor, errors, predict } = await serve(toRow, (app) =>
    app.addHook('onSend', async ({ headers }, _, payload) =>
      headers['x-fail'] === undefined ? payload : Readable.from(failing()),
    ),
  )
  const body = JSON.stringify({ distance: 300, carrier: 'UA' })
  const headers = { 'content-type': 'application/json', 'x-fail': '1' }
  await expect(ask(`${origin}/predict`, { method: 'POST', headers, body })).rejects.toThrow()
  await predict()
  await expect.poll(() => counted(monitor)).toBe(1)
  expect(toRow).toHaveBeenCalledOnce()
  expect(errors).toEqual([])
})

async function* failing(): AsyncGenerator<string> {
  yield '{"delay":'
  await new Promise(setImmediate)
  throw new Error('the stream failed')
}

test.each(['onRequest', 'preHandler', 'preSerialization', 'onSend'] as const)(
  'as %s it counts nothing, says so, and leaves the answer alone',
  async (name) => {
    const wrong: unknown[] = []
    const { monitor, errors, predict } = await serve(toFlight, (app) => {
      const hook = featureHook(flightMonitor(), toFlight, { onError: (error) => wrong.push(error) })
      app.addHook(name as 'preHandler', hook)
    })
    expect(await predict()).toMatchObject({ status: 200, text: '{"delay":12}' })
    await expect.poll(() => counted(monitor)).toBe(1)
    expect(errors).toEqual([])
    expect(wrong).toEqual([expect.objectContaining({ code: 'ERR_WRONG_HOOK' })])
    expect(String(wrong[0])).toContain("add it as 'onResponse'")
  },
)
