import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NativeRow } from '../contract/recorder-reader.ts'
import { bucketBound, bucketIndexer } from './bucket-index.ts'
import { NativeBuckets, ZERO_THRESHOLD } from './native-buckets.ts'
import { coarserRow } from './native-rows.ts'

const positive = fc.double({ min: 2 ** -127, max: Number.MAX_VALUE, noNaN: true })
const latency = fc.double({ min: 1e-6, max: 1e4, noNaN: true })
const anyDuration = fc.oneof(latency, positive, fc.constantFrom(0, 5e-324, ZERO_THRESHOLD))
const schemas = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8]

function record(values: readonly number[], schema = 3, maxBuckets = 160): NativeRow | null {
  const buckets = new NativeBuckets({ schema, maxBuckets })
  for (const value of values) buckets.add(0, value)
  return buckets.read(0)
}

const total = ({ zeroCount, counts }: NativeRow): number =>
  counts.reduce((sum, count) => sum + count, zeroCount)

test('zero, subnormals and what is not above the threshold are counted as zero', () => {
  expect(record([0, 5e-324, 1e-310, 1e-100, ZERO_THRESHOLD])).toEqual({
    schema: 3,
    zeroThreshold: 2.938735877055719e-39,
    zeroCount: 5,
    offset: 0,
    counts: new Float64Array(0),
  })
  const above = record([nextUp(ZERO_THRESHOLD)])
  expect(above).toMatchObject({ zeroCount: 0, offset: -1023 })
  expect(above!.counts).toEqual(Float64Array.of(1))
})

test('a slot in which nothing was counted has no row', () => {
  const buckets = new NativeBuckets({ schema: 3, maxBuckets: 160 })
  expect(buckets.read(0)).toBe(null)
  buckets.add(1, 1)
  expect(buckets.read(0)).toBe(null)
  expect(buckets.read(70)).toBe(null)
})

test('holds every observation once, in the bucket that counting by hand gives', () => {
  const agrees = fc.property(
    fc.array(anyDuration, { minLength: 1, maxLength: 200 }),
    fc.constantFrom(...schemas),
    fc.integer({ min: 1, max: 200 }),
    (values, schema, maxBuckets) => {
      const row = record(values, schema, maxBuckets)!
      const byHand = new Map<number, number>()
      const index = bucketIndexer(row.schema)
      for (const x of values.filter((x) => x > ZERO_THRESHOLD)) {
        byHand.set(index(x), (byHand.get(index(x)) ?? 0) + 1)
      }
      const counted = [...row.counts].flatMap((count, i) =>
        count === 0 ? [] : [[row.offset + i, count] as const],
      )
      expect(new Map(counted)).toEqual(byHand)
      expect(total(row)).toBe(values.length)
    },
  )
  fc.assert(agrees)
})

test('keeps the finest resolution that its budget allows, in whatever order values come', () => {
  const finest = fc.property(
    fc.array(latency, { minLength: 1, maxLength: 100 }),
    fc.integer({ min: 20, max: 160 }),
    (values, maxBuckets) => {
      const row = record(values, 3, maxBuckets)!
      const span = (schema: number): number => {
        const indices = values.map(bucketIndexer(schema))
        return Math.max(...indices) - Math.min(...indices) + 1
      }
      expect(row.counts.length).toBeLessThanOrEqual(maxBuckets)
      expect(row.counts.length).toBe(span(row.schema))
      if (row.schema < 3) expect(span(row.schema + 1)).toBeGreaterThan(maxBuckets)
      expect(record([...values].reverse(), 3, maxBuckets)).toEqual(row)
    },
  )
  fc.assert(finest)
})

test('at the coarsest schema nothing is lost, though the budget is exceeded', () => {
  const row = record([nextUp(ZERO_THRESHOLD), 1, Number.MAX_VALUE], 8, 1)!
  expect(row).toMatchObject({ schema: -4, offset: -7 })
  expect(row.counts.length).toBe(72)
  expect(total(row)).toBe(3)
})

test('a row that halves changes no other row, and its old blocks come back empty', () => {
  const independent = fc.property(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 99 }), anyDuration), { maxLength: 400 }),
    (observations) => {
      const buckets = new NativeBuckets({ schema: 3, maxBuckets: 40 })
      for (const [slot, value] of observations) buckets.add(slot, value)
      for (let slot = 0; slot < 100; slot++) {
        const mine = observations.filter(([other]) => other === slot).map(([, value]) => value)
        expect(buckets.read(slot)).toEqual(record(mine, 3, 40))
      }
    },
  )
  fc.assert(independent, { numRuns: 30 })
})

test('a row that halves after its neighbour did leaves the neighbour its resolution', () => {
  const wide = [1, 2 ** 20]
  const buckets = new NativeBuckets({ schema: 3, maxBuckets: 40 })
  for (const slot of [1, 0, 2]) for (const value of wide) buckets.add(slot, value)
  for (const slot of [0, 1, 2]) expect(buckets.read(slot)).toEqual(record(wide, 3, 40))
  for (const slot of [2, 0, 1]) buckets.add(slot, 2 ** 60)
  for (const slot of [0, 1, 2])
    expect(buckets.read(slot)).toEqual(record([...wide, 2 ** 60], 3, 40))
})

test('blocks that a row gives back are taken by others: the memory is that of what is in use', () => {
  const buckets = new NativeBuckets({ schema: 3, maxBuckets: 160 })
  const before = process.memoryUsage().arrayBuffers
  const slots = 2000
  for (let slot = 0; slot < slots; slot++) {
    // Twenty blocks, of which the halving leaves one or two, and one more.
    for (let i = 0; i < 160; i++) buckets.add(slot, 2 ** (i / 8))
    buckets.add(slot, 2 ** 500)
  }
  const pages = Math.ceil(slots / 64) * (64 * (4 + 21) * 4 + 64 * 8)
  const used = process.memoryUsage().arrayBuffers - before - pages
  expect(total(buckets.read(7)!)).toBe(161)
  // Blocks are of 64 bytes; were none given back, there would be 22 or more a row.
  expect(used).toBeLessThan(slots * 8 * 64)
})

test('a bucket never decreases unless the schema changes', () => {
  const monotone = fc.property(fc.array(latency, { maxLength: 100 }), (values) => {
    const buckets = new NativeBuckets({ schema: 3, maxBuckets: 60 })
    let before: NativeRow | null = null
    for (const value of values) {
      buckets.add(0, value)
      const after = buckets.read(0)!
      const old: NativeRow = before === null ? after : coarserRow(before, after.schema)
      old.counts.forEach((count, i) => {
        expect(after.counts[old.offset - after.offset + i]).toBeGreaterThanOrEqual(count)
      })
      before = after
    }
  })
  fc.assert(monotone)
})

test('a quantile read at the middle of its bucket is off by no more than the schema allows', () => {
  const withinBound = fc.property(
    fc.array(latency, { minLength: 1, maxLength: 300 }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    (values, q) => {
      const row = record(values)!
      const base = 2 ** (2 ** -row.schema)
      const rank = Math.ceil(q * values.length)
      const exact = values.toSorted((a, b) => a - b)[rank - 1]!
      let below = 0
      const i = row.counts.findIndex((count) => {
        below += count
        return below >= rank
      })
      const middle = (2 * bucketBound(row.schema, row.offset + i)) / (base + 1)
      const worst = (base - 1) / (base + 1)
      expect(Math.abs(middle - exact) / exact).toBeLessThanOrEqual(worst * (1 + 1e-12))
    },
  )
  fc.assert(withinBound)
})

test('forgets all and begins anew, at full resolution', () => {
  const buckets = new NativeBuckets({ schema: 3, maxBuckets: 160 })
  for (let i = 0; i < 160; i++) buckets.add(0, 2 ** (i / 8))
  buckets.add(0, 2 ** 100)
  expect(buckets.read(0)!.schema).toBeLessThan(3)
  buckets.clear()
  expect(buckets.read(0)).toBe(null)
  buckets.add(0, 1)
  expect(buckets.read(0)).toEqual(record([1]))
  // Blocks that the halving gave back are not handed out a second time.
  const slots = Array.from({ length: 50 }, (_, i) => i + 1)
  for (const slot of slots) buckets.add(slot, 1)
  for (const slot of slots) expect(buckets.read(slot)).toEqual(record([1]))
})

test('counts are put into the memory that is given, whatever was in it, and not where they do not fit', () => {
  const native = new NativeBuckets({ schema: 3, maxBuckets: 160 })
  for (const exponent of [-60, -3, 0, 40]) native.add(1, 2 ** ((exponent - 0.5) / 8))
  const expected = native.read(1)!
  const scratch = new Float64Array(160).fill(7)
  const row = native.read(1, scratch)!
  expect(row).toEqual(expected)
  expect(row.counts.buffer).toBe(scratch.buffer)
  const exact = new Float64Array(101)
  expect(native.read(1, exact)!.counts.buffer).toBe(exact.buffer)
  const small = native.read(1, new Float64Array(100))!
  expect(small).toEqual(expected)
  expect(small.counts).toHaveLength(101)
})

function nextUp(x: number): number {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)
  bits[0]!++
  return new Float64Array(bits.buffer)[0]!
}
