import { numericProfile } from '@tidegauge/core'
import { detectDrift, profile } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { fewValuesOf } from './few-values.ts'
import type { MaybeProfile } from './numeric-axis.ts'

const week = Array.from({ length: 700 }, (_, i) => 1 + (i % 7))
const workdays = week.filter((day) => day < 6)

function drawn(reference: unknown, current: unknown): [MaybeProfile, MaybeProfile] {
  const [column] = detectDrift(reference as never, current as never).columns
  return [column!.reference, column!.current] as [MaybeProfile, MaybeProfile]
}

test.each([
  ['whole numbers', [1, 2, 3, 4, 5, 6, 7]],
  ['0 and 1', [0, 1]],
  ['far apart', [0, 1, 2, 60, 1e6]],
  ['halves', [0, 0.5, 1, 1.5, 2]],
  ['tenths', [0.1, 0.2, 0.3, 0.4]],
  ['a constant', [7]],
  ['negative', [-3, -1, 4]],
])('of two tables: %s', (_, values) => {
  const cells = Array.from({ length: 210 }, (_, i) => values[i % values.length]!)
  const few = fewValuesOf(...drawn({ x: cells }, { x: cells.slice(0, 105) }))!
  expect(few.map(({ value }) => value)).toEqual(values)
  expect(few.reduce((sum, { current }) => sum + current, 0)).toBe(105)
})

test('of a stored profile against rows, and of two stored ones, with values that one side lacks', () => {
  const stored = profile({ x: week })
  const counts = [1, 2, 3, 4, 5, 6, 7].map((value) => ({
    value,
    reference: 100,
    current: value < 6 ? 100 : 0,
  }))
  expect(fewValuesOf(...drawn(stored, { x: workdays }))).toEqual(counts)
  expect(fewValuesOf(...drawn(stored, profile({ x: workdays })))).toEqual(counts)
  const beyond = fewValuesOf(...drawn(profile({ x: workdays }), { x: workdays.map(() => 9) }))
  expect(beyond!.at(-1)).toEqual({ value: 9, reference: 0, current: 500 })
})

test('not of values between whole edges, though they fit into as many bins', () => {
  const fractions = week.map((day) => day - 0.3)
  expect(fewValuesOf(...drawn(profile({ x: week }), { x: fractions }))).toBeNull()
  const [reference, current] = drawn({ x: week }, { x: week }) as [never, never]
  const moved = { ...(current as object), sum: (current as { sum: number }).sum + 50 } as never
  expect(fewValuesOf(reference, moved)).toBeNull()
})

test('not where the bins tell nothing: many values, no sum, none at all', () => {
  const many = Array.from({ length: 100 }, (_, i) => i)
  expect(fewValuesOf(...drawn({ x: many }, { x: many }))).toBeNull()
  const [reference] = drawn({ x: week }, { x: week })
  expect(fewValuesOf({ ...reference!, sum: null }, null)).toBeNull()
  expect(fewValuesOf(null, numericProfile([], [0, 1]))).toBeNull()
})

test('of one side alone', () => {
  const [reference] = drawn({ x: week }, { x: week })
  expect(fewValuesOf(reference!, null)!.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6, 7])
})
