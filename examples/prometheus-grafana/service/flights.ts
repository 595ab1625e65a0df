import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'

/**
 * One month of flights as columns. The features are what is known when the flight is booked; `late`
 * (a delay of more than 15 minutes) is the label. The delay itself is no feature: it is known only after
 * the flight, and the label is made from it.
 */
export interface Flights {
  readonly hour: Float64Array
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: Float64Array
  /** Miles. */
  readonly distance: Float64Array
  readonly origin: readonly string[]
  readonly destination: readonly string[]
  readonly late: readonly boolean[]
}

/** The columns as SQL. Times are stored without a zone and read as UTC, whatever zone this machine is in. */
export const FLIGHT_COLUMNS: Readonly<Record<keyof Flights, string>> = {
  hour: 'extract(hour FROM date)::DOUBLE',
  weekday: 'extract(isodow FROM date)::DOUBLE',
  distance: 'distance::DOUBLE',
  origin: 'origin',
  destination: 'destination',
  late: 'delay > 15',
}

/** Three million US flights, January to June 2001; the package's exports map hides the file itself. */
export const FLIGHTS_FILE: string = fileURLToPath(
  new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')),
)

/**
 * The flights of one month.
 *
 * @param month - such as `2001-02`
 * @throws where the data set has no flight in that month
 */
export async function loadFlights(month: string): Promise<Flights> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const select = Object.entries(FLIGHT_COLUMNS).map(([name, sql]) => `${sql} AS ${name}`)
    const result = await connection.runAndReadAll(
      `SELECT ${select.join(', ')} FROM read_parquet($file) WHERE strftime(date, '%Y-%m') = $month`,
      { file: FLIGHTS_FILE, month },
    )
    if (result.currentRowCount === 0) {
      const months = await connection.runAndReadAll(
        "SELECT DISTINCT strftime(date, '%Y-%m') AS month FROM read_parquet($file) ORDER BY 1",
        { file: FLIGHTS_FILE },
      )
      const known = months.getRows().map(([known]) => known)
      throw new Error(`there are no flights in "${month}": choose one of ${known.join(', ')}`)
    }
    const columns = result.getColumnsObjectJS() as Record<keyof Flights, unknown[]>
    return {
      hour: Float64Array.from(columns.hour as number[]),
      weekday: Float64Array.from(columns.weekday as number[]),
      distance: Float64Array.from(columns.distance as number[]),
      origin: columns.origin as string[],
      destination: columns.destination as string[],
      late: columns.late as boolean[],
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
