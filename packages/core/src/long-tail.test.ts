import { expect, test } from 'vitest'
import { isLongTailed } from './long-tail.ts'

const long = { least: 0.5, low: 1, middle: 10, high: 51 }
const even = { least: 0.5, low: 1, middle: 10, high: 20 }

test('a hundredth beyond five times the median of either side is a long tail', () => {
  expect(isLongTailed([long, even])).toBe(true)
  expect(isLongTailed([even, long])).toBe(true)
  expect(isLongTailed([even, { ...long, high: 49 }])).toBe(false)
  expect(isLongTailed([])).toBe(false)
})

test('of positive values alone: 0 has no place on a logarithmic axis', () => {
  expect(isLongTailed([long, { ...even, least: 0 }])).toBe(false)
  expect(isLongTailed([{ ...long, least: -1 }])).toBe(false)
})

test('not where the small values would take the axis instead: an exponential one', () => {
  const quantile = (share: number) => -Math.log(1 - share)
  const exponential = {
    least: 1e-5,
    low: quantile(0.01),
    middle: quantile(0.5),
    high: quantile(0.99),
  }
  expect(isLongTailed([exponential])).toBe(false)
})

test('the ends of the range of doubles are no trouble', () => {
  const widest = { least: 5e-324, low: 5e-324, middle: 1, high: Number.MAX_VALUE }
  expect(isLongTailed([widest])).toBe(true)
})
