import { TidegaugeError } from '@tidegauge/core'

export class ScrapeTimeoutError extends TidegaugeError {
  override readonly name = 'ScrapeTimeoutError'

  constructor(seconds: number) {
    super('ERR_SCRAPE_TIMEOUT', `a scrape took more than ${seconds} s`)
  }
}

/** Rejects as soon as the signal is aborted, whatever becomes of the promise. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
