export { decide, shareOfDriftedColumns } from '@tidegauge/core'

import type { Criterion } from './drift-report.ts'

/**
 * Has a column drifted? Only where the difference is both detectable and large enough to matter: at a
 * million rows a p-value alone calls everything drifted, at a hundred an effect alone does.
 */
export function isDrifted(
  adjustedPValue: number,
  alpha: number,
  effect: number,
  threshold: number,
): boolean {
  return isDetectable(adjustedPValue, alpha) && effect >= threshold
}

/** A score against its threshold, by the operator that its method has. */
export function meets(score: number, operator: Criterion['operator'], threshold: number): boolean {
  switch (operator) {
    case '>=':
      return score >= threshold
    case '>':
      return score > threshold
    case '<=':
      return score <= threshold
    case '<':
      return score < threshold
  }
}

/** Would so large a difference be seen by chance in at most `alpha` of the runs? */
export function isDetectable(adjustedPValue: number, alpha: number): boolean {
  return adjustedPValue <= alpha
}
