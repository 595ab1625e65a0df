import { expect, test } from 'vitest'
import { canonicalBound, valueText } from './numbers.ts'

// The left column is what strconv.FormatFloat(x, 'g', -1, 64) of Go gives, and `.0` where it has no point.
test.each([
  ['0.0', 0],
  ['0.0001', 0.0001],
  ['1e-05', 0.00001],
  ['2.5e-05', 0.000025],
  ['1e-10', 1e-10],
  ['0.005', 0.005],
  ['0.1', 0.1],
  ['1.0', 1],
  ['2.5', 2.5],
  ['10.0', 10],
  ['65536.0', 65536],
  ['100000.0', 100000],
  ['123456.5', 123456.5],
  ['1e+06', 1e6],
  ['1.048576e+06', 1048576],
  ['1e+22', 1e22],
  ['1e+100', 1e100],
  ['1e-100', 1e-100],
  ['+Inf', Number.POSITIVE_INFINITY],
])('an OpenMetrics bound is written %s', (text, bound) => {
  expect(canonicalBound(bound)).toBe(text)
})

test.each([
  ['0', 0],
  ['0.30000000000000004', 0.1 + 0.2],
  ['9007199254740992', 2 ** 53],
  ['1e+21', 1e21],
  ['5e-324', Number.MIN_VALUE],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
])('a value is written %s', (text, value) => {
  expect(valueText(value)).toBe(text)
})
