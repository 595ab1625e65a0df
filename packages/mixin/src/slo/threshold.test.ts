import { expect, test } from 'vitest'
import { boundMatcher } from './threshold.ts'

// The second spelling is Go's, by strconv.FormatFloat(x, 'g', -1, 64); `.0` is OpenMetrics'.
test.each([
  [0.25, ['0.25']],
  [1, ['1', '1.0']],
  [10, ['10', '10.0']],
  [0.0001, ['0.0001']],
  [0.00005, ['0.00005', '5e-05']],
  [1e-7, ['1e-7', '1e-07']],
  [123456, ['123456', '123456.0']],
  [1e6, ['1000000', '1000000.0', '1e+06']],
])('the bound %d is found as %j', (bound, values) => {
  expect(boundMatcher(bound)).toEqual({ label: 'le', values })
})
