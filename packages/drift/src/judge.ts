import {
  adjustPValues,
  adjustTogether,
  columnVerdict,
  criterionValue,
  isDetectable,
  isDrifted,
  presetVerdict,
  type Steps,
} from '@tidegauge/core'
import type { ColumnDrift, DriftSettings, MissingValues } from './drift-report.ts'
import { shiftOfChiSquared } from './effect.ts'
import { explain } from './explain.ts'
import { formatPercent } from './format-percent.ts'
import type { MeasuredColumn, MissingCounts } from './measured-column.ts'
import { missingShare } from './missing-share.ts'

/**
 * Gives every column its verdict: only now are all p-values of the run known. Values and missing values of
 * a column are two tests, adjusted together with those of all others.
 */
export function* judgeInSteps(
  columns: readonly MeasuredColumn[],
  settings: DriftSettings,
): Steps<Array<Omit<ColumnDrift, 'role'>>> {
  if (settings.preset !== null) {
    // No test of the preset's own pays for the number of columns.
    const alpha = settings.alpha / columns.length
    return columns.map((column) => judgeByRuling(column, alpha))
  }
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
  { state, effect, changedType: _, invalid = 0, missing: counts, ...column }: MeasuredColumn,
  adjustedPValue: number | null,
  missing: MissingValues,
  settings: DriftSettings,
): Omit<ColumnDrift, 'role'> {
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
  // What the reader is told of is what led to the verdict, not whatever else was measured.
  const reason = explain({ ...known, verdict }, causes, settings.alpha)
  return { ...known, drifted: verdict === 'drifted', verdict, reason }
}

function isSeen(adjustedPValue: number | null, { alpha }: DriftSettings): boolean {
  return adjustedPValue !== null && isDetectable(adjustedPValue, alpha)
}

/** Does the current table have no value where the reference had some? By chance, maybe: that is for a test to say. */
function isEmptied({ reference, referenceRows, current, currentRows }: MissingCounts): boolean {
  return currentRows > 0 && current === currentRows && reference < referenceRows
}

/** What came in the place of values that are no more: nothing, or something else. */
function lossOf(
  counts: MissingCounts,
  invalid: number,
  type: ColumnDrift['type'],
): { readonly finding: 'gone' | 'changed-type'; readonly reason: string } {
  if (2 * invalid > counts.current) {
    const reason = `its type changed: ${type} in the reference, and no value of that type in the current table`
    return { finding: 'changed-type', reason }
  }
  const before = formatPercent(sharesOf(counts).reference)
  return {
    finding: 'gone',
    reason: `no value in the current table; ${before} were missing in the reference`,
  }
}

/** As a preset has it: each column by its own method's score alone. */
function judgeByRuling(
  { state, effect, missing, changedType: _, invalid = 0, ...column }: MeasuredColumn,
  alpha: number,
): Omit<ColumnDrift, 'role'> {
  const known = {
    ...column,
    missing: { ...UNTESTED, ...sharesOf(missing) },
    effect: effect?.value ?? null,
    effectInterval: effect?.interval ?? null,
  }
  if (state !== 'judged') {
    const isLost = isEmptied(missing) && missingShare(missing, alpha).pValue <= alpha
    if (!isLost) return { ...known, drifted: false, verdict: state }
    const { finding } = lossOf(missing, invalid, column.type)
    // The reason is that of the preset, which says why it cannot compare the column.
    return { ...known, ...(finding && { finding }), drifted: false, verdict: 'error' }
  }
  const { criterion, method, threshold } = known
  const verdict = presetVerdict(known)!
  const score = Number(criterionValue(known)!.toPrecision(3))
  return {
    ...known,
    drifted: verdict === 'drifted',
    verdict,
    reason: `${method} gives ${score}; ${criterion.operator} ${threshold} is drift`,
  }
}

const UNTESTED = { pValue: null, adjustedPValue: null, effect: null, drifted: false } as const

function sharesOf({
  reference,
  referenceRows,
  current,
  currentRows,
}: MissingCounts): Pick<MissingValues, 'reference' | 'current'> {
  return {
    reference: referenceRows === 0 ? 0 : reference / referenceRows,
    current: currentRows === 0 ? 0 : current / currentRows,
  }
}

/** The share of missing values, tested like any proportion, where there are any and rows enough. */
function testMissing(
  { missing: counts, state }: MeasuredColumn,
  { alpha, minimumValues }: DriftSettings,
): MissingValues {
  const { reference, referenceRows, current, currentRows } = counts
  const untested = { ...UNTESTED, ...sharesOf(counts) }
  const testable =
    state !== 'error' &&
    reference + current > 0 &&
    Math.min(referenceRows, currentRows) >= minimumValues
  if (!testable) return untested
  const { statistic, pValue } = missingShare(counts, alpha)
  const effect = shiftOfChiSquared(statistic ** 2, 1, referenceRows, currentRows)
  return { ...untested, pValue, effect }
}

function judgeMissing(
  test: MissingValues,
  adjustedPValue: number | null,
  { alpha, tolerance }: DriftSettings,
): MissingValues {
  if (adjustedPValue === null) return test
  const drifted = isDrifted(adjustedPValue, alpha, test.effect!, tolerance)
  return { ...test, adjustedPValue, drifted }
}
