import type { Alert } from './alertmanager-notification.ts'

export interface RetrainQueueOptions {
  readonly retrain: (alerts: readonly Alert[]) => void | Promise<void>
  /** So many wait, and of so many is it known that they were dealt with. */
  readonly maxAlerts: number
  readonly report: (error: unknown) => void
}

export interface RetrainQueue {
  add(alerts: readonly Alert[]): 'nothing-new' | 'started' | 'waiting' | 'full'
}

/**
 * Runs one retrain at a time, in a later turn; what arrives meanwhile goes into one more run.
 *
 * An alert is known by its labels and the time since when it fires, and dealt with once. One whose run failed
 * is not known any more: Alertmanager's next word of it begins another.
 */
export function retrainQueue({ retrain, maxAlerts, report }: RetrainQueueOptions): RetrainQueue {
  /** Waiting, or in the run that is under way. */
  const open = new Set<string>()
  /** The one told of longest ago comes first, and is the first to be forgotten. */
  const done = new Set<string>()
  let waiting = new Map<string, Alert>()
  let running = false

  async function run(): Promise<void> {
    while (waiting.size > 0) {
      const batch = waiting
      waiting = new Map()
      try {
        await retrain([...batch.values()])
        for (const key of batch.keys()) remember(key)
      } catch (error) {
        report(error)
      }
      for (const key of batch.keys()) open.delete(key)
    }
    running = false
  }

  function remember(key: string): void {
    done.delete(key)
    done.add(key)
    if (done.size > maxAlerts) done.delete(done.values().next().value!)
  }

  return {
    add(alerts) {
      const fresh = new Map<string, Alert>()
      for (const alert of alerts) {
        const key = JSON.stringify([alert.fingerprint, alert.startsAt])
        if (done.has(key)) remember(key)
        else if (!open.has(key)) fresh.set(key, alert)
      }
      if (fresh.size === 0) return 'nothing-new'
      if (waiting.size > 0 && waiting.size + fresh.size > maxAlerts) return 'full'
      for (const [key, alert] of fresh) {
        open.add(key)
        waiting.set(key, alert)
      }
      if (running) return 'waiting'
      running = true
      // Training may hold the thread: not before the answer is on its way.
      setImmediate(() => void run())
      return 'started'
    },
  }
}
