import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Child } from './child.ts'
import { until } from './until.ts'

/** The processes of a stack, and the folder of their files: all of it goes when the stack does. */
export interface Parts {
  readonly folder: string
  readonly children: readonly Child[]
  /** @throws where it was told to end meanwhile */
  add(child: Child): Child
  /** Has something done when all processes have ended, the newest first. */
  atTheEnd(act: () => Promise<void> | void): void
  /** Resolves with why, where a part ends that was not told to. */
  broken(): Promise<string>
  /** Ends every part, the newest first, and takes its files away. */
  stop(): Promise<void>
}

/**
 * What `start` makes of the parts, once all of them run; else none does.
 *
 * @param signal - ends what has been started so far, and starts no more
 * @throws where a part does not start, or the signal was given meanwhile; then everything has ended
 */
export async function startParts<Started>(
  prefix: string,
  signal: AbortSignal | undefined,
  start: (parts: Parts) => Promise<Started>,
): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  const children: Child[] = []
  const lastWishes: (() => Promise<void> | void)[] = []
  let stopping = false
  const stop = async () => {
    stopping = true
    // The player first, so that no request meets a service that is gone.
    for (const child of children.toReversed()) await child.stop()
    for (const wish of lastWishes.splice(0).toReversed()) await wish()
    // Windows lets go of a program's files a moment after its end.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
  const abort = () => void stop()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await start({
      folder,
      children,
      add(child) {
        children.push(child)
        signal?.throwIfAborted()
        return child
      },
      atTheEnd: (act) => void lastWishes.push(act),
      broken: () =>
        Promise.race(children.map(({ ended }) => ended)).then((why) =>
          stopping ? 'stopped' : why,
        ),
      stop,
    })
  } catch (error) {
    await stop()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

const READY_SECONDS = 90

/** Waits until a part answers at `url`; rejects where it ends before. */
export async function ready(
  child: Child,
  url: string,
  seconds: number = READY_SECONDS,
): Promise<void> {
  const answers = until(async () => ((await fetch(url)).ok ? true : undefined), {
    seconds,
    what: `${child.name} is ready`,
  })
  await Promise.race([answers, child.ended.then((why) => Promise.reject(new Error(why)))])
}
