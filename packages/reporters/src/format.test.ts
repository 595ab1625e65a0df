import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decimalsThatTellApart,
  digitsThatResolve,
  formatBeside,
  formatCount,
  formatNumber,
  formatPercent,
  formatPercents,
  formatPValue,
  plural,
} from './format.ts'

test.each([
  [0, '0'],
  [-0, '0'],
  [1, '1'],
  [0.12345, '0.123'],
  [-0.5, '-0.5'],
  [100, '100'],
  [12_345, '12345'],
  [999_999.9, '1000000'],
  [1_234_567, '1.23e6'],
  [1e15, '1e15'],
  [1e-4, '0.0001'],
  [0.000012345, '1.23e-5'],
  [-1.7e308, '-1.7e308'],
  [5e-324, '4.94e-324'],
])('%d reads %s', (value, text) => {
  expect(formatNumber(value)).toBe(text)
})

test.each([
  [0.09996, 0.1, '0.09996'],
  [0.1, 0.1, '0.1'],
  [0.1004, 0.1, '0.1004'],
  [0.25, 0.1, '0.25'],
])('%d beside the bound %d reads %s', (value, bound, text) => {
  expect(formatBeside(value, bound)).toBe(text)
})

test('rounding never moves a number across the bound it is held against', () => {
  const number = fc.double({ min: 0, max: 10, noNaN: true })
  const side = fc.property(number, number, (value, bound) => {
    expect(Math.sign(Number(formatBeside(value, bound)) - bound)).toBe(Math.sign(value - bound))
  })
  fc.assert(side)
})

test.each([
  [0, '< 1e-300'],
  [1e-310, '< 1e-300'],
  [3.14159e-12, '3.14e-12'],
  [0.0312499, '0.0312'],
  [0.05001, '0.05001'],
  [1, '1'],
])('a p-value of %d reads %s', (pValue, text) => {
  expect(formatPValue(pValue, 0.05)).toBe(text)
})

test.each([
  [0, '0.0%'],
  [0.0001, '< 0.1%'],
  [0.1234, '12.3%'],
  [0.9999, '> 99.9%'],
  [1, '100.0%'],
])('a share of %d reads %s', (share, text) => {
  expect(formatPercent(share)).toBe(text)
})

test('a share just below its threshold does not read as the threshold', () => {
  expect(formatPercents(0.2999, 0.3)).toEqual(['29.99%', '30.00%'])
  expect(formatPercents(0.3, 0.3)).toEqual(['30.0%', '30.0%'])
  expect(decimalsThatTellApart(0.2999, 0.3, 2)).toBe(4)
  expect(decimalsThatTellApart(0.1, 0.3, 2)).toBe(2)
})

test('counts are grouped, and one is singular', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect([plural(1, 'column'), plural(0, 'column'), plural(2_000, 'column')]).toEqual([
    '1 column',
    '0 columns',
    '2,000 columns',
  ])
})

test('numbers of one column have the digits that tell a hundredth of their range', () => {
  const times = [1_700_000_000_000, 1_700_086_400_000, 1_700_000_864_000]
  const digits = digitsThatResolve(times)
  expect(new Set(times.map((time) => formatNumber(time, digits))).size).toBe(3)
  expect(digitsThatResolve([0, 1, 10])).toBe(3)
  expect(digitsThatResolve([7, 7])).toBe(3)
  expect(digitsThatResolve([-1e308, 1e308])).toBe(3)
  expect(digitsThatResolve([])).toBe(3)
})
