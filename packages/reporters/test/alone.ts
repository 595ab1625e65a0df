import type { ColumnDrift, DriftReport } from '@tidegauge/drift'
import { driftReport } from './drift-report.fixture.ts'

/**
 * The report on one column of a report: as before, but that no other test makes its p-values larger, so that their
 * adjusted ones are taken for them.
 */
export function alone(one: ColumnDrift, report: DriftReport): DriftReport {
  const { adjustedPValue, missing, pValue } = one
  const isTiny = one.logPValue !== undefined
  const values =
    adjustedPValue === undefined
      ? {}
      : {
          pValue: isTiny ? pValue! : adjustedPValue,
          adjustedPValue: isTiny ? pValue! : adjustedPValue,
        }
  const column = { ...one, ...values, missing: { ...missing, pValue: missing.adjustedPValue } }
  const settings = { ...report.settings, correction: 'none' } as const
  const { changedTypes, current, reference } = report
  return driftReport([column], {
    reference,
    current,
    settings,
    changedTypes: changedTypes.filter(({ name }) => name === one.name),
  })
}
