import { InvalidArgumentError } from '@tidegauge/core'
import {
  KNOWN_METHODS,
  OTHER_METHOD,
  OVERFLOW_ROUTE,
  REQUEST_DURATION,
} from './request-duration.ts'

export interface LatencyRecorderOptions {
  /** Upper bucket bounds in seconds: positive, finite, strictly increasing. Default: OpenTelemetry's 14. */
  readonly bounds?: readonly number[]
  /** Series of requests that matched a route; what exceeds it is counted as `__overflow__`. Default 2000. */
  readonly maxSeries?: number
  /** The same for requests that matched none: an own budget, so that scanners never crowd routes out. Default 100. */
  readonly maxUnmatchedSeries?: number
  /** The wall clock behind `startTime`: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** Latency histograms of one service, by method, route and status code. It owns the data; adapters read it. */
export interface LatencyRecorder {
  /** Upper bucket bounds in seconds, inclusive; one more bucket lies above the last. */
  readonly bounds: readonly number[]
  /** When counting began, or began again: milliseconds since the epoch. */
  readonly startTime: number
  /** Durations that were negative or not finite: in no histogram, and never thrown into a request. */
  readonly rejected: number
  /** Requests being timed, by response: a second middleware on this recorder finds the first one's mark. */
  readonly inFlight: WeakMap<object, TimedRequest>
  /**
   * Count one request. Never throws, and allocates only where a series is new.
   *
   * @param method - one that RFC 9110 does not know counts as `_OTHER`
   * @param route - the template, never the path; undefined (or empty) where none matched
   * @param statusCode - outside 100…599 it counts as absent
   * @param seconds - ≥ 0 and finite, else it goes to `rejected`
   */
  observe(method: string, route: string | undefined, statusCode: number, seconds: number): void
  /** Copies of all series, in the order in which they first occurred. */
  snapshot(): LatencySeries[]
  /** Forget all series; `startTime` becomes now. */
  reset(): void
}

/** What a middleware remembers of a request until its response closes. */
export interface TimedRequest {
  /** `performance.now()` when the request was first seen. */
  readonly startedAt: number
  /** Names the route, asked once, at the end. */
  route: (() => string | undefined) | undefined
}

export interface LatencySeries {
  readonly labels: RequestLabels
  /** Requests per bucket, not cumulative: bucket i holds bounds[i − 1] < seconds ≤ bounds[i]; the last, what is above. */
  readonly counts: readonly number[]
  /** Sum of all durations in seconds. */
  readonly sum: number
  readonly count: number
}

export interface RequestLabels {
  readonly method: string
  readonly route: string | undefined
  readonly statusCode: number | undefined
}

const OVERFLOW_SLOT = 0
const OVERFLOW_LABELS: RequestLabels = {
  method: OTHER_METHOD,
  route: OVERFLOW_ROUTE,
  statusCode: undefined,
}
const FIRST_CAPACITY = 16

/**
 * Record request latencies in buckets.
 *
 * Memory is bounded by the two limits and by nothing a client sends. Counts are doubles: exact up to 2⁵³.
 *
 * @throws InvalidArgumentError on bounds that are not positive, finite and strictly increasing, or on a
 * limit that is no whole number
 * @example
 * const recorder = latencyRecorder({ bounds: [0.1, 1] })
 * recorder.observe('GET', '/users/:id', 200, 0.1)
 * recorder.snapshot()[0].counts // [1, 0, 0]
 */
export function latencyRecorder(options: LatencyRecorderOptions = {}): LatencyRecorder {
  const { maxSeries = 2000, maxUnmatchedSeries = 100, now = Date.now } = options
  const bounds = Object.freeze(Array.from(options.bounds ?? REQUEST_DURATION.bounds))
  assertBounds(bounds)
  assertLimit('maxSeries', maxSeries)
  assertLimit('maxUnmatchedSeries', maxUnmatchedSeries)

  const edges = Float64Array.from(bounds)
  const width = edges.length + 1
  // One table per route and one for no route: method and status, packed into a small integer, to slot.
  const tables = new Map<string, Map<number, number>>()
  const unmatched = new Map<number, number>()
  let labels: RequestLabels[] = [OVERFLOW_LABELS]
  let counts = new Float64Array(FIRST_CAPACITY * width)
  let sums = new Float64Array(FIRST_CAPACITY)
  let matchedSeries = 0
  let rejected = 0
  let startTime = now()

  function slotOf(method: string, route: string | undefined, statusCode: number): number {
    const key = seriesKey(method, statusCode)
    const table = route === undefined ? unmatched : tables.get(route)
    return table?.get(key) ?? newSlot(route, key)
  }

  function newSlot(route: string | undefined, key: number): number {
    const known = typeof route === 'string' && route !== ''
    if (!known && route !== undefined) return unmatched.get(key) ?? newSlot(undefined, key)
    // An app's own route of that name must not become a second series with the same labels.
    if (route === OVERFLOW_ROUTE) return OVERFLOW_SLOT
    if (known ? matchedSeries >= maxSeries : unmatched.size >= maxUnmatchedSeries) {
      return OVERFLOW_SLOT
    }
    const slot = labels.length
    if (slot === sums.length) grow()
    labels.push({ ...unpackKey(key), route })
    if (!known) {
      unmatched.set(key, slot)
      return slot
    }
    const table = tables.get(route) ?? new Map<number, number>()
    tables.set(route, table.set(key, slot))
    matchedSeries++
    return slot
  }

  function grow(): void {
    counts = doubled(counts)
    sums = doubled(sums)
  }

  function seriesAt(slot: number): LatencySeries {
    const row = Array.from(counts.subarray(slot * width, (slot + 1) * width))
    let count = 0
    for (const inBucket of row) count += inBucket
    return { labels: { ...labels[slot]! }, counts: row, sum: sums[slot]!, count }
  }

  return {
    bounds,
    inFlight: new WeakMap(),
    get startTime() {
      return startTime
    },
    get rejected() {
      return rejected
    },
    observe(method, route, statusCode, seconds) {
      // NaN fails both comparisons. A step back is refused, not clamped: our clock is monotonic, so a
      // negative duration is a caller's mistake, and a zero would flatter the first bucket.
      if (!(seconds >= 0 && seconds < Number.POSITIVE_INFINITY)) {
        rejected++
        return
      }
      const slot = slotOf(method, route, statusCode)
      // A linear search is twice as fast as a binary one on so few bounds.
      let bucket = 0
      while (bucket < edges.length && seconds > edges[bucket]!) bucket++
      counts[slot * width + bucket]!++
      sums[slot]! += seconds
    },
    snapshot() {
      const series = labels.map((_, slot) => seriesAt(slot))
      return series[OVERFLOW_SLOT]!.count === 0 ? series.slice(1) : series
    },
    reset() {
      tables.clear()
      unmatched.clear()
      labels = [OVERFLOW_LABELS]
      counts = new Float64Array(FIRST_CAPACITY * width)
      sums = new Float64Array(FIRST_CAPACITY)
      matchedSeries = 0
      rejected = 0
      startTime = now()
    },
  }
}

const METHOD_INDEX = new Map(KNOWN_METHODS.map((method, i) => [method, i + 1]))
const STATUS_RANGE = 600

/** Method 0 is `_OTHER`, status 0 is absent. */
function seriesKey(method: string, statusCode: number): number {
  const known = (statusCode | 0) === statusCode && statusCode >= 100 && statusCode < STATUS_RANGE
  return (METHOD_INDEX.get(method) ?? 0) * STATUS_RANGE + (known ? statusCode : 0)
}

function unpackKey(key: number): Pick<RequestLabels, 'method' | 'statusCode'> {
  const method = Math.floor(key / STATUS_RANGE)
  const statusCode = key % STATUS_RANGE
  return {
    method: method === 0 ? OTHER_METHOD : KNOWN_METHODS[method - 1]!,
    statusCode: statusCode === 0 ? undefined : statusCode,
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2)
  larger.set(values)
  return larger
}

function assertBounds(bounds: readonly number[]): void {
  if (bounds.length === 0) throw new InvalidArgumentError('bounds', 'at least one number', bounds)
  bounds.forEach((bound, i) => {
    if (!(typeof bound === 'number' && Number.isFinite(bound) && bound > 0)) {
      throw new InvalidArgumentError(`bounds[${i}]`, 'a positive finite number', bound)
    }
    if (i > 0 && !(bound > bounds[i - 1]!)) {
      throw new InvalidArgumentError(
        `bounds[${i}]`,
        `above bounds[${i - 1}] (${bounds[i - 1]})`,
        bound,
      )
    }
  })
}

function assertLimit(argument: string, limit: number): void {
  if (!(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new InvalidArgumentError(argument, 'a whole number', limit)
  }
}
