import { numericProfile } from '@tidegauge/core'
import { populationStabilityIndex } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { stabilityByBins, stabilityByValues, stabilityParts, total } from './stability.ts'

const ramp = (n: number, from: number) => Array.from({ length: n }, (_, i) => from + i)

test('the parts add up to the index that @tidegauge/drift has of the same cells', () => {
  const reference = ['a', 'a', 'a', 'b', 'c']
  const current = ['a', 'b', 'b', 'b', 'd']
  const parts = stabilityParts([3, 1, 1, 0], [1, 3, 0, 1])
  expect(total(parts)).toBeCloseTo(populationStabilityIndex(reference, current).statistic, 12)
  expect(parts.map(({ more }) => more)).toEqual([false, true, false, true])
})

test('bins are taken together to a tenth of the reference, the tails with the outermost', () => {
  const edges = ramp(41, 0).map((edge) => edge * 2.5)
  const reference = numericProfile([...ramp(100, 1), 500], edges)
  const current = numericProfile([...ramp(100, 41), -7], edges)
  const groups = stabilityByBins(reference, current)
  expect(groups[0]!.from).toBe(0)
  expect(groups[groups.length - 1]!.to).toBe(100)
  groups.slice(1).forEach(({ from }, i) => {
    expect(from).toBe(groups[i]!.to)
  })
  expect(groups.length).toBeLessThanOrEqual(10)
  expect(groups[groups.length - 1]!.more).toBe(true)
  expect(total(groups)).toBeGreaterThan(1)
})

test('values outside of all bins count in the outermost ones', () => {
  const edges = [0, 2, 4]
  const partsOf = (reference: number[], current: number[]) =>
    stabilityByBins(numericProfile(reference, edges), numericProfile(current, edges)).map(
      ({ value }) => value,
    )
  const expected = (before: number[], after: number[]) =>
    stabilityParts(before, after).map(({ value }) => value)
  expect(partsOf([1, 9], [1, 1])).toEqual(expected([1, 1], [2, 0]))
  expect(partsOf([-5, 3], [3, 3])).toEqual(expected([1, 1], [0, 2]))
})

test('different bins cannot be compared', () => {
  expect(stabilityByBins(numericProfile([1], [0, 2]), numericProfile([1], [0, 3]))).toEqual([])
})

test('at most ten values are a group each, more are taken together to a tenth', () => {
  const values = (count: number) =>
    ramp(count, 1).map((value) => ({ value, reference: 10, current: value === 1 ? 30 : 10 }))
  const week = stabilityByValues(values(7))
  expect(week.map(({ from, to }) => [from, to])).toEqual(ramp(7, 1).map((day) => [day, day]))
  expect(week.map(({ more }) => more)).toEqual([true, ...Array(6).fill(false)])
  const many = stabilityByValues(values(30))
  expect(many.map(({ from, to }) => [from, to])).toEqual(
    ramp(10, 0).map((i) => [3 * i + 1, 3 * i + 3]),
  )
})
