import { closeSync, openSync, writeSync } from 'node:fs'
import type { RanStatement } from '@tidegauge/sources'

export interface StatementLog {
  onStatement(statement: RanStatement): void
  close(): void
}

/** A line of JSON for each statement that was run, at the end of the file: it is there however the command ends. */
export function openStatementLog(path: string): StatementLog {
  const file = openSync(path, 'a')
  return {
    onStatement({ sql, milliseconds, rows }) {
      writeSync(file, `${JSON.stringify({ sql, milliseconds: Math.round(milliseconds), rows })}\n`)
    },
    close: () => closeSync(file),
  }
}
