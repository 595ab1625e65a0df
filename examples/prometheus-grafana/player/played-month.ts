import { injectDrift } from '../demo/inject.ts'
import { type Flights, loadFlights } from '../service/flights.ts'
import { flightAt, shuffledRows } from '../service/model.ts'

/** Flights of one month, drawn from all of its days, so that each minute of play is a small month. */
export interface PlayedMonth {
  readonly size: number
  /**
   * What `/predict` is asked, and how it ends.
   *
   * @param shifted - as a broken pipeline would send it: see `injectDrift`
   */
  at(row: number, shifted: boolean): { readonly flight: object; readonly late: boolean }
}

const FLIGHTS_PLAYED = 20_000

export async function loadPlayedMonth(month: string): Promise<PlayedMonth> {
  const flights = sampleOf(await loadFlights(month))
  const shifted = injectDrift(flights)
  return {
    size: flights.late.length,
    at: (row, isShifted) => ({
      flight: flightAt(isShifted ? shifted : flights, row),
      late: flights.late[row]!,
    }),
  }
}

function sampleOf(flights: Flights): Flights {
  const rows = shuffledRows(flights.late.length, 2).subarray(0, FLIGHTS_PLAYED)
  return {
    hour: Float64Array.from(rows, (row) => flights.hour[row]!),
    weekday: Float64Array.from(rows, (row) => flights.weekday[row]!),
    distance: Float64Array.from(rows, (row) => flights.distance[row]!),
    origin: Array.from(rows, (row) => flights.origin[row]!),
    destination: Array.from(rows, (row) => flights.destination[row]!),
    late: Array.from(rows, (row) => flights.late[row]!),
  }
}
