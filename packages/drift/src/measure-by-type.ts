import type { ColumnType } from './drift-report.ts'
import { measureCategories } from './measure-categories.ts'
import { measureNumbers } from './measure-numbers.ts'
import { measureText } from './measure-text.ts'
import type { ComparablePair, MeasuredColumn } from './measured-column.ts'

/** Compares both pair of a column as what they are. */
export function measureByType(pair: ComparablePair, type: ColumnType): MeasuredColumn {
  if (type === 'categorical') return measureCategories(pair)
  return type === 'text' ? measureText(pair) : measureNumbers(pair, type)
}
