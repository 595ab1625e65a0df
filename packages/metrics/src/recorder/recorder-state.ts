import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import type {
  Exemplar,
  HistogramReader,
  InstrumentKey,
  NativeRow,
  RecorderReader,
} from '../contract/recorder-reader.ts'
import { mergeNativeRows } from '../native/native-buckets.ts'
import { readRow } from './histogram-rows.ts'
import type { LatencyRecorderOptions } from './latency-recorder.ts'
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
  /** Per slot: one count per bucket, then the sum. */
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

export const STATE_VERSION = 1

/**
 * One state that holds what several hold together: counts and sums are added, series joined by their labels.
 *
 * Native buckets take the coarsest schema of those that meet, as one recorder would have that had observed
 * everything. The start is the earliest, an exemplar the latest.
 *
 * @param states - at least one; of recorders with the same options
 * @param limits - as a recorder's, for the sum; default: none, since each state is bounded itself
 * @throws InvalidArgumentError where bounds, own labels, instruments, native buckets or the way in which status
 * codes are counted differ
 * @example
 * const service = readState(mergeStates([first.state(), second.state()]))
 */
export function mergeStates(
  states: readonly RecorderState[],
  limits: StateLimits = {},
): RecorderState {
  assertOptions('limits', limits, STATE_LIMITS)
  const { maxSeries = Number.POSITIVE_INFINITY, maxUnmatchedSeries = Number.POSITIVE_INFINITY } =
    limits
  const [first] = states
  if (first === undefined) throw new InvalidArgumentError('states', 'at least one state', states)
  states.forEach((state, i) => {
    assertAlike(first, state, `states[${i}]`)
  })
  const index = new SeriesIndex({
    maxSeries,
    maxUnmatchedSeries,
    statusClasses: first.series.statusClasses,
    extraLabels: first.extraLabels.length,
  })
  const slots = states.map(({ series }) => index.adopt(series))
  return {
    version: STATE_VERSION,
    startTime: states.reduce(
      (first, { startTime }) => Math.min(first, startTime),
      Number.POSITIVE_INFINITY,
    ),
    activeRequests: total(states.map(({ activeRequests }) => activeRequests)),
    rejected: total(states.map(({ rejected }) => rejected)),
    extraLabels: first.extraLabels,
    series: index.state(),
    histograms: first.histograms.map((_, i) =>
      mergeHistograms(
        states.map(({ histograms }) => histograms[i]!),
        slots,
        index.size,
      ),
    ),
  }
}

type StateLimits = Pick<LatencyRecorderOptions, 'maxSeries' | 'maxUnmatchedSeries'>

const STATE_LIMITS: Readonly<Record<keyof StateLimits, true>> = {
  maxSeries: true,
  maxUnmatchedSeries: true,
}

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
  const stride = bounds.length + 2
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
      const i = placeOf.get(slot * (stride - 1) + bucket)
      return i === undefined ? undefined : exemplarOf(exemplars, i)
    },
  }
}

function nativeRowOf(state: NativeState, slot: number): NativeRow | null {
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

function exemplarOf(state: ExemplarState, i: number): Exemplar {
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

/** @param slots - by state, then by slot there: the slot in the sum */
function mergeHistograms(
  states: readonly HistogramState[],
  slots: readonly Int32Array[],
  size: number,
): HistogramState {
  const { key, bounds } = states[0]!
  const stride = bounds.length + 2
  const rows = new Float64Array(size * stride)
  states.forEach((state, i) => {
    slots[i]!.forEach((slot, theirs) => {
      for (let cell = 0; cell < stride; cell++) {
        rows[slot * stride + cell]! += state.rows[theirs * stride + cell]!
      }
    })
  })
  return {
    key,
    bounds,
    rows,
    native: mergeNatives(
      states.map(({ native }) => native),
      slots,
      size,
    ),
    exemplars: mergeExemplars(
      states.map(({ exemplars }) => exemplars),
      slots,
      bounds.length + 1,
    ),
  }
}

function mergeNatives(
  states: readonly (NativeState | null)[],
  slots: readonly Int32Array[],
  size: number,
): NativeState | null {
  const [first] = states
  if (!first) return null
  const parts = Array.from({ length: size }, (): NativeRow[] => [])
  states.forEach((state, i) => {
    slots[i]!.forEach((slot, theirs) => {
      const row = nativeRowOf(state!, theirs)
      if (row !== null) parts[slot]!.push(row)
    })
  })
  const rows = parts.map((rows) =>
    rows.length === 0
      ? null
      : rows.length === 1
        ? rows[0]!
        : mergeNativeRows(rows, first.maxBuckets),
  )
  return nativeState(rows, first.maxBuckets, first.zeroThreshold)
}

function mergeExemplars(
  states: readonly ExemplarState[],
  slots: readonly Int32Array[],
  width: number,
): ExemplarState {
  const latest = new Map<number, Exemplar>()
  states.forEach((state, i) => {
    state.places.forEach((theirs, at) => {
      const bucket = theirs % width
      const place = slots[i]![(theirs - bucket) / width]! * width + bucket
      const exemplar = exemplarOf(state, at)
      const other = latest.get(place)
      if (other === undefined || exemplar.timestamp >= other.timestamp) latest.set(place, exemplar)
    })
  })
  return exemplarState(latest)
}

function assertAlike(first: RecorderState, state: RecorderState, where: string): void {
  if (state?.version !== STATE_VERSION) {
    throw new InvalidArgumentError(`${where}.version`, String(STATE_VERSION), state?.version)
  }
  assertSame(`${where}.extraLabels`, first.extraLabels, state.extraLabels)
  assertSame(
    `${where}.series.statusClasses`,
    first.series.statusClasses,
    state.series.statusClasses,
  )
  assertSame(`${where}.histograms`, first.histograms.map(keyOf), state.histograms.map(keyOf))
  first.histograms.forEach((histogram, i) => {
    const other = state.histograms[i]!
    const name = `${where}.histograms[${i}]`
    assertSame(`${name}.bounds`, histogram.bounds, other.bounds)
    const budget = (one: HistogramState): unknown =>
      one.native && [one.native.maxBuckets, one.native.zeroThreshold]
    assertSame(`${name}.native`, budget(histogram), budget(other))
  })
}

const keyOf = ({ key }: HistogramState): InstrumentKey => key

function assertSame(argument: string, expected: unknown, received: unknown): void {
  const [want, got] = [JSON.stringify(expected), JSON.stringify(received)]
  if (want !== got) throw new InvalidArgumentError(argument, `as in states[0]: ${want}`, got)
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
