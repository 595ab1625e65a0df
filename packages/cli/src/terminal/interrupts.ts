const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `cleanUp` before a signal ends the process, and at its exit. The process still ends by that signal, so
 * that a shell sees 130 for an interrupt. Synchronous work (a report that is being written) is finished first.
 *
 * @returns takes it back
 */
export function onInterrupt(cleanUp: () => void): () => void {
  const end = (signal: NodeJS.Signals) => {
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
