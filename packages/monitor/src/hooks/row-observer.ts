import { InvalidArgumentError, TidegaugeError } from '@tidegauge/core'
import { failureReporter } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type { FeatureMonitor } from '../feature-monitor.ts'

/**
 * What was asked and answered: the features and, once it is known, the prediction, by column name. Any interface
 * or class will do.
 */
export type Row = object

/** A row, or null or undefined where there is nothing to count; at once or later. */
export type RowOrNothing = Row | null | undefined | Promise<Row | null | undefined>

export interface FeatureHookOptions {
  /** Told of every failure of the hook. Default: a process warning, once per hook. */
  readonly onError?: (error: unknown) => void
  /** So many rows may be waited for where `toRow` is async; more are left out, and told of. Default 1000. */
  readonly maxPending?: number
}

/**
 * The one code path of all hooks: takes the row and counts it. It never throws, and nobody waits for it.
 *
 * @throws InvalidArgumentError where an argument is not what it must be
 */
export function rowObserver<Exchange extends unknown[]>(
  monitor: Pick<FeatureMonitor, 'observe'>,
  toRow: (...exchange: Exchange) => RowOrNothing,
  options: FeatureHookOptions = {},
): RowObserver<Exchange> {
  assertOptions('options', options, HOOK_OPTIONS)
  const { onError, maxPending = 1000 } = options
  if (typeof monitor?.observe !== 'function') {
    throw new InvalidArgumentError('monitor', 'a FeatureMonitor', monitor)
  }
  if (typeof toRow !== 'function') {
    throw new InvalidArgumentError('toRow', 'a function that gives the row of a request', toRow)
  }
  if (!(Number.isSafeInteger(maxPending) && maxPending >= 1)) {
    throw new InvalidArgumentError('maxPending', 'a whole number from 1', maxPending)
  }
  const report = failureReporter(
    onError,
    'the features of a request were not counted',
    'TIDEGAUGE_MONITOR_FAILED',
  )
  let pending = 0

  function observe(row: Row | null | undefined): void {
    if (row === null || row === undefined) return
    if (typeof row !== 'object' || Array.isArray(row)) {
      throw new InvalidArgumentError('toRow()', 'an object, null or undefined', row)
    }
    monitor.observe(row)
  }

  async function observeLater(promise: PromiseLike<Row | null | undefined>): Promise<void> {
    pending++
    try {
      observe(await promise)
    } catch (error) {
      report(error)
    } finally {
      pending--
    }
  }

  const observer = (...exchange: Exchange): void => {
    try {
      if (pending >= maxPending) throw new TooManyPendingRowsError(maxPending)
      const row = toRow(...exchange)
      if (isPromise(row)) void observeLater(row)
      else observe(row)
    } catch (error) {
      report(error)
    }
  }
  return Object.assign(observer, { report })
}

export interface RowObserver<Exchange extends unknown[]> {
  (...exchange: Exchange): void
  /** Where the hook itself has failed. */
  report(error: unknown): void
}

const HOOK_OPTIONS: Readonly<Record<keyof FeatureHookOptions, true>> = {
  onError: true,
  maxPending: true,
}

class TooManyPendingRowsError extends TidegaugeError {
  override readonly name = 'TooManyPendingRowsError'

  constructor(maxPending: number) {
    super(
      'ERR_TOO_MANY_PENDING_ROWS',
      `a request was not counted, since toRow() has not settled for ${maxPending} earlier ones: let it settle, or raise "maxPending"`,
    )
  }
}

/** A row from JSON never is one, whatever its columns are called: it holds no function. */
function isPromise(row: RowOrNothing): row is Promise<Row | null | undefined> {
  return typeof (row as { then?: unknown } | null | undefined)?.then === 'function'
}
