import type { IncomingMessage, ServerResponse } from 'node:http'
import { type LatencyRecorder, latencyRecorder } from '@tidegauge/metrics'
import { latencyMiddleware } from '@tidegauge/metrics/express'
import { metricsHandler } from '@tidegauge/metrics/metrics-handler'
import { featureHook, type RowOrNothing } from '@tidegauge/monitor/express'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { z } from 'zod'
import type { DelayModel, Flight } from './model.ts'
import { PREDICTION } from './reference.ts'
import { RequestError } from './request-error.ts'
import { type WatchRoutesOptions, watchRoutes } from './watch-routes.ts'
import type { WatchedModel } from './watched-model.ts'

/** `/predict` answers in a fraction of a millisecond: the default buckets, from 5 ms on, would not see it. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.0001, 0.00015, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.0075,
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
]

export interface ServiceOptions {
  /** A model alone, or one with a monitor: then there are `/drift`, `/outcomes` and `/retrain` too. */
  readonly model: DelayModel | WatchedModel
  /** The flight that a body of `/predict` means; default: the one that it holds. A {@link RequestError} is told to the client. */
  readonly flightOf?: (body: unknown) => Flight | Promise<Flight>
  /** Lets a request ask to be slow or to fail by the header `x-simulate`: for the demo, never in production. */
  readonly simulateFaults?: boolean
  /** Default: one with {@link LATENCY_BOUNDS}. */
  readonly recorder?: LatencyRecorder
  /** `/metrics` and `/drift` answer this machine alone; default true for a model that is watched. */
  readonly loopbackOnly?: boolean
  /** Who wants a retraining must bear it; default: it answers this machine alone. */
  readonly retrainToken?: string
  /** What the live page calls this process, and where it leads. */
  readonly page?: NonNullable<WatchRoutesOptions['page']>
  /** Told where a retraining begins or fails. */
  readonly log?: (line: string) => void
}

/** The API that serves the model, and watches itself. */
export function delayService(options: ServiceOptions): Express {
  const { model, flightOf = parseFlight, simulateFaults = false } = options
  const { recorder = latencyRecorder({ bounds: LATENCY_BOUNDS }) } = options
  const watched = isWatched(model) ? model : undefined
  const { loopbackOnly = watched !== undefined } = options
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })

  const app = express()
  app.disable('x-powered-by')
  app.use(latencyMiddleware({ recorder }))

  app.post(
    '/predict',
    express.json({ limit: '1kb' }),
    ...(watched === undefined ? [] : [featureHook(watched.monitor, toRow)]),
    async (request, response) => {
      if (simulateFaults) await simulateFault(request.get('x-simulate'))
      const flight = await flightOf(request.body)
      const probability = model.predict(flight)
      response.locals.row = { ...flight, [PREDICTION]: probability }
      const id = watched?.awaitOutcome(flight)
      response.json({ ...(id !== undefined && { id }), probability, late: probability >= 0.5 })
    },
  )

  app.get('/health', (_request, response) => {
    response.json({ status: 'ok', model: model.quality, ...watched?.state })
  })

  const sources = watched === undefined ? [] : [watched.monitor]
  app.get('/metrics', metricsHandler({ recorder, registry, sources, loopbackOnly }))

  if (watched !== undefined) app.use(watchRoutes(watched, { ...options, loopbackOnly }))
  app.use(answerError)
  return app
}

function isWatched(model: DelayModel | WatchedModel): model is WatchedModel {
  return 'monitor' in model
}

/** What the hook counts: left by the route, once the flight was found to be one. */
function toRow(_request: IncomingMessage, response: ServerResponse): RowOrNothing {
  return (response as unknown as { locals: { row?: RowOrNothing } }).locals.row
}

const flightSchema = z.object({
  hour: z.int().min(0).max(23),
  weekday: z.int().min(1).max(7),
  distance: z.number().min(0).max(20_000),
  origin: z.string().min(1).max(8),
  destination: z.string().min(1).max(8),
})

/** @throws RequestError that says what is wrong with it */
export function parseFlight(body: unknown): Flight {
  const flight = flightSchema.safeParse(body)
  if (flight.success) return flight.data
  throw new RequestError(400, z.prettifyError(flight.error))
}

/** How long a request waits that asks to be slow. */
const SLOW_MILLISECONDS = 300

async function simulateFault(fault: string | undefined): Promise<void> {
  if (fault === 'fail') throw new Error('this request asked to fail')
  if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MILLISECONDS))
}

/** What is the client's to know has a status and a message of its own; everything else is our failure, and is not shown. */
const answerError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) {
    next(error)
    return
  }
  const isTold = error.expose === true || (error.status >= 400 && error.status < 500)
  const { status, message } = isTold ? error : { status: 500, message: 'internal error' }
  response.status(status).json({ error: message })
}
