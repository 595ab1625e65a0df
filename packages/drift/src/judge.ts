import { isDetectable, isDrifted } from './decision.ts'
import type { ColumnDrift, DriftSettings, MissingValues, Verdict } from './drift-report.ts'
import { effectOfChiSquared } from './effect.ts'
import { explain } from './explain.ts'
import type { MeasuredColumn, MissingCounts } from './measured-column.ts'
import { adjustPValues } from './methods/multiple-testing.ts'
import { missingShareTest } from './methods/two-proportion-z.ts'

/**
 * Gives every column its verdict: only now are all p-values of the run known. Values and missing values of
 * a column are two tests, adjusted together with those of all others.
 */
export function judge(
  columns: readonly MeasuredColumn[],
  settings: DriftSettings,
): Array<Omit<ColumnDrift, 'role'>> {
  const missing = columns.map(({ missing }) => testMissing(missing, settings))
  const family = [
    ...columns.flatMap((column) => (column.state === 'judged' ? [column.pValue!] : [])),
    ...missing.flatMap(({ pValue }) => (pValue === null ? [] : [pValue])),
  ]
  const adjusted = adjustPValues(family, settings.correction)[Symbol.iterator]()
  const next = (): number => adjusted.next().value!
  const adjustedValues = columns.map(({ state }) => (state === 'judged' ? next() : null))
  const judgedMissing = missing.map((test) => judgeMissing(test, next, settings))
  return columns.map((column, i) =>
    judgeColumn(column, adjustedValues[i]!, judgedMissing[i]!, settings),
  )
}

function judgeColumn(
  { state, effect, ...column }: MeasuredColumn,
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
  if (state === 'error') return { ...known, drifted: false, verdict: 'error' }
  if (adjustedPValue === null && !missing.drifted) {
    return { ...known, drifted: false, verdict: 'insufficient-data' }
  }
  const measure = known.criterion.measure === 'effect' ? known.effect! : known.statistic!
  const valuesDrifted =
    adjustedPValue !== null && isDrifted(adjustedPValue, settings.alpha, measure, known.threshold)
  const detectable =
    (adjustedPValue !== null && isDetectable(adjustedPValue, settings.alpha)) ||
    (missing.adjustedPValue !== null && isDetectable(missing.adjustedPValue, settings.alpha))
  const drifted = valuesDrifted || missing.drifted
  const verdict: Verdict = drifted ? 'drifted' : detectable ? 'negligible' : 'stable'
  return {
    ...known,
    drifted,
    verdict,
    reason: explain({ ...known, verdict }, settings.alpha),
  }
}

/** The share of missing values, tested like any proportion, where there are any and rows enough. */
function testMissing(
  { reference, referenceRows, current, currentRows }: MissingCounts,
  { alpha, minimumValues }: DriftSettings,
): MissingValues {
  const shares = {
    reference: referenceRows === 0 ? 0 : reference / referenceRows,
    current: currentRows === 0 ? 0 : current / currentRows,
  }
  const testable = reference + current > 0 && Math.min(referenceRows, currentRows) >= minimumValues
  if (!testable) {
    return { ...shares, pValue: null, adjustedPValue: null, effect: null, drifted: false }
  }
  const { statistic, pValue } = missingShareTest(reference, referenceRows, current, currentRows)
  const { value } = effectOfChiSquared(statistic ** 2, 1, referenceRows, currentRows, alpha)
  return { ...shares, pValue, adjustedPValue: null, effect: value, drifted: false }
}

function judgeMissing(
  test: MissingValues,
  nextAdjusted: () => number,
  { alpha, tolerance }: DriftSettings,
): MissingValues {
  if (test.pValue === null) return test
  const adjustedPValue = nextAdjusted()
  const drifted = isDrifted(adjustedPValue, alpha, test.effect!, tolerance)
  return { ...test, adjustedPValue, drifted }
}
