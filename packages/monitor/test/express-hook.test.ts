import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import express, { type Express, type Request, type Response } from 'express'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type FeatureHookOptions, featureHook, type RowOrNothing } from '../src/hooks/express.ts'
import { counted, FLIGHT, flightMonitor, tally } from './flight-monitor.ts'
import { ask, listen, rawClient } from './loopback.ts'

type ToRow = (req: Request, res: Response) => RowOrNothing

const toFlight: ToRow = (req, res) => ({ ...req.body, delay: res.locals.delay })

/** Answers each flight with its delay, behind the hook; `build` may come before. */
async function serve(
  toRow: ToRow = toFlight,
  {
    build = () => {},
    framework = express,
    ...options
  }: FeatureHookOptions & { build?: (app: Express) => void; framework?: typeof express } = {},
) {
  const monitor = flightMonitor()
  const errors: unknown[] = []
  const app = framework().disable('x-powered-by').set('env', 'test')
  build(app)
  const hook = featureHook(monitor, toRow, { onError: (error) => errors.push(error), ...options })
  app.post('/predict', framework.json(), hook, (req, res) => {
    res.locals.delay = FLIGHT.delay
    if (req.query.wrong !== undefined) throw new Error('wrong')
    res.status(Number(req.query.status ?? 200)).json({ delay: FLIGHT.delay })
  })
  const loopback = await listen(createServer(app as RequestListener))
  const predict = (body: unknown = { distance: 300, carrier: 'UA' }, query = '') =>
    ask(`${loopback.origin}/predict${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { ...loopback, monitor, errors, predict }
}

const express4 = createRequire(import.meta.url)('express4') as typeof express

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('%s', (_, framework) => {
  test('each answered request is counted, with what was predicted', async () => {
    const { monitor, predict, errors } = await serve(toFlight, { framework })
    for (let i = 0; i < 20; i++) {
      expect(await predict()).toMatchObject({ status: 200, text: '{"delay":12}' })
    }
    await expect.poll(() => counted(monitor)).toBe(20)
    expect(Object.keys(tally(monitor)).sort()).toEqual(['carrier', 'delay', 'distance'])
    expect(errors).toEqual([])
  })

  test('the hook runs after the response: a row that takes long delays nobody', async () => {
    const order: string[] = []
    const { predict } = await serve(
      (_, res) => {
        order.push(`row, finished: ${res.writableFinished}`)
        return null
      },
      { framework },
    )
    await predict()
    await expect.poll(() => order).toEqual(['row, finished: true'])
  })

  test('what was not answered with a prediction is not counted', async () => {
    const toRow = vi.fn(toFlight)
    const { monitor, predict, errors } = await serve(toRow, { framework })
    expect((await predict('{"distance":')).status).toBe(400)
    expect((await predict(undefined, '?status=422')).status).toBe(422)
    expect((await predict(undefined, '?wrong=1')).status).toBe(500)
    expect((await predict(undefined, '?status=201')).status).toBe(201)
    await expect.poll(() => counted(monitor)).toBe(1)
    expect(toRow).toHaveBeenCalledOnce()
    expect(errors).toEqual([])
  })

  test('a body that is too long never reaches the model nor the monitor', async () => {
    const toRow = vi.fn(toFlight)
    const { predict } = await serve(toRow, { framework })
    expect((await predict({ carrier: 'x'.repeat(200_000) })).status).toBe(413)
    expect((await predict()).status).toBe(200)
    await expect.poll(() => toRow.mock.calls).toHaveLength(1)
  })
})

describe('never touches the request:', () => {
  test.each<[string, ToRow, string]>([
    [
      'toRow throws',
      () => {
        throw new Error('no row')
      },
      'no row',
    ],
    ['toRow rejects', () => Promise.reject(new Error('no row')), 'no row'],
    ['toRow gives a number', () => 7 as never, '"toRow()" must be an object'],
    ['toRow gives text', async () => 'row' as never, '"toRow()" must be an object'],
    ['toRow gives an array', () => [1, 2] as never, '"toRow()" must be an object'],
    ['toRow gives a function', () => (() => {}) as never, '"toRow()" must be an object'],
    [
      'what toRow gives fails when it is read',
      () =>
        new Proxy({} as never, {
          get() {
            throw new Error('trap')
          },
        }),
      'trap',
    ],
  ])('%s', async (_, toRow, message) => {
    const { monitor, predict, errors } = await serve(toRow)
    expect(await predict()).toMatchObject({ status: 200, text: '{"delay":12}' })
    await expect.poll(() => errors).toHaveLength(1)
    expect(String(errors[0])).toContain(message)
    expect(counted(monitor)).toBe(0)
    expect((await predict()).status).toBe(200)
  })

  test('onError throws too: one process warning', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warnings.mockRestore())
    const toRow = vi.fn(() => {
      throw new Error('no row')
    })
    const onError = () => {
      throw new Error('worse')
    }
    const { predict } = await serve(toRow, { onError })
    for (let i = 0; i < 3; i++) expect((await predict()).status).toBe(200)
    await expect.poll(() => toRow.mock.calls).toHaveLength(3)
    expect(warnings.mock.calls).toEqual([
      [
        'the features of a request were not counted: worse',
        { type: 'TidegaugeWarning', code: 'TIDEGAUGE_MONITOR_FAILED' },
      ],
    ])
  })
})

describe('a row', () => {
  test.each([
    ['null', null],
    ['undefined', undefined],
    ['a promise of null', Promise.resolve(null)],
  ])('that is %s is left out', async (_, row) => {
    const rows = [row, FLIGHT]
    const { monitor, predict, errors } = await serve(() => rows.shift())
    await predict()
    await predict()
    await expect.poll(() => counted(monitor)).toBe(1)
    expect(errors).toEqual([])
  })

  test('may come later', async () => {
    const { monitor, predict } = await serve(async (req, res) => {
      await new Promise(setImmediate)
      return toFlight(req, res)
    })
    await predict()
    await expect.poll(() => counted(monitor)).toBe(1)
  })

  test.each([
    '{"__proto__":{"distance":300,"carrier":"UA","delay":12}}',
    '{"constructor":{"prototype":{"distance":300}},"hasOwnProperty":1,"then":"x"}',
    '{}',
  ])('of hostile names has no columns but its own: %s', async (body) => {
    const { monitor, predict, errors } = await serve((req) => req.body)
    expect((await predict(body)).status).toBe(200)
    const missing = { values: 0, missing: 1, invalid: 0 }
    await expect
      .poll(() => tally(monitor))
      .toEqual({ distance: missing, carrier: missing, delay: missing })
    expect(({} as { distance?: unknown }).distance).toBeUndefined()
    expect(errors).toEqual([])
  })

  test('of wrong types and unknown categories is counted as such', async () => {
    const { monitor, predict, errors } = await serve((req) => req.body)
    await predict({ distance: { toString: 'x' }, carrier: 'new airline', delay: [1] })
    await predict({ distance: null, carrier: 'x'.repeat(50_000), delay: 'soon' })
    const { distance, carrier, delay } = await expect
      .poll(() => tally(monitor))
      .toMatchObject({ carrier: { values: 2, missing: 0, invalid: 0 } })
      .then(() => tally(monitor))
    expect(distance).toEqual({ values: 0, missing: 1, invalid: 1 })
    expect(delay).toEqual({ values: 0, missing: 0, invalid: 2 })
    expect(carrier!.values).toBe(2)
    expect(errors).toEqual([])
  })
})

test('rows that never come are bounded, told of, and harm no later one', async () => {
  let release = (): void => {}
  const blocked = new Promise<void>((resolve) => {
    release = resolve
  })
  const toRow = vi.fn(async () => {
    await blocked
    return FLIGHT
  })
  const { monitor, predict, errors } = await serve(toRow, { maxPending: 2 })
  for (let i = 0; i < 5; i++) expect((await predict()).status).toBe(200)
  await expect.poll(() => errors).toHaveLength(3)
  expect(errors[0]).toMatchObject({ code: 'ERR_TOO_MANY_PENDING_ROWS' })
  expect(toRow).toHaveBeenCalledTimes(2)
  release()
  await expect.poll(() => counted(monitor)).toBe(2)
  await predict()
  await expect.poll(() => counted(monitor)).toBe(3)
})

test('a request that is broken off before its answer is not counted', async () => {
  const toRow = vi.fn(toFlight)
  let arrived = (): void => {}
  const loopback = await serve(toRow, {
    build: (app) =>
      app.use((req, res, next) => {
        if (req.query.slow === undefined) next()
        else {
          res.once('close', next)
          arrived()
        }
      }),
  })
  const slow = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const client = await rawClient(loopback)
  const body = JSON.stringify({ distance: 300, carrier: 'UA' })
  client.write(
    `POST /predict?slow=1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await slow
  client.resetAndDestroy()
  await loopback.predict()
  await expect.poll(() => counted(loopback.monitor)).toBe(1)
  expect(toRow).toHaveBeenCalledOnce()
  expect(loopback.errors).toEqual([])
})

test('sent is counted: many requests at once, kept alive and not', async () => {
  const { origin, monitor, errors } = await serve()
  const predict = async () => {
    const response = await fetch(`${origin}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ distance: 300, carrier: 'UA' }),
    })
    await response.text()
  }
  for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 40 }, predict))
  await expect.poll(() => counted(monitor)).toBe(200)
  expect(errors).toEqual([])
})

test('it takes the parameters of its route, without types being named', async () => {
  const monitor = flightMonitor()
  const app = express()
  app.get(
    '/predict/:carrier',
    featureHook(monitor, (req, res) => ({
      carrier: req.params.carrier,
      distance: Number(req.query.distance),
      delay: res.locals.delay,
    })),
    (_, res) => {
      res.locals.delay = 12
      res.send('12')
    },
  )
  const { origin } = await listen(app)
  await ask(`${origin}/predict/UA?distance=300`)
  await expect.poll(() => counted(monitor)).toBe(1)
})

test.each([
  [[undefined, () => null], '"monitor" must be a FeatureMonitor'],
  [[{ observe: 1 }, () => null], '"monitor" must be a FeatureMonitor'],
  [[{ observe() {} }, undefined], '"toRow" must be a function'],
  [[{ observe() {} }, () => null, { maxPending: 0 }], '"maxPending" must be a whole number'],
])('the arguments %# are refused', (given, message) => {
  expect(() => featureHook(...(given as Parameters<typeof featureHook>))).toThrow(message)
})
