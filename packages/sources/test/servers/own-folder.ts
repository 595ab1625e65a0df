import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atTheEnd } from '../../../../vitest.processes.ts'

/** A temporary folder that does not outlive this process, whether or not its server was stopped. */
export function ownFolder(prefix: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), prefix))
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  const forget = atTheEnd(remove)
  return {
    path,
    remove() {
      remove()
      forget()
    },
  }
}

/** Starts what needs ports that nobody else takes meanwhile: once more where somebody did. */
export async function untilPortIsFree<Started>(start: () => Promise<Started>): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start()
    } catch (error) {
      if (attempt === 3 || !/address already in use/i.test(String(error))) throw error
    }
  }
}

/** What may be called again and is done once. */
export function onlyOnce(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= act()
    return done
  }
}
