import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder of a file of tests, empty at first, and removed after them. */
export function workFolder(): {
  readonly directory: string
  readonly file: (name: string) => string
} {
  const directory = mkdtempSync(join(tmpdir(), 'tidegauge-test-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return { directory, file: (name) => join(directory, name) }
}
