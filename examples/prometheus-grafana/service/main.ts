import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type Flights, loadFlights } from './flights.ts'
import { trainDelayModel } from './model.ts'
import { delayService } from './service.ts'
import { readSettings, type Settings } from './settings.ts'
import { type WatchedModel, watchedModel } from './watched-model.ts'

/** Trains on a month and serves; its settings are those of `settings.ts`. */
// The demo or the stack that started this is gone, maybe in the middle of the training: so are we.
process.once('disconnect', () => process.exit(0))
if (process.connected === false) process.exit(0)

const settings = settingsOrExit()
const month = () => loadFlights(settings.referenceMonth)
const watched = settings.watch ? watchedOrExit(await month()) : undefined
const model = watched ?? settings.model ?? trainDelayModel(await month())
const log = (line: string) => void process.stdout.write(`${line}\n`)
const app = delayService({
  model,
  log,
  simulateFaults: settings.simulateFaults,
  loopbackOnly: settings.watch && !settings.openPages,
  ...(settings.retrainToken !== undefined && { retrainToken: settings.retrainToken }),
})
const server = app.listen(settings.port, settings.host)
// Longer than a client keeps a connection unused: else one that is late writes into a closed one.
server.keepAliveTimeout = 65_000
await once(server, 'listening')

const { address, port } = server.address() as AddressInfo
const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
const routes = settings.watch ? ', GET /drift, POST /outcomes, POST /retrain' : ''
log(`serving on ${url}: POST /predict, GET /health, GET /metrics${routes}`)
process.send?.({ url }) // to the demo or the stack, which waits for it

const stop = () => {
  watched?.monitor.stop()
  server.close(() => process.exit(0))
  server.closeAllConnections()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)

function watchedOrExit(flights: Flights): WatchedModel {
  const { model, reference, recentFlights, windowSeconds } = settings
  try {
    const watched = watchedModel({
      flights,
      recentFlights,
      ...(model !== undefined && { model }),
      ...(reference !== undefined && { reference }),
      monitor: {
        window: { seconds: windowSeconds },
        onVerdict: ({ action, previous, report }) =>
          log(`${previous} -> ${action}: ${report.decision.reason}`),
      },
    })
    watched.monitor.start()
    return watched
  } catch (error) {
    return refuse(error)
  }
}

function settingsOrExit(): Settings {
  try {
    return readSettings()
  } catch (error) {
    return refuse(error)
  }
}

/** A service with a wrong setting does not start, and says in one line what is wrong. */
function refuse(error: unknown): never {
  process.stderr.write(`service: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
