import { expect, test } from 'vitest'
import { lineWithoutCells } from './source-error.ts'

test.each([
  [
    'invalid input syntax for type double precision: "4111 1111"',
    'invalid input syntax for type double precision: …',
  ],
  [
    "Code: 6, DB::Exception: Cannot parse string 'city 15' as Float64",
    'Code: … DB::Exception: Cannot parse string … as Float64',
  ],
  [
    'Type INT128 with value 1234567890123 is out of range for INT32',
    'Type INT128 with value … is out of range for INT32',
  ],
  ["a quote without its end: 'secret", 'a quote without its end: …'],
  ['division by zero', 'division by zero'],
])('of %s no cell is told', (message, told) => {
  expect(lineWithoutCells(new Error(message))).toBe(told)
})
