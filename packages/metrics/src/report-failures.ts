/**
 * Tells of failures that must not reach a request, and never throws itself.
 *
 * @param onError - default: a process warning, once; also where it throws
 * @param what - the warning's beginning
 */
export function failureReporter(
  onError: ((error: unknown) => void) | undefined,
  what: string,
): (error: unknown) => void {
  let warned = false
  const warn = (error: unknown): void => {
    if (warned) return
    warned = true
    const text = `${what}: ${error instanceof Error ? error.message : String(error)}`
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
