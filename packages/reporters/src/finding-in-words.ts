import type { ChangedType, ColumnDrift, ColumnType } from '@tidegauge/drift'

/** What is wrong with a column, by its reason: version 1 had it in words alone. */
export interface FindingInWords {
  readonly finding: NonNullable<ColumnDrift['finding']>
  readonly changedType?: Omit<ChangedType, 'name'>
}

/** undefined where it says none of these. */
export function findingInWords(reason: string): FindingInWords | undefined {
  if (/^the current table has no such column( \(there is |$)/.test(reason)) {
    return { finding: 'gone' }
  }
  if (/^no value in the current table(;|$)/.test(reason)) return { finding: 'gone' }
  if (/^the reference has no such column( \(there is |$)/.test(reason)) return { finding: 'new' }
  if (/^Evidently (0\.7 )?leaves /.test(reason)) return { finding: 'left-out' }
  if (LOST_ITS_TYPE.test(reason)) return { finding: 'changed-type' }
  const [, reference, current] = CHANGED_TYPE.exec(reason) ?? []
  if (reference === undefined) return undefined
  const changedType = { reference: reference as ColumnType, current: current as ColumnType }
  return { finding: 'changed-type', changedType }
}

const TYPES = '(numeric|datetime|categorical|text)'
const LOST_ITS_TYPE = new RegExp(
  `^its type changed: ${TYPES} in the reference, and (no value of that type|\\S+ ?% of the values of another type) in the current table(;|$)`,
)
const CHANGED_TYPE = new RegExp(`^its type changed from ${TYPES} in the reference to ${TYPES}$`)
