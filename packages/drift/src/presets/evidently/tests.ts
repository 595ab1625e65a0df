import { InvalidArgumentError } from '@tidegauge/core'
import { chiSquaredSurvival } from '../../distributions/chi-squared.ts'
import { type FisherExactTest, fisherExact } from '../../methods/fisher-exact.ts'
import type { HypothesisTest } from '../../methods/result.ts'
import { type TwoProportionZTest, twoProportionZOfCounts } from '../../methods/two-proportion-z.ts'
import { alignCells, type Cells, total } from '../../samples/cells.ts'
import { type CategoryValue, profileOfCategories } from '../../samples/sample.ts'

export interface EvidentlyFitTest extends HypothesisTest {
  /** ∞ where the reference lacks a category that is in the current sample. */
  readonly statistic: number
  /** Categories − 1. */
  readonly degreesOfFreedom: number
}

/**
 * Evidently's `chisquare`, for comparison with its reports: goodness of fit of the current counts to the
 * reference's, scaled to the current size.
 *
 * χ² = Σ (current − expected)² / expected with expected = reference · m / n; p from the chi-squared
 * distribution with categories − 1 degrees of freedom. It takes the reference for the truth and calls drift
 * far too often: 28% of the time at a nominal 5%, for four categories and 500 values a side without drift. A
 * category that is new in the current sample makes p 0. `chiSquared` has neither fault.
 *
 * With one category on both sides Evidently's p is NaN, which it counts as no drift; here it is 1.
 *
 * @param reference - categories without missing ones, in any order
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample or a value that is no category
 * @see https://github.com/evidentlyai/evidently `chisquare_stattest.py` of 0.4 to 0.7
 * @example
 * evidentlyChiSquare(['a', 'a', 'b', 'b'], ['a', 'b', 'b', 'b']).statistic // 1
 */
export function evidentlyChiSquare(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): EvidentlyFitTest {
  const cells = cellsOf(reference, current)
  const scale = total(cells.current) / total(cells.reference)
  return fitTest(
    cells.current.map((observed, i) => {
      const expected = cells.reference[i]! * scale
      return (observed - expected) ** 2 / expected
    }),
  )
}

/**
 * Evidently's `g_test`, for comparison with its reports: G = 2 Σ current ln(current / reference), the
 * likelihood-ratio statistic of the current counts' fit to the reference's, taken for the truth as in
 * `evidentlyChiSquare`. `gTest` is the two-sample test.
 *
 * As Evidently 0.4 to 0.7.21 does, it refuses samples of different size.
 *
 * @param reference - categories without missing ones, in any order
 * @param current - the same, as many values
 * @throws InvalidArgumentError on samples of different size, an empty one, or a value that is no category
 * @see https://github.com/evidentlyai/evidently `g_stattest.py` of 0.4 to 0.7.21
 * @example
 * evidentlyGTest(['a', 'a', 'b', 'b'], ['a', 'b', 'b', 'b']).statistic // 1.046, 2 ln ½ + 6 ln 1.5
 */
export function evidentlyGTest(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): EvidentlyFitTest {
  const cells = cellsOf(reference, current)
  assertSameSize(reference, current)
  return fitTest(
    cells.current.map((observed, i) =>
      observed === 0 ? 0 : 2 * observed * Math.log(observed / cells.reference[i]!),
    ),
  )
}

/**
 * Evidently's `z`, for comparison with its reports: two-proportion z test of "not the first value in
 * sorted order", so that of more than two categories it looks at one alone. z is positive where that share
 * fell, as in `twoProportionZ`.
 *
 * Numbers are in the order of numbers, all else in that of text. p is 2 · survival where Evidently
 * subtracts from 1: they agree to 1e-15, and Evidently's is 0 for |z| above 8.3.
 *
 * @param reference - categories without missing ones, in any order
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample or a value that is no category
 * @see https://github.com/evidentlyai/evidently `z_stattest.py` of 0.4 to 0.7
 * @example
 * evidentlyZTest([false, false, false, true], [false, true, true, true]).statistic // −1.414
 */
export function evidentlyZTest(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): TwoProportionZTest {
  cellsOf(reference, current)
  const first = firstOf([firstOf(Array.from(reference)), firstOf(Array.from(current))])
  const others = (values: ArrayLike<CategoryValue>): number =>
    Array.from(values).filter((value) => String(value) !== String(first)).length
  return twoProportionZOfCounts(
    others(reference),
    reference.length,
    others(current),
    current.length,
  )
}

/**
 * Evidently's `fisher_exact`, for comparison with its reports: Fisher's exact test, refused wherever
 * Evidently refuses it. `fisherExact` needs no equal sizes.
 *
 * @param reference - categories without missing ones, at most two
 * @param current - the same, as many values
 * @throws InvalidArgumentError on more than two categories or samples of different size, an empty one, or a
 *   value that is no category. Also where each side has two but not the same two: there Evidently's result
 *   changes from one run of Python to the next
 * @see https://github.com/evidentlyai/evidently `fisher_exact_stattest.py` of 0.4 to 0.7
 * @example
 * evidentlyFisherExact(['a', 'a', 'a'], ['b', 'b', 'b']).pValue // 0.1
 */
export function evidentlyFisherExact(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
): FisherExactTest {
  const result = fisherExact(reference, current)
  assertSameSize(reference, current)
  return result
}

function cellsOf(reference: ArrayLike<CategoryValue>, current: ArrayLike<CategoryValue>): Cells {
  return alignCells(
    profileOfCategories('reference', reference),
    profileOfCategories('current', current),
  )
}

function fitTest(terms: readonly number[]): EvidentlyFitTest {
  // Rounding may leave the G of equal counts just below 0.
  const statistic = Math.max(0, total(terms))
  const degreesOfFreedom = terms.length - 1
  const pValue = degreesOfFreedom === 0 ? 1 : chiSquaredSurvival(statistic, degreesOfFreedom)
  return { kind: 'hypothesis-test', statistic, pValue, degreesOfFreedom }
}

function assertSameSize(reference: ArrayLike<unknown>, current: ArrayLike<unknown>): void {
  if (reference.length === current.length) return
  throw new InvalidArgumentError(
    'current',
    `an array of ${reference.length}, as "reference" is`,
    `an array of ${current.length}`,
  )
}

function firstOf(values: readonly CategoryValue[]): CategoryValue {
  return values.reduce((first, value) => (isBefore(value, first) ? value : first))
}

function isBefore(a: CategoryValue, b: CategoryValue): boolean {
  const areNumbers =
    (typeof a === 'number' || typeof a === 'bigint') &&
    (typeof b === 'number' || typeof b === 'bigint')
  return areNumbers ? a < b : String(a) < String(b)
}
