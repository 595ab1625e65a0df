import type { ColumnSources } from './column-sources.ts'
import type { ColumnType, DriftSettings } from './drift-report.ts'
import {
  blank,
  type ColumnChoice,
  type ColumnSource,
  type MeasuredColumn,
} from './measured-column.ts'
import { knownOf, measureOneSide, typeOrError } from './one-side.ts'

type Side = ReturnType<ColumnSources['column']>

/** Is there something to compare? */
export function isHeld(side: Side): side is ColumnSource {
  return side !== null && side.kind !== 'unprofiled'
}

/** Short texts on one side, long ones on the other: still texts. */
export function areBothText(...types: ReadonlyArray<ColumnType | null>): boolean {
  return types.includes('text') && types.includes('categorical')
}

/**
 * A column that a side lacks, or that its stored profile does not hold: it is gone, new or of another type as anywhere
 * else, and else it is said that nobody could judge it.
 */
export function measureUnpaired(
  name: string,
  { reference, current }: { readonly reference: Side; readonly current: Side },
  choice: ColumnChoice,
  settings: DriftSettings,
): MeasuredColumn {
  if (current === null) return measureAlone(name, 'reference', reference, choice, settings)
  if (reference === null) return measureAlone(name, 'current', current, choice, settings)
  const [before, after] = [typeOfSide(reference), typeOfSide(current)]
  const type = before ?? after
  const known = {
    ...(type === null
      ? blank(name, 'unknown', null, settings)
      : blank(name, type, choice.methodFor(type), settings)),
    ...(isHeld(reference) && before !== null
      ? knownOf(name, 'reference', reference, before, choice, settings)
      : {}),
    ...(!isHeld(reference) && isHeld(current) && (after === null || after === type)
      ? knownOf(name, 'current', current, after ?? 'categorical', choice, settings)
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

function reasonOf(side: Side): string {
  return isHeld(side) || side === null ? '' : side.column.reason
}

function typeOfSide(side: Exclude<Side, null>): ColumnType | null {
  if (!isHeld(side)) return side.column.type
  const type = typeOrError(side)
  return type === 'error' ? null : type
}

const ABSENT = {
  reference: { reason: 'the current table has no such column', finding: 'gone' },
  current: { reason: 'the reference has no such column', finding: 'new' },
} as const

function measureAlone(
  name: string,
  side: 'reference' | 'current',
  there: Side,
  choice: ColumnChoice,
  settings: DriftSettings,
): MeasuredColumn {
  const known = isHeld(there)
    ? measureOneSide(name, side, there, choice, settings)
    : ofUnprofiled(name, there?.column.type ?? null, choice, settings)
  return { ...known, state: 'error', ...ABSENT[side] }
}

function ofUnprofiled(
  name: string,
  type: ColumnType | null,
  { methodFor }: ColumnChoice,
  settings: DriftSettings,
): Omit<MeasuredColumn, 'state'> {
  if (type === null) return blank(name, 'unknown', null, settings)
  return blank(name, type, methodFor(type), settings)
}
