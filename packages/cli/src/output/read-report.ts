import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { ownValue } from '@tidegauge/core/internal'
import type { DriftReport } from '@tidegauge/drift'
import { parseReport } from '@tidegauge/reporters'
import { UsageError } from '../usage-error.ts'

/**
 * @param path - of a report as JSON; `-` for standard input
 * @throws UsageError where it cannot be read
 */
export async function readReport(path: string): Promise<DriftReport> {
  const label = path === '-' ? 'standard input' : path
  const json = await (path === '-' ? text(process.stdin) : readFile(path, 'utf8')).catch(
    (error: NodeJS.ErrnoException) => {
      throw new UsageError(
        `cannot read ${label}: ${ownValue(WHY, error.code ?? '') ?? error.message}`,
      )
    },
  )
  if (json.trim() === '') throw new UsageError(`cannot read ${label}: it is empty`)
  try {
    return parseReport(json)
  } catch (error) {
    throw new UsageError(
      `cannot read ${label}: ${(error as Error).message} (a report is what tidegauge drift --json gives)`,
    )
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
}
