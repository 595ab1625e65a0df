import { meets } from '@tidegauge/core/internal'
import type { ColumnDrift } from '@tidegauge/drift'

export { criterionValue } from '@tidegauge/core/internal'

export const MEASURE_WORDS: Readonly<Record<ColumnDrift['criterion']['measure'], string>> = {
  effect: 'shift',
  statistic: 'statistic',
  pValue: 'p-value',
}

/** The operator that tells the truth of these numbers. */
export function trueOperator(value: number, column: ColumnDrift): string {
  const { operator } = column.criterion
  if (meets(value, operator, column.threshold)) return operator
  return { '>=': '<', '>': '<=', '<=': '>', '<': '>=' }[operator]
}
