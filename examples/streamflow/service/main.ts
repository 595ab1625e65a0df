import { feastOnline } from '@tidegauge/connect/feast'
import type { Flights } from '@tidegauge/example-prometheus-grafana/service/flights.ts'
import {
  endWithParent,
  refuse,
  serve,
} from '@tidegauge/example-prometheus-grafana/service/serve.ts'
import { delayService } from '@tidegauge/example-prometheus-grafana/service/service.ts'
import { readSettings } from '@tidegauge/example-prometheus-grafana/service/settings.ts'
import { startWatching } from '@tidegauge/example-prometheus-grafana/service/start-watching.ts'
import pg from 'pg'
import { readSnapshot, STORY } from '../database/snapshots.ts'
import { bookedFlight } from './booked-flight.ts'

/**
 * Trains on a snapshot and serves: what a request names is looked up in Feast. Its settings are those of the service beside
 * it, `FEAST_URL`, and the variables of PostgreSQL's clients.
 */
endWithParent()

const log = (line: string) => void process.stdout.write(`${line}\n`)
const { FEAST_URL = 'http://127.0.0.1:6567', REFERENCE_MONTH = STORY.reference } = process.env
try {
  const settings = readSettings()
  const online = feastOnline({ url: FEAST_URL, featureService: 'late_flights', timeLimit: 5000 })
  const watched = startWatching(await reference(), settings, log)
  const app = delayService({
    model: watched,
    flightOf: bookedFlight(online, log),
    log,
    simulateFaults: settings.simulateFaults,
    loopbackOnly: !settings.openPages,
  })
  await serve(app, {
    host: settings.host,
    port: settings.port,
    routes: ', GET /drift, POST /outcomes',
    onStop: () => watched.monitor.stop(),
  })
} catch (error) {
  refuse('service', error)
}

async function reference(): Promise<Flights> {
  const pool = new pg.Pool()
  try {
    return await readSnapshot(pool, REFERENCE_MONTH)
  } finally {
    await pool.end()
  }
}
