import { measureCategories } from '../measure/measure-categories.ts'
import { measureNumbers } from '../measure/measure-numbers.ts'
import { measureText } from '../measure/measure-text.ts'
import type { ComparablePair, MeasuredColumn } from '../measure/measured-column.ts'
import type { ColumnType } from '../report/drift-report.ts'
import type { MethodName } from './built-in-methods.ts'
import type { DriftMethod, EvidenceKind } from './drift-method.ts'

/** All that is known of a kind of column: a new one is an entry here, and what the compiler then misses. */
export interface ColumnKind {
  /** What it is compared by: first what its cells are read as, then what will do where only that is left. */
  readonly evidence: readonly [Exclude<EvidenceKind, 'bins'>, ...EvidenceKind[]]
  /** Compares it where the caller chooses nothing. */
  readonly method: MethodName
  measure(pair: ComparablePair): MeasuredColumn
}

const DATES =
  'a date that moves on with time drifts by nature: leave it out, or derive hour and weekday from it'

export const COLUMN_KINDS: Readonly<Record<ColumnType, ColumnKind>> = {
  numeric: {
    evidence: ['values', 'bins'],
    method: 'kolmogorov-smirnov',
    measure: (pair) => measureNumbers(pair, 'numeric'),
  },
  datetime: {
    evidence: ['values', 'bins'],
    method: 'kolmogorov-smirnov',
    measure: (pair) => measureNumbers(pair, 'datetime', [DATES]),
  },
  categorical: { evidence: ['counts'], method: 'chi-squared', measure: measureCategories },
  text: { evidence: ['documents'], method: 'domain-classifier', measure: measureText },
}

export const COLUMN_TYPES = /* @__PURE__ */ Object.keys(COLUMN_KINDS) as readonly ColumnType[]

/** Does the method take columns of this type? */
export function takes({ compare }: DriftMethod, type: ColumnType): boolean {
  return compare[COLUMN_KINDS[type].evidence[0]] !== undefined
}
