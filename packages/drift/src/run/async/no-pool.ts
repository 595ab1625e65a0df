import { InvalidArgumentError } from '@tidegauge/core'
import type { DriftPoolOptions, WorkerPool } from './drift-pool.ts'

/** Where there are no threads: every column is measured on the caller's. */
export function openPool({ workers = 0 }: DriftPoolOptions): WorkerPool {
  if (!(Number.isInteger(workers) && workers >= 0)) {
    throw new InvalidArgumentError('workers', 'a whole number, 0 or more', workers)
  }
  let isClosed = false
  return {
    workers: 0,
    get isClosed() {
      return isClosed
    },
    measure: async () => ({ kind: 'here' }),
    async close() {
      isClosed = true
    },
  }
}
