import type { Steps } from '@tidegauge/core/internal'
import { nextSlice } from './turns.ts'

/** A call of `detectDriftAsync` that is under way, or has ended before its work was done. */
export interface Run {
  /** Drives steps a slice at a time; in between, the event loop is the caller's. */
  inSlices<T>(steps: Steps<T>): Promise<T>
  /**
   * Waits for a turn of the loop that no other slice has.
   *
   * @returns tells when the slice is over
   * @throws RunEnded where the run has ended meanwhile
   */
  sliceBegins(): Promise<() => boolean>
  readonly hasEnded: boolean
  /** @throws RunEnded */
  assertUnderWay(): void
  /** Ends the run: its promise rejects with `reason` now. */
  fail(reason: unknown): void
  /** @returns forgets the callback */
  whenEnded(callback: () => void): () => void
}

/** Stops work of which nobody awaits the result any more; never seen by a caller. */
class RunEnded extends Error {
  override readonly name = 'RunEnded'
}

/** Does the work, unless the signal or the work itself ends it before. */
export function startRun<T>(
  signal: AbortSignal | undefined,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const callbacks = new Set<() => void>()
    let hasEnded = false
    const end = () => {
      if (hasEnded) return
      hasEnded = true
      signal?.removeEventListener('abort', abort)
      for (const callback of [...callbacks]) callback()
      callbacks.clear()
    }
    const fail = (reason: unknown) => {
      reject(reason)
      end()
    }
    const abort = () => fail(signal!.reason)
    const assertUnderWay = () => {
      if (hasEnded) throw new RunEnded()
    }
    const sliceBegins = async () => {
      const isOver = await nextSlice()
      assertUnderWay()
      return isOver
    }
    const run: Run = {
      async inSlices(steps) {
        for (;;) {
          const isOver = await sliceBegins()
          do {
            const { done, value } = steps.next()
            if (done) return value
          } while (!isOver())
        }
      },
      sliceBegins,
      get hasEnded() {
        return hasEnded
      },
      assertUnderWay,
      fail,
      whenEnded(callback) {
        callbacks.add(callback)
        return () => callbacks.delete(callback)
      },
    }
    if (signal?.aborted) {
      abort()
      return
    }
    signal?.addEventListener('abort', abort)
    work(run).then((value) => {
      resolve(value)
      end()
    }, fail)
  })
}
