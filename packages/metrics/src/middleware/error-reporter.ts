/** Tells the user of failures of the metrics: by `onError`, or else by one process warning. Never throws. */
export function errorReporter(
  onError: ((error: unknown) => void) | undefined,
): (error: unknown) => void {
  let warned = false
  const warn = (error: unknown): void => {
    if (warned) return
    warned = true
    const text = `request metrics failed: ${error instanceof Error ? error.message : String(error)}`
    // Not every runtime of `fetch` handlers has Node's process.
    const warning = globalThis.process?.emitWarning
    if (typeof warning !== 'function') console.warn(text)
    else warning(text, { type: 'TidegaugeWarning', code: 'TIDEGAUGE_METRICS_FAILED' })
  }
  if (onError === undefined) return warn
  return (error) => {
    try {
      onError(error)
    } catch (failure) {
      warn(failure)
    }
  }
}
