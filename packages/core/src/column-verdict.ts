/** `effect`: the equivalent shift. `statistic` and `pValue`: those of the method. */
export interface Criterion {
  readonly measure: 'effect' | 'statistic' | 'pValue'
  /** How the measure must stand to the threshold for drift. */
  readonly operator: '>=' | '>' | '<=' | '<'
}

/** The numbers of a column that are held against its threshold. */
export interface HeldNumbers {
  readonly criterion: Criterion
  readonly threshold: number
  readonly effect: number | null
  readonly statistic: number | null
  readonly pValue?: number
}

/** All that a verdict follows from. */
export interface TestedColumn extends HeldNumbers {
  /** Absent where its values were too few to be judged. */
  readonly adjustedPValue?: number
  readonly missing: TestedMissing
}

export interface TestedMissing {
  readonly adjustedPValue: number | null
  readonly drifted: boolean
}

/** What is concluded from numbers; `error` and findings come before any. */
export interface ColumnVerdict {
  readonly verdict: 'drifted' | 'negligible' | 'stable' | 'insufficient-data'
  /** Which of the two tests led to it. */
  readonly causes: { readonly values: boolean; readonly missing: boolean }
}

/**
 * The verdict on a column whose p-values are adjusted: the one place where `detectDrift` and the readers of its reports
 * have it from.
 *
 * Its values drifted where the difference is detectable and large enough to matter, and the share of missing values is
 * a test of its own. What was not tested is `insufficient-data`, never `stable`.
 *
 * @param alpha - level of the adjusted p-values
 */
export function columnVerdict(column: TestedColumn, alpha: number): ColumnVerdict {
  const { adjustedPValue, missing } = column
  const valuesDrifted = adjustedPValue !== undefined && haveDrifted(column, adjustedPValue, alpha)
  if (valuesDrifted || missing.drifted) {
    return { verdict: 'drifted', causes: { values: valuesDrifted, missing: missing.drifted } }
  }
  const causes = {
    values: adjustedPValue !== undefined && isDetectable(adjustedPValue, alpha),
    missing: missing.adjustedPValue !== null && isDetectable(missing.adjustedPValue, alpha),
  }
  if (adjustedPValue === undefined) return { verdict: 'insufficient-data', causes }
  return { verdict: causes.values || causes.missing ? 'negligible' : 'stable', causes }
}

/** As a preset has it: by the score of the column's own method alone; null where there is none. */
export function presetVerdict(column: HeldNumbers): 'drifted' | 'stable' | null {
  const score = criterionValue(column)
  if (score === null) return null
  return meets(score, column.criterion.operator, column.threshold) ? 'drifted' : 'stable'
}

function haveDrifted(column: HeldNumbers, adjustedPValue: number, alpha: number): boolean {
  if (column.criterion.measure === 'pValue') return isDetectable(adjustedPValue, alpha)
  return isDrifted(adjustedPValue, alpha, criterionValue(column)!, column.threshold)
}

/**
 * What a measure is held against where no preset says otherwise: the effect against the tolerance, the p-value alone
 * against the level, the statistic of a distance against the threshold that its method has.
 */
export function heldAgainst(
  measure: Criterion['measure'],
  { alpha, tolerance }: { readonly alpha: number; readonly tolerance: number },
  own: number = tolerance,
): Pick<HeldNumbers, 'criterion' | 'threshold'> {
  if (measure === 'pValue') {
    return { criterion: { measure, operator: '<=' }, threshold: alpha }
  }
  const threshold = measure === 'statistic' ? own : tolerance
  return { criterion: { measure, operator: '>=' }, threshold }
}

/** What of a column is held against its threshold: its effect, its statistic or its p-value. */
export function criterionValue({
  criterion,
  effect,
  pValue,
  statistic,
}: Omit<HeldNumbers, 'threshold'>): number | null {
  if (criterion.measure === 'effect') return effect
  return criterion.measure === 'statistic' ? statistic : (pValue ?? null)
}

/**
 * Has it drifted? Only where the difference is both detectable and large enough to matter: at a million rows a p-value
 * alone calls everything drifted, at a hundred an effect alone does.
 */
export function isDrifted(
  adjustedPValue: number,
  alpha: number,
  effect: number,
  threshold: number,
): boolean {
  return isDetectable(adjustedPValue, alpha) && effect >= threshold
}

/** Would so large a difference be seen by chance in at most `alpha` of the runs? */
export function isDetectable(adjustedPValue: number, alpha: number): boolean {
  return adjustedPValue <= alpha
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

/**
 * Adjust all p-values of a run together: those of the columns' values, then those of their missing values.
 *
 * @param adjust - the correction that the settings name
 * @returns for each column the adjusted p-values; null where it has no such test
 */
export function adjustTogether(
  tests: ReadonlyArray<{ readonly values: number | null; readonly missing: number | null }>,
  adjust: (pValues: readonly number[]) => readonly number[],
): Array<{ readonly values: number | null; readonly missing: number | null }> {
  const family = [
    ...tests.flatMap(({ values }) => (values === null ? [] : [values])),
    ...tests.flatMap(({ missing }) => (missing === null ? [] : [missing])),
  ]
  const adjusted = adjust(family)[Symbol.iterator]()
  const next = (pValue: number | null): number | null =>
    pValue === null ? null : adjusted.next().value!
  const values = tests.map((test) => next(test.values))
  const missing = tests.map((test) => next(test.missing))
  return tests.map((_, i) => ({ values: values[i]!, missing: missing[i]! }))
}
