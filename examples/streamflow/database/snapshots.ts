import { readFileSync } from 'node:fs'
import { injectDrift } from '@tidegauge/example-prometheus-grafana/demo/inject.ts'
import { type Flights, loadFlights } from '@tidegauge/example-prometheus-grafana/service/flights.ts'
import type { Pool } from 'pg'

/** A month of flights in the table `flight_snapshots`. */
export interface Snapshot {
  /** Such as `2001-02`. */
  readonly month: string
  /** As a broken pipeline would have written it: see `injectDrift`. */
  readonly isBroken: boolean
}

/** The months of the story: the one that the model is made from, a quiet one, and one that went wrong. */
export const STORY = {
  reference: '2001-01',
  quiet: '2001-02',
  broken: '2001-03',
} as const

/** The last day of a month: `2001-02-28` of `2001-02`. */
export function asOf(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)
}

const SCHEMA = readFileSync(new URL('schema.sql', import.meta.url), 'utf8')

export async function createSchema(pool: Pool): Promise<void> {
  await pool.query(SCHEMA)
}

/** Of these, some thousand rows are one statement. */
const COLUMNS = {
  flight_id: 'bigint',
  hour: 'smallint',
  weekday: 'smallint',
  distance: 'integer',
  origin: 'text',
  destination: 'text',
  late: 'boolean',
} as const
const ROWS_AT_ONCE = 20_000

/**
 * Writes a month, whole or not at all.
 *
 * @returns how many rows; 0 where the month was there
 */
export async function loadSnapshot(
  pool: Pool,
  { month, isBroken }: Snapshot,
  onProgress: (rows: number) => void = () => {},
): Promise<number> {
  const date = asOf(month)
  const known = await pool.query('SELECT 1 FROM flight_snapshots WHERE as_of = $1 LIMIT 1', [date])
  if (known.rowCount !== 0) return 0
  const flights = await loadFlights(month)
  const { hour, weekday, distance, origin, destination, late } = isBroken
    ? injectDrift(flights)
    : flights
  const names = Object.keys(COLUMNS).join(', ')
  const lists = Object.values(COLUMNS).map((type, i) => `$${i + 2}::${type}[]`)
  const insert = `INSERT INTO flight_snapshots (as_of, ${names}) SELECT $1::date, * FROM unnest(${lists.join(', ')})`
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    for (let from = 0; from < late.length; from += ROWS_AT_ONCE) {
      const to = Math.min(from + ROWS_AT_ONCE, late.length)
      const ids = Array.from({ length: to - from }, (_, i) => flightId(month, from + i))
      await client.query(insert, [
        date,
        ids,
        Array.from(hour.subarray(from, to)),
        Array.from(weekday.subarray(from, to)),
        Array.from(distance.subarray(from, to)),
        origin.slice(from, to),
        destination.slice(from, to),
        late.slice(from, to),
      ])
      onProgress(to)
    }
    await client.query('COMMIT')
    await client.query('ANALYZE flight_snapshots')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}) // the connection may be what is gone
    throw error
  } finally {
    client.release()
  }
  return late.length
}

/** `200102000001` is the first flight of February 2001. */
function flightId(month: string, row: number): number {
  return Number(month.replace('-', '')) * 1_000_000 + row + 1
}

/**
 * A month as columns.
 *
 * @throws where the table has no row of it
 */
export async function readSnapshot(pool: Pool, month: string): Promise<Flights> {
  const { rows } = await pool.query<[number, number, number, string, string, boolean]>({
    text: 'SELECT hour, weekday, distance, origin, destination, late FROM flight_snapshots WHERE as_of = $1 ORDER BY flight_id',
    values: [asOf(month)],
    rowMode: 'array',
  })
  if (rows.length === 0) throw new Error(`flight_snapshots has no row of ${asOf(month)}: load it`)
  return {
    hour: Float64Array.from(rows, ([hour]) => hour),
    weekday: Float64Array.from(rows, ([, weekday]) => weekday),
    distance: Float64Array.from(rows, ([, , distance]) => distance),
    origin: rows.map(([, , , origin]) => origin),
    destination: rows.map(([, , , , destination]) => destination),
    late: rows.map(([, , , , , late]) => late),
  }
}

/** A flight that can be asked for by its id, and how it ended. */
export interface BookedFlight {
  readonly flight_id: number
  readonly late: boolean
}

/** Those of a month that Feast serves. */
export async function bookedFlights(pool: Pool, month: string): Promise<BookedFlight[]> {
  const { rows } = await pool.query<{ flight_id: string; late: boolean }>(
    'SELECT flight_id, late FROM flight_snapshots JOIN booked_flights USING (flight_id) WHERE as_of = $1 ORDER BY flight_id',
    [asOf(month)],
  )
  return rows.map(({ flight_id, late }) => ({ flight_id: Number(flight_id), late })) // pg gives a bigint as text
}
