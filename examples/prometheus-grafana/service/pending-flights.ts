import type { Flight } from './model.ts'

/** Flights that were predicted and have not landed yet. */
export interface PendingFlights {
  readonly size: number
  /** @returns the number under which its outcome can be told */
  add(flight: Flight): number
  /** Takes one out; undefined where nobody asked for it, or too long ago. */
  take(id: number): Flight | undefined
}

/** @param capacity - how many wait; of more, the oldest is forgotten */
export function pendingFlights(capacity: number): PendingFlights {
  const waiting = new Map<number, Flight>()
  let next = 1
  return {
    get size() {
      return waiting.size
    },
    add(flight) {
      if (waiting.size >= capacity) waiting.delete(waiting.keys().next().value!)
      waiting.set(next, flight)
      return next++
    },
    take(id) {
      const flight = waiting.get(id)
      waiting.delete(id)
      return flight
    },
  }
}
