import type { ColumnDrift } from '@tidegauge/drift'

/** What of a column was held against its threshold: its effect, its statistic or its p-value. */
export function criterionValue({
  criterion,
  effect,
  pValue,
  statistic,
}: Pick<ColumnDrift, 'criterion' | 'effect' | 'pValue' | 'statistic'>): number | null {
  if (criterion.measure === 'effect') return effect
  return criterion.measure === 'statistic' ? statistic : (pValue ?? null)
}

export const MEASURE_WORDS: Readonly<Record<ColumnDrift['criterion']['measure'], string>> = {
  effect: 'shift',
  statistic: 'statistic',
  pValue: 'p-value',
}

/** Does the measure stand to the threshold as drift asks? Drift may ask for more: a detectable difference. */
export function meetsCriterion(value: number, { criterion, threshold }: ColumnDrift): boolean {
  switch (criterion.operator) {
    case '>=':
      return value >= threshold
    case '>':
      return value > threshold
    case '<=':
      return value <= threshold
    case '<':
      return value < threshold
  }
}

/** The operator that tells the truth of these numbers. */
export function trueOperator(value: number, column: ColumnDrift): string {
  const { operator } = column.criterion
  if (meetsCriterion(value, column)) return operator
  return { '>=': '<', '>': '<=', '<=': '>', '<': '>=' }[operator]
}
