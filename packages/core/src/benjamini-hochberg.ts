import { assertList } from './assert-given.ts'
import { InvalidArgumentError } from './errors.ts'

/**
 * Benjamini–Hochberg adjustment: p-values that may be compared to a false-discovery rate.
 *
 * With the p-values ranked from the smallest, the adjusted p_(i) = min over k ≥ i of p_(k) · N / k. Where
 * those up to alpha are called drift, no more than a share alpha of the calls is expected to be false.
 *
 * @param pValues - N values in [0, 1], in any order; the tests independent or positively dependent
 * @returns the adjusted p-values, in the same order
 * @throws InvalidArgumentError on a value outside [0, 1]
 * @see Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300
 * @example
 * benjaminiHochberg([0.01, 0.04, 0.03]) // [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): number[] {
  const p = checkedPValues(pValues)
  const largestFirst = p.map((_, i) => i).sort((i, j) => p[j]! - p[i]!)
  const adjusted = new Array<number>(p.length)
  let smallest = 1
  largestFirst.forEach((i, place) => {
    smallest = Math.min(smallest, p[i]! * (p.length / (p.length - place)))
    adjusted[i] = smallest
  })
  return adjusted
}

/** A copy of them. */
export function checkedPValues(pValues: ArrayLike<number>): number[] {
  assertList('pValues', pValues, 'a list of p-values')
  const p = Array.from(pValues)
  p.forEach((value, i) => {
    if (!(value >= 0 && value <= 1)) {
      throw new InvalidArgumentError(`pValues[${i}]`, 'a number in [0, 1]', value)
    }
  })
  return p
}
