import { InvalidArgumentError } from '@tidegauge/core'
import { assertList } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { Exemplar, InstrumentKey, NativeRow } from '../contract/recorder-reader.ts'
import { mergeNativeRows } from '../native/native-rows.ts'
import { rowLength } from './histogram-rows.ts'
import type { LatencyRecorderOptions } from './recorder-options.ts'
import {
  type ExemplarState,
  exemplarOf,
  exemplarState,
  type HistogramState,
  type NativeState,
  nativeRowOf,
  nativeState,
  type RecorderState,
  STATE_VERSION,
} from './recorder-state.ts'
import { SeriesIndex } from './series-index.ts'

/**
 * One state that holds what several hold together: counts and sums are added, series joined by their labels.
 *
 * Native buckets take the coarsest schema of those that meet, as one recorder would have that had observed
 * everything. Starts are the earliest, an exemplar the latest.
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
  assertList('states', states, 'a list of states: recorder.state() of each')
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

/** @param slots - by state, then by slot there: the slot in the sum */
function mergeHistograms(
  states: readonly HistogramState[],
  slots: readonly Int32Array[],
  size: number,
): HistogramState {
  const { key, bounds } = states[0]!
  const stride = rowLength(bounds)
  const rows = new Float64Array(size * stride)
  states.forEach((state, i) => {
    slots[i]!.forEach((slot, theirs) => {
      for (let cell = 0; cell < stride - 1; cell++) {
        rows[slot * stride + cell]! += state.rows[theirs * stride + cell]!
      }
      const first = slot * stride + stride - 1
      rows[first] = earlier(rows[first]!, state.rows[theirs * stride + stride - 1]!)
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

/** 0 is no time. */
function earlier(one: number, other: number): number {
  return one === 0 || other === 0 ? one + other : Math.min(one, other)
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
