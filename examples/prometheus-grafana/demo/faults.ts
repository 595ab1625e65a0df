/** What the service can be asked to do wrong, where `SIMULATE_FAULTS` lets it. */
export type Fault = 'slow' | 'fail'

const SLOW_EVERY = 60
const FAIL_EVERY = 200
const INVALID_EVERY = 500

/** One request in sixty is slow, one in two hundred fails. */
export function faultOf(request: number): Fault | undefined {
  if (request % FAIL_EVERY === 150) return 'fail'
  return request % SLOW_EVERY === 20 ? 'slow' : undefined
}

/** One request in five hundred is no valid flight. */
export function isInvalid(request: number): boolean {
  return request % INVALID_EVERY === 250
}

/** The headers that ask for it. */
export function simulated(fault: Fault | undefined): Record<string, string> {
  return fault === undefined ? {} : { 'x-simulate': fault }
}
