import { benjaminiHochberg, checkedPValues } from './benjamini-hochberg.ts'
import { InvalidArgumentError } from './errors.ts'

/**
 * What an adjusted p-value up to alpha promises over all tests of a run:
 *
 * - `benjamini-hochberg`: of the calls, no more than a share alpha is false, on average
 * - `holm`, `bonferroni`: with probability 1 − alpha no call is false; Holm finds at least as much
 * - `none`: nothing; each test for itself is false with probability alpha
 */
export type Correction = 'benjamini-hochberg' | 'holm' | 'bonferroni' | 'none'

/**
 * Adjust the p-values of one run for their number.
 *
 * @param pValues - N values in [0, 1], in any order
 * @returns the adjusted p-values, in the same order; with `none`, a copy
 * @throws InvalidArgumentError on a value outside [0, 1], or an unknown correction
 * @example
 * adjustPValues([0.01, 0.04, 0.03], 'holm') // [0.03, 0.06, 0.06]
 */
export function adjustPValues(pValues: ArrayLike<number>, correction: Correction): number[] {
  switch (correction) {
    case 'benjamini-hochberg':
      return benjaminiHochberg(pValues)
    case 'holm':
      return holm(pValues)
    case 'bonferroni':
      return bonferroni(pValues)
    case 'none':
      return checkedPValues(pValues)
    default:
      throw new InvalidArgumentError(
        'correction',
        "'benjamini-hochberg', 'holm', 'bonferroni' or 'none'",
        correction,
      )
  }
}

/**
 * Holm's adjustment: p-values that may be compared to the probability of any false call among N tests,
 * however the tests depend on each other.
 *
 * With the p-values ranked from the smallest, the adjusted p_(i) = max over k ≤ i of p_(k) · (N − k + 1),
 * at most 1.
 *
 * @param pValues - N values in [0, 1], in any order
 * @returns the adjusted p-values, in the same order
 * @throws InvalidArgumentError on a value outside [0, 1]
 * @see Holm (1979), Scandinavian Journal of Statistics 6, 65–70
 * @example
 * holm([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function holm(pValues: ArrayLike<number>): number[] {
  const p = checkedPValues(pValues)
  const smallestFirst = p.map((_, i) => i).sort((i, j) => p[i]! - p[j]!)
  const adjusted = new Array<number>(p.length)
  let largest = 0
  smallestFirst.forEach((i, place) => {
    largest = Math.min(1, Math.max(largest, p[i]! * (p.length - place)))
    adjusted[i] = largest
  })
  return adjusted
}

/**
 * Bonferroni's adjustment: p · N, at most 1. It promises what Holm's does and never finds more; what speaks
 * for it is that each adjusted p-value depends on one test alone.
 *
 * @param pValues - N values in [0, 1], in any order
 * @returns the adjusted p-values, in the same order
 * @throws InvalidArgumentError on a value outside [0, 1]
 * @see Dunn (1961), Journal of the American Statistical Association 56, 52–64
 * @example
 * bonferroni([0.01, 0.04, 0.5]) // [0.03, 0.12, 1]
 */
export function bonferroni(pValues: ArrayLike<number>): number[] {
  const p = checkedPValues(pValues)
  return p.map((value) => Math.min(1, value * p.length))
}
