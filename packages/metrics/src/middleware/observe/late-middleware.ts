/**
 * Says once that a middleware came after all routes, so that it sees what none of them answered: 404s. A process
 * warning, since nothing fails: the metrics are merely empty.
 */
export function warnOfLateMiddleware(where: string): void {
  const warning = globalThis.process?.emitWarning
  const text = `latencyMiddleware comes after all routes of ${where} and counts only what they do not answer: put it before them`
  if (typeof warning !== 'function') console.warn(text)
  else warning(text, { type: 'TidegaugeWarning', code: 'TIDEGAUGE_LATE_MIDDLEWARE' })
}
