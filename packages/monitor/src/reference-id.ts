import { createHash } from 'node:crypto'
import type { TableProfile } from '@tidegauge/drift'

/**
 * Tells references apart: the first 12 hexadecimal digits of SHA-256 of the profile's JSON, with the keys in order.
 *
 * The sample of exact values, where one was kept, is left out: bins and counts are what is compared here.
 */
export function referenceId(reference: TableProfile): string {
  const columns = reference.columns.map(({ sample: _, ...column }) => column)
  const json = JSON.stringify({ ...reference, columns }, (_key, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(byKey)) : value,
  )
  return createHash('sha256').update(json).digest('hex').slice(0, 12)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
