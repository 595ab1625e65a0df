import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from '../../golden/incomplete-beta.json' with { type: 'json' }
import { relativeError } from '../../test/relative-error.ts'
import { incompleteBeta, logIncompleteBeta } from './incomplete-beta.ts'

test('stays within 5e-14 of mpmath in the centre', () => {
  for (const [a, b, x, y, expected] of golden.beta as number[][]) {
    const value = incompleteBeta(a!, b!, x!, y!)
    expect(relativeError(value, expected!), `I_${x}(${a}, ${b})`).toBeLessThan(5e-14)
  }
})

test('stays within 5e-13 of mpmath in the tail of the F distribution, down to 1e-258', () => {
  expect(Math.min(...golden.f.map((row) => row[3]!))).toBeLessThan(1e-257)
  for (const [f, a, b, expected] of golden.f as number[][]) {
    const total = b! + a! * f!
    const value = incompleteBeta(b! / 2, a! / 2, b! / total, (a! * f!) / total)
    expect(relativeError(value, expected!), `F ${f}, ${a} and ${b}`).toBeLessThan(5e-13)
  }
})

const shape = fc.double({ min: 0.25, max: 2000, noNaN: true })
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })

test('I_x(a, b) and I_y(b, a) make 1', () => {
  fc.assert(
    fc.property(shape, shape, share, (a, b, x) => {
      const sum = incompleteBeta(a, b, x, 1 - x) + incompleteBeta(b, a, 1 - x, x)
      expect(Math.abs(sum - 1)).toBeLessThan(1e-12)
    }),
  )
})

test('is x^a for b = 1', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.25, max: 90, noNaN: true }), share, (a, x) => {
      expect(relativeError(incompleteBeta(a, 1, x, 1 - x), x ** a)).toBeLessThan(5e-13)
    }),
  )
})

test('the logarithm is that of the value, and goes on where the value is 0', () => {
  fc.assert(
    fc.property(shape, shape, share, (a, b, x) => {
      const value = incompleteBeta(a, b, x, 1 - x)
      fc.pre(value > 1e-300)
      expect(Math.abs(logIncompleteBeta(a, b, x, 1 - x) - Math.log(value))).toBeLessThan(1e-12)
    }),
  )
  expect(incompleteBeta(1000, 1, 0.1, 0.9)).toBe(0)
  expect(relativeError(logIncompleteBeta(1000, 1, 0.1, 0.9), 1000 * Math.log(0.1))).toBeLessThan(
    1e-14,
  )
})

test('is 0 and 1 at the ends', () => {
  expect([incompleteBeta(2, 3, 0, 1), incompleteBeta(2, 3, 1, 0)]).toEqual([0, 1])
  expect(logIncompleteBeta(2, 3, 1, 0)).toBe(0)
})
