import { ColumnError, inferType } from './column.ts'
import type { ColumnSources } from './column-sources.ts'
import type { ColumnType, DriftSettings } from './drift-report.ts'
import { columnsForEvidently, typeForEvidently } from './evidently-preset-columns.ts'
import { measureCategories } from './measure-categories.ts'
import { measureNumbers } from './measure-numbers.ts'
import { measureText } from './measure-text.ts'
import {
  blank,
  type ColumnChoice,
  type ColumnSource,
  type MeasuredColumn,
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
  try {
    const reference = referenceSources.column(name)
    const current = currentSources.column(name)
    if (reference === null) throw new ColumnError('the reference has no such column')
    if (current === null) throw new ColumnError('the current table has no such column')
    const { preset } = settings
    const pair = { reference, current }
    type =
      choice.type ??
      (preset === null ? commonType(reference, current) : typeForEvidently(preset, pair))
    method = choice.methodFor(type)
    const compared = preset === null ? pair : columnsForEvidently(preset, type, pair)
    const sides = { name, ...compared, method, settings, redactionKey: choice.redactionKey }
    if (type === 'categorical') return measureCategories(sides)
    if (type === 'text') return measureText(sides)
    return measureNumbers(sides, type)
  } catch (error) {
    // Whatever a column's cells do (a throwing getter, say) ends that column alone.
    return {
      ...blank(name, type, method, settings),
      state: 'error',
      reason: settings.redacted ? redactedReason(error) : messageOf(error),
    }
  }
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
  const pair = new Set([before, after])
  // Short texts on one side, long ones on the other: still texts.
  if (pair.has('text') && pair.has('categorical')) return 'text'
  if (before !== null && after !== null && before !== after) {
    throw new ColumnError(`its type changed from ${before} in the reference to ${after}`)
  }
  return before ?? after ?? 'categorical'
}

function typeOf(source: ColumnSource): ColumnType | null {
  if (source.kind === 'cells') return inferType(source.column)
  const { profile, type } = source.column
  return profile.n === 0 ? null : type
}
