import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createPlayer } from './player.ts'

const flight = { hour: 1, weekday: 1, distance: 100, origin: 'ORD', destination: 'LGA' }

test('plays less than one request a second too', async () => {
  const server = createServer((request, response) => {
    request.resume()
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const player = createPlayer({
    urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    months: ['2001-01'],
    loadMonth: async () => ({ size: 10, at: () => ({ flight, late: false }) }),
    rate: 0.9,
  })
  await player.start()
  await expect.poll(() => player.counts().answers).toEqual({ 200: 1 })
  await player.stop()
  server.close()
})
