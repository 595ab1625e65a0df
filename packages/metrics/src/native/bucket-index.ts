import { exactBounds } from './native-bounds.ts'

/** Prometheus' range: from a sixteenth of a bucket per doubling to 256 of them. */
export const MIN_SCHEMA = -4
export const MAX_SCHEMA = 8

/** The exact bounds of a schema, cut for the search by a double's bits. */
export interface BoundTable {
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

export function boundTable(schema: number): BoundTable {
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
export function bucketIn(table: BoundTable, value: number): number {
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

/** The same for a caller outside: a schema's own function. */
export function bucketIndexer(schema: number): (value: number) => number {
  const table = boundTable(schema)
  return (value) => bucketIn(table, value)
}

/** Upper bound of a bucket: the largest double ≤ base^index; Infinity above the largest double. */
export function bucketBound(schema: number, index: number): number {
  if (schema <= 0) return 2 ** (index * 2 ** -schema)
  const perDoubling = 2 ** schema
  const doubling = Math.floor(index / perDoubling)
  return 2 ** doubling * exactBounds(schema)[index - doubling * perDoubling]!
}
