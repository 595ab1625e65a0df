import { isMissing } from '@tidegauge/core'
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
import { knownOf, measureOneSide, typeOf, typeOrError } from './one-side.ts'

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
    if (reference === null || current === null) {
      const [side, there, finding] =
        current === null
          ? (['reference', reference, 'gone'] as const)
          : (['current', current, 'new'] as const)
      return {
        ...(there === null
          ? blank(name, 'unknown', null, settings)
          : measureOneSide(name, side, there, choice, settings)),
        state: 'error',
        reason: ABSENT[finding],
        finding,
      }
    }
    pair = { reference, current }
    const { preset } = settings
    type =
      choice.type ??
      (preset === null ? commonType(reference, current) : typeForEvidently(preset, pair))
    const method = choice.methodFor(type)
    const compared = preset === null ? pair : columnsForEvidently(preset, type, pair)
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

const ABSENT = {
  gone: 'the current table has no such column',
  new: 'the reference has no such column',
} as const

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

function commonType(reference: ColumnSource, current: ColumnSource): ColumnType {
  const before = typeOf(reference)
  const after = typeOf(current)
  if (areBothText(before, after)) return 'text'
  if (before !== null && after !== null && before !== after) {
    throw new ColumnError(`its type changed from ${before} in the reference to ${after}`)
  }
  return before ?? after ?? 'categorical'
}

/** Short texts on one side, long ones on the other: still texts. */
function areBothText(...types: ReadonlyArray<ColumnType | null>): boolean {
  return types.includes('text') && types.includes('categorical')
}
