import { type BinnedProfile, InvalidArgumentError, numericProfile } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { chiSquaredQuantile } from '../distributions/chi-squared-quantile.ts'
import { binCounts } from '../samples/bin-counts.ts'
import { alignCells, type Cells, isProfile } from '../samples/cells.ts'
import {
  BINNING_OPTIONS,
  type BinningOptions,
  cellsOfProfiles,
  isEvidentlyBinning,
} from '../samples/divergence-cells.ts'
import { finiteNumbers } from '../samples/finite-numbers.ts'
import { quantileBins } from '../samples/quantile-edges.ts'
import { profileOfCategories } from '../samples/sample.ts'
import { evidentlyPopulationStabilityIndex } from './evidently-bins.ts'
import type { Divergence } from './result.ts'

export interface PopulationStabilityIndex extends Divergence {
  /** Cells that were compared: those that are not empty on both sides. */
  readonly cells: number
}

/** With `binning: 'evidently'`, cells and zero fill are Evidently's, not the smoothing of the formula. */
export type PopulationStabilityIndexOptions = BinningOptions

/**
 * Population stability index: how far did the distribution over cells move?
 *
 * PSI = Σ (p − q) ln(p / q) in nats, with p = (count + ½) / (n + B/2) on either side: a cell that is empty
 * on one side has a finite share. B cells are compared; those empty on both sides do not count.
 *
 * Numbers are counted into bins between the reference's quantiles, open at both ends: values beyond the
 * reference's range, like underflow and overflow of a profile, belong to the outermost bin. In cells of
 * their own, which the reference leaves empty by construction, a handful of them would outweigh all else.
 *
 * @param reference - finite numbers, or strings and booleans, or a profile
 * @param current - the same
 * @returns `statistic` PSI, at least 0; 0.1 and 0.25 are the customary marks of a moderate and a large
 *   shift, and `psiNoiseFloor` says how much comes from chance
 * @throws InvalidArgumentError on an empty sample, a non-finite number, or fewer than 2 bins
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 * @see Kullback & Leibler (1951), Annals of Mathematical Statistics 22, 79–86: their J
 * @example
 * populationStabilityIndex(['a', 'a', 'a', 'b'], ['a', 'b', 'b', 'b']).statistic // 0.678
 */
export function populationStabilityIndex(
  reference: BinnedProfile,
  current: BinnedProfile,
): PopulationStabilityIndex
export function populationStabilityIndex(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options?: PopulationStabilityIndexOptions,
): PopulationStabilityIndex
export function populationStabilityIndex(
  reference: ArrayLike<string | boolean>,
  current: ArrayLike<string | boolean>,
  options?: PopulationStabilityIndexOptions,
): PopulationStabilityIndex
export function populationStabilityIndex(
  reference: BinnedProfile | ArrayLike<number> | ArrayLike<string | boolean>,
  current: BinnedProfile | ArrayLike<number> | ArrayLike<string | boolean>,
  options: PopulationStabilityIndexOptions = {},
): PopulationStabilityIndex {
  assertOptions('options', options, BINNING_OPTIONS)
  const { binning = 'quantile', bins = 10 } = options
  if (!(Number.isInteger(bins) && bins >= 2)) {
    throw new InvalidArgumentError('bins', 'an integer of at least 2', bins)
  }
  if (isEvidentlyBinning(binning)) return evidentlyPopulationStabilityIndex(reference, current)
  return indexOfCells(alignCells(...profilesOf(reference, current, bins)))
}

type Values = ArrayLike<number> | ArrayLike<string | boolean>

function profilesOf(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
  bins: number,
): [reference: BinnedProfile, current: BinnedProfile] {
  if (isProfile(reference)) {
    if (isProfile(current)) return cellsOfProfiles(reference, current)
    throw new InvalidArgumentError('current', 'a profile, as "reference" is', current)
  }
  if (isProfile(current)) {
    throw new InvalidArgumentError('current', 'an array, as "reference" is', current)
  }
  if (typeof reference?.[0] !== 'number') {
    return [profileOfCategories('reference', reference), profileOfCategories('current', current)]
  }
  const before = finiteNumbers('reference', reference as ArrayLike<number>)
  const after = finiteNumbers('current', current as ArrayLike<number>)
  const { edges, counts } = quantileBins(before, bins)
  const empty = numericProfile([], edges)
  return [
    { ...empty, counts, n: before.length },
    { ...empty, counts: binCounts(after, edges.slice(1, -1)), n: after.length },
  ]
}

function indexOfCells({ reference, current }: Cells): PopulationStabilityIndex {
  const p = smoothedShares(reference)
  const q = smoothedShares(current)
  const statistic = p.reduce((sum, share, i) => sum + (share - q[i]!) * Math.log(share / q[i]!), 0)
  return { kind: 'divergence', statistic, cells: p.length }
}

function smoothedShares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count + 0.5, 0)
  return counts.map((count) => (count + 0.5) / total)
}

/**
 * The population stability index that two samples of one distribution exceed with probability alpha, by
 * chance alone: PSI · nm/(n + m) is about chi-squared with cells − 1 degrees of freedom.
 *
 * @param n - reference values, a positive integer
 * @param m - current values, a positive integer
 * @param cells - a positive integer
 * @param alpha - in (0, 1]
 * @throws InvalidArgumentError on an argument outside its range
 * @example
 * psiNoiseFloor(1000, 1000, 10) // 0.0338: a PSI of 0.03 says nothing here
 */
export function psiNoiseFloor(n: number, m: number, cells: number, alpha = 0.05): number {
  for (const [argument, value] of Object.entries({ n, m, cells })) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new InvalidArgumentError(argument, 'a positive integer', value)
    }
  }
  if (!(alpha > 0 && alpha <= 1)) {
    throw new InvalidArgumentError('alpha', 'a number in (0, 1]', alpha)
  }
  return cells === 1 ? 0 : chiSquaredQuantile(1 - alpha, cells - 1) * (1 / n + 1 / m)
}
