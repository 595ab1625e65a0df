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
    const message = error instanceof Error ? error.message : String(error)
    process.emitWarning(`${what}: ${message}`, {
      type: 'TidegaugeWarning',
      code: 'TIDEGAUGE_METRICS_FAILED',
    })
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
