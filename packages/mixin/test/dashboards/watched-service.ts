import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { profile } from '@tidegauge/drift'
import { latencyRecorder } from '@tidegauge/metrics'
import { metricsHandler } from '@tidegauge/metrics/metrics-handler'
import { instrumentServer } from '@tidegauge/metrics/node'
import { featureMonitor } from '@tidegauge/monitor'
import { collectDefaultMetrics, Registry } from 'prom-client'

export interface WatchedService {
  readonly address: string
  /** Some of it slow, some failing, some on no route; its features are not those of the reference. */
  answer(requests: number): Promise<void>
  stop(): void
}

/**
 * A real service in small: real requests, recorded and scraped as a user's are, and a watched model; where it is not
 * native, also with all instruments, and with what prom-client says of the process.
 */
export async function startWatchedService(native: boolean): Promise<WatchedService> {
  const recorder = latencyRecorder({
    native,
    timeToHeaders: true,
    requestSize: true,
    responseSize: true,
  })
  const reference = Array.from({ length: 1000 }, (_, i) => row(i, 0))
  const monitor = featureMonitor({
    reference: profile(reference),
    model: 'flights',
    target: 'late',
    prediction: 'probability',
  })
  const registry = new Registry()
  if (!native) collectDefaultMetrics({ register: registry })
  const sources = [monitor]
  // The page of a Registry is text, which has no native histograms.
  const metrics = metricsHandler(native ? { recorder, sources } : { recorder, sources, registry })
  let seen = 0
  const server: Server = createServer(async (request, response) => {
    if (request.url === '/metrics') {
      metrics(request, response)
      return
    }
    const i = seen++
    monitor.observe({
      ...row(i, 40),
      ...(i % 10 === 0 ? { hour: null } : {}),
      ...(i % 10 === 5 ? { distance: 'far' } : {}),
    })
    if (i % 20 === 0) await sleep(30)
    response.writeHead(i % 25 === 0 ? 500 : i % 25 === 1 ? 400 : 200).end(`answer ${i}`)
  })
  const routes = ['/predict', '/metrics']
  instrumentServer(server, { recorder, route: ({ url }) => routes.find((route) => route === url) })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    async answer(requests) {
      for (let i = 0; i < requests; i++) {
        const path = i % 10 === 9 ? '/nowhere' : '/predict'
        const request = { method: 'POST', body: JSON.stringify({ i }) }
        await (await fetch(`http://${address}${path}`, request)).arrayBuffer()
      }
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function row(i: number, shift: number): Record<string, unknown> {
  return {
    hour: ((i * 7) % 24) + shift / 4,
    distance: 100 + ((i * 37) % 300) + shift * 5,
    carrier: ['AA', 'UA', 'DL'][i % 3],
    late: i % (shift === 0 ? 5 : 2) === 0,
    probability: ((i * 13) % 100) / 100,
  }
}
