import { InvalidArgumentError } from '@tidegauge/core'
import { assertObject } from '@tidegauge/core/internal'
import { chiSquaredSurvival } from '../distributions/chi-squared.ts'
import { type Cells, total } from '../samples/cells.ts'
import { poolRareCells } from '../samples/pool-rare-cells.ts'

/** How much was compared: what the null distribution of a divergence depends on. */
export interface ComparedSizes {
  /** Reference values. */
  readonly n: number
  /** Current values. */
  readonly m: number
  /** Cells that are not empty on both sides. */
  readonly cells: number
}

/**
 * P-value of a population stability index: how often two samples of one distribution are at least that far
 * apart. PSI · nm / (n + m) is about chi-squared with cells − 1 degrees of freedom.
 *
 * Where cells hold fewer than 5 values p is too large, as smoothing holds PSI down; it is not for Evidently's
 * zero fill, which does the opposite.
 *
 * @param statistic - PSI in nats, at least 0
 * @throws InvalidArgumentError on a statistic below 0 or NaN, or sizes that are not positive
 * @see `psiNoiseFloor` for the PSI at a given p
 * @example
 * populationStabilityIndexPValue(0.0338, { n: 1000, m: 1000, cells: 10 }) // 0.0503
 */
export function populationStabilityIndexPValue(statistic: number, sizes: ComparedSizes): number {
  if (!(statistic >= 0)) {
    throw new InvalidArgumentError('statistic', 'a number of at least 0', statistic)
  }
  assertObject('sizes', sizes, 'the sizes of what was compared: { n, m, cells }')
  for (const field of ['n', 'm', 'cells'] as const) {
    const value = sizes[field]
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InvalidArgumentError(field, 'a positive number', value)
    }
  }
  return limitingPValue(statistic, sizes)
}

/**
 * P-value of a divergence that is Σ (p − q)² / p to second order: times nm / (n + m) it is about
 * chi-squared with cells − 1 degrees of freedom.
 *
 * Rare cells swell such a divergence (Hellinger's most: 40% false alarms at a nominal 5%, for 60 categories
 * of Zipf's law and 500 values a side), so that it is measured anew with rare cells pooled.
 *
 * @param divergence - 2 · Kullback–Leibler, 8 · Jensen–Shannon, each in nats, or 8 · squared Hellinger
 */
export function pValueOfCells(cells: Cells, divergence: (cells: Cells) => number): number {
  const pooled = poolRareCells(cells, 5)
  return limitingPValue(divergence(pooled), {
    n: total(cells.reference),
    m: total(cells.current),
    cells: filledCells(pooled),
  })
}

/** Cells that are not empty on both sides. */
export function filledCells({ reference, current }: Cells): number {
  return reference.filter((count, i) => count + current[i]! > 0).length
}

function limitingPValue(divergence: number, { n, m, cells }: ComparedSizes): number {
  return cells === 1 ? 1 : chiSquaredSurvival((divergence * n * m) / (n + m), cells - 1)
}
