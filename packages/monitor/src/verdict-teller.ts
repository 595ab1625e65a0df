import type { Decision, DriftReport } from '@tidegauge/drift'
import type { LiveVerdict } from './feature-monitor-options.ts'

/** A verdict before it is known whose it is. */
export type Told = Pick<LiveVerdict, 'action' | 'previous' | 'report' | 'since'>

export interface VerdictTellerOptions {
  readonly tell: (verdict: Told) => void | Promise<void>
  readonly onError: (error: unknown) => void
  readonly cooldownMilliseconds: number
}

/** Takes the report of a look, at the time `elapsed` (never less than before), which the clock calls `time`. */
export type VerdictTeller = (report: DriftReport, elapsed: number, time: number) => void

/**
 * Tells when the action changes, and again after each cool-down while it is ACTION.
 *
 * One call at a time: what changes meanwhile is told at the first look after it. A call that failed counts as not
 * made, and is made again at the next look. A look without enough data changes nothing.
 */
export function verdictTeller({
  tell,
  onError,
  cooldownMilliseconds,
}: VerdictTellerOptions): VerdictTeller {
  let action: Decision['action'] = 'NO_ACTION'
  let since = 0
  let told: { action: Decision['action']; elapsed: number } = { action, elapsed: 0 }
  let isTelling = false

  async function call(verdict: Told, elapsed: number): Promise<void> {
    const before = told
    told = { action: verdict.action, elapsed }
    isTelling = true
    try {
      await tell(verdict)
    } catch (error) {
      told = before
      onError(error)
    } finally {
      isTelling = false
    }
  }

  return (report, elapsed, time) => {
    if (isInsufficient(report)) return
    if (report.decision.action !== action) {
      action = report.decision.action
      since = time
    }
    const isRepeat = action === 'ACTION' && elapsed - told.elapsed >= cooldownMilliseconds
    if (isTelling || (action === told.action && !isRepeat)) return
    void call({ action, previous: told.action, report, since }, elapsed)
  }
}

/** ACTION is never for want of data; NO_ACTION may be. Without features it is for the target to tell. */
function isInsufficient({
  columns,
  evaluatedFeatures,
  targetDrift,
  decision,
}: DriftReport): boolean {
  if (decision.action === 'ACTION') return false
  const hasFeatures = columns.some(({ role }) => role === 'feature')
  return hasFeatures ? evaluatedFeatures === 0 : targetDrift === null
}
