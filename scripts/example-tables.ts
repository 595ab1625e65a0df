/**
 * Writes the two files that the first pages of the documentation compare, and the page of the site offers: 2,000 flights of
 * January 2001, and 2,000 of February as a broken pipeline could hand them over (`demo --inject`). Run once:
 * `node --conditions=tidegauge-source --import tsx scripts/example-tables.ts`
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { injectDrift } from '../examples/prometheus-grafana/demo/inject.ts'
import { type Flights, loadFlights } from '../examples/prometheus-grafana/service/flights.ts'

const FOLDER = new URL('../docs/public/', import.meta.url)
const ROWS = 2000

mkdirSync(FOLDER, { recursive: true })
write('january', await loadFlights('2001-01'))
write('february', injectDrift(await loadFlights('2001-02')))

/** Rows that are evenly spread over the month. */
function write(name: string, flights: Flights): void {
  const names = Object.keys(flights) as (keyof Flights)[]
  const step = flights.hour.length / ROWS
  const rows = Array.from({ length: ROWS }, (_, i) => Math.floor(i * step)).map((row) =>
    names.map((column) => flights[column][row]).join(','),
  )
  const path = fileURLToPath(new URL(`${name}.csv`, FOLDER))
  writeFileSync(path, `${names.join(',')}\n${rows.join('\n')}\n`)
}
