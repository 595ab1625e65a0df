import { InvalidArgumentError } from '@tidegauge/core'
import type {
  ColumnDrift,
  Criterion,
  Decision,
  DecisionPolicy,
  DriftReport,
} from './drift-report.ts'

/** From 30 % of the features on; a drifted target is shown but does not act by itself. */
export const DEFAULT_POLICY: DecisionPolicy = { shareThreshold: 0.3, actOnTargetDrift: false }

/**
 * What to do about a report: the one place where shares are held against a threshold.
 *
 * @param report - what `detectDrift` returned
 * @param policy - overrides of {@link DEFAULT_POLICY}
 * @throws InvalidArgumentError where `shareThreshold` is not in [0, 1]
 * @example
 * decide(report, { shareThreshold: 0.5 }).reason // 'drift_share=0.06 < 0.50 (target_drift=0.0)'
 */
export function decide(
  report: Pick<DriftReport, 'shareOfDriftedColumns' | 'targetDrift'>,
  policy: Partial<DecisionPolicy> = {},
): Decision {
  const effective = validPolicy(policy)
  const { shareThreshold, actOnTargetDrift } = effective
  const { shareOfDriftedColumns: share, targetDrift } = report
  const features = featureClause(share, shareThreshold)
  const target = `target_drift=${targetDrift === null ? 'n/a' : targetDrift.toFixed(1)}`
  if (share !== null && share >= shareThreshold) {
    return { action: 'ACTION', reason: `${features} (${target})`, policy: effective }
  }
  if (actOnTargetDrift && targetDrift !== null && targetDrift > 0) {
    return { action: 'ACTION', reason: `${target} > 0 (${features})`, policy: effective }
  }
  return { action: 'NO_ACTION', reason: `${features} (${target})`, policy: effective }
}

/** The defaults filled in; what is not valid is refused before any work is done. */
export function validPolicy(policy: Partial<DecisionPolicy> = {}): DecisionPolicy {
  const effective = { ...DEFAULT_POLICY, ...policy }
  assertShare('policy.shareThreshold', effective.shareThreshold)
  return effective
}

function featureClause(share: number | null, threshold: number): string {
  if (share === null) return 'insufficient data: no feature could be judged'
  const digits = digitsThatTellApart(share, threshold)
  const operator = share >= threshold ? '>=' : '<'
  return `drift_share=${share.toFixed(digits)} ${operator} ${threshold.toFixed(digits)}`
}

/** Two decimals, or as many as it takes that 0.299 does not read "0.30 < 0.30". */
function digitsThatTellApart(share: number, threshold: number): number {
  let digits = 2
  while (
    digits < 15 &&
    share !== threshold &&
    share.toFixed(digits) === threshold.toFixed(digits)
  ) {
    digits++
  }
  return digits
}

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

/**
 * Share of drifted columns among those that could be judged.
 *
 * @param columns - any columns of a report; `detectDrift` passes the features
 * @param weights - how much a column counts, by name; 1 where it is not said
 * @returns in [0, 1]; null where none could be judged, which is not the same as no drift
 * @example
 * shareOfDriftedColumns(report.columns.filter((column) => column.role === 'target')) // 0
 */
export function shareOfDriftedColumns(
  columns: ReadonlyArray<Pick<ColumnDrift, 'name' | 'drifted' | 'verdict'>>,
  weights: Readonly<Record<string, number>> = {},
): number | null {
  let judged = 0
  let drifted = 0
  for (const column of columns.filter(isJudged)) {
    const weight = Object.hasOwn(weights, column.name) ? weights[column.name]! : 1
    judged += weight
    if (column.drifted) drifted += weight
  }
  return judged === 0 ? null : drifted / judged
}

/** Was there enough to say drifted or not? */
export function isJudged(column: Pick<ColumnDrift, 'verdict'>): boolean {
  return column.verdict !== 'insufficient-data' && column.verdict !== 'error'
}

export function assertShare(argument: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new InvalidArgumentError(argument, 'a number in [0, 1]', value)
}
