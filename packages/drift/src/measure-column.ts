import { categoricalProfile, isMissing } from '@tidegauge/core'
import { ColumnError, forEachCell } from './column.ts'
import type { ColumnSources } from './column-sources.ts'
import type { ColumnType, DriftSettings } from './drift-report.ts'
import {
  type ColumnPair,
  columnsForEvidently,
  typeForEvidently,
} from './evidently-preset-columns.ts'
import { measureByType } from './measure-by-type.ts'
import {
  blank,
  type ColumnChoice,
  type ColumnSource,
  type MeasuredColumn,
  type MissingCounts,
} from './measured-column.ts'
import { knownOf, typeOf, typeOrError } from './one-side.ts'
import { areBothText, isHeld, measureUnpaired } from './unpaired.ts'

/** Statistic, p-value and effect of one column; whatever is wrong with it becomes its verdict. */
export function measureColumn(
  name: string,
  referenceSources: ColumnSources,
  currentSources: ColumnSources,
  choice: ColumnChoice,
  settings: DriftSettings,
): MeasuredColumn {
  let type = choice.type
  let pair: ColumnPair | undefined
  try {
    const reference = referenceSources.column(name)
    const current = currentSources.column(name)
    if (!isHeld(reference) || !isHeld(current)) {
      return measureUnpaired(name, { reference, current }, choice, settings)
    }
    pair = { reference, current }
    const { preset } = settings
    type =
      choice.type ??
      (preset === null ? commonType(reference, current) : typeForEvidently(preset, pair))
    const method = choice.methodFor(type)
    const compared =
      preset === null ? comparable(pair, type) : columnsForEvidently(preset, type, pair)
    const sides = { name, ...compared, method, settings, redactionKey: choice.redactionKey }
    const measured = measureByType(sides, type)
    const invalid = current.kind === 'profile' ? (current.column.invalid ?? 0) : 0
    return invalid === 0 ? measured : { ...measured, invalid }
  } catch (error) {
    // Whatever a column's cells do (a throwing getter, say) ends that column alone.
    const fault = faultOf(error, pair, choice)
    const known = fault.changedType?.reference ?? type ?? anyTypeOf(pair)
    return {
      ...(known === null
        ? blank(name, 'unknown', null, settings)
        : blank(name, known, choice.methodFor(known), settings)),
      state: 'error',
      reason: settings.redacted ? redactedReason(error) : messageOf(error),
      ...(settings.preset === null || pair === undefined ? {} : { missing: missingCells(pair) }),
      ...(fault.changedType === undefined
        ? {}
        : eachSide(name, pair!, fault.changedType, choice, settings)),
      ...fault,
    }
  }
}

/** Of a column that cannot be compared: what it is in the reference, else now; null where neither can be told. */
function anyTypeOf(pair: ColumnPair | undefined): ColumnType | null {
  for (const source of pair === undefined ? [] : [pair.reference, pair.current]) {
    const type = typeOrError(source)
    if (type !== null && type !== 'error') return type
  }
  return null
}

/** Both sides of a column whose type changed, each as what it is. */
function eachSide(
  name: string,
  { reference, current }: ColumnPair,
  types: ChangeOfType,
  choice: ColumnChoice,
  settings: DriftSettings,
): Pick<MeasuredColumn, 'reference' | 'current' | 'missing'> {
  const before = knownOf(name, 'reference', reference, types.reference, choice, settings)
  const after =
    types.current === null
      ? null
      : knownOf(name, 'current', current, types.current, choice, settings)
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
function faultOf(error: unknown, pair: ColumnPair | undefined, { type }: ColumnChoice): Fault {
  if (!(error instanceof ColumnError)) return {}
  const isReadAsText = type === 'categorical' || type === 'text'
  const changedType = pair === undefined || isReadAsText ? null : changeOfType(pair)
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

function commonType(reference: ColumnSource, current: ColumnSource): ColumnType {
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
