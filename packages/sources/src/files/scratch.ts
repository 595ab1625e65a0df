import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A folder for what does not fit into memory; it goes when the work ends, however it ends. */
export interface Scratch {
  readonly directory: string
  remove(): void
}

/**
 * Has work done before the process ends.
 *
 * @returns takes it back
 */
export type BeforeEnd = (work: () => void) => () => void

/**
 * In the system's folder for temporary files: TMPDIR names another.
 *
 * @param beforeEnd - by default at the exit of the process. A signal ends one that does not listen without an exit, and to
 * listen is for the program to decide, not for a library.
 */
export function makeScratch(beforeEnd: BeforeEnd = atExit): Scratch {
  let made: string | undefined
  // Another thread may be writing a file there.
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }
  const clear = () => made !== undefined && rmSync(made, options)
  // First, so that no signal comes between.
  const takeBack = beforeEnd(clear)
  try {
    made = mkdtempSync(join(resolve(tmpdir()), 'tidegauge-'))
  } catch (error) {
    takeBack()
    throw error
  }
  return {
    directory: made,
    remove: () => {
      clear()
      takeBack()
    },
  }
}

const works = new Set<() => void>()

/** One listener, of however many: Node warns of more than ten. */
function atExit(work: () => void): () => void {
  if (works.size === 0) process.once('exit', allWorks)
  works.add(work)
  return () => {
    works.delete(work)
    if (works.size === 0) process.removeListener('exit', allWorks)
  }
}

function allWorks(): void {
  for (const work of works) work()
}
