import { createHash } from 'node:crypto'
import { parseTableProfile, profile } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { referenceId } from './reference-id.ts'

const table = { age: [31, 45, 28], carrier: ['UA', 'AA', 'UA'] }
const reference = profile(table)

test('is the same after storing and reading, whatever the order of keys, with a sample or without', () => {
  const id = referenceId(reference)
  expect(id).toMatch(/^[0-9a-f]{12}$/)
  expect(referenceId(parseTableProfile(JSON.stringify(reference)))).toBe(id)
  expect(referenceId(reversed(reference) as typeof reference)).toBe(id)
  expect(referenceId(profile(table, { keepSample: true }))).toBe(id)
})

test('is another for other counts', () => {
  const other = profile({ ...table, age: [31, 45, 29] })
  expect(referenceId(other)).not.toBe(referenceId(reference))
})

test('is SHA-256 of the JSON with its keys in order', () => {
  const json = '{"columns":[],"format":"tidegauge.table-profile","rows":0,"version":1}'
  const expected = createHash('sha256').update(json).digest('hex').slice(0, 12)
  expect(referenceId(profile([]))).toBe(expected)
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, part]) => [key, reversed(part)])
  return Object.fromEntries(entries.reverse())
}
