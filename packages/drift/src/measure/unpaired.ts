import type { ColumnSide, UnprofiledSource } from '../plan/open-table.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import type { ColumnType, DriftSettings } from '../report/drift-report.ts'
import type { ColumnSides } from './measure-column.ts'
import { blank, type ColumnSource, type MeasuredColumn } from './measured-column.ts'
import { areBothText, knownOf, measureOneSide, typeOrError } from './one-side.ts'

/** Is there something to compare? */
export function isHeld(side: ColumnSide): side is ColumnSource {
  return side?.kind === 'cells' || side?.kind === 'profile'
}

/**
 * A column that a side lacks, or that its stored profile does not hold: it is gone, new or of another type as anywhere
 * else, and else it is said that nobody could judge it.
 */
export function measureUnpaired(
  choice: ColumnChoice,
  { reference, current }: ColumnSides,
  settings: DriftSettings,
): MeasuredColumn {
  const { name } = choice
  if (current === null) return measureAlone(choice, 'reference', reference, settings)
  if (reference === null) return measureAlone(choice, 'current', current, settings)
  const [before, after] = [typeOfSide(reference, choice), typeOfSide(current, choice)]
  const type = before ?? after
  const known = {
    ...(type === null
      ? blank(name, 'unknown', null, settings)
      : blank(name, type, choice.methodFor(type), settings)),
    ...(isHeld(reference) && before !== null
      ? knownOf(choice, 'reference', reference, before, settings)
      : {}),
    ...(!isHeld(reference) && isHeld(current) && (after === null || after === type)
      ? knownOf(choice, 'current', current, after ?? 'categorical', settings)
      : {}),
    state: 'error' as const,
  }
  const isReadAsText = choice.type === 'categorical' || choice.type === 'text'
  const isEmpty = isHeld(current) && after === null && typeOrError(current) === null
  const isSame = before === after || areBothText(before, after)
  if (before !== null && !isSame && !isEmpty && !isReadAsText) {
    const reason =
      after === null && !isHeld(current)
        ? reasonOf(current)
        : `its type changed from ${before} in the reference to ${after ?? 'something else'}`
    const changedType = { reference: before, current: after }
    return { ...known, reason, finding: 'changed-type', changedType }
  }
  if (before !== null && isEmpty && settings.minimumValues <= known.missing.currentRows) {
    return { ...known, reason: 'no value in the current table', finding: 'gone' }
  }
  const [side, where] = isHeld(reference) ? [current, 'current table'] : [reference, 'reference']
  const reason = `the stored profile of the ${where} does not hold it: ${reasonOf(side)}`
  // Texts are left out of every profile; what failed was to be judged.
  return before === 'text' ? { ...known, reason, finding: 'left-out' } : { ...known, reason }
}

function isUnprofiled(side: ColumnSide): side is UnprofiledSource {
  return side?.kind === 'unprofiled'
}

function reasonOf(side: ColumnSide): string {
  return isUnprofiled(side) ? side.column.reason : ''
}

/** Milliseconds are dates where the caller says so: their cells do not tell. */
function typeOfSide(side: ColumnSide, choice: ColumnChoice): ColumnType | null {
  if (!isHeld(side)) return isUnprofiled(side) ? side.column.type : null
  const type = typeOrError(side)
  if (type === 'error') return null
  return type === 'numeric' && choice.type === 'datetime' ? choice.type : type
}

const ABSENT = {
  reference: { reason: 'the current table has no such column', finding: 'gone' },
  current: { reason: 'the reference has no such column', finding: 'new' },
} as const

function measureAlone(
  choice: ColumnChoice,
  side: 'reference' | 'current',
  there: ColumnSide,
  settings: DriftSettings,
): MeasuredColumn {
  const known = isHeld(there)
    ? measureOneSide(choice, side, there, settings)
    : ofUnread(choice, typeOfSide(there, choice), settings)
  return { ...known, state: 'error', ...ABSENT[side] }
}

function ofUnread(
  { name, methodFor }: ColumnChoice,
  type: ColumnType | null,
  settings: DriftSettings,
): Omit<MeasuredColumn, 'state'> {
  if (type === null) return blank(name, 'unknown', null, settings)
  return blank(name, type, methodFor(type), settings)
}
