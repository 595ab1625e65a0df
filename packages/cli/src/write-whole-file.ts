import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { onInterrupt } from './interrupts.ts'
import { UsageError } from './usage-error.ts'

/**
 * Writes a file beside its place and moves it there: whole, or not at all.
 *
 * @throws UsageError where it exists and is not to be replaced
 */
export function writeWholeFile(path: string, text: string, overwrite: boolean): void {
  const exists = () => new UsageError(`${path} exists already: remove it, or say --force`)
  if (!overwrite && existsSync(path)) throw exists()
  const takeBack = onInterrupt(() => {})
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.draft`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(draft, text, { flag: 'wx' })
    if (overwrite) renameSync(draft, path)
    else linkSync(draft, path) // fails where the file exists by now; a rename would replace it
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists()
    throw error
  } finally {
    rmSync(draft, { force: true })
    takeBack()
  }
}
