import type { TableProfile } from '@tidegauge/drift'
import { type FeatureMonitor, type FeatureMonitorOptions, featureMonitor } from '@tidegauge/monitor'
import type { Flights } from './flights.ts'
import { type DelayModel, type Flight, type ModelQuality, trainDelayModel } from './model.ts'
import { pendingFlights } from './pending-flights.ts'
import { recentFlights } from './recent-flights.ts'
import { PREDICTION, referenceProfile } from './reference.ts'

export interface WatchedModelOptions {
  /** What the first model is trained on. */
  readonly flights: Flights
  /** Trained on them before. */
  readonly model?: DelayModel
  /** A stored profile, instead of one made from `flights`. */
  readonly reference?: TableProfile
  /** The newest flights that a retraining learns from; default 4000. */
  readonly recentFlights?: number
  readonly monitor?: Pick<
    FeatureMonitorOptions,
    | 'window'
    | 'minimumValues'
    | 'checkEverySeconds'
    | 'cooldownSeconds'
    | 'onVerdict'
    | 'onError'
    | 'now'
  >
}

/** A model, the monitor of its data, and what is needed to train the next one. */
export interface WatchedModel {
  readonly monitor: FeatureMonitor
  readonly quality: ModelQuality
  readonly state: WatchedState
  predict(flight: Flight): number
  /** @returns the number under which the outcome of a flight can be told */
  awaitOutcome(flight: Flight): number
  /** @returns false where the flight is not known, or not any more */
  tellOutcome(id: number, late: boolean): boolean
  /**
   * Trains on the newest flights and puts model and reference in the place of the old ones, in one turn of
   * the event loop: no request sees one without the other.
   *
   * @throws where too few flights have landed
   */
  retrain(): WatchedState
}

export interface WatchedState {
  /** The id of the reference, as in the metrics. */
  readonly reference: string
  readonly retrained: number
  /** Rows that the model in use was made from, half of them to train on. */
  readonly rows: number
  /** Newest flights that are kept for the next. */
  readonly recent: number
}

/** The longest that a flight is in the air, in predictions. */
const MOST_PENDING = 10_000
const FEWEST_FLIGHTS = 500
export const MODEL_NAME = 'late-flights'

export function watchedModel(options: WatchedModelOptions): WatchedModel {
  const { flights, recentFlights: capacity = 4000 } = options
  let model = options.model ?? trainDelayModel(flights)
  let retrained = 0
  let rows = flights.late.length
  const recent = recentFlights(capacity)
  const pending = pendingFlights(MOST_PENDING)
  const monitor = featureMonitor({
    reference: options.reference ?? referenceProfile(flights, model),
    // One that is read from a file does not say when it was trained.
    ...(options.model === undefined && { trainedAt: Date.now() }),
    model: MODEL_NAME,
    prediction: PREDICTION,
    features: ['hour', 'weekday', 'distance', 'origin', 'destination'],
    ...options.monitor,
  })
  const state = () => ({ reference: monitor.referenceId, retrained, rows, recent: recent.size })
  return {
    monitor,
    get quality() {
      return model.quality
    },
    get state() {
      return state()
    },
    predict: (flight) => model.predict(flight),
    awaitOutcome: (flight) => pending.add(flight),
    tellOutcome(id, late) {
      const flight = pending.take(id)
      if (flight === undefined) return false
      recent.add(flight, late)
      return true
    },
    retrain() {
      if (recent.size < FEWEST_FLIGHTS) {
        throw new Error(`${recent.size} flights have landed, ${FEWEST_FLIGHTS} are needed to train`)
      }
      const newest = recent.toFlights()
      const next = trainDelayModel(newest)
      monitor.replaceReference(referenceProfile(newest, next), { trainedAt: Date.now() })
      model = next
      retrained++
      rows = newest.late.length
      return state()
    },
  }
}
