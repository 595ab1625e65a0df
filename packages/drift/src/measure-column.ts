import { type ColumnFinding, isMissing } from '@tidegauge/core'
import { ColumnError, forEachCell, inferType } from './column.ts'
import type { ColumnSources } from './column-sources.ts'
import type { ColumnType, DriftSettings } from './drift-report.ts'
import {
  type ColumnPair,
  columnsForEvidently,
  typeForEvidently,
} from './evidently-preset-columns.ts'
import { measureCategories } from './measure-categories.ts'
import { measureNumbers } from './measure-numbers.ts'
import { measureText } from './measure-text.ts'
import {
  blank,
  type ColumnChoice,
  type ColumnSource,
  type MeasuredColumn,
  type MissingCounts,
} from './measured-column.ts'

/** Statistic, p-value and effect of one column; whatever is wrong with it becomes its verdict. */
export function measureColumn(
  name: string,
  referenceSources: ColumnSources,
  currentSources: ColumnSources,
  choice: ColumnChoice,
  settings: DriftSettings,
): MeasuredColumn {
  let type: ColumnType = choice.type ?? 'categorical'
  let method = choice.methodFor(type)
  let pair: ColumnPair | undefined
  try {
    const reference = referenceSources.column(name)
    const current = currentSources.column(name)
    if (reference === null) throw absent('the reference has no such column', 'new')
    if (current === null) throw absent('the current table has no such column', 'gone')
    pair = { reference, current }
    const { preset } = settings
    type =
      choice.type ??
      (preset === null ? commonType(reference, current) : typeForEvidently(preset, pair))
    method = choice.methodFor(type)
    const compared = preset === null ? pair : columnsForEvidently(preset, type, pair)
    const sides = { name, ...compared, method, settings, redactionKey: choice.redactionKey }
    const measured =
      type === 'categorical'
        ? measureCategories(sides)
        : type === 'text'
          ? measureText(sides)
          : measureNumbers(sides, type)
    const invalid = current.kind === 'profile' ? (current.column.invalid ?? 0) : 0
    return invalid === 0 ? measured : { ...measured, invalid }
  } catch (error) {
    // Whatever a column's cells do (a throwing getter, say) ends that column alone.
    return {
      ...blank(name, type, method, settings),
      state: 'error',
      reason: settings.redacted ? redactedReason(error) : messageOf(error),
      ...(settings.preset === null || pair === undefined ? {} : { missing: missingCells(pair) }),
      ...faultOf(error, pair, choice),
    }
  }
}

function absent(message: string, finding: ColumnFinding): ColumnError {
  return new ColumnError(message, message, finding)
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

function typeOrError(source: ColumnSource): ColumnType | 'error' | null {
  try {
    return typeOf(source)
  } catch {
    return 'error'
  }
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

function typeOf(source: ColumnSource): ColumnType | null {
  if (source.kind === 'cells') return inferType(source.column)
  const { profile, type } = source.column
  return profile.n === 0 ? null : type
}
