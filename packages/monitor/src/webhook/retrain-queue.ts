import type { Alert } from './alertmanager-notification.ts'

export interface RetrainQueueOptions {
  readonly retrain: (alerts: readonly Alert[]) => void | Promise<void>
  /** So many wait, and of so many is it known that they were dealt with. */
  readonly maxAlerts: number
  readonly report: (error: unknown) => void
}

export interface RetrainQueue {
  /** `again` and `again-soon`: an earlier run of one of them failed; another begins, or is to come. */
  add(
    alerts: readonly Alert[],
  ): 'nothing-new' | 'started' | 'waiting' | 'full' | 'again' | 'again-soon'
}

/**
 * Runs one retrain at a time, in a later turn; what arrives meanwhile goes into one more run.
 *
 * An alert is known by its labels and the time since when it fires, and dealt with once. One whose run failed
 * begins another when it is told the next time, and is known as failed until one succeeds.
 */
export function retrainQueue({ retrain, maxAlerts, report }: RetrainQueueOptions): RetrainQueue {
  /** Waiting, or in the run that is under way. */
  const open = new Set<string>()
  /** The one told of longest ago comes first, and is the first to be forgotten. */
  const done = new Set<string>()
  /** Their last run failed; in the same order. */
  const failed = new Set<string>()
  let waiting = new Map<string, Alert>()
  let running = false

  async function run(): Promise<void> {
    while (waiting.size > 0) {
      const batch = waiting
      waiting = new Map()
      try {
        await retrain([...batch.values()])
        for (const key of batch.keys()) {
          failed.delete(key)
          remember(done, key)
        }
      } catch (error) {
        report(error)
        for (const key of batch.keys()) remember(failed, key)
      }
      for (const key of batch.keys()) open.delete(key)
    }
    running = false
  }

  function remember(known: Set<string>, key: string): void {
    known.delete(key)
    known.add(key)
    if (known.size > maxAlerts) known.delete(known.values().next().value!)
  }

  return {
    add(alerts) {
      const fresh = new Map<string, Alert>()
      let failedBefore = false
      for (const alert of alerts) {
        const key = JSON.stringify([alert.fingerprint, alert.startsAt])
        if (done.has(key)) {
          remember(done, key)
          continue
        }
        failedBefore ||= failed.has(key)
        if (!open.has(key)) fresh.set(key, alert)
      }
      if (fresh.size === 0) return failedBefore ? 'again-soon' : 'nothing-new'
      if (waiting.size > 0 && waiting.size + fresh.size > maxAlerts) return 'full'
      for (const [key, alert] of fresh) {
        open.add(key)
        waiting.set(key, alert)
      }
      if (running) return failedBefore ? 'again-soon' : 'waiting'
      running = true
      // Training may hold the thread: not before the answer is on its way.
      setImmediate(() => void run())
      return failedBefore ? 'again' : 'started'
    },
  }
}
