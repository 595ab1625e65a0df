import { InvalidArgumentError, type TableInput } from '@tidegauge/core'
import { type DriftPool, type Job, sharedPool, type WorkerPool } from './async/drift-pool.ts'
import { encodeMethods } from './async/encode-methods.ts'
import { type Run, startRun } from './async/run.ts'
import type { Profiles } from './column-sources.ts'
import { type Comparison, prepare, reportOn } from './comparison.ts'
import type { DriftReport } from './drift-report.ts'
import { measureColumn } from './measure-column.ts'
import { blank, type MeasuredColumn } from './measured-column.ts'
import type { DetectDriftOptions } from './options.ts'
import type { TableProfile } from './table-profile.ts'
import { namedTimeRanges } from './time-range.ts'

export interface DetectDriftAsyncOptions extends DetectDriftOptions {
  /** Called after each column: in the order in which they are done, which need not be theirs. */
  readonly onProgress?: NonNullable<DetectDriftOptions['onProgress']>
  /** Rejects with the signal's reason at once; what the workers measure is dropped. */
  readonly signal?: AbortSignal
  /** Default: one pool that all calls share. */
  readonly pool?: DriftPool
}

/**
 * `detectDrift` for servers and long jobs: the same report, bit for bit, measured by worker threads.
 *
 * The caller's event loop is held for a few milliseconds at a time. Typed arrays over a SharedArrayBuffer are
 * not copied; all else is, slice by slice. Leave the tables as they are until the promise has settled.
 *
 * On the caller's thread, a column at once: columns compared by a method of one's own (its functions cannot be
 * sent), and every column where there are no worker threads, as in a browser.
 *
 * @throws InvalidArgumentError (by rejection) where a table or an option is not what it must be
 * @throws what `signal` was aborted with, and what `onProgress` throws, both by rejection
 * @example
 * const report = await detectDriftAsync(january, february, { signal: AbortSignal.timeout(60_000) })
 */
export async function detectDriftAsync(
  reference: TableInput | TableProfile | Profiles,
  current: TableInput | TableProfile | Profiles,
  options: DetectDriftAsyncOptions = {},
): Promise<DriftReport> {
  const pool = openPoolOf(options)
  return startRun(options.signal, async (run) => {
    const comparison = await run.inSlices(prepare(reference, current, options))
    const times = await run.inSlices(namedTimeRanges(comparison))
    const measured = await measureColumns(comparison, pool, run)
    return run.inSlices(reportOn(measured, comparison, times))
  })
}

function openPoolOf({ pool = sharedPool() }: DetectDriftAsyncOptions): WorkerPool {
  // By structure: our ESM and our CJS build each have a class of their own.
  if (typeof (pool as Partial<WorkerPool> | null)?.encode !== 'function') {
    throw new InvalidArgumentError('options.pool', 'a pool made by driftPool()', pool)
  }
  if ((pool as WorkerPool).isClosed) {
    throw new InvalidArgumentError('options.pool', 'an open pool', 'one that was closed')
  }
  return pool as WorkerPool
}

/** In the order of the columns' names, whichever is done first. */
async function measureColumns(
  comparison: Comparison,
  pool: WorkerPool,
  run: Run,
): Promise<MeasuredColumn[]> {
  const { names, options } = comparison
  const measured = new Array<MeasuredColumn>(names.length)
  const underWay = new Set<Promise<void>>()
  let done = 0
  for (const [i, name] of names.entries()) {
    // Copies wait in memory: one more than are being measured, lest a worker idle.
    while (underWay.size > pool.workers) await Promise.race(underWay)
    const methods = pool.workers === 0 ? null : encodeMethods(name, options)
    const job = methods === null ? null : await pool.encode(name, methods, comparison, run)
    const measuring = measure(name, job).then((column) => {
      measured[i] = column
      done++
      options.onProgress?.({ column: name, done, total: names.length })
    })
    const settled = measuring.catch(run.fail).then(() => {
      underWay.delete(settled)
    })
    underWay.add(settled)
  }
  await Promise.all(underWay)
  return measured

  async function measure(name: string, job: Job | null): Promise<MeasuredColumn> {
    const outcome = job === null ? HERE : await pool.measure(job, run)
    if (outcome.kind === 'measured') return outcome.column
    if (outcome.kind === 'failed') return failed(name, outcome.reason, comparison)
    await run.sliceBegins()
    const { before, after, settings } = comparison
    return measureColumn(name, before, after, comparison.choiceFor(name), settings)
  }
}

const HERE = { kind: 'here' } as const

function failed(name: string, reason: string, comparison: Comparison): MeasuredColumn {
  const { type, methodFor } = comparison.choiceFor(name)
  return {
    ...blank(
      name,
      type ?? 'unknown',
      type === undefined ? null : methodFor(type),
      comparison.settings,
    ),
    state: 'error',
    reason,
  }
}
