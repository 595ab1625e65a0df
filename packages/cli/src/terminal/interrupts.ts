const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `cleanUp` before a signal ends the process, and at its exit. The process still ends by that signal, so
 * that a shell sees 130 for an interrupt. Synchronous work (a report that is being written) is finished first.
 *
 * @returns takes it back
 */
export function onInterrupt(cleanUp: () => void): () => void {
  const end = (signal: NodeJS.Signals) => {
    if (isHeld) {
      process.once(signal, end)
      return
    }
    cleanUp()
    takeBack()
    process.kill(process.pid, signal)
  }
  const takeBack = () => {
    for (const signal of SIGNALS) process.removeListener(signal, end)
    process.removeListener('exit', cleanUp)
  }
  for (const signal of SIGNALS) process.once(signal, end)
  process.once('exit', cleanUp)
  return takeBack
}

/** Work that ends by itself once it is told to is waited for. */
let isHeld = false

/** So long; a second signal does not wait. */
const LONGEST_WAIT = 10_000

/**
 * Runs work that has to end elsewhere too: a signal aborts it, and the process ends by that signal once the work has.
 *
 * @param work - hears by its argument that it is to end
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let heard: NodeJS.Signals | undefined
  const release = () => {
    isHeld = false
    for (const signal of SIGNALS) process.removeListener(signal, hear)
  }
  const end = () => {
    release()
    process.kill(process.pid, heard)
  }
  const hear = (signal: NodeJS.Signals) => {
    if (heard !== undefined) {
      end()
      return
    }
    heard = signal
    controller.abort()
    setTimeout(end, LONGEST_WAIT).unref()
  }
  isHeld = true
  for (const signal of SIGNALS) process.on(signal, hear)
  try {
    return await work(controller.signal)
  } finally {
    if (heard === undefined) release()
    else {
      end()
      // The signal comes with the next turn of the loop: nothing of what is still to be done is done before.
      await new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT))
    }
  }
}
