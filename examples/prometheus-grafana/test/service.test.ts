import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { latencyRecorder } from '@tidegauge/metrics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatSeconds, latencyByRoute } from '../demo/latency.ts'
import { replay } from '../demo/replay.ts'
import { type Flights, loadFlights } from '../service/flights.ts'
import {
  areaUnderCurve,
  type DelayModel,
  flightAt,
  parseDelayModel,
  trainDelayModel,
} from '../service/model.ts'
import { delayService, LATENCY_BOUNDS } from '../service/service.ts'

let flights: Flights
let model: DelayModel
beforeAll(async () => {
  flights = await loadFlights('2001-01')
  model = trainDelayModel(flights)
})

/** The duration in seconds of every request that the recorder counted, by route. */
const exact = new Map<string | undefined, number[]>()
const recorder = latencyRecorder({ bounds: LATENCY_BOUNDS })
recorder.duration.listen((slot, seconds) => {
  const { route } = recorder.labelsAt(slot)
  exact.set(route, [...(exact.get(route) ?? []), seconds])
})

let server: Server
let url: string
beforeAll(async () => {
  server = delayService({ model, simulateFaults: true, recorder }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const FLIGHT = { hour: 17, weekday: 5, distance: 733, origin: 'ORD', destination: 'LGA' }
const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })

describe('the model', () => {
  test('ranks unseen flights better than guessing, and its probabilities beat the base rate', () => {
    const { auc, brier, baseRate, baseRateBrier, trainingRows, heldOutRows } = model.quality
    expect([trainingRows, heldOutRows]).toEqual([100_000, 100_000])
    expect(baseRate).toBeCloseTo(0.2, 1)
    expect(auc).toBeGreaterThan(0.63)
    expect(brier).toBeLessThan(baseRateBrier - 0.005)
  })

  test('the same seed gives the same model, another seed another one', () => {
    expect(trainDelayModel(flights).predict(FLIGHT)).toBe(model.predict(FLIGHT))
    expect(trainDelayModel(flights, 2).predict(FLIGHT)).not.toBe(model.predict(FLIGHT))
  })

  test('read back from what it learned, it says the same of every flight', () => {
    const stored = JSON.stringify(model.learned)
    const again = parseDelayModel(stored)
    expect(again.quality).toEqual(model.quality)
    expect(JSON.stringify(again.learned)).toBe(stored)
    for (let row = 0; row < 1000; row++) {
      const flight = flightAt(flights, row)
      expect(again.predict(flight)).toBe(model.predict(flight))
    }
    const unknown = { ...FLIGHT, origin: 'constructor', destination: '__proto__' }
    expect(again.predict(unknown)).toBe(model.predict(unknown))
  })

  test.each([
    ['too few weights', { weights: [1] }, 'no model: weights: '],
    ['a rate that is none', { baseRate: 2 }, 'no model: baseRate: '],
    ['rates by name', { originRate: { ORD: 0.2 } }, 'no model: originRate: '],
    ['a quality that was not measured', { quality: { auc: null } }, 'no model: quality.'],
  ])('%s makes no model', (_, wrong, message) => {
    const stored = JSON.stringify({ ...model.learned, ...wrong })
    expect(() => parseDelayModel(stored)).toThrow(message)
  })

  test('an airport that it never saw gets a probability too', () => {
    const probability = model.predict({ ...FLIGHT, origin: 'ZZZ' })
    expect(probability).toBeGreaterThan(0)
    expect(probability).toBeLessThan(1)
  })

  test('the area under the curve is the share of pairs in the right order, ties half', () => {
    const scored = [0.1, 0.4, 0.4, 0.8, 0.4].map((probability, i) => ({ probability, late: i % 2 }))
    let wins = 0
    for (const a of scored.filter(({ late }) => late === 1)) {
      for (const b of scored.filter(({ late }) => late === 0)) {
        wins += a.probability > b.probability ? 1 : a.probability === b.probability ? 0.5 : 0
      }
    }
    expect(areaUnderCurve(scored)).toBe(wins / 6)
  })
})

describe('POST /predict', () => {
  test('answers with a probability', async () => {
    const response = await post(JSON.stringify(FLIGHT))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ probability: model.predict(FLIGHT), late: false })
  })

  test.each<[string, string, number, RegExp]>([
    ['an hour that no day has', JSON.stringify({ ...FLIGHT, hour: 24 }), 400, /hour/],
    ['a missing field', JSON.stringify({ hour: 1 }), 400, /weekday/],
    ['text for a number', JSON.stringify({ ...FLIGHT, distance: '733' }), 400, /distance/],
    ['no JSON', '{', 400, /JSON/],
    [
      'a body above the limit',
      JSON.stringify({ ...FLIGHT, note: 'x'.repeat(2000) }),
      413,
      /too large/,
    ],
  ])('refuses %s', async (_, body, status, message) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(((await response.json()) as { error: string }).error).toMatch(message)
  })

  test('a failure of ours is not shown to the client', async () => {
    const response = await post(JSON.stringify(FLIGHT), { 'x-simulate': 'fail' })
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ error: 'internal error' })
  })

  test('without the option, no request can ask for a fault', async () => {
    const strict = delayService({ model }).listen(0, '127.0.0.1')
    await new Promise((resolve) => strict.once('listening', resolve))
    const { port } = strict.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-simulate': 'fail' },
      body: JSON.stringify(FLIGHT),
    })
    strict.closeAllConnections()
    strict.close()
    expect(response.status).toBe(200)
  })
})

test('GET /health says how good the model is', async () => {
  const response = await fetch(`${url}/health`)
  expect(await response.json()).toEqual({ status: 'ok', model: model.quality })
})

test('the quantiles that are printed lie in the buckets of the exact ones of the same requests', async () => {
  recorder.reset()
  exact.clear()
  const sent = await replay({ url, flights, requests: 1000 })
  expect(sent).toMatchObject({ requests: 1000, failed: 5 })
  // The last response closes on its own time.
  await expect.poll(() => exact.get('/predict')?.length).toBe(1000)
  const page = await fetch(`${url}/metrics`)
  const predict = latencyByRoute(await page.text()).find(({ route }) => route === 'POST /predict')!
  const durations = exact.get('/predict')!.sort((a, b) => a - b)

  expect(predict.requests).toBe(1000)
  expect(predict.errorShare).toBe(5 / 1000)
  expect(predict.mean).toBeCloseTo(durations.reduce((sum, x) => sum + x, 0) / 1000, 12)
  for (const [q, printed] of [
    [0.5, predict.p50],
    [0.95, predict.p95],
    [0.99, predict.p99],
  ] as const) {
    const truth = durations[Math.ceil(q * 1000) - 1]!
    const upper = LATENCY_BOUNDS.find((bound) => truth <= bound)!
    const lower = LATENCY_BOUNDS.findLast((bound) => bound < truth) ?? 0
    expect(printed).toBeGreaterThanOrEqual(lower)
    expect(printed).toBeLessThanOrEqual(upper)
  }
  // What the mean hides: one request in sixty waits 300 ms.
  expect(predict.p99).toBeGreaterThan(0.25)
  expect(predict.p50).toBeLessThan(predict.mean)
})

test.each([
  [0.000213, '0.21 ms'],
  [0.0412, '41 ms'],
  [0.25, '250 ms'],
  [1.26, '1.3 s'],
])('%d seconds are printed as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})
