import { TidegaugeError } from '@tidegauge/core'

/** Wrong usage or data that cannot be read: one clear line, exit code 2. */
export class UsageError extends TidegaugeError {
  override readonly name = 'UsageError'

  constructor(message: string) {
    super('ERR_USAGE', message)
  }
}
