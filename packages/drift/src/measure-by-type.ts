import type { ColumnType } from './drift-report.ts'
import { measureCategories } from './measure-categories.ts'
import { measureNumbers } from './measure-numbers.ts'
import { measureText } from './measure-text.ts'
import type { MeasuredColumn, Sides } from './measured-column.ts'

/** Compares both sides of a column as what they are. */
export function measureByType(sides: Sides, type: ColumnType): MeasuredColumn {
  if (type === 'categorical') return measureCategories(sides)
  return type === 'text' ? measureText(sides) : measureNumbers(sides, type)
}
