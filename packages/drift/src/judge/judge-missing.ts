import { isDrifted } from '@tidegauge/core/internal'
import { shiftOfChiSquared } from '../measure/effect.ts'
import type { MeasuredColumn, MissingCounts } from '../measure/measured-column.ts'
import { missingShare } from '../measure/missing-share.ts'
import type { ColumnDrift, DriftSettings, MissingValues } from '../report/drift-report.ts'
import { formatPercent } from './format-percent.ts'
import { retypedReason } from './retyped-reason.ts'

/** Does the current table have no value where the reference had some? By chance, maybe: that is for a test to say. */
export function isEmptied({
  reference,
  referenceRows,
  current,
  currentRows,
}: MissingCounts): boolean {
  return currentRows > 0 && current === currentRows && reference < referenceRows
}

/** What came in the place of values that are no more: nothing, or something else. */
export function lossOf(
  counts: MissingCounts,
  invalid: number,
  type: ColumnDrift['type'],
): { readonly finding: 'gone' | 'changed-type'; readonly reason: string } {
  if (2 * invalid > counts.current) {
    const reason = retypedReason(type, 'no value of that type', invalid)
    return { finding: 'changed-type', reason }
  }
  const before = formatPercent(sharesOf(counts).reference)
  return {
    finding: 'gone',
    reason: `no value in the current table; ${before} were missing in the reference`,
  }
}

export const UNTESTED = {
  pValue: null,
  adjustedPValue: null,
  effect: null,
  drifted: false,
} as const

export function sharesOf({
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
export function testMissing(
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

export function judgeMissing(
  test: MissingValues,
  adjustedPValue: number | null,
  { alpha, tolerance }: DriftSettings,
): MissingValues {
  if (adjustedPValue === null) return test
  const drifted = isDrifted(adjustedPValue, alpha, test.effect!, tolerance)
  return { ...test, adjustedPValue, drifted }
}
