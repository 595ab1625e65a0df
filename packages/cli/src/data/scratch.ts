import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onInterrupt } from '../terminal/interrupts.ts'

/** A folder for what does not fit into memory; it goes when the command ends, however it ends. */
export interface Scratch {
  readonly directory: string
  remove(): void
}

/** In the system's folder for temporary files: TMPDIR names another. */
export function makeScratch(): Scratch {
  let made: string | undefined
  // Another thread may be writing a file there.
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }
  const clear = () => made !== undefined && rmSync(made, options)
  // First, so that no signal comes between.
  const takeBack = onInterrupt(clear)
  const directory = mkdtempSync(join(resolve(tmpdir()), 'tidegauge-'))
  made = directory
  return {
    directory,
    remove: () => {
      clear()
      takeBack()
    },
  }
}
