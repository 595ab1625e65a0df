import type { FeastOnline } from '@tidegauge/connect/feast'
import type { Flight } from '@tidegauge/example-prometheus-grafana/service/model.ts'
import { RequestError } from '@tidegauge/example-prometheus-grafana/service/request-error.ts'
import { parseFlight } from '@tidegauge/example-prometheus-grafana/service/service.ts'
import { z } from 'zod'

/** What `POST /predict` takes here: `{ "flight_id": 200102000025 }`. */
const bodySchema = z.strictObject({ flight_id: z.int().positive() })

/**
 * The flight that a request names, as Feast's online store has it: the model is fed what Feast serves, and so is the monitor.
 *
 * @returns what `delayService` takes as `flightOf`
 */
export function bookedFlight(
  online: Pick<FeastOnline, 'rows'>,
  log: (line: string) => void = () => {},
): (body: unknown) => Promise<Flight> {
  return async (body) => {
    const asked = bodySchema.safeParse(body)
    if (!asked.success) throw new RequestError(400, z.prettifyError(asked.error))
    const { flight_id } = asked.data
    const rows = await online.rows({ flight_id: [flight_id] }).catch((error) => {
      log(`no features: ${error instanceof Error ? error.message : error}`)
      throw new RequestError(503, 'the feature store does not answer', { cause: error })
    })
    const [row] = rows
    if (row === undefined) throw new RequestError(404, `no flight ${flight_id} is booked`)
    try {
      return parseFlight(row)
    } catch (error) {
      log(`flight ${flight_id}: ${error instanceof Error ? error.message : error}`)
      throw new RequestError(502, 'the feature store has no whole flight of that id')
    }
  }
}
