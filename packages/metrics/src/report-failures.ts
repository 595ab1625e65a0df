import { failureReporter as reporter } from '@tidegauge/core/internal'

/** Tells of failures of the metrics as that of core does, under a code of their own. */
export function failureReporter(
  onError: ((error: unknown) => void) | undefined,
  what: string,
): (error: unknown) => void {
  return reporter(onError, what, 'TIDEGAUGE_METRICS_FAILED')
}
