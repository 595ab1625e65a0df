import { expect, test } from 'vitest'
import { relativeError } from '../../test/relative-error.ts'
import { log1pMinusX, stirlingError } from './stirling.ts'

test('log1pMinusX keeps its digits where the difference cancels', () => {
  // −x²/2 + x³/3 − x⁴/4
  expect(relativeError(log1pMinusX(1e-5), -4.999966666916664e-11)).toBeLessThan(1e-15)
  expect(relativeError(log1pMinusX(-1e-5), -5.000033333583335e-11)).toBeLessThan(1e-15)
})

test.each([-0.5, 1])('log1pMinusX changes form at %d without a step', (x) => {
  expect(relativeError(log1pMinusX(x * (1 - 1e-15)), Math.log1p(x) - x)).toBeLessThan(1e-14)
  expect(relativeError(log1pMinusX(x * (1 + 1e-15)), Math.log1p(x) - x)).toBeLessThan(1e-14)
})

test.each([
  // a, ln Γ(a), by its closed forms
  [0.25, Math.log(3.625609908221908)],
  [0.5, Math.log(Math.PI) / 2],
  [1, 0],
  [5, Math.log(24)],
  [10, Math.log(362880)],
  [21, Math.log(2432902008176640000)],
])('stirlingError(%d) completes the formula to the logarithm of gamma', (a, logGamma) => {
  const stirling = (a - 0.5) * Math.log(a) - a + Math.log(2 * Math.PI) / 2
  expect(Math.abs(stirlingError(a) - (logGamma - stirling))).toBeLessThan(2e-14)
})
