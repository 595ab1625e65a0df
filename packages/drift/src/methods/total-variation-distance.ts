import type { BinnedProfile } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { total } from '../samples/cells.ts'
import { divergenceCells, type Values } from '../samples/divergence-cells.ts'
import type { Divergence } from './result.ts'

export interface TotalVariationDistance extends Divergence {
  /** Cells that were compared: those that are not empty on both sides. */
  readonly cells: number
}

export interface TotalVariationDistanceOptions {
  /** How many bins, each with about as many reference values, numbers are counted into. */
  readonly bins?: number
}

/**
 * Total variation distance: what share of the values had to move to another cell to make the one
 * distribution of the other?
 *
 * ½ Σ |p − q| with the shares p and q as they were counted. It is a metric in [0, 1]: symmetric, 0 for equal
 * shares alone, 1 where no cell is filled on both sides. By chance alone it is about
 * Σ √(p (1 − p) (1/n + 1/m) / 2π) for two samples of one distribution; its null distribution depends on p,
 * so that it has no p-value here: `chiSquared` tests the same cells.
 *
 * Numbers are counted into bins between the reference's quantiles, open at both ends; underflow and
 * overflow of a profile belong to the outermost bin.
 *
 * @param reference - finite numbers, or strings and booleans, or a profile
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample, a non-finite number, or fewer than 2 bins
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 * @see Levin & Peres (2017), Markov Chains and Mixing Times, chapter 4
 * @example
 * totalVariationDistance(['a', 'a', 'b', 'b'], ['a', 'b', 'b', 'b']).statistic // 0.25
 */
export function totalVariationDistance(
  reference: BinnedProfile,
  current: BinnedProfile,
): TotalVariationDistance
export function totalVariationDistance(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options?: TotalVariationDistanceOptions,
): TotalVariationDistance
export function totalVariationDistance(
  reference: ArrayLike<string | boolean>,
  current: ArrayLike<string | boolean>,
): TotalVariationDistance
export function totalVariationDistance(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
  options: TotalVariationDistanceOptions = {},
): TotalVariationDistance {
  assertOptions('options', options, OPTIONS)
  const cells = divergenceCells(reference, current, options.bins)
  const n = total(cells.reference)
  const m = total(cells.current)
  const differences = cells.reference.map((count, i) => Math.abs(count * m - cells.current[i]! * n))
  return {
    kind: 'divergence',
    statistic: total(differences) / (2 * n * m),
    cells: differences.length,
  }
}

const OPTIONS = { bins: true } as const satisfies Record<keyof TotalVariationDistanceOptions, true>
