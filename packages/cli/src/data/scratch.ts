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
  const directory = mkdtempSync(join(resolve(tmpdir()), 'tidegauge-'))
  const clear = () => rmSync(directory, { recursive: true, force: true })
  const takeBack = onInterrupt(clear)
  return {
    directory,
    remove: () => {
      clear()
      takeBack()
    },
  }
}
