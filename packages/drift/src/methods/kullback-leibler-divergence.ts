import type { BinnedProfile } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { log1pMinusX } from '../distributions/stirling.ts'
import { type Cells, total } from '../samples/cells.ts'
import {
  BINNING_OPTIONS,
  type BinningOptions,
  divergenceCells,
  isEvidentlyBinning,
  type Values,
} from '../samples/divergence-cells.ts'
import { pValueOfCells } from './divergence-p-value.ts'
import { evidentlyCells, evidentlyShares } from './evidently-bins.ts'
import type { Divergence } from './result.ts'

export interface KullbackLeiblerDivergence extends Divergence {
  /** Cells that were compared: those that are not empty on both sides, or all bins of Evidently. */
  readonly cells: number
  /**
   * How often two samples of one distribution are at least that far apart, about. Absent with Evidently's
   * binning: its zero fill has no known null distribution.
   */
  readonly pValue?: number
}

/**
 * Kullback–Leibler divergence of the reference from the current sample: how many nats are lost on values
 * of the reference by a code made for the current ones?
 *
 * D(reference ‖ current) = Σ p ln(p / q) in nats, with p = (count + ½) / (n + B/2) on either side: a cell
 * that is empty on one side has a finite share, and D is never infinite. B cells are compared; those empty
 * on both sides do not count. Not symmetric; the sum of both directions is the population stability index.
 *
 * Its p-value: 2 D nm / (n + m) is about chi-squared with B − 1 degrees of freedom, rare cells pooled as by
 * `poolRareCells`.
 *
 * With `binning: 'evidently'` an empty cell gets Evidently's share instead (`evidentlyShares`), and both
 * sides are scaled to add up to 1: its `kl_div`.
 *
 * Numbers are counted into bins between the reference's quantiles, open at both ends; underflow and
 * overflow of a profile belong to the outermost bin.
 *
 * @param reference - finite numbers, or strings and booleans, or a profile
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample, a non-finite number, or an option outside its range
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 * @see Kullback & Leibler (1951), Annals of Mathematical Statistics 22, 79–86
 * @example
 * kullbackLeiblerDivergence(['a', 'a', 'a', 'b'], ['a', 'b', 'b', 'b']).statistic // 0.339, 0.4 ln(7/3)
 */
export function kullbackLeiblerDivergence(
  reference: BinnedProfile,
  current: BinnedProfile,
  options?: BinningOptions,
): KullbackLeiblerDivergence
export function kullbackLeiblerDivergence(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options?: BinningOptions,
): KullbackLeiblerDivergence
export function kullbackLeiblerDivergence(
  reference: ArrayLike<string | boolean>,
  current: ArrayLike<string | boolean>,
  options?: BinningOptions,
): KullbackLeiblerDivergence
export function kullbackLeiblerDivergence(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
  options: BinningOptions = {},
): KullbackLeiblerDivergence {
  assertOptions('options', options, BINNING_OPTIONS)
  const { binning = 'quantile', bins } = options
  if (isEvidentlyBinning(binning)) {
    const cells = evidentlyCells(reference, current)
    return divergenceOfMasses(evidentlyShares(cells.reference), evidentlyShares(cells.current))
  }
  const cells = divergenceCells(reference, current, bins)
  const pValue = pValueOfCells(cells, (pooled) => 2 * smoothedDivergence(pooled).statistic)
  return { ...smoothedDivergence(cells), pValue }
}

function smoothedDivergence({ reference, current }: Cells): KullbackLeiblerDivergence {
  const smoothed = (counts: readonly number[]): number[] => counts.map((count) => count + 0.5)
  return divergenceOfMasses(smoothed(reference), smoothed(current))
}

/** @param p - positive, of any sum, and so is `q` */
function divergenceOfMasses(p: readonly number[], q: readonly number[]): KullbackLeiblerDivergence {
  const totalP = total(p)
  const totalQ = total(q)
  // Σ p ln(p / q) as Σ [p ln(p / q) − p + q]: no term is below 0, none cancels another.
  const scaled = p.reduce((sum, mass, i) => {
    const share = mass * totalQ
    // q[i] · totalP − share: the products may not be exact, their difference is small.
    const excess = (q[i]! - mass) * totalP - mass * (totalQ - totalP)
    return sum - share * log1pMinusX(excess / share)
  }, 0)
  return { kind: 'divergence', statistic: scaled / (totalP * totalQ), cells: p.length }
}
