import { adjustPValues } from '@tidegauge/core'
import { adjustTogether, columnVerdict, isDetectable, type Steps } from '@tidegauge/core/internal'
import type { MeasuredColumn } from '../measure/measured-column.ts'
import type { JudgedColumn } from '../presets/semantics.ts'
import type { DriftSettings, MissingValues } from '../report/drift-report.ts'
import { explain } from './explain.ts'
import { isEmptied, judgeMissing, lossOf, testMissing } from './judge-missing.ts'

/**
 * Gives every column its verdict: only now are all p-values of the run known. Values and missing values of
 * a column are two tests, adjusted together with those of all others.
 */
export function* judgeInSteps(
  columns: readonly MeasuredColumn[],
  settings: DriftSettings,
): Steps<JudgedColumn[]> {
  const missing: MissingValues[] = []
  for (const column of columns) {
    missing.push(testMissing(column, settings))
    yield
  }
  const tests = columns.map(({ state, pValue }, i) => ({
    values: state === 'judged' ? pValue! : null,
    missing: missing[i]!.pValue,
  }))
  const adjusted = adjustTogether(tests, (pValues) => adjustPValues(pValues, settings.correction))
  return columns.map((column, i) => {
    const judgedMissing = judgeMissing(missing[i]!, adjusted[i]!.missing, settings)
    return judgeColumn(column, adjusted[i]!.values, judgedMissing, settings)
  })
}

function judgeColumn(
  {
    state,
    effect,
    changedType: _,
    invalid = 0,
    missing: counts,
    untold,
    ...column
  }: MeasuredColumn,
  adjustedPValue: number | null,
  missing: MissingValues,
  settings: DriftSettings,
): JudgedColumn {
  const known = {
    ...column,
    missing,
    effect: effect?.value ?? null,
    effectInterval: effect?.interval ?? null,
    ...(adjustedPValue === null ? {} : { adjustedPValue }),
  }
  if (isEmptied(counts) && isSeen(missing.adjustedPValue, settings)) {
    return { ...known, ...lossOf(counts, invalid, column.type), drifted: false, verdict: 'error' }
  }
  if (state === 'error') return { ...known, drifted: false, verdict: 'error' }
  const { verdict, causes } = columnVerdict(known, settings.alpha)
  if (verdict === 'insufficient-data') return { ...known, drifted: false, verdict }
  // It was tested with the others all the same: else those alone would be, in which something seems to be found.
  if (untold !== undefined && verdict !== 'drifted') {
    return { ...known, drifted: false, verdict: 'insufficient-data', reason: untold }
  }
  // What the reader is told of is what led to the verdict, not whatever else was measured.
  const reason = explain({ ...known, verdict }, causes, settings.alpha)
  return { ...known, drifted: verdict === 'drifted', verdict, reason }
}

function isSeen(adjustedPValue: number | null, { alpha }: DriftSettings): boolean {
  return adjustedPValue !== null && isDetectable(adjustedPValue, alpha)
}
