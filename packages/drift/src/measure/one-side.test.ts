import { describe, expect, test } from 'vitest'
import type { Side } from '../plan/open-table.ts'
import { profile } from '../profile/profile-table.ts'
import type { ColumnDrift } from '../report/drift-report.ts'
import { detectDrift } from '../run/detect-drift.ts'
import { detectDriftAsync } from '../run/detect-drift-async.ts'

const rows = Array.from({ length: 200 }, (_, i) => i)
const whole = {
  age: rows.map((i) => (i % 10 === 0 ? null : i)),
  city: rows.map((i) => `c${i % 3}`),
  booked: rows.map((i) => new Date(1e12 + i * 1e7)),
  note: rows.map((i) => `a text of some words ${i}`),
  other: rows,
}
const rest = { other: rows }
const expected = [
  ['age', 'numeric', 'kolmogorov-smirnov', 180, 0.1],
  ['city', 'categorical', 'chi-squared', 200, 0],
  ['booked', 'datetime', 'kolmogorov-smirnov', 200, 0],
  ['note', 'text', 'domain-classifier', undefined, 0],
]

function seen(columns: readonly ColumnDrift[], side: Side) {
  return columns
    .filter(({ finding }) => finding !== undefined)
    .map((column) => [
      column.name,
      column.type,
      column.method,
      column[side]?.n,
      column.missing[side],
    ])
}

describe('a column that one side alone has is what that side knows of it', () => {
  const gone = detectDrift(whole, rest)
  const fresh = detectDrift(rest, whole)

  test('gone: the reference says its type, method, profile and missing share', () => {
    expect(seen(gone.columns, 'reference')).toEqual(expected)
    expect(gone.columns.map(({ current }) => current?.n)).toEqual([
      ...Array(4).fill(undefined),
      200,
    ])
    expect(gone.missingColumns).toEqual(['age', 'city', 'booked', 'note'])
  })

  test('new: the current table does', () => {
    expect(seen(fresh.columns, 'current')).toEqual(expected)
    expect(fresh.columns.filter(({ reference }) => reference !== null)).toHaveLength(1)
  })

  test('of a stored profile, redacted too', () => {
    const stored = profile(whole, { columns: ['age', 'city', 'booked', 'other'] })
    expect(seen(detectDrift(stored, rest).columns, 'reference')).toEqual(expected.slice(0, 3))
    const hidden = profile(whole, {
      columns: ['city', 'other'],
      redact: 'a key of sixteen or more',
    })
    const [city] = detectDrift(hidden, rest).columns
    expect(city).toMatchObject({ type: 'categorical', finding: 'gone', reference: { n: 200 } })
    expect(JSON.stringify(city)).not.toContain('c1')
  })

  test('measured by workers too', async () => {
    expect(await detectDriftAsync(whole, rest)).toEqual(gone)
    expect(await detectDriftAsync(rest, whole)).toEqual(fresh)
  })

  test('of a preset by the types that it has', () => {
    const report = detectDrift(whole, rest, { preset: 'evidently' })
    expect(report.columns.slice(0, 2)).toMatchObject([
      { type: 'numeric', finding: 'gone', reference: { n: 180 } },
      { type: 'categorical', finding: 'gone', reference: { n: 200 } },
    ])
  })

  test('its dates are not those of the tables', () => {
    expect(gone.reference.timeRange).toBeUndefined()
    expect(gone.settings.timeColumn).toBeUndefined()
  })

  test('it adds no test to the run', () => {
    const [other] = detectDrift(rest, rest).columns
    expect(gone.columns[4]).toEqual(other)
  })
})

test('a column whose type changed keeps what each side is', () => {
  const [column, other] = detectDrift(
    { x: whole.age, other: rows },
    { x: whole.city, other: rows },
  ).columns
  expect(column).toMatchObject({
    type: 'numeric',
    method: 'kolmogorov-smirnov',
    finding: 'changed-type',
    reference: { kind: 'numeric', n: 180 },
    current: { kind: 'categorical', n: 200 },
    missing: { reference: 0.1, current: 0, pValue: null },
  })
  expect(other).toEqual(detectDrift(rest, rest).columns[0])
})

test('a feature without a value left is as gone as one that is absent', () => {
  const report = detectDrift(whole, { ...whole, age: rows.map(() => null) })
  expect(report.columns[0]).toMatchObject({
    finding: 'gone',
    verdict: 'error',
    drifted: false,
    type: 'numeric',
    reason: 'no value in the current table; 10% were missing in the reference',
    missing: { reference: 0.1, current: 1 },
  })
  expect(report.driftedFeatures).toBe(0)
})

test('a column in other letters is named where one is looked for', () => {
  const [fraud] = detectDrift({ fraud: rows }, { FRAUD: rows }, { target: 'fraud' }).columns
  expect(fraud).toMatchObject({
    verdict: 'insufficient-data',
    reason: 'the current table has no such column (there is FRAUD)',
    warnings: ['whether the target drifted is not known'],
  })
})
