import type { Flights } from './flights.ts'
import type { Settings } from './settings.ts'
import { type WatchedModel, watchedModel } from './watched-model.ts'

/** A row is seen by so many looks: what the live page shows is never older than a fifteenth of its window. */
const LOOKS_OF_A_WINDOW = 15

/** A model of these flights that is watched from now on; each verdict that is another one is told. */
export function startWatching(
  flights: Flights,
  { model, reference, recentFlights, windowSeconds }: Settings,
  log: (line: string) => void,
): WatchedModel {
  const watched = watchedModel({
    flights,
    recentFlights,
    ...(model !== undefined && { model }),
    ...(reference !== undefined && { reference }),
    monitor: {
      window: { seconds: windowSeconds },
      checkEverySeconds: Math.max(1, Math.round(windowSeconds / LOOKS_OF_A_WINDOW)),
      onVerdict: ({ action, previous, report }) =>
        log(`${previous} -> ${action}: ${report.decision.reason}`),
    },
  })
  watched.monitor.start()
  return watched
}
