import type { ChangedType, ColumnType } from '../report/drift-report.ts'

/** What a side is by itself: null where every cell is missing, `error` where a cell is none that is compared. */
export type OwnKind = ColumnType | 'error' | null

export interface OwnKinds {
  readonly reference: OwnKind
  readonly current: OwnKind
}

/** Short texts on one side, long ones on the other: still texts. */
export function areBothText(...types: readonly OwnKind[]): boolean {
  return types.includes('text') && types.includes('categorical')
}

export type ChangeOfType = Omit<ChangedType, 'name'>

/** null where it is what it was; to who reads it as text, it is. */
export function changeOfType(own: OwnKinds, chosen: ColumnType | undefined): ChangeOfType | null {
  if (chosen === 'categorical' || chosen === 'text') return null
  const [before, after] = [shownAs(own.reference, chosen), shownAs(own.current, chosen)]
  if (before === null || own.current === null) return null
  if (after === null) return { reference: before, current: null }
  return before === after || areBothText(before, after)
    ? null
    : { reference: before, current: after }
}

/** Milliseconds are dates where the caller says so: their cells do not tell. */
export function shownAs(own: OwnKind, chosen: ColumnType | undefined): ColumnType | null {
  if (own === 'error') return null
  return own === 'numeric' && chosen === 'datetime' ? chosen : own
}
