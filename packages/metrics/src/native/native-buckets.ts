import type { NativeRow } from '../contract/recorder-reader.ts'
import { type BoundTable, boundTable, bucketIn, MIN_SCHEMA } from './bucket-index.ts'

export interface NativeBucketsOptions {
  /** Where every series begins: 2^schema buckets per doubling. */
  readonly schema: number
  /** Buckets from the lowest to the highest; above it, the series halves its resolution. */
  readonly maxBuckets: number
}

/** 2^−128, as client_golang has it: what is not above it is counted as zero. */
export const ZERO_THRESHOLD = 2.938735877055719e-39
/** At the coarsest schema any positive double lies in buckets −7 … 64: more would never be needed. */
const BUCKETS_AT_MIN_SCHEMA = 72

const BLOCK_SHIFT = 3
const BLOCK = 1 << BLOCK_SHIFT
const BLOCKS_PER_CHUNK = 128
const BLOCK_CHUNK_SHIFT = 7
const ROWS_PER_CHUNK = 64
const CHUNK_SHIFT = 6

/** Places in a row's page: resolution steps given up, first and last bucket, first block; then block numbers. */
const SHIFT = 0
const LOWEST = 1
const HIGHEST = 2
const FIRST_BLOCK = 3
const BLOCKS = 4

interface Pages {
  readonly cells: Int32Array
  readonly zeroCounts: Float64Array
}

/**
 * Exponential buckets per slot, as a Prometheus native histogram.
 *
 * Counts live in blocks of eight, taken from one pool where a bucket is first hit. A row is a page of block
 * numbers: it takes what it uses, halves in place and gives the blocks back. Index and bounds are exact:
 * they are found by comparison, and no logarithm is rounded.
 */
export class NativeBuckets {
  private readonly maxBuckets: number
  private readonly schema: number
  private readonly pageSize: number
  private readonly table: BoundTable
  private pages: (Pages | undefined)[] = []
  private pool: Float64Array[] = []
  /** Block 0 stands for none, and stays empty. */
  private blocks = 1
  private freeBlocks: number[] = []

  constructor({ schema, maxBuckets }: NativeBucketsOptions) {
    this.schema = schema
    this.maxBuckets = maxBuckets
    // A span of n buckets touches one block more than n / 8, wherever it begins.
    const span = Math.max(maxBuckets, BUCKETS_AT_MIN_SCHEMA)
    this.pageSize = BLOCKS + Math.ceil(span / BLOCK) + 1
    this.table = boundTable(schema)
  }

  /** @param value - finite and ≥ 0 */
  add(slot: number, value: number): void {
    const pages = this.pages[slot >> CHUNK_SHIFT] ?? this.newPages(slot >> CHUNK_SHIFT)
    const row = slot & (ROWS_PER_CHUNK - 1)
    if (value <= ZERO_THRESHOLD) {
      pages.zeroCounts[row]!++
      return
    }
    const { cells } = pages
    const page = row * this.pageSize
    // ceil(index / 2^shift): halving joins buckets 2i − 1 and 2i into i.
    let bucket = ((bucketIn(this.table, value) - 1) >> cells[page + SHIFT]!) + 1
    // Stryker disable next-line ConditionalExpression,EqualityOperator: to widen to what is inside changes nothing
    if (bucket < cells[page + LOWEST]! || bucket > cells[page + HIGHEST]!) {
      bucket = this.widen(cells, page, bucket)
    }
    const place = page + BLOCKS + (bucket >> BLOCK_SHIFT) - cells[page + FIRST_BLOCK]!
    const block = cells[place]! || this.takeBlock(cells, place)
    this.pool[block >> BLOCK_CHUNK_SHIFT]![cellOf(block, bucket)]!++
  }

  /** @param scratch - used for the counts where it holds them */
  read(slot: number, scratch?: Float64Array): NativeRow | null {
    const pages = this.pages[slot >> CHUNK_SHIFT]
    if (pages === undefined) return null
    const row = slot & (ROWS_PER_CHUNK - 1)
    const { cells } = pages
    const page = row * this.pageSize
    const zeroCount = pages.zeroCounts[row]!
    const offset = cells[page + LOWEST]!
    const length = cells[page + HIGHEST]! - offset + 1
    if (length <= 0 && zeroCount === 0) return null
    const size = Math.max(0, length)
    const counts =
      scratch && size <= scratch.length ? scratch.subarray(0, size) : new Float64Array(size)
    this.copyCounts(cells, page, offset, counts)
    return {
      schema: this.schema - cells[page + SHIFT]!,
      zeroThreshold: ZERO_THRESHOLD,
      zeroCount,
      offset,
      counts,
    }
  }

  clear(): void {
    this.pages = []
    this.pool = []
    this.blocks = 1
    this.freeBlocks = []
  }

  /** Makes room for a bucket outside the row's span. @returns its number, after the row was halved or not */
  private widen(cells: Int32Array, page: number, outside: number): number {
    let bucket = outside
    if (cells[page + HIGHEST]! < cells[page + LOWEST]!) {
      cells[page + LOWEST] = bucket
      cells[page + HIGHEST] = bucket
      cells[page + FIRST_BLOCK] = bucket >> BLOCK_SHIFT
      return bucket
    }
    let lowest = Math.min(bucket, cells[page + LOWEST]!)
    let highest = Math.max(bucket, cells[page + HIGHEST]!)
    let steps = 0
    while (
      highest - lowest >= this.maxBuckets &&
      this.schema - cells[page + SHIFT]! - steps > MIN_SCHEMA
    ) {
      lowest = (lowest + 1) >> 1
      highest = (highest + 1) >> 1
      bucket = (bucket + 1) >> 1
      steps++
    }
    if (steps > 0) this.coarsen(cells, page, steps)
    this.moveFirstBlock(cells, page, lowest >> BLOCK_SHIFT)
    cells[page + LOWEST] = lowest
    cells[page + HIGHEST] = highest
    return bucket
  }

  /** Leaves the span to its caller. */
  private coarsen(cells: Int32Array, page: number, steps: number): void {
    const lowest = cells[page + LOWEST]!
    const highest = cells[page + HIGHEST]!
    const counts: number[] = []
    for (let bucket = lowest; bucket <= highest; bucket++) {
      counts.push(this.countAt(cells, page, bucket))
    }
    for (let place = page + BLOCKS; place < page + this.pageSize; place++) {
      if (cells[place] !== 0) this.giveBack(cells[place]!)
      cells[place] = 0
    }
    const coarse = (bucket: number): number => ((bucket - 1) >> steps) + 1
    cells[page + SHIFT]! += steps
    cells[page + FIRST_BLOCK] = coarse(lowest) >> BLOCK_SHIFT
    counts.forEach((count, i) => {
      if (count === 0) return
      const bucket = coarse(lowest + i)
      const place = page + BLOCKS + (bucket >> BLOCK_SHIFT) - cells[page + FIRST_BLOCK]!
      const block = cells[place]! || this.takeBlock(cells, place)
      this.pool[block >> BLOCK_CHUNK_SHIFT]![cellOf(block, bucket)]! += count
    })
  }

  private moveFirstBlock(cells: Int32Array, page: number, first: number): void {
    const by = cells[page + FIRST_BLOCK]! - first
    if (by === 0) return
    const start = page + BLOCKS
    cells.copyWithin(start + by, start, page + this.pageSize - by)
    cells.fill(0, start, start + by)
    cells[page + FIRST_BLOCK] = first
  }

  private countAt(cells: Int32Array, page: number, bucket: number): number {
    const place = page + BLOCKS + (bucket >> BLOCK_SHIFT) - cells[page + FIRST_BLOCK]!
    const block = cells[place]!
    return this.pool[block >> BLOCK_CHUNK_SHIFT]![cellOf(block, bucket)]!
  }

  /** Block by block, and not by `countAt`: a scrape copies the buckets of every series. */
  private copyCounts(cells: Int32Array, page: number, lowest: number, into: Float64Array): void {
    for (let i = 0; i < into.length; ) {
      const bucket = lowest + i
      const end = Math.min(into.length, i + BLOCK - (bucket & (BLOCK - 1)))
      const block = cells[page + BLOCKS + (bucket >> BLOCK_SHIFT) - cells[page + FIRST_BLOCK]!]!
      const pool = this.pool[block >> BLOCK_CHUNK_SHIFT]!
      for (let cell = cellOf(block, bucket); i < end; i++, cell++) into[i] = pool[cell]!
    }
  }

  private takeBlock(cells: Int32Array, place: number): number {
    const block = this.freeBlocks.pop() ?? this.blocks++
    if (block >> BLOCK_CHUNK_SHIFT === this.pool.length) {
      this.pool.push(new Float64Array(BLOCKS_PER_CHUNK * BLOCK))
    }
    cells[place] = block
    return block
  }

  private giveBack(block: number): void {
    const start = cellOf(block, 0)
    this.pool[block >> BLOCK_CHUNK_SHIFT]!.fill(0, start, start + BLOCK)
    this.freeBlocks.push(block)
  }

  private newPages(index: number): Pages {
    const cells = new Int32Array(ROWS_PER_CHUNK * this.pageSize)
    // An empty row: its highest bucket is below its lowest.
    for (let page = 0; page < cells.length; page += this.pageSize) cells[page + HIGHEST] = -1
    const pages = { cells, zeroCounts: new Float64Array(ROWS_PER_CHUNK) }
    this.pages[index] = pages
    return pages
  }
}

/** Place of a bucket's count in its chunk of the pool. */
function cellOf(block: number, bucket: number): number {
  return ((block & (BLOCKS_PER_CHUNK - 1)) << BLOCK_SHIFT) + (bucket & (BLOCK - 1))
}
