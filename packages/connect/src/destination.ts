import type { DriftReport } from '@tidegauge/drift'

/** Where a report goes. It either has it whole when `send` resolves, but for what is said to be left out, or `send` rejects. */
export interface Destination<Receipt extends Delivery = Delivery> {
  /** For people: what it is and where, without anything secret. */
  readonly name: string
  /**
   * @throws InvalidArgumentError (by rejection) where it is no report
   * @throws ConnectError (by rejection) that says what has not arrived; sent again, the same report goes on from there
   */
  send(report: DriftReport, options?: SendOptions): Promise<Receipt>
}

export interface SendOptions {
  /** Breaks it off: `send` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface Delivery {
  /** The `id` of the report. */
  readonly reportId: string
  /** What the report says, or does not, that could not be put there, a sentence each. */
  readonly leftOut: readonly string[]
}
