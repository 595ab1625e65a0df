import type { HistogramRow } from '../contract/recorder-reader.ts'

const ROWS_PER_CHUNK = 64
const CHUNK_SHIFT = 6

/** Cells of a row: its buckets, one more than there are bounds, their sum, and when the first was counted. */
export function rowLength(bounds: readonly number[]): number {
  return bounds.length + 3
}

/**
 * Classic buckets, a sum and the time of the first observation per slot, as doubles: exact up to 2⁵³, where 32 bits would overflow within days.
 * Chunks keep a growing recorder from copying what it has.
 */
export class HistogramRows {
  private readonly bounds: Float64Array
  private readonly stride: number
  private readonly now: () => number
  /** By slot: one count per bucket, then the sum, then when the first was counted; 0 there: none was. */
  private chunks: (Float64Array | undefined)[] = []

  constructor(bounds: readonly number[], now: () => number) {
    this.bounds = Float64Array.from(bounds)
    this.stride = rowLength(bounds)
    this.now = now
  }

  /** @returns the bucket */
  add(slot: number, value: number): number {
    const chunk = this.chunks[slot >> CHUNK_SHIFT] ?? this.newChunk(slot >> CHUNK_SHIFT)
    const start = (slot & (ROWS_PER_CHUNK - 1)) * this.stride
    const { bounds } = this
    // A linear search is twice as fast as a binary one on so few bounds.
    let bucket = 0
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++
    chunk[start + bucket]!++
    chunk[start + bounds.length + 1]! += value
    const first = start + this.stride - 1
    if (chunk[first] === 0) chunk[first] = wholeMilliseconds(this.now())
    return bucket
  }

  read(slot: number, into: HistogramRow): boolean {
    const row = this.row(slot)
    return readRow(row, into)
  }

  /** All rows, one after the other. */
  state(size: number): Float64Array {
    const rows = new Float64Array(size * this.stride)
    for (let slot = 0; slot < size; slot++) {
      const row = this.row(slot)
      if (row !== undefined) rows.set(row, slot * this.stride)
    }
    return rows
  }

  clear(): void {
    this.chunks = []
  }

  private row(slot: number): Float64Array | undefined {
    const start = (slot & (ROWS_PER_CHUNK - 1)) * this.stride
    return this.chunks[slot >> CHUNK_SHIFT]?.subarray(start, start + this.stride)
  }

  private newChunk(index: number): Float64Array {
    const chunk = new Float64Array(ROWS_PER_CHUNK * this.stride)
    this.chunks[index] = chunk
    return chunk
  }
}

/** A time that is none is one long ago: it must not be asked for again. */
function wholeMilliseconds(time: number): number {
  const whole = Math.floor(time)
  return Number.isSafeInteger(whole) && whole > 0 ? whole : 1
}

/** @param row - counts, the sum, the first time; undefined where nothing was ever counted */
export function readRow(row: Float64Array | undefined, into: HistogramRow): boolean {
  const { counts } = into
  let count = 0
  for (let i = 0; i < counts.length; i++) {
    const inBucket = row?.[i] ?? 0
    counts[i] = inBucket
    count += inBucket
  }
  into.count = count
  into.sum = row?.[counts.length] ?? 0
  into.startTime = row?.[counts.length + 1] || Number.NaN
  return count > 0
}
