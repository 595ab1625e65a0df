import { createServer } from 'node:http'
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import Koa, { type Context } from 'koa'
import { expect, onTestFinished, test, vi } from 'vitest'
import { featureHook, type RowOrNothing } from '../src/hooks/koa.ts'
import { counted, FLIGHT, flightMonitor } from './flight-monitor.ts'
import { ask, listen, rawClient } from './loopback.ts'

type ToRow = (ctx: Context) => RowOrNothing

const toFlight: ToRow = ({ state }) => ({ ...state.asked, delay: state.delay })

/** Answers each flight with its delay, behind the hook. */
async function serve(toRow: ToRow = toFlight, arrived: () => void = () => {}) {
  const monitor = flightMonitor()
  const errors: unknown[] = []
  const app = new Koa()
  app.silent = true
  app.use(featureHook(monitor, toRow, { onError: (error) => errors.push(error) }))
  app.use(async (ctx) => {
    ctx.state.asked = JSON.parse(await textOf(ctx.req))
    ctx.state.delay = FLIGHT.delay
    ctx.status = Number(ctx.query.status ?? 200)
    if (ctx.query.slow !== undefined) {
      const closed = new Promise((resolve) => ctx.res.once('close', resolve))
      arrived()
      await closed
    }
    ctx.body = { delay: FLIGHT.delay }
  })
  const callback = app.callback()
  const loopback = await listen(createServer(callback))
  const predict = (body = '{"distance":300,"carrier":"UA"}', query = '') =>
    ask(`${loopback.origin}/predict${query}`, { method: 'POST', body })
  return { ...loopback, callback, monitor, errors, predict }
}

test('each answered request is counted, with what was predicted', async () => {
  const { monitor, predict, errors } = await serve()
  for (let i = 0; i < 20; i++) {
    expect(await predict()).toMatchObject({ status: 200, text: '{"delay":12}' })
  }
  await expect.poll(() => counted(monitor)).toBe(20)
  expect(errors).toEqual([])
})

test('what was not answered with a prediction is not counted', async () => {
  const toRow = vi.fn(toFlight)
  const { monitor, predict, errors } = await serve(toRow)
  expect((await predict('{"distance":')).status).toBe(500)
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
  ['gives garbage', () => [] as never],
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
  const slow = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const loopback = await serve(toRow, () => arrived())
  const client = await rawClient(loopback)
  client.write('POST /?slow=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}')
  await slow
  client.resetAndDestroy()
  await loopback.predict()
  await expect.poll(() => counted(loopback.monitor)).toBe(1)
  expect(toRow).toHaveBeenCalledOnce()
  expect(loopback.errors).toEqual([])
})

test('nor is it over HTTP/2, where such a response finishes too', async () => {
  const toRow = vi.fn(toFlight)
  let arrived = (): void => {}
  const slow = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const { callback, monitor, errors } = await serve(toRow, () => arrived())
  const server = createHttp2Server(callback)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const broken = client.request({ ':method': 'POST', ':path': '/?slow=1' })
  broken.end('{}')
  await slow
  broken.close(constants.NGHTTP2_CANCEL)
  const whole = client.request({ ':method': 'POST', ':path': '/' })
  whole.end('{"distance":300,"carrier":"UA"}')
  whole.resume()
  await expect.poll(() => counted(monitor)).toBe(1)
  expect(toRow).toHaveBeenCalledOnce()
  expect(errors).toEqual([])
})
