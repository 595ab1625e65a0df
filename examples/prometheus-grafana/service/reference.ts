import { profile, type TableProfile } from '@tidegauge/drift'
import type { Flights } from './flights.ts'
import { type DelayModel, flightAt } from './model.ts'

/** What the model says of a flight, as a column beside its features. */
export const PREDICTION = 'probability'
const TARGET = 'late'

/** Enough for any verdict of a live window, and profiled in a tenth of a second. */
const MOST_ROWS = 50_000

/** The profile that live flights are held against: those the model was made from, with what it says of them. */
export function referenceProfile(flights: Flights, model: DelayModel): TableProfile {
  const count = Math.min(flights.late.length, MOST_ROWS)
  // Every so-manieth row: the file is in the order of time.
  const rows = Uint32Array.from({ length: count }, (_, i) =>
    Math.floor((i * flights.late.length) / count),
  )
  return profile({
    hour: Float64Array.from(rows, (row) => flights.hour[row]!),
    weekday: Float64Array.from(rows, (row) => flights.weekday[row]!),
    distance: Float64Array.from(rows, (row) => flights.distance[row]!),
    origin: Array.from(rows, (row) => flights.origin[row]!),
    destination: Array.from(rows, (row) => flights.destination[row]!),
    [PREDICTION]: Float64Array.from(rows, (row) => model.predict(flightAt(flights, row))),
    [TARGET]: Array.from(rows, (row) => flights.late[row]!),
  })
}
