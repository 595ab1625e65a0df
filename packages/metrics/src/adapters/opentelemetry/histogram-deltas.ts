import {
  type HistogramReader,
  type HistogramRow,
  histogramRow,
  type NativeRow,
} from '../../contract/recorder-reader.ts'
import { coarserRow } from '../../native/native-rows.ts'

/** One series of a histogram, as it goes into a point. */
export interface PointRow extends HistogramRow {
  /** Exponential buckets; null where they are not asked for, or the recorder has none. */
  readonly native: NativeRow | null
}

/** Reads a series as one reader is to see it; null where there is nothing to be seen. */
export type PointRowReader = (slot: number) => PointRow | null

/** Each series since the recorder's start. */
export function cumulativeRows(histogram: HistogramReader, exponential: boolean): PointRowReader {
  return (slot) => {
    const row = histogramRow(histogram)
    if (!histogram.read(slot, row)) return null
    return { ...row, native: exponential ? histogram.native(slot) : null }
  }
}

/** Each series since the last call for it. Holds one copy of each. */
export function deltaRows(histogram: HistogramReader, exponential: boolean): PointRowReader {
  const current = cumulativeRows(histogram, exponential)
  const seen: (PointRow | undefined)[] = []
  return (slot) => {
    const now = current(slot)
    const before = seen[slot]
    if (now === null || before?.count === now.count) return null
    seen[slot] = now
    return before === undefined ? now : difference(now, before)
  }
}

function difference(now: PointRow, before: PointRow): PointRow {
  return {
    counts: now.counts.map((count, i) => count - before.counts[i]!),
    sum: now.sum - before.sum,
    count: now.count - before.count,
    startTime: now.startTime,
    native: nativeDifference(now.native, before.native),
  }
}

function nativeDifference(now: NativeRow | null, before: NativeRow | null): NativeRow | null {
  if (now === null || before === null) return now
  // A series never becomes finer than it was.
  const earlier = coarserRow(before, now.schema)
  const counts = now.counts.slice()
  earlier.counts.forEach((count, i) => {
    counts[earlier.offset - now.offset + i]! -= count
  })
  return { ...now, zeroCount: now.zeroCount - before.zeroCount, ...trimmed(now.offset, counts) }
}

function trimmed(offset: number, counts: Float64Array): Pick<NativeRow, 'offset' | 'counts'> {
  const first = counts.findIndex((count) => count !== 0)
  if (first === -1) return { offset: 0, counts: new Float64Array(0) }
  const end = counts.findLastIndex((count) => count !== 0) + 1
  return { offset: offset + first, counts: counts.slice(first, end) }
}
