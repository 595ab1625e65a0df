import MultivariateLinearRegression from 'ml-regression-multivariate-linear'
import { z } from 'zod'
import type { Flights } from './flights.ts'

/** What `POST /predict` takes: one flight, as known before it leaves. */
export interface Flight {
  readonly hour: number
  readonly weekday: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

export interface DelayModel {
  /** Probability that the flight is more than 15 minutes late, in (0, 1). */
  predict(flight: Flight): number
  readonly quality: ModelQuality
  /** All that it learned, as plain JSON: {@link parseDelayModel} reads it back. */
  readonly learned: LearnedModel
}

/** Measured on flights of the same month that the model has not seen. */
export interface ModelQuality {
  readonly trainingRows: number
  readonly heldOutRows: number
  /** Chance that a late flight is ranked above a punctual one: 0.5 is guessing, 1 is perfect. */
  readonly auc: number
  /** Mean squared error of the probability: lower is better. */
  readonly brier: number
  /** Share of late flights: who always answers this has `baseRateBrier`. */
  readonly baseRate: number
  readonly baseRateBrier: number
}

const TRAINING_ROWS = 100_000
const HELD_OUT_ROWS = 100_000

/**
 * A linear probability model (least squares on the 0/1 label): small, quick to train, and calibrated on
 * average, which is what the Brier score asks for. Hours and weekdays enter as indicators, airports as
 * their smoothed share of late flights.
 *
 * @param seed - which flights are drawn for training; the same seed gives the same model
 */
export function trainDelayModel(flights: Flights, seed = 1): DelayModel {
  const order = shuffledRows(flights.late.length, seed)
  const training = order.subarray(0, Math.min(TRAINING_ROWS, Math.ceil(order.length / 2)))
  const heldOut = order.subarray(training.length, training.length + HELD_OUT_ROWS)
  const baseRate = shareOfLate(flights, training)
  const rates: Rates = {
    baseRate,
    originRate: lateRates(flights.origin, flights, training, baseRate),
    destinationRate: lateRates(flights.destination, flights, training, baseRate),
  }
  const encode = encoder(rates)
  const regression = new MultivariateLinearRegression(
    Array.from(training, (row) => encode(flightAt(flights, row))),
    Array.from(training, (row) => [flights.late[row] ? 1 : 0]),
    { statistics: false },
  )
  const weights = regression.weights.map(([weight]) => weight!)
  const predict = predictor(rates, weights)
  const quality = measureQuality(flights, heldOut, predict, training.length)
  return { predict, quality, learned: { ...rates, weights, quality } }
}

/**
 * A model that was trained before, and stored as JSON.
 *
 * @throws where it is none
 */
export function parseDelayModel(json: string): DelayModel {
  const { data: learned, error } = learnedSchema.safeParse(JSON.parse(json))
  if (error !== undefined) {
    const { path, message } = error.issues[0]!
    throw new Error(`no model: ${path.join('.')}: ${message}`)
  }
  return { predict: predictor(learned, learned.weights), quality: learned.quality, learned }
}

const HOURS = 23
const WEEKDAYS = 6
const INPUTS = HOURS + WEEKDAYS + 3

const rate = z.number().min(0).max(1)
const ratesByAirport = z.array(z.tuple([z.string(), rate]))
const learnedSchema: z.ZodType<LearnedModel> = z.object({
  baseRate: rate,
  originRate: ratesByAirport,
  destinationRate: ratesByAirport,
  /** One for each input, the intercept last. */
  weights: z.array(z.number()).length(INPUTS + 1),
  quality: z.object({
    trainingRows: z.int().min(1),
    heldOutRows: z.int().min(0),
    auc: rate,
    brier: rate,
    baseRate: rate,
    baseRateBrier: rate,
  }),
})

export interface LearnedModel {
  readonly baseRate: number
  readonly originRate: ReadonlyArray<readonly [airport: string, rate: number]>
  readonly destinationRate: ReadonlyArray<readonly [airport: string, rate: number]>
  readonly weights: readonly number[]
  readonly quality: ModelQuality
}

type Rates = Pick<LearnedModel, 'baseRate' | 'originRate' | 'destinationRate'>

function encoder({ baseRate, ...rates }: Rates): (flight: Flight) => number[] {
  const originRate = new Map(rates.originRate)
  const destinationRate = new Map(rates.destinationRate)
  return (flight) => {
    const x = new Array<number>(INPUTS).fill(0)
    if (flight.hour > 0) x[flight.hour - 1] = 1 // midnight is the base
    if (flight.weekday > 1) x[HOURS + flight.weekday - 2] = 1 // Monday is the base
    x[INPUTS - 3] = flight.distance / 1000
    x[INPUTS - 2] = originRate.get(flight.origin) ?? baseRate
    x[INPUTS - 1] = destinationRate.get(flight.destination) ?? baseRate
    return x
  }
}

function predictor(rates: Rates, weights: readonly number[]): (flight: Flight) => number {
  const encode = encoder(rates)
  return (flight) => {
    const sum = encode(flight).reduce((sum, x, i) => sum + weights[i]! * x, weights[INPUTS]!)
    // A straight line leaves [0, 1] at its ends.
    return Math.min(0.999, Math.max(0.001, sum))
  }
}

export function flightAt(flights: Flights, row: number): Flight {
  return {
    hour: flights.hour[row]!,
    weekday: flights.weekday[row]!,
    distance: flights.distance[row]!,
    origin: flights.origin[row]!,
    destination: flights.destination[row]!,
  }
}

function shareOfLate({ late }: Flights, rows: Uint32Array): number {
  let count = 0
  for (const row of rows) if (late[row]) count++
  return count / rows.length
}

/** As many flights of the average kind are added to each airport, so that a rare one is not extreme. */
const PRIOR_FLIGHTS = 100

function lateRates(
  airports: readonly string[],
  { late }: Flights,
  rows: Uint32Array,
  baseRate: number,
): [airport: string, rate: number][] {
  const tally = new Map<string, { flights: number; late: number }>()
  for (const row of rows) {
    const airport = airports[row]!
    const seen = tally.get(airport) ?? { flights: 0, late: 0 }
    tally.set(airport, { flights: seen.flights + 1, late: seen.late + (late[row] ? 1 : 0) })
  }
  return [...tally].map(([airport, seen]) => [
    airport,
    (seen.late + PRIOR_FLIGHTS * baseRate) / (seen.flights + PRIOR_FLIGHTS),
  ])
}

function measureQuality(
  flights: Flights,
  rows: Uint32Array,
  predict: (flight: Flight) => number,
  trainingRows: number,
): ModelQuality {
  const scored = Array.from(rows, (row) => ({
    probability: predict(flightAt(flights, row)),
    late: flights.late[row] ? 1 : 0,
  }))
  const baseRate = shareOfLate(flights, rows)
  return {
    trainingRows,
    heldOutRows: rows.length,
    auc: areaUnderCurve(scored),
    brier: scored.reduce((sum, s) => sum + (s.probability - s.late) ** 2, 0) / scored.length,
    baseRate,
    baseRateBrier: baseRate * (1 - baseRate),
  }
}

/** Mann-Whitney form of the area under the ROC curve; equal probabilities share their mean rank. */
export function areaUnderCurve(
  scored: ReadonlyArray<{ readonly probability: number; readonly late: number }>,
): number {
  const sorted = scored.toSorted((a, b) => a.probability - b.probability)
  let rankSum = 0
  let positives = 0
  for (let start = 0; start < sorted.length; ) {
    let end = start
    let late = 0
    while (end < sorted.length && sorted[end]!.probability === sorted[start]!.probability) {
      late += sorted[end]!.late
      end++
    }
    rankSum += late * ((start + 1 + end) / 2)
    positives += late
    start = end
  }
  const negatives = sorted.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** Row numbers in an order that depends on the seed alone (Fisher-Yates with mulberry32). */
export function shuffledRows(count: number, seed: number): Uint32Array {
  const rows = Uint32Array.from({ length: count }, (_, i) => i)
  let state = seed >>> 0
  for (let i = count - 1; i > 0; i--) {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    const j = ((t ^ (t >>> 14)) >>> 0) % (i + 1)
    const swapped = rows[i]!
    rows[i] = rows[j]!
    rows[j] = swapped
  }
  return rows
}
