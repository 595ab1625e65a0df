import { assertOptions } from '@tidegauge/core/options'
import { openPool } from '#drift-pool'
import type { MeasuredColumn } from '../../measure/measured-column.ts'
import type { Job } from './measure-request.ts'
import type { Run } from './run.ts'

/** Threads that measure columns for `detectDriftAsync`; they start when they are first needed. */
export interface DriftPool {
  /** So many columns are measured at a time; 0 where there are no threads: in a browser, say. */
  readonly workers: number
  /** Ends the threads; what they are measuring rejects with the code `ERR_POOL_CLOSED`. */
  close(): Promise<void>
}

export interface DriftPoolOptions {
  /** Default `os.availableParallelism()`; 0: no threads, the caller's own measures. */
  readonly workers?: number
  /** Of each worker's heap, as `node:worker_threads` takes them. Shared memory is not counted. */
  readonly resourceLimits?: {
    readonly maxOldGenerationSizeMb?: number
    readonly maxYoungGenerationSizeMb?: number
  }
}

/**
 * A pool of one's own, where the one that all calls share will not do: with fewer workers, or to be closed.
 *
 * @throws InvalidArgumentError where `workers` is no whole number ≥ 0
 * @example
 * const pool = driftPool({ workers: 2 })
 * const report = await detectDriftAsync(january, february, { pool })
 * await pool.close()
 */
export function driftPool(options: DriftPoolOptions = {}): DriftPool {
  assertOptions('options', options, POOL_OPTIONS)
  assertOptions('resourceLimits', options.resourceLimits ?? {}, RESOURCE_LIMITS)
  return openPool(options)
}

const POOL_OPTIONS = {
  workers: true,
  resourceLimits: true,
} as const satisfies Record<keyof DriftPoolOptions, true>
const RESOURCE_LIMITS = {
  maxOldGenerationSizeMb: true,
  maxYoungGenerationSizeMb: true,
} as const satisfies Record<keyof NonNullable<DriftPoolOptions['resourceLimits']>, true>

/** The pool of all calls that bring none. */
export function sharedPool(): WorkerPool {
  shared ??= openPool({})
  return shared
}

let shared: WorkerPool | undefined

/** What `detectDriftAsync` asks of a pool. */
export interface WorkerPool extends DriftPool {
  readonly isClosed: boolean
  measure(job: Job, run: Run): Promise<Outcome>
}

export type Outcome =
  | { readonly kind: 'measured'; readonly column: MeasuredColumn }
  /** No worker can: the caller's thread has to. */
  | { readonly kind: 'here' }
  | { readonly kind: 'failed'; readonly reason: string }
