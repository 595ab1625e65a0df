import { expect, test } from 'vitest'
import { formatTimeRange, valueFormat } from './value-format.ts'

const from = Date.UTC(2026, 0, 31, 12, 34, 56, 789)

test.each([
  [3 * 86_400_000, '2026-01-31'],
  [3 * 60_000, '2026-01-31 12:34'],
  [3_000, '2026-01-31 12:34:56'],
  [20, '2026-01-31 12:34:56.789'],
])('times that are %d ms apart are as exact as they have to be', (range, shown) => {
  expect(valueFormat('datetime', [from, from + range])(from)).toBe(shown)
})

test('what no calendar holds is a number', () => {
  expect(valueFormat('datetime', [0, 1e300])(1e300)).toBe('1e300')
  expect(valueFormat('datetime', [0, 1e9])(1e300)).toBe('1e300')
  expect(valueFormat('numeric', [from, from + 1e12])(from)).not.toContain('-')
})

test('what is nothing beside the range is 0, and not where the range is as small', () => {
  expect(valueFormat('numeric', [-5e-324, 10])(-5e-324)).toBe('0')
  expect(valueFormat('numeric', [0, 1e-300])(1e-301)).toBe('1e-301')
  expect(valueFormat('numeric', [0, 1])(1e-9)).toBe('1e-9')
})

test('years of six digits are written whole', () => {
  const late = Date.UTC(12026, 0, 31)
  expect(formatTimeRange([late, late + 5 * 86_400_000])).toBe('+012026-01-31 to +012026-02-05')
})
