import { expect, test } from 'vitest'
import { asOf } from './snapshots.ts'

test.each([
  ['2001-01', '2001-01-31'],
  ['2001-02', '2001-02-28'],
  ['2000-02', '2000-02-29'],
  ['2001-12', '2001-12-31'],
])('%s is a snapshot of %s', (month, date) => {
  expect(asOf(month)).toBe(date)
})
