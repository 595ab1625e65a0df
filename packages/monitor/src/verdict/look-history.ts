import type { Action, Look, Replacement, Strangers } from '@tidegauge/core'
import type { DriftReport } from '@tidegauge/drift'

/** So many looks are kept: an hour of the default pace. */
export const KEPT_LOOKS = 60
const KEPT_REPLACEMENTS = 10

/** What a look against the reference of now found. */
export interface Found {
  readonly time: number
  readonly report: DriftReport
  readonly strangers: readonly Strangers[]
}

/**
 * What the timer has seen: a few numbers of each of the last looks, and the report of the last one that succeeded.
 * It lives as long as the process.
 */
export class LookHistory {
  readonly #looks: Look[] = []
  readonly #replacements: Replacement[] = []
  #last: Found | null = null
  #decision: string | null = null
  #heldSince: number | null = null
  #told: { readonly time: number; readonly action: Action } | null = null

  found(found: Found): void {
    const { report, time } = found
    const { action, cause, policy } = report.decision
    this.#last = found
    this.#add({
      time,
      action,
      share: report.shareOfDriftedColumns,
      threshold: policy.shareThreshold,
      rows: report.current.rows,
    })
    // A broken pipeline is another matter than drift, though both may be ACTION.
    const decision = `${action} ${cause === 'columns'}`
    if (decision === this.#decision) return
    this.#decision = decision
    this.#heldSince = time
  }

  /** A look that came to nothing: what was found before holds, as far as one knows. */
  failed(time: number): void {
    this.#add({ time, action: null, share: null, threshold: 0, rows: 0 })
  }

  /** What was found is of a reference that is gone. */
  replaced(replacement: Replacement): void {
    this.#replacements.push(replacement)
    if (this.#replacements.length > KEPT_REPLACEMENTS) this.#replacements.shift()
    this.#last = null
    this.#decision = null
    this.#heldSince = null
  }

  wasTold(time: number, action: Action): void {
    this.#told = { time, action }
  }

  /** null: none yet against the reference of now. */
  get last(): Found | null {
    return this.#last
  }

  get looks(): readonly Look[] {
    return [...this.#looks]
  }

  get replacements(): readonly Replacement[] {
    return [...this.#replacements]
  }

  get heldSince(): number | null {
    return this.#heldSince
  }

  get told(): { readonly time: number; readonly action: Action } | null {
    return this.#told
  }

  #add(look: Look): void {
    this.#looks.push(look)
    if (this.#looks.length > KEPT_LOOKS) this.#looks.shift()
  }
}
