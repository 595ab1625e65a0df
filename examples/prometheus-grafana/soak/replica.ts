import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { loadFlights } from '../service/flights.ts'
import { delayService } from '../service/service.ts'
import { readSettings } from '../service/settings.ts'
import { watchedModel } from '../service/watched-model.ts'

/** A replica of the stack that also tells its vitals: `GET /vitals` collects garbage, and measures. */
process.once('disconnect', () => process.exit(0))
if (process.connected === false) process.exit(0)

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const { windowSeconds, recentFlights } = readSettings()
const model = watchedModel({
  flights: await loadFlights('2001-01'),
  recentFlights,
  monitor: { window: { seconds: windowSeconds }, checkEverySeconds: 1 },
})
model.monitor.start()
const app = delayService({ model, simulateFaults: true })
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

const server = createServer((request, response) => {
  if (request.url !== '/vitals') {
    app(request, response)
    return
  }
  const eventLoopP99 = delay.percentile(99) / 1e9
  const eventLoopMax = delay.max / 1e9
  collectGarbage()
  collectGarbage()
  const heap = process.memoryUsage().heapUsed
  response.end(JSON.stringify({ heap, eventLoopP99, eventLoopMax }))
  delay.reset() // what the collection itself held up is not the service's
}).listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
process.once('SIGTERM', () => process.exit(0))
process.once('SIGINT', () => process.exit(0))
