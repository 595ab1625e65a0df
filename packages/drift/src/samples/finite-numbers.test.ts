import { expect, test } from 'vitest'
import { finiteNumbers } from './finite-numbers.ts'

test('names the value that is not finite, wherever it is', () => {
  for (let n = 1; n <= 9; n++) {
    for (let i = 0; i < n; i++) {
      for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        expect(() => finiteNumbers('current', new Float64Array(n).fill(3).with(i, x))).toThrow(
          `"current[${i}]" must be a finite number, received ${x}`,
        )
      }
    }
  }
})

test('a Float64Array is taken as it is, anything else copied', () => {
  const ready = Float64Array.of(1, -0, Number.MAX_VALUE)
  expect(finiteNumbers('reference', ready)).toBe(ready)
  expect(finiteNumbers('reference', [1, 2])).toEqual(Float64Array.of(1, 2))
})

test('an empty sample is rejected', () => {
  expect(() => finiteNumbers('reference', new Float64Array(0))).toThrow('at least one value')
})
