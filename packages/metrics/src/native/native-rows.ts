import type { NativeRow } from '../contract/recorder-reader.ts'
import { MIN_SCHEMA } from './bucket-index.ts'

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
