import { ConnectError } from '@tidegauge/connect'
import { expect, test } from 'vitest'
import { bookedFlight } from './booked-flight.ts'

const FLIGHT = { hour: 7, weekday: 1, distance: 733, origin: 'ORD', destination: 'LGA' }
const feastWith = (...rows: object[]) => ({ rows: async () => rows as Record<string, unknown>[] })
const ask = { flight_id: 200102000025 }

test('a flight is what Feast has of it, and nothing that the request says', async () => {
  const flightOf = bookedFlight(feastWith({ ...ask, ...FLIGHT }))
  expect(await flightOf(ask)).toEqual(FLIGHT)
})

test.each([
  [{}, 400, /flight_id/],
  [{ flight_id: '7' }, 400, /flight_id/],
  [{ flight_id: -1 }, 400, /flight_id/],
  [{ ...ask, hour: 7 }, 400, /hour/],
  [undefined, 400, /object/],
])('%j is refused: %i', async (body, status, message) => {
  await expect(bookedFlight(feastWith(FLIGHT))(body)).rejects.toMatchObject({
    status,
    expose: true,
    message: expect.stringMatching(message),
  })
})

test('one that Feast does not know is not found', async () => {
  await expect(bookedFlight(feastWith())(ask)).rejects.toMatchObject({ status: 404 })
})

test('where Feast refuses, its status is not ours, and what it says is for the log alone', async () => {
  const lines: string[] = []
  const feast = {
    rows: async () => {
      throw new ConnectError('Feast at http://feast:6567: no such view (404)', { status: 404 })
    },
  }
  const flightOf = bookedFlight(feast, (line) => lines.push(line))
  await expect(flightOf(ask)).rejects.toMatchObject({
    status: 503,
    message: 'the feature store does not answer',
  })
  expect(lines).toEqual(['no features: Feast at http://feast:6567: no such view (404)'])
})

test('a flight with a hole in it is no flight', async () => {
  const flightOf = bookedFlight(feastWith({ ...ask, ...FLIGHT, origin: null }))
  await expect(flightOf(ask)).rejects.toMatchObject({ status: 502 })
})
