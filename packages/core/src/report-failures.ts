/**
 * Tells of failures that must not reach a request, and never throws itself.
 *
 * @param onError - default: a process warning, once; also where it throws
 * @param what - the warning's beginning
 * @param code - of the warning
 * @example
 * const report = failureReporter(onError, 'a scrape of the metrics failed', 'TIDEGAUGE_METRICS_FAILED')
 */
export function failureReporter(
  onError: ((error: unknown) => void) | undefined,
  what: string,
  code: string,
): (error: unknown) => void {
  let warned = false
  const warn = (error: unknown): void => {
    if (warned) return
    warned = true
    const text = `${what}: ${messageOf(error)}`
    // Not every runtime of `fetch` handlers has Node's process.
    const warning = globalThis.process?.emitWarning
    if (typeof warning !== 'function') console.warn(text)
    else warning(text, { type: 'TidegaugeWarning', code })
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

/** Anything can be thrown, also what cannot be text. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return `a thrown ${typeof error}`
  }
}
