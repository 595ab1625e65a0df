import { createServer } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { describe, expect, test, vi } from 'vitest'
import { featureHook, type RowOrNothing } from '../src/hooks/hono.ts'
import { counted, FLIGHT, flightMonitor } from './flight-monitor.ts'
import { listen, rawClient } from './loopback.ts'

type App = { Variables: { delay: number }; Bindings: Partial<HttpBindings> }
type ToRow = (c: Context<App>) => RowOrNothing
type Fetch = (request: Request) => Response | Promise<Response>

const toFlight: ToRow = async (c) => ({ ...(await c.req.json()), delay: c.get('delay') })

/** Answers each flight with its delay, behind the hook. */
function flightApp(toRow: ToRow, arrived: () => void = () => {}) {
  const monitor = flightMonitor()
  const errors: unknown[] = []
  const app = new Hono<App>()
  const hook = featureHook(monitor, toRow, { onError: (error) => errors.push(error) })
  app.post('/predict', hook, async (c) => {
    await c.req.json()
    c.set('delay', FLIGHT.delay)
    if (c.req.query('wrong') !== undefined) throw new Error('wrong')
    if (c.req.query('slow') !== undefined) {
      const closed = new Promise((resolve) => c.env.outgoing!.once('close', resolve))
      arrived()
      await closed
    }
    return c.json({ delay: FLIGHT.delay }, Number(c.req.query('status') ?? 200) as 200)
  })
  app.onError((_, c) => c.text('sorry', 500))
  return { app, monitor, errors }
}

/** The same app behind a socket, and called as other runtimes do. */
const RUNTIMES: [string, (app: Hono<App>) => Promise<{ origin: string; send: Fetch }>][] = [
  [
    'node-server',
    async (app) => {
      const { origin } = await listen(createServer(getRequestListener(app.fetch)))
      return { origin, send: fetch }
    },
  ],
  ['fetch', async (app) => ({ origin: 'http://localhost', send: (request) => app.fetch(request) })],
]

describe.each(RUNTIMES)('behind %s', (_, start) => {
  async function serve(toRow: ToRow = toFlight) {
    const { app, monitor, errors } = flightApp(toRow)
    const { origin, send } = await start(app)
    const predict = async (body = '{"distance":300,"carrier":"UA"}', query = '') => {
      const request = new Request(`${origin}/predict${query}`, { method: 'POST', body })
      const response = await send(request)
      return { status: response.status, text: await response.text() }
    }
    return { monitor, errors, predict }
  }

  test('each answered request is counted, with what was predicted', async () => {
    const { monitor, predict, errors } = await serve()
    for (let i = 0; i < 20; i++) {
      expect(await predict()).toEqual({ status: 200, text: '{"delay":12}' })
    }
    await expect.poll(() => counted(monitor)).toBe(20)
    expect(errors).toEqual([])
  })

  test('what was not answered with a prediction is not counted', async () => {
    const toRow = vi.fn(toFlight)
    const { monitor, predict, errors } = await serve(toRow)
    expect((await predict('{"distance":')).status).toBe(500)
    expect((await predict(undefined, '?wrong=1')).status).toBe(500)
    expect((await predict(undefined, '?status=422')).status).toBe(422)
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
    ['gives garbage', () => true as never],
  ])('a toRow that %s never touches the request', async (_, toRow) => {
    const { monitor, predict, errors } = await serve(toRow)
    for (let i = 1; i <= 2; i++) {
      expect(await predict()).toEqual({ status: 200, text: '{"delay":12}' })
      await expect.poll(() => errors).toHaveLength(i)
    }
    expect(String(errors[0])).toContain('toRow()')
    expect(counted(monitor)).toBe(0)
  })

  test('null is left out', async () => {
    const rows = [null, FLIGHT]
    const { monitor, predict, errors } = await serve(() => rows.shift())
    await predict()
    await predict()
    await expect.poll(() => counted(monitor)).toBe(1)
    expect(errors).toEqual([])
  })
})

test('behind node-server a request that is broken off before its answer is not counted', async () => {
  const toRow = vi.fn(toFlight)
  let arrived = (): void => {}
  const slow = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const { app, monitor, errors } = flightApp(toRow, () => arrived())
  const loopback = await listen(createServer(getRequestListener(app.fetch)))
  const client = await rawClient(loopback)
  client.write('POST /predict?slow=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}')
  await slow
  client.resetAndDestroy()
  const body = '{"distance":300,"carrier":"UA"}'
  await fetch(`${loopback.origin}/predict`, { method: 'POST', body })
  await expect.poll(() => counted(monitor)).toBe(1)
  expect(toRow).toHaveBeenCalledOnce()
  expect(errors).toEqual([])
})
