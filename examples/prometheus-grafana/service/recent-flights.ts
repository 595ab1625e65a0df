import type { Flights } from './flights.ts'
import type { Flight } from './model.ts'

/** The newest flights of which it is known how they ended: what the next model learns from. */
export interface RecentFlights {
  readonly size: number
  add(flight: Flight, late: boolean): void
  /** Oldest first. */
  toFlights(): Flights
}

/** @param capacity - how many are kept; the oldest makes room */
export function recentFlights(capacity: number): RecentFlights {
  const kept: { readonly flight: Flight; readonly late: boolean }[] = []
  let oldest = 0
  return {
    get size() {
      return kept.length
    },
    add(flight, late) {
      if (kept.length < capacity) {
        kept.push({ flight, late })
        return
      }
      kept[oldest] = { flight, late }
      oldest = (oldest + 1) % capacity
    },
    toFlights() {
      const rows = [...kept.slice(oldest), ...kept.slice(0, oldest)]
      return {
        hour: Float64Array.from(rows, ({ flight }) => flight.hour),
        weekday: Float64Array.from(rows, ({ flight }) => flight.weekday),
        distance: Float64Array.from(rows, ({ flight }) => flight.distance),
        origin: rows.map(({ flight }) => flight.origin),
        destination: rows.map(({ flight }) => flight.destination),
        late: rows.map(({ late }) => late),
      }
    },
  }
}
