import { categoricalProfile, isMissing } from '@tidegauge/core'
import { ColumnError, forEachCell } from './column.ts'
import type { ColumnType, DriftSettings } from './drift-report.ts'
import { columnsForEvidently, typeForEvidently } from './evidently-preset-columns.ts'
import { measureByType } from './measure-by-type.ts'
import {
  blank,
  type ColumnPair,
  type ColumnSource,
  type MeasuredColumn,
  type MissingCounts,
} from './measured-column.ts'
import { knownOf, typeOf, typeOrError } from './one-side.ts'
import type { ColumnSide } from './open-table.ts'
import type { ColumnChoice } from './plan.ts'
import { areBothText, isHeld, measureUnpaired } from './unpaired.ts'

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
  const { name, methodFor, redactionKey } = column
  const { preset } = settings
  let { type } = column
  try {
    type ??= preset === null ? commonType(pair) : typeForEvidently(preset, pair)
    const compared =
      preset === null ? comparable(pair, type) : columnsForEvidently(preset, type, pair)
    const method = methodFor(type)
    const measured = measureByType({ name, ...compared, method, settings, redactionKey }, type)
    const { current } = pair
    const invalid = current.kind === 'profile' ? (current.column.invalid ?? 0) : 0
    return invalid === 0 ? measured : { ...measured, invalid }
  } catch (error) {
    const fault = faultOf(error, pair, column)
    const known = fault.changedType?.reference ?? type ?? anyTypeOf(pair)
    return {
      ...unmeasured({ ...column, type: known }, error, settings),
      ...(preset === null ? {} : { missing: missingCells(pair) }),
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

/** Of columns that a preset refuses: whether they have lost their values is told by these. */
function missingCells({ reference, current }: ColumnPair): MissingCounts {
  const [before, after] = [countCells(reference), countCells(current)]
  return {
    reference: before.missing,
    referenceRows: before.rows,
    current: after.missing,
    currentRows: after.rows,
  }
}

function countCells(source: ColumnSource): { readonly missing: number; readonly rows: number } {
  if (source.kind === 'profile') {
    const { n, missing } = source.column.profile
    return { missing, rows: n + missing }
  }
  let missing = 0
  let rows = 0
  try {
    forEachCell(source.column, (cell) => {
      rows++
      if (isMissing(cell)) missing++
    })
  } catch {
    // A cell that cannot be read is no missing one.
    rows++
  }
  return { missing, rows }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Other errors than ours may quote the cells. */
function redactedReason(error: unknown): string {
  return error instanceof ColumnError ? error.redacted : 'the column could not be compared'
}

/** A stored side without a value is of no kind yet, and under no key: it is empty as the other side is. */
function comparable({ reference, current }: ColumnPair, type: ColumnType): ColumnPair {
  if (type !== 'categorical') return { reference, current }
  return {
    reference: asEmptyCategories(reference, current),
    current: asEmptyCategories(current, reference),
  }
}

function asEmptyCategories(source: ColumnSource, other: ColumnSource): ColumnSource {
  if (source.kind === 'cells' || source.column.profile.n > 0) return source
  const { keyCheck: _, sample: __, ...column } = source.column
  const keyCheck = other.kind === 'profile' ? other.column.keyCheck : undefined
  return {
    kind: 'profile',
    column: {
      ...column,
      profile: categoricalProfile([], { missing: column.profile.missing }),
      ...(keyCheck === undefined ? {} : { keyCheck }),
    },
  }
}

function commonType({ reference, current }: ColumnPair): ColumnType {
  const before = typeOf(reference)
  const after = typeOf(current)
  if (areBothText(before, after)) {
    // No profile keeps documents: what one side has by name is compared by name.
    return reference.kind === 'profile' || current.kind === 'profile' ? 'categorical' : 'text'
  }
  if (before !== null && after !== null && before !== after) {
    throw new ColumnError(`its type changed from ${before} in the reference to ${after}`)
  }
  return before ?? after ?? 'categorical'
}
