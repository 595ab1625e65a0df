import { type BinnedProfile, InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { log1pMinusX } from '../distributions/stirling.ts'
import { type Cells, total } from '../samples/cells.ts'
import {
  type BinningOptions,
  divergenceCells,
  isEvidentlyBinning,
  type Values,
} from '../samples/divergence-cells.ts'
import { filledCells, pValueOfCells } from './divergence-p-value.ts'
import { evidentlyCells } from './evidently-bins.ts'
import type { Divergence } from './result.ts'

export interface JensenShannonDistance extends Divergence {
  /** Cells that were compared: those that are not empty on both sides. */
  readonly cells: number
  /** How often two samples of one distribution are at least that far apart, about. */
  readonly pValue: number
}

export interface JensenShannonDistanceOptions extends BinningOptions {
  /** Of the logarithm, above 1: 2 by default, e with Evidently's binning. Base 2 makes 1 the largest distance. */
  readonly base?: number
}

/**
 * Jensen–Shannon distance: how far did the distribution over cells move?
 *
 * d = √(½ Σ p log(p / a) + ½ Σ q log(q / a)) with a = (p + q) / 2 and the shares p and q as they were
 * counted. It is a metric: symmetric, 0 for equal shares alone, at most √(log 2) (1 in base 2).
 *
 * Its p-value: 8 d² nm / (n + m) in nats is about chi-squared with cells − 1 degrees of freedom, rare cells
 * pooled as by `poolRareCells`. d itself is about √((cells − 1)(1/n + 1/m) / 8) in nats by chance alone.
 *
 * Numbers are counted into bins between the reference's quantiles, open at both ends; underflow and
 * overflow of a profile belong to the outermost bin.
 *
 * @param reference - finite numbers, or strings and booleans, or a profile
 * @param current - the same
 * @throws InvalidArgumentError on an empty sample, a non-finite number, or an option outside its range
 * @throws IncompatibleProfilesError where the profiles' kinds or edges differ
 * @see Lin (1991), IEEE Transactions on Information Theory 37, 145–151; Endres & Schindelin (2003), same, 49
 * @example
 * jensenShannonDistance(['a', 'a', 'b', 'b'], ['a', 'a', 'a', 'a']).statistic // 0.558, √0.311
 */
export function jensenShannonDistance(
  reference: BinnedProfile,
  current: BinnedProfile,
  options?: JensenShannonDistanceOptions,
): JensenShannonDistance
export function jensenShannonDistance(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options?: JensenShannonDistanceOptions,
): JensenShannonDistance
export function jensenShannonDistance(
  reference: ArrayLike<string | boolean>,
  current: ArrayLike<string | boolean>,
  options?: JensenShannonDistanceOptions,
): JensenShannonDistance
export function jensenShannonDistance(
  reference: BinnedProfile | Values,
  current: BinnedProfile | Values,
  options: JensenShannonDistanceOptions = {},
): JensenShannonDistance {
  assertOptions('options', options, OPTIONS)
  const { binning = 'quantile', bins } = options
  const { base = binning === 'evidently' ? Math.E : 2 } = options
  if (!(base > 1 && Number.isFinite(base))) {
    throw new InvalidArgumentError('base', 'a finite number above 1', base)
  }
  const compared = isEvidentlyBinning(binning)
    ? evidentlyCells(reference, current)
    : divergenceCells(reference, current, bins)
  const divergence = divergenceInNats(compared)
  return {
    kind: 'divergence',
    statistic: Math.sqrt(divergence / Math.log(base)),
    cells: filledCells(compared),
    pValue: pValueOfCells(compared, (pooled) => 8 * divergenceInNats(pooled)),
  }
}

const OPTIONS = {
  binning: true,
  bins: true,
  base: true,
} as const satisfies Record<keyof JensenShannonDistanceOptions, true>

function divergenceInNats({ reference, current }: Cells): number {
  const n = total(reference)
  const m = total(current)
  const sum = reference.reduce((sum, count, i) => {
    // nm p and nm q: integers where the counts are.
    const before = count * m
    const after = current[i]! * n
    const both = before + after
    return both === 0 ? sum : sum + (both / 2) * imbalance((before - after) / both)
  }, 0)
  return Math.min(Math.LN2, sum / (n * m))
}

/**
 * ½ (1 + x) ln(1 + x) + ½ (1 − x) ln(1 − x) for x = (p − q) / (p + q): what a cell adds, over a. At least 0
 * and without cancellation; p log(p / a) and q log(q / a), each for itself, lose half of the digits.
 */
function imbalance(x: number): number {
  const size = Math.abs(x)
  if (size === 1) return Math.LN2
  return x * x + ((1 + size) * log1pMinusX(size) + (1 - size) * log1pMinusX(-size)) / 2
}
