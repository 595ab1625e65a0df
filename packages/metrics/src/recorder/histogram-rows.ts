import type { HistogramRow } from '../contract/recorder-reader.ts'

const ROWS_PER_CHUNK = 64
const CHUNK_SHIFT = 6

/**
 * Classic buckets and a sum per slot, as doubles: exact up to 2⁵³, where 32 bits would overflow within days.
 * Chunks keep a growing recorder from copying what it has.
 */
export class HistogramRows {
  private readonly bounds: Float64Array
  private readonly stride: number
  /** By slot: one count per bucket, then the sum. */
  private chunks: (Float64Array | undefined)[] = []

  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.from(bounds)
    this.stride = bounds.length + 2
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
    chunk[start + this.stride - 1]! += value
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

/** @param row - counts, then the sum; undefined where nothing was ever counted */
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
  return count > 0
}
