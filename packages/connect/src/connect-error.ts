import { TidegaugeError } from '@tidegauge/core'

export interface ConnectErrorOptions extends ErrorOptions {
  readonly status?: number
  readonly missing?: readonly string[]
}

/** A report that did not arrive, or not all of it: the other side is not there, refuses it, or breaks off. */
export class ConnectError extends TidegaugeError {
  override readonly name = 'ConnectError'
  /** Of the answer that refused it; undefined where there was none. */
  readonly status: number | undefined
  /** What of the report has not arrived. */
  readonly missing: readonly string[]

  constructor(message: string, { status, missing = [], ...options }: ConnectErrorOptions = {}) {
    super('ERR_CONNECT', message, options)
    this.status = status
    this.missing = missing
  }
}
