import type { DriftReport } from '@tidegauge/drift'
import { UsageError } from './usage-error.ts'

export const FAIL_ON = ['action', 'drift', 'undecided', 'never'] as const
export type FailOn = (typeof FAIL_ON)[number]

/** @throws UsageError where `never` stands beside others */
export function failOnOf(given: readonly FailOn[] = ['never']): readonly FailOn[] {
  if (!given.includes('never')) return given
  if (given.length === 1) return []
  throw new UsageError(`--fail-on never stands alone, received ${given.join(',')}`)
}

/**
 * Is it for the exit code to say? What could not be judged is never taken for what did not drift: where there is no
 * decision, or features are gone, each of them says so.
 */
export function failed(report: DriftReport, failOn: readonly FailOn[]): boolean {
  if (failOn.length === 0) return false
  const { action, cause } = report.decision
  if (action === 'UNDECIDED' || cause === 'columns') return true
  if (failOn.includes('action') && action === 'ACTION') return true
  return failOn.includes('drift') && report.columns.some(({ drifted }) => drifted)
}
