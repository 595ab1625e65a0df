import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { loadFlights } from './flights.ts'
import { trainDelayModel } from './model.ts'
import { delayService } from './service.ts'

/** Trains on a month and serves: `REFERENCE_MONTH`, `HOST`, `PORT` and `SIMULATE_FAULTS=1` are its settings. */
// The demo that started this is gone, maybe in the middle of the training: so are we.
process.once('disconnect', () => process.exit(0))
if (process.connected === false) process.exit(0)

const { REFERENCE_MONTH = '2001-01', HOST = '127.0.0.1', PORT = '3000' } = process.env
const model = trainDelayModel(await loadFlights(REFERENCE_MONTH))
const app = delayService({ model, simulateFaults: process.env.SIMULATE_FAULTS === '1' })
const server = app.listen(Number(PORT), HOST)
await once(server, 'listening')

const { address, port } = server.address() as AddressInfo
const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
process.stdout.write(`serving on ${url}: POST /predict, GET /health, GET /metrics\n`)
process.send?.({ url }) // to the demo, which waits for it

const stop = () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
