import type { Flights } from '../service/flights.ts'

/**
 * What a broken pipeline could do to a month: distances arrive in kilometres, times in a zone five hours
 * away, and every third origin is lost to one airport code. For show: the output says that it is injected.
 */
export function injectDrift(flights: Flights): Flights {
  return {
    ...flights,
    distance: flights.distance.map((miles) => Math.round(miles * 1.609344)),
    hour: flights.hour.map((hour) => (hour + 5) % 24),
    origin: flights.origin.map((airport, i) => (i % 3 === 0 ? 'ZZZ' : airport)),
  }
}
