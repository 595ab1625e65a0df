import { formatPercent } from '../judge/format-percent.ts'
import { retypedReason } from '../judge/retyped-reason.ts'
import { COLUMN_KINDS } from '../plan/column-kinds.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import { ColumnError } from '../read/column-error.ts'
import {
  type ColumnEvidence,
  type Fault,
  type Fit,
  faultOf,
  isFault,
  type PairEvidence,
} from '../read/column-evidence.ts'
import { type ChangeOfType, changeOfType } from '../read/own-kind.ts'
import type { ColumnType, DriftSettings } from '../report/drift-report.ts'
import { blank, type MeasuredColumn } from './measured-column.ts'
import { NEGLIGIBLE } from './negligible.ts'
import { knownOf } from './one-side.ts'
import { measureUnpaired } from './unpaired.ts'

/** Statistic, p-value and effect of one column; whatever is wrong with it becomes its verdict. */
export function measureColumn(
  column: ColumnChoice,
  evidence: ColumnEvidence,
  settings: DriftSettings,
): MeasuredColumn {
  switch (evidence.kind) {
    case 'failed':
      return unmeasured(column, evidence.fault, settings)
    case 'unpaired':
      return measureUnpaired(column, evidence, settings)
    case 'pair':
      return measurePair(column, evidence, settings)
  }
}

function measurePair(
  column: ColumnChoice,
  pair: PairEvidence,
  settings: DriftSettings,
): MeasuredColumn {
  const { type, compared, fits } = pair
  try {
    if (type !== undefined) assertOfType(fits, type, settings)
    if (isFault(compared)) return incomparable(column, pair, compared, settings)
    const { name, redactionKey } = column
    const method = column.methodFor(type!)
    const isTypeSaid = column.type !== undefined
    const comparable = { name, ...compared, method, settings, redactionKey, isTypeSaid }
    const measured = COLUMN_KINDS[type!].measure(comparable)
    const invalid = fits.current?.invalid ?? 0
    return { ...measured, ...untoldOf(measured, pair), ...(invalid > 0 && { invalid }) }
  } catch (error) {
    return incomparable(column, pair, faultOf(error), settings)
  }
}

function incomparable(
  column: ColumnChoice,
  pair: PairEvidence,
  fault: Fault,
  settings: DriftSettings,
): MeasuredColumn {
  const { own, missingOfFailed: missing } = pair
  // Is the column itself at fault? A type that changed goes before whatever a preset says to it.
  const changedType = fault.redacted === null ? null : changeOfType(own, column.type)
  const type = changedType?.reference ?? pair.type ?? anyOf(own)
  return {
    ...unmeasured({ ...column, type }, fault, settings),
    ...(missing && { missing }),
    ...(changedType && knownOfEach(pair, changedType, column, settings)),
    ...(changedType
      ? { finding: 'changed-type', changedType }
      : fault.finding !== undefined && { finding: fault.finding }),
  }
}

/** Other errors than ours may quote the cells. */
function unmeasured(
  { name, type, methodFor }: ColumnChoice,
  { message, redacted }: Fault,
  settings: DriftSettings,
): MeasuredColumn {
  const method = type === undefined ? null : methodFor(type)
  const reason = settings.redacted ? (redacted ?? 'the column could not be compared') : message
  return { ...blank(name, type ?? 'unknown', method, settings), state: 'error', reason }
}

/** Most of the values now may be of another type: those few of this one would be compared alone. */
function assertOfType(
  { reference, current }: PairEvidence['fits'],
  type: ColumnType,
  { minimumValues }: DriftSettings,
): void {
  if (current === null || (reference !== null && reference.invalid > reference.n)) return
  const { invalid, n, missing } = current
  if (n === 0 || invalid <= n || n + missing < minimumValues) return
  const others = formatPercent(invalid / (invalid + n))
  const reason = retypedReason(type, `${others} of the values of another type`, invalid)
  throw new ColumnError(reason, reason, 'changed-type')
}

/**
 * Values that do not fit are compared by their number alone, among the missing ones. Where they are many, what they are may
 * have changed unseen; and there may be as many as there were missing ones.
 */
function untoldOf(
  { state, type, untold }: MeasuredColumn,
  { fits, isNested }: PairEvidence,
): Pick<MeasuredColumn, 'untold'> {
  if (state !== 'judged' || untold !== undefined) return {}
  if (isNested && type === 'text') return { untold: NESTED }
  const shareOf = (fit: Fit | null) => (fit === null ? 0 : fit.invalid / (fit.n + fit.invalid || 1))
  const [before, after] = [shareOf(fits.reference), shareOf(fits.current)]
  if (Math.max(before, after) <= NEGLIGIBLE) return {}
  const [share, where] = before > after ? [before, 'reference'] : [after, 'current table']
  return {
    untold: `too many values of another type to tell: ${formatPercent(share)} of those in the ${where}; where they stand for missing ones, have their spelling read as missing, else compare the column as text`,
  }
}

const NESTED =
  'too few words to tell: its values are lists, objects or bytes, compared by the words that they are written with; take columns of numbers and categories out of them, or leave the column out'

/** Of a column that cannot be compared: what it is in the reference, else now; undefined where neither can be told. */
function anyOf({ reference, current }: PairEvidence['own']): ColumnType | undefined {
  for (const kind of [reference, current]) {
    if (kind !== null && kind !== 'error') return kind
  }
  return undefined
}

/** Both sides of a column whose type changed, each as what it is. */
function knownOfEach(
  { apart, currentCells }: PairEvidence,
  types: ChangeOfType,
  column: ColumnChoice,
  settings: DriftSettings,
): Pick<MeasuredColumn, 'reference' | 'current' | 'missing'> {
  const before = knownOf(column, 'reference', apart!.reference, types.reference, settings)
  const after =
    types.current === null
      ? null
      : knownOf(column, 'current', apart!.current, types.current, settings)
  return {
    reference: before.reference,
    current: after?.current ?? null,
    missing: {
      ...before.missing,
      current: after?.missing.current ?? currentCells!.missing,
      currentRows: after?.missing.currentRows ?? currentCells!.rows,
    },
  }
}
