import { formatPercent } from '../judge/format-percent.ts'
import { COLUMN_KINDS } from '../plan/column-kinds.ts'
import type { ColumnSide } from '../plan/open-table.ts'
import type { ColumnChoice } from '../plan/plan.ts'
import type { ColumnType, DriftSettings } from '../report/drift-report.ts'
import { ColumnError } from './column.ts'
import {
  blank,
  type ColumnPair,
  type ColumnSource,
  type MeasuredColumn,
} from './measured-column.ts'
import { countCells } from './missing-cells.ts'
import { areBothText, knownOf, typeOrError } from './one-side.ts'
import { isHeld, measureUnpaired } from './unpaired.ts'

/** Both sides of a column, however much of them is known. */
export interface ColumnSides {
  readonly reference: ColumnSide
  readonly current: ColumnSide
}

/** Statistic, p-value and effect of one column; whatever is wrong with it becomes its verdict. */
export function measureColumn(
  column: ColumnChoice,
  sides: ColumnSides,
  settings: DriftSettings,
): MeasuredColumn {
  const { reference, current } = sides
  for (const side of [reference, current]) {
    if (side?.kind === 'failed') return unmeasured(column, side.error, settings)
  }
  if (!isHeld(reference) || !isHeld(current)) return measureUnpaired(column, sides, settings)
  return measurePair(column, { reference, current }, settings)
}

function measurePair(
  column: ColumnChoice,
  pair: ColumnPair,
  settings: DriftSettings,
): MeasuredColumn {
  const { name, methodFor, redactionKey, semantics } = column
  let { type } = column
  try {
    type ??= semantics.typeOf(pair) ?? 'categorical'
    assertOfType(pair.current, type, settings)
    const compared = semantics.comparable(pair, type)
    const method = methodFor(type)
    const measured = COLUMN_KINDS[type].measure({
      name,
      ...compared,
      method,
      settings,
      redactionKey,
    })
    const { current } = pair
    const invalid = current.kind === 'profile' ? (current.column.invalid ?? 0) : 0
    return invalid === 0 ? measured : { ...measured, invalid }
  } catch (error) {
    const fault = faultOf(error, pair, column)
    const missing = semantics.missingOfFailed(pair)
    const known = fault.changedType?.reference ?? type ?? anyTypeOf(pair)
    return {
      ...unmeasured({ ...column, type: known }, error, settings),
      ...(missing && { missing }),
      ...(fault.changedType && eachSide(pair, fault.changedType, column, settings)),
      ...fault,
    }
  }
}

function unmeasured(
  { name, type, methodFor }: ColumnChoice,
  error: unknown,
  settings: DriftSettings,
): MeasuredColumn {
  const method = type === undefined ? null : methodFor(type)
  const reason = settings.redacted ? redactedReason(error) : messageOf(error)
  return { ...blank(name, type ?? 'unknown', method, settings), state: 'error', reason }
}

/** Most of the values that a window has may be of another type: those few of this one would be compared alone. */
function assertOfType(
  current: ColumnSource,
  type: ColumnType,
  { minimumValues }: DriftSettings,
): void {
  if (current.kind === 'cells') return
  const { invalid = 0, profile } = current.column
  const { n, missing } = profile
  if (n === 0 || invalid <= n || n + missing < minimumValues) return
  const others = formatPercent(invalid / (invalid + n))
  const reason = `its type changed: ${type} in the reference, and ${others} of the values of another type in the current table`
  throw new ColumnError(reason, reason, 'changed-type')
}

/** Of a column that cannot be compared: what it is in the reference, else now; undefined where neither can be told. */
function anyTypeOf({ reference, current }: ColumnPair): ColumnType | undefined {
  for (const source of [reference, current]) {
    const type = typeOrError(source)
    if (type !== null && type !== 'error') return type
  }
  return undefined
}

/** Both sides of a column whose type changed, each as what it is. */
function eachSide(
  { reference, current }: ColumnPair,
  types: ChangeOfType,
  column: ColumnChoice,
  settings: DriftSettings,
): Pick<MeasuredColumn, 'reference' | 'current' | 'missing'> {
  const before = knownOf(column, 'reference', reference, types.reference, settings)
  const after =
    types.current === null ? null : knownOf(column, 'current', current, types.current, settings)
  const { missing, rows } = countCells(current)
  return {
    reference: before.reference,
    current: after?.current ?? null,
    missing: {
      ...before.missing,
      current: after?.missing.current ?? missing,
      currentRows: after?.missing.currentRows ?? rows,
    },
  }
}

type Fault = Pick<MeasuredColumn, 'finding' | 'changedType'>
type ChangeOfType = NonNullable<MeasuredColumn['changedType']>

/** Is the column itself at fault? A type that changed goes before whatever a preset says to it. */
function faultOf(error: unknown, pair: ColumnPair, { type }: ColumnChoice): Fault {
  if (!(error instanceof ColumnError)) return {}
  const isReadAsText = type === 'categorical' || type === 'text'
  const changedType = isReadAsText ? null : changeOfType(pair)
  if (changedType !== null) return { finding: 'changed-type', changedType }
  return error.finding === undefined ? {} : { finding: error.finding }
}

function changeOfType({ reference, current }: ColumnPair): ChangeOfType | null {
  const before = typeOrError(reference)
  const after = typeOrError(current)
  if (before === null || before === 'error' || after === null) return null
  if (after === 'error') return { reference: before, current: null }
  return before === after || areBothText(before, after)
    ? null
    : { reference: before, current: after }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Other errors than ours may quote the cells. */
function redactedReason(error: unknown): string {
  return error instanceof ColumnError ? error.redacted : 'the column could not be compared'
}
