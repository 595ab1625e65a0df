import type {
  Exemplar,
  HistogramReader,
  InstrumentKey,
  SpanIds,
} from '../contract/recorder-reader.ts'
import { NativeBuckets, ZERO_THRESHOLD } from '../native/native-buckets.ts'
import { type ExemplarSource, ExemplarStore } from './exemplars.ts'
import { HistogramRows } from './histogram-rows.ts'
import type { NativeOptions } from './recorder-options.ts'
import { exemplarState, type HistogramState, nativeState } from './recorder-state.ts'
import type { SeriesIndex } from './series-index.ts'

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

/** What the histograms of one recorder have in common. */
export interface Shared {
  readonly index: SeriesIndex
  rejected: number
  readonly native: Required<NativeOptions> | null
  readonly exemplars: ExemplarSource | null
  readonly now: () => number
}

export interface RecordedHistogram extends HistogramRecorder {
  state(): HistogramState
  clear(): void
}

/** One instrument of a recorder: classic buckets, and beside them native ones and exemplars where they are asked for. */
export function recordedHistogram(
  key: InstrumentKey,
  bounds: readonly number[],
  shared: Shared,
): RecordedHistogram {
  const { index, native: nativeBudget, exemplars: source } = shared
  const rows = new HistogramRows(bounds, shared.now)
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
export function isMeasure(value: number): boolean {
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
