import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import {
  type ErrorType,
  type Exemplar,
  type HistogramReader,
  histogramRow,
  type InstrumentKey,
  type NativeRow,
  type RecorderReader,
  type RequestLabels,
  type SpanIds,
} from '../contract/recorder-reader.ts'
import { BODY_SIZE, REQUEST_DURATION } from '../naming/request-duration.ts'
import { MAX_SCHEMA, MIN_SCHEMA, NativeBuckets, ZERO_THRESHOLD } from '../native/native-buckets.ts'
import { type ExemplarSource, ExemplarStore } from './exemplars.ts'
import { HistogramRows } from './histogram-rows.ts'
import {
  exemplarState,
  type HistogramState,
  nativeState,
  type RecorderState,
  STATE_VERSION,
} from './recorder-state.ts'
import { SeriesIndex } from './series-index.ts'

export interface LatencyRecorderOptions {
  /** Upper bucket bounds in seconds: positive, finite, strictly increasing. Default: OpenTelemetry's 14. */
  readonly bounds?: readonly number[]
  /** Series of requests that matched a route; what exceeds it is counted as `__overflow__`. Default 2000. */
  readonly maxSeries?: number
  /** The same for requests that matched none: an own budget, so that scanners never crowd routes out. Default 100. */
  readonly maxUnmatchedSeries?: number
  /** The wall clock behind `startTime` and exemplars: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
  /**
   * Also exponential buckets from the same observations, for Prometheus' native histograms. Default false: an
   * observation costs half as much again, and a server that takes them may stop storing the classic ones.
   */
  readonly native?: boolean | NativeOptions
  /** Also record how long the headers took: what says more than the duration where responses stream. */
  readonly timeToHeaders?: boolean
  readonly requestSize?: boolean
  readonly responseSize?: boolean
  /** Count `2xx` and not 200, 201 …: fewer series. */
  readonly statusClasses?: boolean
  /** Names of labels of your own. Their values count against the same limits, and are cut at 128 characters. */
  readonly extraLabels?: readonly string[]
  /** Where exemplars come from: `openTelemetryExemplars(trace)`. Default: none are kept. */
  readonly exemplars?: ExemplarSource
}

export interface NativeOptions {
  /** Every series begins with 2^schema buckets per doubling; −4 … 8. Default 3: a quantile is off by 4.4 % at most. */
  readonly schema?: number
  /** Buckets from a series' lowest to its highest; beyond, it halves its resolution. Default 160. */
  readonly maxBuckets?: number
}

/** Latency histograms of one service, by method, route and status code. It owns the data; adapters read it. */
export interface LatencyRecorder extends RecorderReader {
  /** Upper bucket bounds in seconds, inclusive; one more bucket lies above the last. */
  readonly bounds: readonly number[]
  /** Asked by middleware when a request arrives, since its span may not be active when it ends. */
  readonly exemplars: ExemplarSource | null
  readonly duration: HistogramRecorder
  readonly timeToHeaders: HistogramRecorder | null
  readonly requestSize: HistogramRecorder | null
  readonly responseSize: HistogramRecorder | null
  /**
   * The slot of a series: the overflow's, 0, where the budget is used up. Never throws, and allocates only
   * where a series is new. It holds until `reset()`.
   *
   * @param method - one that RFC 9110 does not know counts as `_OTHER`
   * @param route - the template, never the path; undefined (or empty) where none matched
   * @param statusCode - outside 100…599 it counts as absent
   * @param extra - values of `extraLabels`, in that order
   */
  slot(
    method: string,
    route: string | undefined,
    statusCode: number,
    errorType?: ErrorType,
    extra?: readonly string[],
  ): number
  /**
   * Count one request, for those who time by hand. Never throws, and allocates only where a series is new.
   *
   * @param method - as in `slot`
   * @param seconds - ≥ 0 and finite, else it goes to `rejected`
   */
  observe(method: string, route: string | undefined, statusCode: number, seconds: number): void
  /** One more request under way. */
  requestStarted(): void
  /** One less; never below none. */
  requestEnded(): void
  /** Copies of the durations of all series, in the order in which they first occurred. */
  snapshot(): LatencySeries[]
  /** A copy of everything, that can be posted to another thread or process. */
  state(): RecorderState
  /** Forget all series; `startTime` becomes now. Requests under way stay under way. */
  reset(): void
}

export interface HistogramRecorder extends HistogramReader {
  /**
   * Count one observation. Never throws, and does not allocate.
   *
   * @param slot - from `slot()`, since the last `reset()`; else it goes to `rejected`
   * @param value - ≥ 0 and finite, else it goes to `rejected`
   * @param span - for the exemplar; null: none. Where it is not given, the recorder asks its source.
   * @param at - when, in milliseconds since the epoch, where the caller knows: reading the clock is what an
   * exemplar costs most
   */
  observe(slot: number, value: number, span?: SpanIds | null, at?: number): void
  /**
   * Be told of each observation that is counted, for a backend that cannot read what was recorded. What the
   * listener throws is dropped.
   *
   * @returns ends it; idempotent
   */
  listen(listener: ObservationListener): () => void
}

export type ObservationListener = (slot: number, value: number) => void

export interface LatencySeries {
  readonly labels: RequestLabels
  /** Requests per bucket, not cumulative: bucket i holds bounds[i − 1] < seconds ≤ bounds[i]; the last, what is above. */
  readonly counts: readonly number[]
  /** Sum of all durations in seconds. */
  readonly sum: number
  readonly count: number
  /** Exponential buckets of the same durations; null where they are off. */
  readonly native: NativeRow | null
}

const DEFAULT_SCHEMA = 3
const DEFAULT_MAX_BUCKETS = 160

/**
 * Record request latencies in buckets.
 *
 * Memory is bounded by the two limits and by nothing a client sends. Counts are doubles: exact up to 2⁵³.
 *
 * @throws InvalidArgumentError on bounds that are not positive, finite and strictly increasing, on a limit that is
 * no whole number, on a schema outside −4 … 8 and on labels that are no distinct label names
 * @example
 * const recorder = latencyRecorder({ bounds: [0.1, 1] })
 * recorder.observe('GET', '/users/:id', 200, 0.1)
 * recorder.snapshot()[0].counts // [1, 0, 0]
 */
export function latencyRecorder(options: LatencyRecorderOptions = {}): LatencyRecorder {
  assertOptions('options', options, RECORDER_OPTIONS)
  const { maxSeries = 2000, maxUnmatchedSeries = 100, now = Date.now } = options
  const bounds = Object.freeze(Array.from(options.bounds ?? REQUEST_DURATION.bounds))
  const extraLabels = Object.freeze(Array.from(options.extraLabels ?? []))
  assertBounds(bounds)
  assertLimit('maxSeries', maxSeries)
  assertLimit('maxUnmatchedSeries', maxUnmatchedSeries)
  assertLabelNames(extraLabels)
  assertExemplars(options.exemplars)

  const index = new SeriesIndex({
    maxSeries,
    maxUnmatchedSeries,
    statusClasses: options.statusClasses === true,
    extraLabels: extraLabels.length,
  })
  const shared: Shared = {
    index,
    rejected: 0,
    native: nativeOptions(options.native ?? false),
    exemplars: options.exemplars ?? null,
    now,
  }
  const duration = histogram('duration', bounds, shared)
  const optional = (key: 'timeToHeaders' | 'requestSize' | 'responseSize'): Histogram | null => {
    if (options[key] !== true) return null
    return histogram(key, key === 'timeToHeaders' ? bounds : BODY_SIZE.bounds, shared)
  }
  const timeToHeaders = optional('timeToHeaders')
  const requestSize = optional('requestSize')
  const responseSize = optional('responseSize')
  const histograms = [duration, timeToHeaders, requestSize, responseSize].filter(
    (one) => one !== null,
  )
  let activeRequests = 0
  let startTime = now()

  return {
    bounds,
    extraLabels,
    exemplars: shared.exemplars,
    duration,
    timeToHeaders,
    requestSize,
    responseSize,
    histograms,
    get startTime() {
      return startTime
    },
    get rejected() {
      return shared.rejected
    },
    get activeRequests() {
      return activeRequests
    },
    get seriesCount() {
      return index.size
    },
    labelsAt: (slot) => index.labelsAt(slot),
    slot: (method, route, statusCode, errorType, extra) =>
      index.slot(method, route, statusCode, errorType, extra),
    observe(method, route, statusCode, seconds) {
      // Asked before the look-up: what is refused must not make a series.
      if (isMeasure(seconds)) duration.observe(index.slot(method, route, statusCode), seconds)
      else shared.rejected++
    },
    requestStarted() {
      activeRequests++
    },
    requestEnded() {
      if (activeRequests > 0) activeRequests--
    },
    snapshot: () => snapshotOf(index, duration),
    state: () => ({
      version: STATE_VERSION,
      startTime,
      activeRequests,
      rejected: shared.rejected,
      extraLabels,
      series: index.state(),
      histograms: histograms.map((one) => one.state()),
    }),
    reset() {
      index.clear()
      for (const one of histograms) one.clear()
      shared.rejected = 0
      // Never what it was, even within one millisecond: readers tell by it that the slots are others.
      const time = now()
      startTime = time === startTime ? time + 1 : time
    },
  }
}

const RECORDER_OPTIONS: Readonly<Record<keyof LatencyRecorderOptions, true>> = {
  bounds: true,
  maxSeries: true,
  maxUnmatchedSeries: true,
  now: true,
  native: true,
  timeToHeaders: true,
  requestSize: true,
  responseSize: true,
  statusClasses: true,
  extraLabels: true,
  exemplars: true,
}

interface Shared {
  readonly index: SeriesIndex
  rejected: number
  readonly native: Required<NativeOptions> | null
  readonly exemplars: ExemplarSource | null
  readonly now: () => number
}

interface Histogram extends HistogramRecorder {
  state(): HistogramState
  clear(): void
}

function histogram(key: InstrumentKey, bounds: readonly number[], shared: Shared): Histogram {
  const { index, native: nativeBudget, exemplars: source } = shared
  const rows = new HistogramRows(bounds)
  const native = nativeBudget && new NativeBuckets(nativeBudget)
  const store = source && new ExemplarStore(bounds.length + 1, shared.now)
  let listeners: readonly ObservationListener[] | null = null

  function exemplars(): Map<number, Exemplar> {
    const all = new Map<number, Exemplar>()
    const width = bounds.length + 1
    for (let place = 0; store !== null && place < index.size * width; place++) {
      const exemplar = store.read(Math.floor(place / width), place % width)
      if (exemplar !== undefined) all.set(place, exemplar)
    }
    return all
  }

  return {
    key,
    bounds,
    observe(slot, value, span, at) {
      if (!isMeasure(value) || !(slot >= 0 && slot < index.size)) {
        shared.rejected++
        return
      }
      const bucket = rows.add(slot, value)
      if (native !== null) native.add(slot, value)
      if (store !== null) {
        const ids = span === undefined ? activeSpan(source!) : span
        if (ids) store.keep(slot, bucket, value, ids, at)
      }
      if (listeners !== null) tell(listeners, slot, value)
    },
    listen(listener) {
      // A listener of its own, so that the same one given twice is ended once by each.
      const own: ObservationListener = (slot, value) => listener(slot, value)
      listeners = [...(listeners ?? []), own]
      return () => {
        const others = listeners?.filter((one) => one !== own) ?? []
        listeners = others.length === 0 ? null : others
      }
    },
    read: (slot, into) => rows.read(slot, into),
    native: (slot, scratch) => native?.read(slot, scratch) ?? null,
    exemplar: (slot, bucket) => store?.read(slot, bucket),
    state: () => ({
      key,
      bounds,
      rows: rows.state(index.size),
      native:
        native &&
        nativeState(
          Array.from({ length: index.size }, (_, slot) => native.read(slot)),
          nativeBudget!.maxBuckets,
          ZERO_THRESHOLD,
        ),
      exemplars: exemplarState(exemplars()),
    }),
    clear() {
      rows.clear()
      native?.clear()
      store?.clear()
    },
  }
}

/**
 * NaN fails both comparisons. A step back is refused, not clamped: our clock is monotonic, so a negative
 * duration is a caller's mistake, and a zero would flatter the first bucket.
 */
function isMeasure(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}

/** A backend that fails costs its own copy, never the observation. */
function tell(listeners: readonly ObservationListener[], slot: number, value: number): void {
  for (const listener of listeners) {
    try {
      listener(slot, value)
    } catch {}
  }
}

/** A source that fails costs an exemplar, never the observation. */
function activeSpan(source: ExemplarSource): SpanIds | undefined {
  try {
    return source()
  } catch {
    return undefined
  }
}

function snapshotOf(index: SeriesIndex, duration: Histogram): LatencySeries[] {
  const row = histogramRow(duration)
  const series: LatencySeries[] = []
  for (let slot = 0; slot < index.size; slot++) {
    if (!duration.read(slot, row)) continue
    series.push({
      labels: index.labelsAt(slot),
      counts: Array.from(row.counts),
      sum: row.sum,
      count: row.count,
      native: duration.native(slot),
    })
  }
  return series
}

const NATIVE_OPTIONS: Readonly<Record<keyof NativeOptions, true>> = {
  schema: true,
  maxBuckets: true,
}

function nativeOptions(native: boolean | NativeOptions): Required<NativeOptions> | null {
  if (native === false) return null
  const options = native === true ? {} : native
  assertOptions('native', options, NATIVE_OPTIONS)
  const { schema = DEFAULT_SCHEMA, maxBuckets = DEFAULT_MAX_BUCKETS } = options
  if (!(Number.isInteger(schema) && schema >= MIN_SCHEMA && schema <= MAX_SCHEMA)) {
    throw new InvalidArgumentError(
      'native.schema',
      `a whole number from ${MIN_SCHEMA} to ${MAX_SCHEMA}`,
      schema,
    )
  }
  if (!(Number.isSafeInteger(maxBuckets) && maxBuckets >= 1)) {
    throw new InvalidArgumentError('native.maxBuckets', 'a whole number above 0', maxBuckets)
  }
  return { schema, maxBuckets }
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

/** Prometheus' grammar; two underscores in front are its own, and `le` a histogram's. */
function assertLabelNames(names: readonly string[]): void {
  names.forEach((name, i) => {
    const valid = typeof name === 'string' && /^(?!__)[a-zA-Z_]\w*$/.test(name) && name !== 'le'
    if (!valid || names.indexOf(name) !== i) {
      throw new InvalidArgumentError(`extraLabels[${i}]`, 'a label name of its own', name)
    }
  })
}

function assertExemplars(source: ExemplarSource | undefined): void {
  if (source !== undefined && typeof source !== 'function') {
    throw new InvalidArgumentError('exemplars', 'a function', source)
  }
}
