import type { Side, UnprofiledContent, UnreadableContent } from '../plan/open-table.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import type { HeldEvidence, LoneEvidence, UnpairedEvidence } from '../read/column-evidence.ts'
import { areBothText, shownAs } from '../read/own-kind.ts'
import type { ColumnType, DriftSettings } from '../report/drift-report.ts'
import { blank, type MeasuredColumn } from './measured-column.ts'
import { knownOf } from './one-side.ts'

/**
 * A column that a side lacks, that its stored profile does not hold, or that cannot be read: it is gone, new or of another type as anywhere
 * else, and else it is said that nobody could judge it.
 */
export function measureUnpaired(
  choice: ColumnChoice,
  { reference, current }: UnpairedEvidence,
  settings: DriftSettings,
): MeasuredColumn {
  if (current === null) return measureAlone(choice, 'reference', reference, settings)
  if (reference === null) return measureAlone(choice, 'current', current, settings)
  const [before, after] = [typeOfLone(reference, choice), typeOfLone(current, choice)]
  const type = before ?? after
  const known = {
    ...ofType(choice, type, settings),
    ...(isHeld(reference) ? shown(choice, 'reference', reference, settings) : {}),
    ...(!isHeld(reference) && isHeld(current) ? shown(choice, 'current', current, settings) : {}),
    state: 'error' as const,
  }
  const isReadAsText = choice.type === 'categorical' || choice.type === 'text'
  const isEmpty = isHeld(current) && current.own === null
  const isUntold = after === null && isUnreadable(current)
  const isSame = before === after || areBothText(before, after) || isUntold
  if (before !== null && !isSame && !isEmpty && !isReadAsText) {
    const reason =
      after === null && isUnprofiled(current)
        ? current.column.reason
        : `its type changed from ${before} in the reference to ${after ?? 'something else'}`
    const changedType = { reference: before, current: after }
    return { ...known, reason, finding: 'changed-type', changedType }
  }
  if (before !== null && isEmpty && settings.minimumValues <= known.missing.currentRows) {
    return { ...known, reason: 'no value in the current table', finding: 'gone' }
  }
  const [side, where] = isUnprofiled(reference)
    ? [reference, 'reference']
    : [current, 'current table']
  if (!isUnprofiled(side)) return { ...known, ...notRead(reference, current) }
  const reason = `the stored profile of the ${where} does not hold it: ${side.column.reason}`
  // Texts are left out of every profile; what failed was to be judged.
  return before === 'text' ? { ...known, reason, finding: 'left-out' } : { ...known, reason }
}

function isHeld(lone: LoneEvidence): lone is HeldEvidence {
  return lone?.kind === 'held'
}

function isUnprofiled(lone: LoneEvidence): lone is UnprofiledContent {
  return lone?.kind === 'unprofiled'
}

function isUnreadable(lone: LoneEvidence): lone is UnreadableContent {
  return lone?.kind === 'unreadable'
}

/** Nothing has failed: its cells do not tell what they are. */
function notRead(
  reference: LoneEvidence,
  current: LoneEvidence,
): Pick<MeasuredColumn, 'reason' | 'state'> {
  const sides = [
    ...(isUnreadable(reference) ? [{ where: 'reference', why: reference.column.unreadable }] : []),
    ...(isUnreadable(current) ? [{ where: 'current table', why: current.column.unreadable }] : []),
  ]
  const where = sides.map((side) => side.where).join(' and the ')
  return { reason: `not read in the ${where}: ${sides[0]?.why}`, state: 'insufficient-data' }
}

function typeOfLone(lone: LoneEvidence, choice: ColumnChoice): ColumnType | null {
  if (isHeld(lone)) return shownAs(lone.own, choice.type)
  return isUnprofiled(lone) || isUnreadable(lone) ? lone.column.type : null
}

const ABSENT = {
  reference: { reason: 'the current table has no such column', finding: 'gone' },
  current: { reason: 'the reference has no such column', finding: 'new' },
} as const

function measureAlone(
  choice: ColumnChoice,
  name: Side,
  lone: LoneEvidence,
  settings: DriftSettings,
): MeasuredColumn {
  const type = isHeld(lone) ? lone.type : typeOfLone(lone, choice)
  const known = {
    ...ofType(choice, type, settings),
    ...(isHeld(lone) ? shown(choice, name, lone, settings) : {}),
  }
  return { ...known, state: 'error', ...ABSENT[name] }
}

function ofType(
  { name, methodFor }: ColumnChoice,
  type: ColumnType | null,
  settings: DriftSettings,
): Omit<MeasuredColumn, 'state'> {
  if (type === null) return blank(name, 'unknown', null, settings)
  return blank(name, type, methodFor(type), settings)
}

function shown(
  choice: ColumnChoice,
  side: Side,
  { type, evidence }: HeldEvidence,
  settings: DriftSettings,
): Partial<MeasuredColumn> {
  return type === null ? {} : knownOf(choice, side, evidence, type, settings)
}
