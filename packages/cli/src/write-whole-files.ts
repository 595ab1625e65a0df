import { randomBytes } from 'node:crypto'
import { linkSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { onInterrupt } from './interrupts.ts'
import { UsageError } from './usage-error.ts'

/**
 * Writes several files, all of them or none: where one cannot be written, those before it are taken back, and
 * what they replaced is there again.
 *
 * @param files - texts by path
 * @throws UsageError where one exists and is not to be replaced, or is a folder
 */
export function writeWholeFiles(files: Readonly<Record<string, string>>, overwrite: boolean): void {
  const paths = Object.keys(files)
  for (const path of paths) assertFree(path, overwrite)
  const takeBack = onInterrupt(() => {})
  const mark = `${process.pid}-${randomBytes(4).toString('hex')}`
  const undo: (() => void)[] = []
  try {
    for (const path of paths) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(`${path}.${mark}.draft`, files[path]!, { flag: 'wx' })
    }
    for (const path of paths) {
      if (overwrite && lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
        renameSync(path, `${path}.${mark}.old`)
        undo.unshift(() => renameSync(`${path}.${mark}.old`, path))
      }
      linkSync(`${path}.${mark}.draft`, path) // fails where somebody else was faster; a rename would replace it
      undo.unshift(() => rmSync(path))
    }
  } catch (error) {
    for (const step of undo) step()
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new UsageError('another process writes there now: nothing was written')
    }
    throw error
  } finally {
    for (const path of paths) {
      rmSync(`${path}.${mark}.draft`, { force: true })
      rmSync(`${path}.${mark}.old`, { force: true })
    }
    takeBack()
  }
}

function assertFree(path: string, overwrite: boolean): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!overwrite) throw new UsageError(`${path} exists already: remove it, or say --force`)
  if (found.isDirectory()) throw new UsageError(`${path} is a folder, and is not replaced`)
}
