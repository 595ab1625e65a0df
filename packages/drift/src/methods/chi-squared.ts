import type { BinnedProfile } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { chiSquaredSurvival, logChiSquaredSurvival } from '../distributions/chi-squared.ts'
import { alignCells, type Cells, isProfile, total } from '../samples/cells.ts'
import { assertMinimumExpectedCount, poolRareCells } from '../samples/pool-rare-cells.ts'
import { type CategoryValue, profileOfCategories } from '../samples/sample.ts'
import type { HypothesisTest } from './result.ts'

export interface ChiSquaredTest extends HypothesisTest {
  /** Cells − 1. */
  readonly degreesOfFreedom: number
  /** Below 5, the chi-squared distribution is a rough guide to p. */
  readonly smallestExpectedCount: number
}

export interface ChiSquaredOptions {
  /** Cells that expect fewer on a side are pooled, the rarest first; 5 is customary. Default: none is. */
  readonly minimumExpectedCount?: number
}

/**
 * Chi-squared test of homogeneity: were both samples drawn from one distribution over categories?
 *
 * χ² = Σ (observed − expected)² / expected over both sides of each cell, expected = cell total · side
 * total / all; p from the chi-squared distribution with cells − 1 degrees of freedom, no continuity
 * correction. The reference counts as a sample like the other: a test that takes it for the truth calls
 * drift far too often. Cells that are empty on both sides do not count; where one remains, p is 1.
 *
 * @param reference - categories in any order, or their profile; of a numeric profile the bins, underflow
 *   and overflow are the cells. Two profiles that bound their categories are compared as `alignCells` says
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample, a value that is no category, or a `minimumExpectedCount` that is no
 *   non-negative number
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 * @see Pearson (1911), Biometrika 8, 250–254
 * @example
 * chiSquared(['a', 'a', 'b', 'b'], ['a', 'b', 'b', 'b']).statistic // 0.5333333333333333
 */
export function chiSquared(
  reference: BinnedProfile,
  current: BinnedProfile,
  options?: ChiSquaredOptions,
): ChiSquaredTest
export function chiSquared(
  reference: ArrayLike<CategoryValue>,
  current: ArrayLike<CategoryValue>,
  options?: ChiSquaredOptions,
): ChiSquaredTest
export function chiSquared(
  reference: BinnedProfile | ArrayLike<CategoryValue>,
  current: BinnedProfile | ArrayLike<CategoryValue>,
  options: ChiSquaredOptions = {},
): ChiSquaredTest {
  assertOptions('options', options, OPTIONS)
  const { minimumExpectedCount = 0 } = options
  assertMinimumExpectedCount(minimumExpectedCount)
  const cells = alignCells(profileOf('reference', reference), profileOf('current', current))
  return chiSquaredOfCells(poolRareCells(cells, minimumExpectedCount))
}

const OPTIONS = { minimumExpectedCount: true } as const satisfies Record<
  keyof ChiSquaredOptions,
  true
>

function profileOf(
  argument: string,
  sample: BinnedProfile | ArrayLike<CategoryValue>,
): BinnedProfile {
  return isProfile(sample) ? sample : profileOfCategories(argument, sample)
}

/** `chiSquared` of cells that are counted already. Trusts its input: none is empty on both sides. */
export function chiSquaredOfCells({ reference, current }: Cells): ChiSquaredTest {
  const n = total(reference)
  const m = total(current)
  let sum = 0
  let smallestCell = Number.POSITIVE_INFINITY
  for (let i = 0; i < reference.length; i++) {
    const before = reference[i]!
    const after = current[i]!
    // Both sides of the cell at once: integers up to the last division.
    sum += (before * m - after * n) ** 2 / (before + after)
    smallestCell = Math.min(smallestCell, before + after)
  }
  const statistic = sum / (n * m)
  const degreesOfFreedom = reference.length - 1
  return {
    kind: 'hypothesis-test',
    statistic,
    pValue: degreesOfFreedom === 0 ? 1 : chiSquaredSurvival(statistic, degreesOfFreedom),
    logPValue: degreesOfFreedom === 0 ? 0 : logChiSquaredSurvival(statistic, degreesOfFreedom),
    degreesOfFreedom,
    smallestExpectedCount: (smallestCell * Math.min(n, m)) / (n + m),
  }
}
