import { InvalidArgumentError } from '@tidegauge/core'
import type {
  Exemplar,
  HistogramReader,
  InstrumentKey,
  NativeRow,
  RecorderReader,
} from '../contract/recorder-reader.ts'
import { readRow, rowLength } from './histogram-rows.ts'
import { labelsOf, SeriesIndex, type SeriesState } from './series-index.ts'

/** All that a recorder holds, as plain typed arrays: it can be posted to another thread or process. */
export interface RecorderState {
  readonly version: typeof STATE_VERSION
  readonly startTime: number
  readonly activeRequests: number
  readonly rejected: number
  readonly extraLabels: readonly string[]
  readonly series: SeriesState
  readonly histograms: readonly HistogramState[]
}

export interface HistogramState {
  readonly key: InstrumentKey
  readonly bounds: readonly number[]
  /** Per slot: one count per bucket, then the sum, then when the first was counted (0: none was). */
  readonly rows: Float64Array
  readonly native: NativeState | null
  readonly exemplars: ExemplarState
}

export interface NativeState {
  readonly maxBuckets: number
  readonly zeroThreshold: number
  /** Per slot. */
  readonly schemas: Int8Array
  readonly zeroCounts: Float64Array
  readonly offsets: Int32Array
  /** Where each slot's counts begin in `counts`, and at last where the last one's end. */
  readonly starts: Int32Array
  readonly counts: Float64Array
}

export interface ExemplarState {
  /** slot · (buckets) + bucket, increasing. */
  readonly places: Int32Array
  readonly values: Float64Array
  readonly timestamps: Float64Array
  readonly traceIds: readonly string[]
  readonly spanIds: readonly string[]
}

export const STATE_VERSION = 2

/** Of no recorder: nothing was counted, in no histogram. */
export function emptyState(startTime: number): RecorderState {
  const none = { maxSeries: 0, maxUnmatchedSeries: 0, statusClasses: false, extraLabels: 0 }
  return {
    version: STATE_VERSION,
    startTime,
    activeRequests: 0,
    rejected: 0,
    extraLabels: [],
    series: new SeriesIndex(none).state(),
    histograms: [],
  }
}

/**
 * A state as adapters and renderers read it.
 *
 * @throws InvalidArgumentError where it is not a state of this version
 */
export function readState(state: RecorderState): RecorderReader {
  if (state?.version !== STATE_VERSION) {
    throw new InvalidArgumentError('state.version', String(STATE_VERSION), state?.version)
  }
  // Other things have versions too.
  if (state.series === undefined || !Array.isArray(state.histograms)) {
    throw new InvalidArgumentError('state', 'the state of a recorder, as state() gives it', state)
  }
  const { startTime, activeRequests, rejected, extraLabels, series } = state
  return {
    startTime,
    activeRequests,
    rejected,
    extraLabels,
    seriesCount: series.size,
    labelsAt: (slot) => labelsOf(series, slot),
    histograms: state.histograms.map(readHistogram),
  }
}

function readHistogram({ key, bounds, rows, native, exemplars }: HistogramState): HistogramReader {
  const stride = rowLength(bounds)
  const placeOf = new Map<number, number>()
  exemplars.places.forEach((place, i) => {
    placeOf.set(place, i)
  })
  return {
    key,
    bounds,
    read: (slot, into) => readRow(rows.subarray(slot * stride, (slot + 1) * stride), into),
    native: (slot) => (native === null ? null : nativeRowOf(native, slot)),
    exemplar(slot, bucket) {
      const i = placeOf.get(slot * (bounds.length + 1) + bucket)
      return i === undefined ? undefined : exemplarOf(exemplars, i)
    },
  }
}

export function nativeRowOf(state: NativeState, slot: number): NativeRow | null {
  const counts = state.counts.slice(state.starts[slot], state.starts[slot + 1])
  const zeroCount = state.zeroCounts[slot]!
  if (counts.length === 0 && !(zeroCount > 0)) return null
  return {
    schema: state.schemas[slot]!,
    zeroThreshold: state.zeroThreshold,
    zeroCount,
    offset: state.offsets[slot]!,
    counts,
  }
}

export function exemplarOf(state: ExemplarState, i: number): Exemplar {
  return {
    traceId: state.traceIds[i]!,
    spanId: state.spanIds[i]!,
    value: state.values[i]!,
    timestamp: state.timestamps[i]!,
  }
}

/** @param rows - one per slot; null where it is empty */
export function nativeState(
  rows: readonly (NativeRow | null)[],
  maxBuckets: number,
  zeroThreshold: number,
): NativeState {
  const starts = new Int32Array(rows.length + 1)
  rows.forEach((row, slot) => {
    starts[slot + 1] = starts[slot]! + (row?.counts.length ?? 0)
  })
  const counts = new Float64Array(starts[rows.length]!)
  rows.forEach((row, slot) => {
    if (row !== null) counts.set(row.counts, starts[slot])
  })
  return {
    maxBuckets,
    zeroThreshold,
    schemas: Int8Array.from(rows, (row) => row?.schema ?? 0),
    zeroCounts: Float64Array.from(rows, (row) => row?.zeroCount ?? 0),
    offsets: Int32Array.from(rows, (row) => row?.offset ?? 0),
    starts,
    counts,
  }
}

/** @param exemplars - by place: slot · (buckets) + bucket */
export function exemplarState(exemplars: ReadonlyMap<number, Exemplar>): ExemplarState {
  const places = [...exemplars.keys()].sort((a, b) => a - b)
  const sorted = places.map((place) => exemplars.get(place)!)
  return {
    places: Int32Array.from(places),
    values: Float64Array.from(sorted, ({ value }) => value),
    timestamps: Float64Array.from(sorted, ({ timestamp }) => timestamp),
    traceIds: sorted.map(({ traceId }) => traceId),
    spanIds: sorted.map(({ spanId }) => spanId),
  }
}
