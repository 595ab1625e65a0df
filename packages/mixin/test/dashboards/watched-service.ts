import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MetricSource } from '@tidegauge/core'
import { profile } from '@tidegauge/drift'
import { latencyRecorder } from '@tidegauge/metrics'
import { metricsHandler } from '@tidegauge/metrics/metrics-handler'
import { instrumentServer } from '@tidegauge/metrics/node'
import { featureMonitor } from '@tidegauge/monitor'

export interface WatchedService {
  readonly address: string
  /** Some of it slow, some failing, some on no route; its features are not those of the reference. */
  answer(requests: number): Promise<void>
  stop(): void
}

/** A real service in small: real requests, recorded and scraped as a user's are, and a watched model. */
export async function startWatchedService(native: boolean): Promise<WatchedService> {
  const recorder = latencyRecorder({ native })
  const reference = Array.from({ length: 1000 }, (_, i) => row(i, 0))
  const monitor = featureMonitor({
    reference: profile(reference),
    model: 'flights',
    target: 'late',
    prediction: 'probability',
  })
  const metrics = metricsHandler({ recorder, sources: [monitor, processGauges()] })
  let seen = 0
  const server: Server = createServer(async (request, response) => {
    if (request.url === '/metrics') {
      metrics(request, response)
      return
    }
    const i = seen++
    monitor.observe({ ...row(i, 40), ...(i % 10 === 0 ? { hour: null } : {}) })
    if (i % 20 === 0) await sleep(30)
    response.writeHead(i % 25 === 0 ? 500 : 200).end()
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
        await (await fetch(`http://${address}${path}`)).arrayBuffer()
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

/** The names of prom-client's default metrics, and what this process says of itself. */
function processGauges(): MetricSource {
  const delay = monitorEventLoopDelay()
  delay.enable()
  const read: Readonly<Record<string, () => number>> = {
    nodejs_eventloop_lag_p50_seconds: () => delay.percentile(50) / 1e9,
    nodejs_eventloop_lag_p99_seconds: () => delay.percentile(99) / 1e9,
    nodejs_eventloop_lag_max_seconds: () => delay.max / 1e9,
    nodejs_heap_size_used_bytes: () => process.memoryUsage().heapUsed,
    nodejs_heap_size_total_bytes: () => process.memoryUsage().heapTotal,
    process_resident_memory_bytes: () => process.memoryUsage.rss(),
  }
  return {
    families: () =>
      Object.entries(read).map(([name, value]) => ({
        name,
        help: name,
        kind: 'gauge' as const,
        labelNames: [],
        samples: [{ labelValues: [], value: value() }],
      })),
  }
}
