import type { NativeRow } from '../contract/recorder-reader.ts'
import { exactBounds } from './native-bounds.ts'

export interface NativeBucketsOptions {
  /** Where every series begins: 2^schema buckets per doubling. */
  readonly schema: number
  /** Buckets from the lowest to the highest; above it, the series halves its resolution. */
  readonly maxBuckets: number
}

/** 2^−128, as client_golang has it: what is not above it is counted as zero. */
export const ZERO_THRESHOLD = 2.938735877055719e-39
export const MIN_SCHEMA = -4
export const MAX_SCHEMA = 8
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
  /** Block 0 stands for none. */
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
      offset: counts.length === 0 ? 0 : offset,
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
    cells[page + LOWEST] = coarse(lowest)
    cells[page + HIGHEST] = coarse(highest)
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
    if (by <= 0) return
    const start = page + BLOCKS
    cells.copyWithin(start + by, start, page + this.pageSize - by)
    cells.fill(0, start, start + by)
    cells[page + FIRST_BLOCK] = first
  }

  private countAt(cells: Int32Array, page: number, bucket: number): number {
    const place = page + BLOCKS + (bucket >> BLOCK_SHIFT) - cells[page + FIRST_BLOCK]!
    const block = cells[place]!
    return block === 0 ? 0 : this.pool[block >> BLOCK_CHUNK_SHIFT]![cellOf(block, bucket)]!
  }

  /** Block by block, and not by `countAt`: a scrape copies the buckets of every series. */
  private copyCounts(cells: Int32Array, page: number, lowest: number, into: Float64Array): void {
    for (let i = 0; i < into.length; ) {
      const bucket = lowest + i
      const end = Math.min(into.length, i + BLOCK - (bucket & (BLOCK - 1)))
      const block = cells[page + BLOCKS + (bucket >> BLOCK_SHIFT) - cells[page + FIRST_BLOCK]!]!
      if (block === 0) {
        into.fill(0, i, end)
        i = end
        continue
      }
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

/** The exact bounds of a schema, cut for the search by a double's bits. */
interface BoundTable {
  /** 2^max(0, schema) buckets per doubling. */
  readonly perDoubling: number
  /** Resolution steps below schema 0. */
  readonly giveUp: number
  /** By the first eight bits of a mantissa, a bucket of the doubling that is not too high. */
  readonly starts: Int32Array
  /** The bounds' mantissas: the high 20 bits, and the low 32. */
  readonly high: Int32Array
  readonly low: Float64Array
}

// Not views of one instance: V8 folds constants of the module into the code.
const BITS = new Float64Array(1)
const WORDS = new Uint32Array(BITS.buffer)
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0
const LOW = 1 - HIGH

/**
 * Number of the bucket that holds a positive, normal double: base^(i−1) < x ≤ base^i.
 *
 * The exponent gives the doubling, the mantissa's first eight bits a bucket that is not too high, and
 * comparison with the exact bounds the rest.
 */
function bucketIn(table: BoundTable, value: number): number {
  BITS[0] = value
  const word = WORDS[HIGH]!
  const mantissa = word & 0xfffff
  const { starts, high } = table
  let sub = starts[mantissa >> 12]!
  // Up to schema 8 at most two bounds share their first eight bits. The sign bit adds 1 where the mantissa is
  // above: a branch would be mispredicted every other time.
  sub += (high[sub]! - mantissa) >>> 31
  sub += (high[sub]! - mantissa) >>> 31
  if (mantissa === high[sub] && WORDS[LOW]! > table.low[sub]!) sub++
  const bucket = ((word >> 20) - 1023) * table.perDoubling + sub
  return ((bucket - 1) >> table.giveUp) + 1
}

/** Upper bound of a bucket: the largest double ≤ base^index; Infinity above the largest double. */
export function bucketBound(schema: number, index: number): number {
  if (schema <= 0) return 2 ** (index * 2 ** -schema)
  const perDoubling = 2 ** schema
  const doubling = Math.floor(index / perDoubling)
  return 2 ** doubling * exactBounds(schema)[index - doubling * perDoubling]!
}

/** The same for a caller outside: a schema's own function. */
export function bucketIndexer(schema: number): (value: number) => number {
  const table = boundTable(schema)
  return (value) => bucketIn(table, value)
}

function boundTable(schema: number): BoundTable {
  const bounds = exactBounds(Math.max(0, schema))
  const views = Array.from(bounds, (bound) => {
    BITS[0] = bound
    // The last bound, 2, is above every mantissa.
    return bound === 2 ? [0x100000, 0] : [WORDS[HIGH]! & 0xfffff, WORDS[LOW]!]
  })
  return {
    perDoubling: bounds.length - 1,
    giveUp: Math.max(0, -schema),
    starts: Int32Array.from({ length: 256 }, (_, i) =>
      bounds.findIndex((bound) => bound >= 1 + i / 256),
    ),
    high: Int32Array.from(views, ([high]) => high!),
    low: Float64Array.from(views, ([, low]) => low!),
  }
}

/**
 * The same observations in buckets of a coarser schema.
 *
 * @param schema - not above the row's
 */
export function coarserRow(row: NativeRow, schema: number): NativeRow {
  const steps = row.schema - schema
  if (steps === 0 || row.counts.length === 0) return { ...row, schema }
  const coarse = (bucket: number): number => ((bucket - 1) >> steps) + 1
  const offset = coarse(row.offset)
  const counts = new Float64Array(coarse(row.offset + row.counts.length - 1) - offset + 1)
  row.counts.forEach((count, i) => {
    counts[coarse(row.offset + i) - offset]! += count
  })
  return { ...row, schema, offset, counts }
}

/**
 * The sum of rows: what one series would hold that had observed everything.
 *
 * @param rows - at least one
 */
export function mergeNativeRows(rows: readonly NativeRow[], maxBuckets: number): NativeRow {
  let schema = rows.reduce((least, row) => Math.min(least, row.schema), Number.POSITIVE_INFINITY)
  let alike = rows.map((row) => coarserRow(row, schema))
  let [lowest, highest] = spanOf(alike)
  while (highest - lowest >= maxBuckets && schema > MIN_SCHEMA) {
    schema--
    alike = alike.map((row) => coarserRow(row, schema))
    ;[lowest, highest] = spanOf(alike)
  }
  const counts = new Float64Array(Math.max(0, highest - lowest + 1))
  let zeroCount = 0
  for (const row of alike) {
    zeroCount += row.zeroCount
    for (let i = 0; i < row.counts.length; i++) counts[row.offset - lowest + i]! += row.counts[i]!
  }
  const offset = counts.length === 0 ? 0 : lowest
  return { schema, zeroThreshold: rows[0]!.zeroThreshold, zeroCount, offset, counts }
}

function spanOf(rows: readonly NativeRow[]): [lowest: number, highest: number] {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const { offset, counts } of rows) {
    if (counts.length === 0) continue
    lowest = Math.min(lowest, offset)
    highest = Math.max(highest, offset + counts.length - 1)
  }
  return [lowest, highest]
}
