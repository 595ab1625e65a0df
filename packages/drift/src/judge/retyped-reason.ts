import type { ColumnDrift } from '../report/drift-report.ts'

const NAMES: Readonly<Record<ColumnDrift['type'], string>> = {
  numeric: 'numbers',
  datetime: 'dates',
  categorical: 'categories',
  text: 'texts',
  unknown: 'values of it',
}

/**
 * Why a column whose values came as something else has changed its type, and what to do.
 *
 * @param values - those of the current table, in words
 * @param invalid - how many of them are of another type
 */
export function retypedReason(type: ColumnDrift['type'], values: string, invalid: number): string {
  const count = invalid === 1 ? '1 value is' : `${invalid} values are`
  return `its type changed: ${type} in the reference, and ${values} in the current table; ${count} no ${NAMES[type]}: hand them over as the reference has them, or store a reference of the new type`
}
