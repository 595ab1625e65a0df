import { play } from '@tidegauge/example-prometheus-grafana/player/play.ts'
import type { PlayedMonth } from '@tidegauge/example-prometheus-grafana/player/played-month.ts'
import { shuffledRows } from '@tidegauge/example-prometheus-grafana/service/model.ts'
import { refuse } from '@tidegauge/example-prometheus-grafana/service/serve.ts'
import pg from 'pg'
import { type BookedFlight, bookedFlights, STORY } from '../database/snapshots.ts'

/** Asks for the flights of a snapshot by their ids; where the data is shifted, for those of the month that went wrong. */
await play({ loadMonth, months: STORY.quiet }).catch((error) => refuse('player', error))

async function loadMonth(month: string): Promise<PlayedMonth> {
  const pool = new pg.Pool()
  try {
    const flights = shuffled(await bookedFlights(pool, month))
    const broken = shuffled(await bookedFlights(pool, STORY.broken))
    if (flights.length === 0) throw new Error(`no flight of ${month} is booked`)
    return {
      size: flights.length,
      at(row, isShifted) {
        const { flight_id, late } =
          isShifted && broken.length > 0 ? broken[row % broken.length]! : flights[row]!
        return { flight: { flight_id }, late }
      },
    }
  } finally {
    await pool.end()
  }
}

/** From all days of the month, so that each minute of play is a small month. */
function shuffled(flights: readonly BookedFlight[]): BookedFlight[] {
  return Array.from(shuffledRows(flights.length, 2), (row) => flights[row]!)
}
