import { InvalidArgumentError, type TableInput } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { measureColumn } from '../measure/measure-column.ts'
import { blank, type MeasuredColumn } from '../measure/measured-column.ts'
import { withReading } from '../measure/with-reading.ts'
import { openTable, type Profiles, type ReadableTable, type Side } from '../plan/open-table.ts'
import { type DetectDriftOptions, DRIFT_OPTIONS, withStoredTimes } from '../plan/options.ts'
import { type ColumnPlan, type Plan, planOf } from '../plan/plan.ts'
import type { TableProfile } from '../profile/table-profile.ts'
import type { ColumnEvidence } from '../read/column-evidence.ts'
import { ELSEWHERE, HERE } from '../read/read-cells.ts'
import { readColumn } from '../read/read-column.ts'
import type { DriftReport, DriftSettings } from '../report/drift-report.ts'
import { reportOn } from '../report/report-on.ts'
import { type DriftPool, type Outcome, sharedPool, type WorkerPool } from './async/drift-pool.ts'
import { type Job, jobOf } from './async/measure-request.ts'
import { type Run, startRun } from './async/run.ts'
import { planAndTimes } from './plan-and-times.ts'

export interface DetectDriftAsyncOptions extends DetectDriftOptions {
  /** Called after each column: in the order in which they are done, which need not be theirs. */
  readonly onProgress?: NonNullable<DetectDriftOptions['onProgress']>
  /** Rejects with the signal's reason at once; what the workers measure is dropped. */
  readonly signal?: AbortSignal
  /** Default: one pool that all calls share. */
  readonly pool?: DriftPool
}

const ASYNC_OPTIONS = {
  ...DRIFT_OPTIONS,
  signal: true,
  pool: true,
} as const satisfies Readonly<Record<keyof DetectDriftAsyncOptions, true>>

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
  assertOptions('options', options, ASYNC_OPTIONS)
  const pool = openPoolOf(options)
  return startRun(options.signal, async (run) => {
    const tables = {
      reference: await run.inSlices(openTable('reference', reference)),
      current: await run.inSlices(openTable('current', current)),
    }
    const { reference: before, current: after } = tables
    const planned = planOf(before, after, withStoredTimes(before, after, options))
    const unread = { reference: before.unread, current: after.unread }
    const { plan, times } = await run.inSlices(planAndTimes(planned, options, unread))
    const measured = await measureColumns(plan, tables, pool, options, run)
    return run.inSlices(reportOn(plan, measured, times))
  })
}

function openPoolOf({ pool = sharedPool() }: DetectDriftAsyncOptions): WorkerPool {
  // By structure: our ESM and our CJS build each have a class of their own.
  if (typeof (pool as Partial<WorkerPool> | null)?.measure !== 'function') {
    throw new InvalidArgumentError('pool', 'a pool made by driftPool()', pool)
  }
  if ((pool as WorkerPool).isClosed) {
    throw new InvalidArgumentError('pool', 'an open pool', 'one that was closed')
  }
  return pool as WorkerPool
}

/** In the order of the plan, whichever column is done first. */
async function measureColumns(
  { columns, settings }: Plan,
  { reference, current }: Readonly<Record<Side, ReadableTable>>,
  pool: WorkerPool,
  options: DetectDriftAsyncOptions,
  run: Run,
): Promise<MeasuredColumn[]> {
  const measured = new Array<MeasuredColumn>(columns.length)
  const underWay = new Set<Promise<void>>()
  let done = 0
  for (const [i, column] of columns.entries()) {
    const { name } = column
    // Copies wait in memory: one more than are being measured, lest a worker idle.
    while (underWay.size > pool.workers) await Promise.race(underWay)
    const contents = { reference: reference.unread(name), current: current.unread(name) }
    const reader = pool.workers === 0 ? HERE : ELSEWHERE
    const evidence = await run.inSlices(readColumn(column, contents, reader))
    const measuring = measure(column, evidence).then((found) => {
      measured[i] = withReading(found, contents, settings)
      done++
      options.onProgress?.({ column: name, done, total: columns.length })
    })
    const settled = measuring.catch(run.fail).then(() => {
      underWay.delete(settled)
    })
    underWay.add(settled)
  }
  await Promise.all(underWay)
  return measured

  async function measure(column: ColumnPlan, evidence: ColumnEvidence): Promise<MeasuredColumn> {
    const outcome = await measureElsewhere(column, evidence)
    if (outcome.kind === 'measured') return outcome.column
    if (outcome.kind === 'failed') return failed(column, outcome.reason, settings)
    await run.sliceBegins()
    return measureColumn(column, evidence, settings)
  }

  async function measureElsewhere(column: ColumnPlan, evidence: ColumnEvidence): Promise<Outcome> {
    if (pool.workers === 0) return { kind: 'here' }
    let job: Job | null = null
    try {
      job = await run.inSlices(jobOf(column, evidence, settings))
    } catch (error) {
      // Whatever keeps it from being sent (memory, say), it can be measured here.
      if (run.hasEnded) throw error
    }
    return job === null ? { kind: 'here' } : pool.measure(job, run)
  }
}

function failed(
  { name, type, methodFor }: ColumnPlan,
  reason: string,
  settings: DriftSettings,
): MeasuredColumn {
  const method = type === undefined ? null : methodFor(type)
  return { ...blank(name, type ?? 'unknown', method, settings), state: 'error', reason }
}
