import { assertList } from '@tidegauge/core/internal'

/**
 * What adapters and renderers read. A live recorder is one, and so is the merged state of several.
 *
 * Nothing here changes the data; a copy that was read stays as it was.
 */
export interface RecorderReader {
  /** When counting began, or began again: milliseconds since the epoch. A reset changes it, and the slots. */
  readonly startTime: number
  /** Requests under way: a gauge. */
  readonly activeRequests: number
  /** Observations that were negative or not finite: in no histogram, and never thrown into a request. */
  readonly rejected: number
  /** Names of the user's own labels, in the order of `RequestLabels.extra`. */
  readonly extraLabels: readonly string[]
  /** Slots are 0 … seriesCount − 1; slot 0 is the overflow series. */
  readonly seriesCount: number
  /** @throws InvalidArgumentError where there is no such slot */
  labelsAt(slot: number): RequestLabels
  /** Duration first; then time to headers and sizes, where they are recorded. */
  readonly histograms: readonly HistogramReader[]
}

export interface RequestLabels {
  /** `_OTHER` for what RFC 9110 does not know. */
  readonly method: string
  /** The template; undefined where none matched; `__overflow__` in slot 0. */
  readonly route: string | undefined
  /** `2xx` and so on where the recorder counts classes. */
  readonly statusCode: number | string | undefined
  readonly errorType: ErrorType | undefined
  /** Values of the user's own labels; empty where one was not given. */
  readonly extra: readonly string[]
}

/** How an exchange failed that was not answered in full: the client left, or the server broke it off. */
export type ErrorType = 'client_disconnected' | 'response_aborted'

export type InstrumentKey = 'duration' | 'timeToHeaders' | 'requestSize' | 'responseSize'

export interface HistogramReader {
  readonly key: InstrumentKey
  /** Upper bounds in seconds or bytes, inclusive; one more bucket lies above the last. */
  readonly bounds: readonly number[]
  /**
   * Copies one row, consistent in itself.
   *
   * @param into - reused from row to row; `histogramRow(reader)` makes one
   * @returns false where the slot has no observation in this histogram
   */
  read(slot: number, into: HistogramRow): boolean
  /**
   * Exponential buckets of the same observations; null where they are off or empty.
   *
   * @param scratch - may take the counts, which are then good until the next call with it: a scrape reads every
   * series, and memory for each would be most of its cost
   */
  native(slot: number, scratch?: Float64Array): NativeRow | null
  /** The last exemplar of a classic bucket. */
  exemplar(slot: number, bucket: number): Exemplar | undefined
}

export interface HistogramRow {
  /** Observations per bucket, NOT cumulative; the last is above all bounds. */
  readonly counts: Float64Array
  sum: number
  count: number
  /** When the first of them was counted: milliseconds since the epoch; NaN where that is not known. */
  startTime: number
}

/** Exponential buckets as Prometheus numbers them. */
export interface NativeRow {
  /** Bucket i holds base^(i−1) < x ≤ base^i, base = 2^(2^−schema). */
  readonly schema: number
  /** `zeroCount` holds 0 ≤ x ≤ zeroThreshold. */
  readonly zeroThreshold: number
  readonly zeroCount: number
  /** Number i of the bucket in counts[0]. */
  readonly offset: number
  /** Observations per bucket, not cumulative; neither the first nor the last is 0. */
  readonly counts: Float64Array
}

export interface SpanIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
}

export interface Exemplar extends SpanIds {
  /** The observation, in the histogram's unit. */
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

/** An empty row that fits a histogram, to read into. */
export function histogramRow(histogram: Pick<HistogramReader, 'bounds'>): HistogramRow {
  const bounds: unknown = histogram?.bounds
  assertList('histogram.bounds', bounds, 'the upper bounds of its buckets')
  const counts = new Float64Array(histogram.bounds.length + 1)
  return { counts, sum: 0, count: 0, startTime: Number.NaN }
}
