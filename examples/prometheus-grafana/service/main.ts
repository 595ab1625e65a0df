import type { Express } from 'express'
import { type Flights, loadFlights } from './flights.ts'
import { trainDelayModel } from './model.ts'
import { endWithParent, refuse, serve } from './serve.ts'
import { delayService } from './service.ts'
import { readSettings, type Settings } from './settings.ts'
import { startWatching } from './start-watching.ts'
import type { WatchedModel } from './watched-model.ts'

/** Trains on a month and serves; its settings are those of `settings.ts`. */
endWithParent()

const settings = settingsOrExit()
const month = () => loadFlights(settings.referenceMonth)
const log = (line: string) => void process.stdout.write(`${line}\n`)
const watched = settings.watch ? watchedOrExit(await month()) : undefined
const model = watched ?? settings.model ?? trainDelayModel(await month())
await serve(appOrExit(), {
  host: settings.host,
  port: settings.port,
  ...(settings.watch && { routes: ', GET /drift, POST /outcomes, POST /retrain' }),
  onStop: () => watched?.monitor.stop(),
})

function watchedOrExit(flights: Flights): WatchedModel {
  try {
    return startWatching(flights, settings, log)
  } catch (error) {
    return refuse('service', error)
  }
}

function appOrExit(): Express {
  const { simulateFaults, watch, openPages, retrainToken, replica, links } = settings
  try {
    return delayService({
      model,
      log,
      simulateFaults,
      loopbackOnly: watch && !openPages,
      page: { links, ...(replica !== undefined && { replica }) },
      ...(retrainToken !== undefined && { retrainToken }),
    })
  } catch (error) {
    return refuse('service', error)
  }
}

function settingsOrExit(): Settings {
  try {
    return readSettings()
  } catch (error) {
    return refuse('service', error)
  }
}
