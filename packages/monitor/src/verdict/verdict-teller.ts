import type { Decision, DriftReport } from '@tidegauge/drift'
import type { LiveVerdict } from '../feature-monitor-options.ts'

/** A verdict before it is known whose it is. */
export type Told = Pick<LiveVerdict, 'action' | 'cause' | 'previous' | 'report' | 'since'>

export interface VerdictTellerOptions {
  readonly tell: (verdict: Told) => void | Promise<void>
  readonly onError: (error: unknown) => void
  readonly cooldownMilliseconds: number
}

/** Takes the report of a look, at the time `elapsed` (never less than before), which the clock calls `time`. */
export type VerdictTeller = (report: DriftReport, elapsed: number, time: number) => void

/**
 * Tells when the action changes, or whether the columns themselves are its cause, and again after each cool-down while it
 * is ACTION.
 *
 * One call at a time: what changes meanwhile is told at the first look after it. A call that failed counts as not
 * made, and is made again at the next look. Where hardly anything was asked, a look changes nothing; where enough was
 * asked and too little of it can be judged, UNDECIDED is told.
 */
export function verdictTeller({
  tell,
  onError,
  cooldownMilliseconds,
}: VerdictTellerOptions): VerdictTeller {
  let state: State = { action: 'NO_ACTION', isPipeline: false }
  let since = 0
  let told = { ...state, elapsed: 0 }
  let isTelling = false

  async function call(verdict: Told, now: State, elapsed: number): Promise<void> {
    const before = told
    told = { ...now, elapsed }
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
    if (isIdle(report)) return
    const { action, cause } = report.decision
    const now = { action, isPipeline: cause === 'columns' }
    if (!isSame(now, state)) {
      state = now
      since = time
    }
    const isRepeat = action === 'ACTION' && elapsed - told.elapsed >= cooldownMilliseconds
    if (isTelling || (isSame(now, told) && !isRepeat)) return
    void call({ action, cause, previous: told.action, report, since }, now, elapsed)
  }
}

interface State {
  readonly action: Decision['action']
  /** A broken pipeline is another matter than drift, though both may be ACTION. */
  readonly isPipeline: boolean
}

function isSame(a: State, b: State): boolean {
  return a.action === b.action && a.isPipeline === b.isPipeline
}

/** A column of which every second value is missing takes twice as many rows. */
const ROWS_PER_VALUE = 2

/** ACTION is never for want of rows; nor is NO_ACTION, which is of what was judged. */
function isIdle({ current, decision, settings }: DriftReport): boolean {
  return decision.action === 'UNDECIDED' && current.rows < ROWS_PER_VALUE * settings.minimumValues
}
