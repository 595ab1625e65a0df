import { listed } from '@tidegauge/core/options'
import type { DriftReport } from '@tidegauge/drift'
import { EXIT } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

export const FAIL_ON = ['action', 'drift', 'undecided', 'never'] as const
export type FailOn = (typeof FAIL_ON)[number]

/** @throws UsageError where `never` stands beside others */
export function failOnOf(given: readonly FailOn[] = ['never']): readonly FailOn[] {
  if (!given.includes('never')) return given
  if (given.length === 1) return []
  throw new UsageError(`--fail-on never stands alone, received ${given.join(',')}`)
}

/**
 * Is it for the exit code to say? Then stderr says why. What could not be judged is never taken for what did not
 * drift: where there is no decision, or features are gone, each of them fails.
 *
 * @returns the exit code
 */
export function exitCodeOf(
  report: DriftReport,
  failOn: readonly FailOn[],
  terminal: Terminal,
): number {
  const why = failure(report, failOn)
  if (why === null) return EXIT.fine
  terminal.error(`failed by --fail-on ${why}`)
  return EXIT.verdict
}

function failure({ decision, columns }: DriftReport, failOn: readonly FailOn[]): string | null {
  if (failOn.length === 0) return null
  const { action, cause, reason } = decision
  const decided = `${action} ${reason}`
  if (action === 'UNDECIDED' || cause === 'columns') return `${failOn.join(',')}: ${decided}`
  if (failOn.includes('action') && action === 'ACTION') return `action: ${decided}`
  const drifted = columns.filter((column) => column.drifted).map(({ name }) => short(name))
  if (!failOn.includes('drift') || drifted.length === 0) return null
  const count = `${drifted.length} ${drifted.length === 1 ? 'column' : 'columns'} drifted`
  return `drift: ${count}: ${listed(drifted, MOST_NAMES)}`
}

const MOST_NAMES = 5
const LONGEST_NAME = 60

function short(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
}
