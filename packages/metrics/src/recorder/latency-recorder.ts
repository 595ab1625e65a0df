import {
  type ErrorType,
  histogramRow,
  type NativeRow,
  type RecorderReader,
  type RequestLabels,
} from '../contract/recorder-reader.ts'
import { BODY_SIZE } from '../naming/request-duration.ts'
import type { ExemplarSource } from './exemplars.ts'
import {
  type HistogramRecorder,
  isMeasure,
  type RecordedHistogram,
  recordedHistogram,
  type Shared,
} from './recorded-histogram.ts'
import { type LatencyRecorderOptions, recorderSettings } from './recorder-options.ts'
import { type RecorderState, STATE_VERSION } from './recorder-state.ts'
import { SeriesIndex } from './series-index.ts'

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
  const settings = recorderSettings(options)
  const { bounds, extraLabels, native, exemplars, now } = settings
  const index = new SeriesIndex({
    maxSeries: settings.maxSeries,
    maxUnmatchedSeries: settings.maxUnmatchedSeries,
    statusClasses: settings.statusClasses,
    extraLabels: extraLabels.length,
  })
  const shared: Shared = { index, rejected: 0, native, exemplars, now }
  const duration = recordedHistogram('duration', bounds, shared)
  const optional = (
    key: 'timeToHeaders' | 'requestSize' | 'responseSize',
  ): RecordedHistogram | null => {
    if (!settings[key]) return null
    return recordedHistogram(key, key === 'timeToHeaders' ? bounds : BODY_SIZE.bounds, shared)
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
    exemplars,
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

function snapshotOf(index: SeriesIndex, duration: RecordedHistogram): LatencySeries[] {
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
